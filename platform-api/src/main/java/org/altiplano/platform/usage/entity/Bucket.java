package org.altiplano.platform.usage.entity;

/** What is limited per minute, each by a bucket that fills up again. */
public enum Bucket {
    REQUESTS("requests", "requests", "requests", Limit.REQUESTS_PER_MINUTE),
    TOKENS("tokens", "tokens", "tokens", Limit.TOKENS_PER_MINUTE),
    INPUT_TOKENS("tokens_in", "input-tokens", "inputTokens", Limit.TOKENS_IN_PER_MINUTE),
    OUTPUT_TOKENS("tokens_out", "output-tokens", "outputTokens", Limit.TOKENS_OUT_PER_MINUTE);

    private final String column;
    private final String header;
    private final String word;
    private final Limit limit;

    Bucket(String column, String header, String word, Limit limit) {
        this.column = column;
        this.header = header;
        this.word = word;
        this.limit = limit;
    }

    /** Its level in the database. */
    public String column() {
        return column;
    }

    /** As headers name it; where the OpenAI API has a name, by that. */
    public String header() {
        return header;
    }

    /** As JSON names it. */
    public String word() {
        return word;
    }

    /** How much it holds, and what flows in per minute. */
    public Limit limit() {
        return limit;
    }
}
