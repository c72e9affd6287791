package org.altiplano.platform.usage.entity;

/**
 * What a model's tokens cost, in billionths of the currency per token, which are thousandths per million tokens.
 *
 * @param input of the prompt
 * @param cached of the prompt, found in the prefix cache; at most {@code input}
 * @param output of the answer
 */
public record Price(long input, long cached, long output) {

    /** Of a model that the price list does not name. */
    public static final Price FREE = new Price(0, 0, 0);

    public Price {
        if (cached < 0 || cached > input || output < 0) {
            throw new IllegalArgumentException("price is out of range");
        }
    }

    /** @param cachedTokens of {@code tokensIn} */
    public long of(long tokensIn, long cachedTokens, long tokensOut) {
        return (tokensIn - cachedTokens) * input + cachedTokens * cached + tokensOut * output;
    }
}
