package org.altiplano.engine.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.weights.GgufFile;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {

    @TempDir
    private Path folder;

    private static Path tokenizerJson(String name) {
        return Path.of("src/test/resources/tokenizers", name);
    }

    private static byte[] sentencePiece() throws IOException {
        return Files.readAllBytes(Golden.path("tiny/mha/tokenizer.model"));
    }

    @Test
    void tokenizerJsonEncodesLikeHuggingFace() throws IOException {
        for (String name : List.of("smollm", "llama3", "llama2")) {
            Tokenizer tokenizer = Vocabulary.fromTokenizerJson(tokenizerJson(name + ".json"), Optional.empty()).tokenizer();
            JsonNode vectors = TextFixtures.JSON.readTree(tokenizerJson(name + ".vectors.json").toFile());
            assertEquals(103, vectors.size());
            for (JsonNode vector : vectors) {
                String text = vector.get("text").textValue();
                assertArrayEquals(TextFixtures.ids(vector.get("ids")), tokenizer.encode(text), () -> name + ": " + text);
                assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
            }
        }
    }

    @Test
    void ggufEncodesLikeTheTokenizerItWasMadeFrom() throws IOException {
        encodesLikeItsVectors("gguf/gqa-Q4_0.gguf", "gguf/gqa.tokenizer.json");
    }

    @Test
    void everyGgufOfTheWholeSetEncodesLikeTheTokenizerItWasMadeFrom() throws IOException {
        encodesLikeItsVectors("gguf/mha-F32.gguf", "gguf/mha.tokenizer.json");
        encodesLikeItsVectors("gguf/hd128-Q4_K_M.gguf", "gguf/hd128.tokenizer.json");
    }

    @Test
    void everyFormGivesTheSameVocabularyOfSpecialTokens() throws IOException {
        Vocabulary model = Vocabulary.fromSentencePiece(sentencePiece());
        Vocabulary json = Vocabulary.fromTokenizerJson(tokenizerJson("llama2.json"), Optional.empty());
        for (Vocabulary vocabulary : List.of(model, json, Vocabulary.fromGguf(metadata(model)))) {
            assertEquals(OptionalInt.of(1), vocabulary.tokenizer().bos());
            assertEquals(OptionalInt.of(2), vocabulary.eos());
            assertEquals(OptionalInt.of(2), vocabulary.tokenizer().control("</s>"));
            assertEquals(OptionalInt.of(0), vocabulary.unknown());
            assertEquals(model.pieces().stream().map(Piece::type).toList(), vocabulary.pieces().stream().map(Piece::type).toList());
        }
        assertEquals(model, Vocabulary.fromGguf(metadata(model)));
    }

    @Test
    void theStoreFileHoldsAllOfAVocabulary() throws IOException {
        for (Vocabulary vocabulary : List.of(Vocabulary.fromSentencePiece(sentencePiece()),
                Vocabulary.fromTokenizerJson(tokenizerJson("smollm.json"), Optional.empty()),
                Vocabulary.fromTokenizerJson(tokenizerJson("llama3.json"), Optional.empty()),
                Vocabulary.fromTokenizerJson(tokenizerJson("llama2.json"), Optional.empty()))) {
            Path file = folder.resolve("vocabulary.json");
            vocabulary.write(file);
            assertEquals(vocabulary, Vocabulary.read(file));
        }
    }

    @Test
    void filesForOtherToolsHoldAllOfAVocabulary() throws IOException {
        for (Vocabulary vocabulary : List.of(Vocabulary.fromTokenizerJson(tokenizerJson("smollm.json"), Optional.empty()),
                Vocabulary.fromTokenizerJson(tokenizerJson("llama3.json"), Optional.empty()))) {
            vocabulary.writeForOtherTools(folder);
            assertEquals(vocabulary, Vocabulary.fromTokenizerJson(folder.resolve("tokenizer.json"),
                    Optional.of(folder.resolve("tokenizer_config.json"))));
        }
        Vocabulary scored = Vocabulary.fromSentencePiece(sentencePiece());
        scored.writeForOtherTools(folder);
        assertEquals(scored, Vocabulary.fromSentencePiece(Files.readAllBytes(folder.resolve("tokenizer.model"))));
        Vocabulary merged = Vocabulary.fromTokenizerJson(tokenizerJson("llama2.json"), Optional.empty());
        IOException refusal = assertThrows(IOException.class, () -> merged.writeForOtherTools(folder));
        assertTrue(refusal.getMessage().contains("import it again"), refusal.getMessage());
    }

    @Test
    void tokenizerConfigNamesTheSpecialTokens() throws IOException {
        Path config = Files.writeString(folder.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<|im_start|>\", \"eos_token\": {\"content\": \"<|im_end|>\"}, \"add_bos_token\": true}");
        Vocabulary vocabulary = Vocabulary.fromTokenizerJson(tokenizerJson("smollm.json"), Optional.of(config));
        assertEquals(OptionalInt.of(1), vocabulary.tokenizer().bos());
        assertEquals(OptionalInt.of(2), vocabulary.eos());
        assertEquals(OptionalInt.empty(),
                Vocabulary.fromTokenizerJson(tokenizerJson("smollm.json"), Optional.empty()).tokenizer().bos());
    }

    @Test
    void addedTokensThatLookLikeControlTokensAreControlTokens() throws IOException {
        Path file = edited("smollm.json", root -> root.withArray("added_tokens")
                .forEach(token -> ((ObjectNode) token).put("special", false)));
        Tokenizer tokenizer = Vocabulary.fromTokenizerJson(file, Optional.empty()).tokenizer();
        assertTrue(tokenizer.isControl(tokenizer.control("<|im_start|>").orElseThrow()));
        assertTrue(Arrays.stream(tokenizer.encode("<|im_start|>")).noneMatch(tokenizer::isControl));
    }

    @Test
    void metaspaceWritesSpacesAsTheNormalizersDo() throws IOException {
        Vocabulary normalizers = Vocabulary.fromTokenizerJson(tokenizerJson("llama2.json"), Optional.empty());
        Path file = edited("llama2.json", root -> {
            root.remove("normalizer");
            root.putObject("pre_tokenizer").put("type", "Metaspace").put("replacement", "▁").put("prepend_scheme", "first").put("split", false);
        });
        assertEquals(normalizers, Vocabulary.fromTokenizerJson(file, Optional.empty()));
        Path without = edited("llama2.json", root -> root.withObject("/normalizer").withArray("normalizers").remove(0));
        Tokenizer unprefixed = Vocabulary.fromTokenizerJson(without, Optional.empty()).tokenizer();
        assertArrayEquals(normalizers.tokenizer().encode("the cache"), unprefixed.encode(" the cache"));
        assertEquals(" the cache", unprefixed.decode(unprefixed.encode(" the cache")));
    }

    @Test
    void tokenizerJsonThatCannotBeDoneExactlyIsRefusedByName() throws IOException {
        refuses("model.type: Unigram", root -> model(root).put("type", "Unigram"));
        refuses("model.merges[0] is not two tokens", root -> model(root).withArray("merges").insert(0, "a nosuchtoken"));
        refuses("model.merges is missing", root -> model(root).remove("merges"));
        refuses("model.vocab: no token has the id 6", root -> model(root).withObject("/vocab").remove("$"));
        refuses("model.vocab.$ is not a whole number", root -> model(root).withObject("/vocab").put("$", "x"));
        refuses("model.vocab.$: id 1 stands for", root -> model(root).withObject("/vocab").put("$", 1));
        refuses("model.vocab is not an object", root -> model(root).put("vocab", 3));
        refuses("normalizer.type: NFC", root -> root.putObject("normalizer").put("type", "NFC"));
        refuses("pre_tokenizer.type: Whitespace", root -> root.putObject("pre_tokenizer").put("type", "Whitespace"));
        refuses("pre_tokenizer: neither", root -> root.remove("pre_tokenizer"));
        refuses("pre_tokenizer.type is missing", root -> root.putObject("pre_tokenizer"));
        refuses("Unclosed character class", root -> root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers")
                .add(TextFixtures.JSON.createObjectNode().put("type", "Split").put("behavior", "Isolated").set("pattern",
                        TextFixtures.JSON.createObjectNode().put("Regex", "[a")))
                .addObject().put("type", "ByteLevel"));
        Path broken = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": ");
        assertTrue(failure(broken).contains("not valid JSON"));
    }

    @Test
    void ggufMetadataThatIsNoVocabularyIsRefusedByKey() throws IOException {
        Vocabulary model = Vocabulary.fromSentencePiece(sentencePiece());
        refusesGguf("tokenizer.ggml.model is missing", metadata -> metadata.clear(), model);
        refusesGguf("tokenizer.ggml.model: \"bert\"", metadata -> metadata.put("tokenizer.ggml.model", "bert"), model);
        refusesGguf("tokenizer.ggml.model has the wrong type", metadata -> metadata.put("tokenizer.ggml.model", 1L), model);
        refusesGguf("tokenizer.ggml.scores has 3 entries for 448", metadata -> metadata.put("tokenizer.ggml.scores", new float[3]), model);
        refusesGguf("unknown piece type 9", metadata -> ((int[]) metadata.get("tokenizer.ggml.token_type"))[5] = 9, model);
        refusesGguf("the score of 300 is not a number", metadata -> ((float[]) metadata.get("tokenizer.ggml.scores"))[300] = Float.NaN, model);
        refusesGguf("259 and 300 are both", metadata -> ((String[]) metadata.get("tokenizer.ggml.tokens"))[300] = model.pieces().get(259).text(), model);
        refusesGguf("bos: id 448 is outside", metadata -> metadata.put("tokenizer.ggml.bos_token_id", 448L), model);
        refusesGguf("tokenizer.ggml.bos_token_id: -1", metadata -> metadata.put("tokenizer.ggml.bos_token_id", -1L), model);
        refusesGguf("characters long", metadata -> ((String[]) metadata.get("tokenizer.ggml.tokens"))[300] = "x".repeat(513), model);
        refusesGguf("byte piece \"<0xZZ>\"", metadata -> ((String[]) metadata.get("tokenizer.ggml.tokens"))[5] = "<0xZZ>", model);
        Map<String, Object> gpt2 = Map.of("tokenizer.ggml.model", "gpt2", "tokenizer.ggml.pre", "smollm", "tokenizer.ggml.tokens",
                new String[] {"a", "b"}, "tokenizer.ggml.token_type", new int[] {1, 1}, "tokenizer.ggml.merges", new String[] {"a b"});
        assertTrue(assertThrows(IOException.class, () -> Vocabulary.fromGguf(gpt2)).getMessage()
                .contains("merges: number 0 makes \"ab\", which is no piece"));
        Map<String, Object> otherWords = new HashMap<>(gpt2);
        otherWords.put("tokenizer.ggml.pre", "qwen2");
        assertTrue(assertThrows(IOException.class, () -> Vocabulary.fromGguf(otherWords)).getMessage().contains("pre: \"qwen2\""));
    }

    @Test
    void aCutOrChangedSentencePieceModelIsRefusedOrStillAVocabulary() throws IOException {
        byte[] file = sentencePiece();
        Random random = new Random(2);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] hostile = i % 2 == 0 ? Arrays.copyOf(file, random.nextInt(file.length)) : file.clone();
            if (i % 2 == 1) {
                for (int j = 1 + random.nextInt(4); j > 0; j--) {
                    hostile[random.nextInt(file.length)] = (byte) random.nextInt();
                }
            }
            try {
                Vocabulary.fromSentencePiece(hostile).tokenizer().encode("the cache é");
            } catch (IOException e) {
                assertTrue(e.getMessage().startsWith("tokenizer.model: "), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 1_000, refused + " refused");
    }

    @Test
    void aChangedStoreFileIsRefusedByFileAndField() throws IOException {
        Path file = folder.resolve("vocabulary.json");
        Vocabulary.fromTokenizerJson(tokenizerJson("smollm.json"), Optional.empty()).write(file);
        JsonNode root = TextFixtures.JSON.readTree(file.toFile());
        ((ObjectNode) root).withArray("types").remove(0);
        Files.writeString(file, root.toString());
        assertEquals(file + ": types is not as long as pieces", assertThrows(IOException.class, () -> Vocabulary.read(file)).getMessage());
    }

    @Test
    void unknownTokensShowAsSentencePieceShowsThem() throws IOException {
        assertEquals(" \u2047 ", Vocabulary.fromSentencePiece(sentencePiece()).tokenizer().decode(new int[] {0}));
    }

    private static void encodesLikeItsVectors(String model, String vectorFile) throws IOException {
        JsonNode vectors = TextFixtures.JSON.readTree(Golden.path(vectorFile).toFile()).get("vectors");
        try (GgufFile gguf = GgufFile.open(Golden.path(model))) {
            Tokenizer tokenizer = Vocabulary.fromGguf(gguf.metadata()).tokenizer();
            for (JsonNode vector : vectors) {
                String text = vector.get("text").textValue();
                assertArrayEquals(TextFixtures.ids(vector.get("ids")), tokenizer.encode(text), () -> model + ": " + text);
                assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
            }
        }
        assertEquals(32, vectors.size());
    }

    private static ObjectNode model(ObjectNode root) {
        return root.withObject("/model");
    }

    private Path edited(String name, Consumer<ObjectNode> edit) throws IOException {
        ObjectNode root = (ObjectNode) TextFixtures.JSON.readTree(tokenizerJson(name).toFile());
        edit.accept(root);
        return Files.writeString(folder.resolve("tokenizer.json"), root.toString());
    }

    private void refuses(String why, Consumer<ObjectNode> edit) throws IOException {
        String message = failure(edited("smollm.json", edit));
        assertTrue(message.startsWith(folder.resolve("tokenizer.json") + ": ") && message.contains(why), message);
    }

    private static String failure(Path file) {
        return assertThrows(IOException.class, () -> Vocabulary.fromTokenizerJson(file, Optional.empty())).getMessage();
    }

    private static void refusesGguf(String why, Consumer<Map<String, Object>> edit, Vocabulary vocabulary) {
        Map<String, Object> metadata = metadata(vocabulary);
        edit.accept(metadata);
        String message = assertThrows(IOException.class, () -> Vocabulary.fromGguf(metadata)).getMessage();
        assertTrue(message.startsWith("GGUF metadata: ") && message.contains(why), message);
    }

    private static Map<String, Object> metadata(Vocabulary vocabulary) {
        float[] scores = new float[vocabulary.pieces().size()];
        for (int id = 0; id < scores.length; id++) {
            scores[id] = vocabulary.pieces().get(id).score();
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("tokenizer.ggml.model", "llama");
        metadata.put("tokenizer.ggml.tokens", vocabulary.pieces().stream().map(Piece::text).toArray(String[]::new));
        metadata.put("tokenizer.ggml.scores", scores);
        metadata.put("tokenizer.ggml.token_type",
                vocabulary.pieces().stream().map(Piece::type).mapToInt(PieceType::number).toArray());
        metadata.put("tokenizer.ggml.bos_token_id", 1L);
        metadata.put("tokenizer.ggml.eos_token_id", 2L);
        return metadata;
    }
}
