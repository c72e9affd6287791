package org.altiplano.engine.text;

import java.util.List;

/** One way of cutting text into words before byte-level BPE merges within them. */
public sealed interface WordSplit {

    /** Numbers (Unicode's category N) apart from the rest, each character alone or in runs. */
    record Digits(boolean individual) implements WordSplit {
    }

    /** GPT-2's words; {@code addPrefixSpace} puts a space in front where there is none. */
    record Gpt2(boolean addPrefixSpace) implements WordSplit {
    }

    /** Each match of a regular expression is a word, and so is what lies between matches. */
    record Regex(String pattern) implements WordSplit {
    }

    /**
     * What GGUF's {@code tokenizer.ggml.pre} stands for (llama.cpp, src/llama-vocab.cpp).
     *
     * @throws IllegalArgumentException for a name that is not known here
     */
    static List<WordSplit> ofGgufName(String name) {
        return switch (name) {
            case "gpt-2", "gpt2" -> List.of(new Gpt2(false));
            case "smollm", "starcoder", "refact", "command-r", "codeshell" -> List.of(new Digits(true), new Gpt2(false));
            case "llama-bpe", "llama3", "llama-v3" -> List.of(new Regex("(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
                    + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"));
            default -> throw new IllegalArgumentException("tokenizer.ggml.pre: \"" + name + "\" is not supported");
        };
    }
}
