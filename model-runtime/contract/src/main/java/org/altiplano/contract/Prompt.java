package org.altiplano.contract;

import java.util.Arrays;
import java.util.List;

/** What a generation continues: text, tokens or a conversation. The engine turns it into tokens. */
public sealed interface Prompt {

    /**
     * Plain text. It is encoded as ordinary text: nothing in it becomes a control token.
     *
     * @param addSpecialTokens whether the tokenizer's own BOS (where it has one) is put in front
     */
    record Text(String text, boolean addSpecialTokens) implements Prompt {
    }

    /** Token ids, taken as they are. */
    record Tokens(int[] ids) implements Prompt {

        @Override
        public boolean equals(Object other) {
            return other instanceof Tokens tokens && Arrays.equals(ids, tokens.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }

        @Override
        public String toString() {
            return "Tokens" + Arrays.toString(ids);
        }
    }

    /** A conversation, laid out by the model's chat template so that the model answers next. Never empty. */
    record Chat(List<Message> messages) implements Prompt {

        public Chat {
            messages = List.copyOf(messages);
        }
    }
}
