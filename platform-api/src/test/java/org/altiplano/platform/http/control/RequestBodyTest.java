package org.altiplano.platform.http.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.util.Optional;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{\"a\":}", "{\"a\":1,}", "{'a':1}", "{\"a\":1} x", "[1]", "\"text\"", "null", "{\"a\":01}"})
    void refusesWhatIsNotAJsonObject(String body) {
        assertEquals(400, problem(() -> Bodies.fields(body)).status());
    }

    @Test
    void tellsWhereTheJsonGoesWrong() {
        assertTrue(problem(() -> Bodies.fields("{\"a\":1,\n\"b\":?}")).message().contains("line 2"));
    }

    @ParameterizedTest
    @CsvSource({"NaN", "Infinity", "-Infinity"})
    void namesTheParameterThatIsNoFiniteNumber(String number) {
        Problem problem = problem(() -> Bodies.fields("{\"prompt\":\"\\\"x\\\": NaN\",\"top_p\": " + number + ",\"n\":1}"));
        assertEquals(Optional.of("top_p"), problem.param());
    }

    @Test
    void takesABodyOfExactlyTheLimitAndNoMore() {
        String rest = "{\"a\":\"\"}";
        String most = "{\"a\":\"" + "x".repeat(RequestBody.LIMIT - rest.length()) + "\"}";
        assertEquals(RequestBody.LIMIT - rest.length(), Bodies.fields(most).text("a").length());
        assertEquals(413, problem(() -> Bodies.fields(most + " ")).status());
    }

    @Test
    void refusesBrokenUtf8() {
        byte[] body = {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, '"', '}'};
        assertEquals(400, problem(() -> RequestBody.read(new ByteArrayInputStream(body))).status());
    }

    @Test
    void refusesHalfASurrogatePair() {
        assertEquals("\uD83D\uDE00", Bodies.fields("{\"a\":\"\\ud83d\\ude00\"}").text("a"));
        assertEquals(Optional.of("a"), problem(() -> Bodies.fields("{\"a\":\"x\\ud83d\"}").text("a")).param());
        assertEquals(Optional.of("a"), problem(() -> Bodies.fields("{\"a\":\"\\ude00x\"}").text("a")).param());
    }

    @Test
    void refusesTheCharacterThatNotEveryDatabaseKeepsWhereATextMayBeKept() {
        assertEquals(Optional.of("a"), problem(() -> Bodies.fields("{\"a\":\"x\\u0000\"}").text("a", 10)).param());
        assertEquals(Optional.of("a"), problem(() -> Bodies.fields("{\"a\":\"x\\u0000\"}").optionalText("a", 10)).param());
        assertEquals("x\0", Bodies.fields("{\"a\":\"x\\u0000\"}").text("a"), "a prompt may hold it");
    }

    @Test
    void refusesNestingTooDeepToRead() {
        assertEquals(400, problem(() -> Bodies.fields("{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}")).status());
    }

    private static Problem problem(Runnable read) {
        return assertThrows(ProblemException.class, read::run).problem();
    }
}
