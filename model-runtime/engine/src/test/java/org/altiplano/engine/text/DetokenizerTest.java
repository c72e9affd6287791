package org.altiplano.engine.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;

class DetokenizerTest {

    private static Tokenizer tokenizer() throws IOException {
        return Vocabulary.fromSentencePiece(Files.readAllBytes(Golden.path("tiny/mha/tokenizer.model"))).tokenizer();
    }

    @Test
    void piecesOfTextAreWholeCharactersAndTogetherTheWholeText() throws IOException {
        Tokenizer tokenizer = tokenizer();
        Random random = new Random(3);
        for (int i = 0; i < 1_000; i++) {
            String text = TextFixtures.randomText(random).replace("\ufffd", "").replace('▁', ' ');
            List<String> parts = parts(tokenizer, tokenizer.encode(text));
            assertEquals(text, String.join("", parts));
            for (String part : parts) {
                assertFalse(part.contains("\ufffd"));
                assertFalse(!part.isEmpty() && Character.isLowSurrogate(part.charAt(0)));
            }
        }
    }

    @Test
    void anyTokensGiveTheTextOfTheirBytesDecodedAtOnce() throws IOException {
        Tokenizer tokenizer = tokenizer();
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            int[] ids = random.ints(1 + random.nextInt(12), 3, 3 + 256).toArray();
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int j = 0; j < ids.length; j++) {
                // Mostly lead and continuation bytes, which make nearly whole characters.
                ids[j] = 3 + (random.nextBoolean() ? 0x80 + random.nextInt(0x40) : ids[j] - 3 | 0xC0);
                bytes.writeBytes(tokenizer.bytes(ids[j]).value());
            }
            assertEquals(bytes.toString(StandardCharsets.UTF_8), String.join("", parts(tokenizer, ids)));
        }
    }

    @Test
    void aCharacterLeftIncompleteEndsAsAReplacementCharacter() throws IOException {
        Tokenizer tokenizer = tokenizer();
        Detokenizer detokenizer = new Detokenizer(tokenizer, false);
        assertEquals("", detokenizer.append(3 + 0xF0));
        assertEquals("", detokenizer.append(3 + 0x9F));
        assertEquals("\ufffd", detokenizer.flush());
        assertEquals("", detokenizer.flush());
    }

    @Test
    void aCompletionKeepsTheSpaceThatAnAnswerDrops() throws IOException {
        Tokenizer tokenizer = tokenizer();
        int the = tokenizer.encode("the")[0];
        assertEquals(" the", new Detokenizer(tokenizer, true).append(the));
        Detokenizer answer = new Detokenizer(tokenizer, false);
        assertEquals("", answer.append(tokenizer.control("<s>").orElseThrow()));
        assertEquals("the", answer.append(the));
        assertEquals(" the", answer.append(the));
    }

    @Test
    void tokensThatNoVocabularyNamesHaveNoText() throws IOException {
        Tokenizer tokenizer = tokenizer();
        assertEquals("", new Detokenizer(tokenizer, false).append(tokenizer.size()));
    }

    private static List<String> parts(Tokenizer tokenizer, int[] ids) {
        Detokenizer detokenizer = new Detokenizer(tokenizer, false);
        List<String> parts = new ArrayList<>();
        for (int id : ids) {
            parts.add(detokenizer.append(id));
        }
        parts.add(detokenizer.flush());
        return parts;
    }
}
