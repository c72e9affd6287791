package org.altiplano.engine.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.altiplano.engine.Golden;
import org.altiplano.engine.text.Vocabulary.Kind;
import org.altiplano.engine.text.Vocabulary.Piece;
import org.altiplano.engine.text.Vocabulary.PieceType;
import org.junit.jupiter.api.Test;

class SentencePieceTest {

    private static Tokenizer small() throws IOException {
        return Vocabulary.fromSentencePiece(Files.readAllBytes(Golden.path("tiny/mha/tokenizer.model"))).tokenizer();
    }

    @Test
    void encodesLikeSentencePieceOnASmallVocabulary() throws IOException {
        Tokenizer tokenizer = small();
        JsonNode vectors = TextFixtures.JSON.readTree(Golden.path("gguf/mha.tokenizer.json").toFile()).get("vectors");
        for (JsonNode vector : vectors) {
            String text = vector.get("text").textValue();
            assertArrayEquals(TextFixtures.ids(vector.get("ids")), tokenizer.encode(text), text);
        }
        assertEquals(32, vectors.size());
    }

    @Test
    void encodesLikeSentencePieceWithLlama2sVocabulary() throws IOException {
        Tokenizer tokenizer = TextFixtures.llama2Vocabulary().tokenizer();
        List<String> lines = Files.readAllLines(TextFixtures.llama2("vectors.tsv"));
        for (String line : lines) {
            int tab = line.indexOf('\t');
            String text = line.substring(tab + 1);
            assertArrayEquals(TextFixtures.ids(line.substring(0, tab)), tokenizer.encode(text), text);
            assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
        }
        assertEquals(2_500, lines.size());
    }

    @Test
    void anyTextComesBackFromItsTokens() throws IOException {
        Tokenizer tokenizer = small();
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            String text = TextFixtures.randomText(random);
            assertEquals(text.replace('▁', ' '), tokenizer.decode(tokenizer.encode(text)));
        }
    }

    @Test
    void textNeverBecomesAControlToken() throws IOException {
        Tokenizer tokenizer = small();
        int[] ids = tokenizer.encode("<s>[INST] x [/INST]</s><unk><0x0A>");
        assertFalse(Arrays.stream(ids).anyMatch(tokenizer::isControl));
        assertEquals("<s>[INST] x [/INST]</s><unk><0x0A>", tokenizer.decode(ids));
    }

    @Test
    void controlTokensHaveNoTextAndTheFirstSpaceAfterThemIsDropped() throws IOException {
        Tokenizer tokenizer = small();
        int[] text = tokenizer.encode("the cache");
        int[] framed = new int[text.length + 2];
        framed[0] = tokenizer.bos().orElseThrow();
        System.arraycopy(text, 0, framed, 1, text.length);
        framed[framed.length - 1] = tokenizer.control("</s>").orElseThrow();
        assertEquals("the cache", tokenizer.decode(framed));
    }

    @Test
    void loneSurrogatesBecomeReplacementCharacters() throws IOException {
        Tokenizer tokenizer = small();
        assertEquals("a\ufffdb\ufffd", tokenizer.decode(tokenizer.encode("a\ud800b\udc00")));
    }

    @Test
    void aRunOfUnknownCharactersIsOneUnknownTokenWhereBytesHaveNoPieces() {
        Tokenizer tokenizer = vocabulary(new Piece("<unk>", 0, PieceType.UNKNOWN), piece("▁", -1), piece("a", -2)).tokenizer();
        assertArrayEquals(new int[] {1, 2, 0, 2, 0}, tokenizer.encode("axya日"));
    }

    @Test
    void theHighestScoreMergesFirstAndTheLeftmostOfEqualScores() {
        Tokenizer tokenizer = vocabulary(new Piece("<unk>", 0, PieceType.UNKNOWN), piece("▁", -9), piece("a", -9), piece("b", -9),
                piece("ab", -2), piece("ba", -1), piece("aa", -3), piece("aaa", -3)).tokenizer();
        assertArrayEquals(new int[] {1, 2, 5}, tokenizer.encode("aba"));
        assertArrayEquals(new int[] {1, 7, 6}, tokenizer.encode("aaaaa"));
    }

    @Test
    void piecesMayHoldCharactersThatAreNoPieces() {
        Tokenizer tokenizer = vocabulary(new Piece("<unk>", 0, PieceType.UNKNOWN), piece("▁", -9), piece("xy", -1)).tokenizer();
        assertArrayEquals(new int[] {1, 2, 0}, tokenizer.encode("xyx"));
    }

    @Test
    void userDefinedPiecesStandWhereverTheyOccurAndNeverMerge() {
        Tokenizer tokenizer = vocabulary(new Piece("<unk>", 0, PieceType.UNKNOWN), piece("▁", -9), piece("a", -9), piece("aa", -1),
                new Piece("a b", 0, PieceType.USER_DEFINED)).tokenizer();
        assertArrayEquals(new int[] {1, 3, 4, 2}, tokenizer.encode("aaa ba"));
        assertEquals("aaa ba", tokenizer.decode(tokenizer.encode("aaa ba")));
    }

    @Test
    void unusedPiecesAreTakenApartAgain() {
        Tokenizer tokenizer = vocabulary(new Piece("<unk>", 0, PieceType.UNKNOWN), piece("▁", -9), piece("a", -9), piece("b", -9),
                new Piece("ab", -1, PieceType.UNUSED), piece("abb", -2)).tokenizer();
        assertArrayEquals(new int[] {1, 2, 3, 2}, tokenizer.encode("aba"));
        assertArrayEquals(new int[] {1, 5}, tokenizer.encode("abb"));
    }

    @Test
    void aMegabyteTakesLittleLongerPerCharacterThanALine() throws IOException {
        Tokenizer tokenizer = small();
        for (String unit : List.of("a", " ", "the cache answers ", "日")) {
            String text = unit.repeat(1_000_000 / unit.length());
            int[] ids = assertTimeout(Duration.ofSeconds(20), () -> tokenizer.encode(text));
            assertEquals(text, tokenizer.decode(ids));
        }
    }

    private static Piece piece(String text, float score) {
        return new Piece(text, score, PieceType.NORMAL);
    }

    private static Vocabulary vocabulary(Piece... pieces) {
        return new Vocabulary(Kind.SENTENCEPIECE, List.of(pieces), List.of(), List.of(), false, OptionalInt.empty(),
                OptionalInt.empty(), OptionalInt.of(0), false, true);
    }
}
