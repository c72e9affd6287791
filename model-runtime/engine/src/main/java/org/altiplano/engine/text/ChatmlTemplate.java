package org.altiplano.engine.text;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.Message;
import org.altiplano.contract.Message.Role;

/**
 * ChatML as SmolLM2-Instruct has it: each message is {@code <|im_start|>role\ncontent<|im_end|>\n}, and a conversation
 * without a system message gets the model's own. Only the two tokens named are control tokens; the same characters in
 * content are plain text.
 */
final class ChatmlTemplate implements ChatTemplate {

    private static final String START = "<|im_start|>";
    private static final String END = "<|im_end|>";
    private static final Message DEFAULT_SYSTEM =
            new Message(Role.SYSTEM, "You are a helpful AI assistant named SmolLM, trained by Hugging Face");

    @Override
    public int[] encode(Tokenizer tokenizer, List<Message> messages) {
        checkOrder(messages);
        ControlTokens controls = new ControlTokens(tokenizer);
        int start = controls.required(START);
        int end = controls.required(END);
        int[] newline = tokenizer.encode("\n");
        Ids ids = new Ids();
        if (messages.get(0).role() != Role.SYSTEM) {
            addMessage(DEFAULT_SYSTEM, tokenizer, start, end, newline, ids);
        }
        for (Message message : messages) {
            addMessage(message, tokenizer, start, end, newline, ids);
        }
        ids.add(start);
        ids.addAll(tokenizer.encode("assistant\n"));
        return ids.toArray();
    }

    @Override
    public Set<Integer> endTokens(Tokenizer tokenizer) {
        return new ControlTokens(tokenizer).setOf(END);
    }

    private static void addMessage(Message message, Tokenizer tokenizer, int start, int end, int[] newline, Ids ids) {
        ids.add(start);
        ids.addAll(tokenizer.encode(word(message.role()) + "\n" + message.content()));
        ids.add(end);
        ids.addAll(newline);
    }

    private static void checkOrder(List<Message> messages) {
        if (messages.stream().skip(1).anyMatch(message -> message.role() == Role.SYSTEM)) {
            throw outOfOrder("a system message comes later");
        }
        if (messages.isEmpty() || messages.get(messages.size() - 1).role() != Role.USER) {
            throw outOfOrder("the last is not from the user");
        }
    }

    private static FailureException outOfOrder(String what) {
        return new FailureException(Failure.Code.INVALID_PROMPT, "Conversations with this model may begin with a system "
                + "message and must end with a user message; here " + what + ".");
    }

    /** A role as it is written in conversations. */
    static String word(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
