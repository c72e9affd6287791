package org.altiplano.engine.text;

/** One way of cutting text into words before byte-level BPE. */
public sealed interface WordSplit {

    /** Digits (Unicode's N) apart from the rest, each alone or in runs. */
    record Digits(boolean individual) implements WordSplit {
    }

    /** GPT-2's words; {@code addPrefixSpace} puts a space in front where there is none. */
    record Gpt2(boolean addPrefixSpace) implements WordSplit {
    }

    /** Each match of a regular expression is a word, and so is what lies between matches. */
    record Regex(String pattern) implements WordSplit {
    }
}
