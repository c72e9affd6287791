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

    /**
     * A prompt whose answer was begun elsewhere: the generation goes on behind it as if it had never been interrupted. The
     * answer's tokens count as generated where tokens are drawn; limits, events and the final count are of the rest alone.
     *
     * @param prompt its tokens
     * @param answer tokens that were given out already
     */
    record Begun(int[] prompt, int[] answer) implements Prompt {

        /** Prompt and answer, one after the other. */
        public int[] ids() {
            int[] ids = Arrays.copyOf(prompt, prompt.length + answer.length);
            System.arraycopy(answer, 0, ids, prompt.length, answer.length);
            return ids;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Begun begun && Arrays.equals(prompt, begun.prompt) && Arrays.equals(answer, begun.answer);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(prompt) + Arrays.hashCode(answer);
        }

        @Override
        public String toString() {
            return "Begun" + Arrays.toString(prompt) + Arrays.toString(answer);
        }
    }

    /** A conversation, laid out by the model's chat template so that the model answers next. Never empty. */
    record Chat(List<Message> messages) implements Prompt {

        public Chat {
            messages = List.copyOf(messages);
        }
    }
}
