package org.altiplano.platform.usage.entity;

import java.util.Locale;

/** What a usage policy can limit. */
public enum Limit {
    /** HTTP requests. */
    REQUESTS_PER_MINUTE,
    /** Of prompts and answers together. */
    TOKENS_PER_MINUTE,
    /** Of prompts. */
    TOKENS_IN_PER_MINUTE,
    /** Of answers. */
    TOKENS_OUT_PER_MINUTE,
    /** Under way at once. */
    CONCURRENT_GENERATIONS,
    /** Longest prompt and answer together, in tokens. */
    MAX_CONTEXT,
    /** Of prompts and answers together. */
    TOKENS_PER_DAY,
    /** Of prompts and answers together. */
    TOKENS_PER_MONTH,
    /** In billionths of the currency. */
    MONEY_PER_DAY,
    /** In billionths of the currency. */
    MONEY_PER_MONTH;

    public boolean isMoney() {
        return this == MONEY_PER_DAY || this == MONEY_PER_MONTH;
    }

    /** As the database spells it. */
    public String column() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As JSON spells it, such as {@code tokensPerDay}. */
    public String word() {
        StringBuilder word = new StringBuilder();
        for (String part : column().split("_")) {
            word.append(word.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
        }
        return word.toString();
    }
}
