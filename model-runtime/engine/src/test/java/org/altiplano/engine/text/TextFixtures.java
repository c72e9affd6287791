package org.altiplano.engine.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.altiplano.contract.Message;
import org.junit.jupiter.api.Assumptions;

/** Files and texts for the tests of this package. */
final class TextFixtures {

    static final ObjectMapper JSON = new ObjectMapper();

    private TextFixtures() {
    }

    /** A file beside Meta's tokenizer, which is not part of the project: named by {@code altiplano.llama2}. */
    static Path llama2(String file) {
        String folder = System.getProperty("altiplano.llama2", "");
        Assumptions.assumeFalse(folder.isEmpty(), "altiplano.llama2 names no folder with Llama 2's tokenizer.model");
        return Path.of(folder, file);
    }

    static Vocabulary llama2Vocabulary() throws IOException {
        return Vocabulary.fromSentencePiece(Files.readAllBytes(llama2("tokenizer.model")));
    }

    static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    static int[] ids(String list) {
        return list.isEmpty() ? new int[0] : Arrays.stream(list.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    static List<Message> messages(JsonNode list) {
        List<Message> messages = new ArrayList<>();
        list.forEach(message -> messages.add(new Message(
                Message.Role.valueOf(message.get("role").textValue().toUpperCase(Locale.ROOT)),
                message.get("content").textValue())));
        return messages;
    }

    /** Characters of many scripts, emoji, white space, controls and pieces of control tokens, a few hundred at most. */
    static String randomText(Random random) {
        String[] snippets = {" ", "  ", "\n", "\t", "the", "The ", "ing", "é", "日本語", "слово", "😀", "👩‍👩‍👧", "\u00a0", "\u0000", "<s>", "</s>",
            "<|im_start|>", "<|im_end|>", "[INST]", "<0x0A>", "▁", "12", "3.14", "'ll", "--", "\u2028", "\ufffd", "ﷺ", "a\u0301"};
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            switch (random.nextInt(3)) {
                case 0 -> text.append(snippets[random.nextInt(snippets.length)]);
                case 1 -> text.append((char) (' ' + random.nextInt(95)));
                default -> text.appendCodePoint(anyCharacter(random));
            }
        }
        return text.toString();
    }

    private static int anyCharacter(Random random) {
        while (true) {
            int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
            if (Character.isDefined(codePoint) && Character.getType(codePoint) != Character.SURROGATE) {
                return codePoint;
            }
        }
    }
}
