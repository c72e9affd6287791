package org.altiplano.engine.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.Message;
import org.altiplano.contract.Message.Role;

/**
 * The format of Llama 2 Chat, as Meta's {@code chat_completion} (llama/generation.py) lays it out: the system text goes
 * in front of the first user text; each answered turn is BOS, {@code [INST] user [/INST] answer }, EOS; the open turn is
 * BOS, {@code [INST] user [/INST]}. Texts are stripped after the system text was put in front, so white space between
 * these two survives.
 */
final class Llama2Template implements ChatTemplate {

    private static final String BOS = "<s>";
    private static final String EOS = "</s>";
    private static final List<String> TAGS = List.of("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>");

    @Override
    public int[] encode(Tokenizer tokenizer, List<Message> messages) {
        ControlTokens controls = new ControlTokens(tokenizer);
        int bos = controls.required(BOS);
        int eos = controls.required(EOS);
        List<String> turns = turns(messages);
        Ids ids = new Ids();
        for (int i = 0; i < turns.size(); i += 2) {
            String user = "[INST] " + strip(turns.get(i)) + " [/INST]";
            ids.add(bos);
            if (i + 1 < turns.size()) {
                ids.addAll(tokenizer.encode(user + " " + strip(turns.get(i + 1)) + " "));
                ids.add(eos);
            } else {
                ids.addAll(tokenizer.encode(user));
            }
        }
        return ids.toArray();
    }

    @Override
    public Set<Integer> endTokens(Tokenizer tokenizer) {
        return new ControlTokens(tokenizer).setOf(EOS);
    }

    /** User and assistant texts in turn, the first and the last the user's. */
    private static List<String> turns(List<Message> messages) {
        messages.forEach(Llama2Template::refuseTags);
        boolean system = !messages.isEmpty() && messages.get(0).role() == Role.SYSTEM;
        List<Message> dialogue = messages.subList(system ? 1 : 0, messages.size());
        List<String> turns = new ArrayList<>();
        for (Message message : dialogue) {
            Role expected = turns.size() % 2 == 0 ? Role.USER : Role.ASSISTANT;
            if (message.role() != expected) {
                throw outOfOrder("message " + (messages.size() - dialogue.size() + turns.size() + 1) + " is from the "
                        + ChatmlTemplate.word(message.role()) + " where the " + ChatmlTemplate.word(expected) + "'s was expected");
            }
            turns.add(message.content());
        }
        if (turns.size() % 2 == 0) {
            throw outOfOrder(turns.isEmpty() ? "there is no user message" : "the last message is not from the user");
        }
        if (system) {
            turns.set(0, "<<SYS>>\n" + messages.get(0).content() + "\n<</SYS>>\n\n" + turns.get(0));
        }
        return turns;
    }

    private static FailureException outOfOrder(String what) {
        return new FailureException(Failure.Code.INVALID_PROMPT, "Conversations with this model are an optional system "
                + "message, then user and assistant messages in turn, the last from the user; here " + what + ".");
    }

    private static void refuseTags(Message message) {
        for (String tag : TAGS) {
            if (message.content().contains(tag)) {
                throw new FailureException(Failure.Code.SPECIAL_TOKENS_IN_PROMPT, "A " + ChatmlTemplate.word(message.role())
                        + " message contains " + tag + ", a tag of this model's chat format that is not allowed in messages.");
            }
        }
    }

    /** Python's {@code str.strip}, which takes more for white space than Java's. */
    private static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isPythonSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isPythonSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isPythonSpace(char character) {
        return CharacterClass.of(character) == CharacterClass.SPACE || character >= 0x1C && character <= 0x1F;
    }
}
