package org.altiplano.platform.completions.boundary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.contract.TokenChunk;
import org.altiplano.platform.completions.control.ChatParser;
import org.altiplano.platform.completions.control.CompletionParser;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Transcript;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.control.Bodies;
import org.junit.jupiter.api.Test;

class ShapeTest {

    private static final Envelope ENVELOPE = new Envelope("chatcmpl-1", 1, "m", "fp_1");
    private static final String MESSAGES = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    @Test
    void tellsHalfACharacterByItsBytes() {
        Token half = token(7, new byte[] {(byte) 0xC3}, -0.25f);
        JsonObject choice = chat(",\"logprobs\":true,\"top_logprobs\":1").whole(
                List.of(transcript(half)), new Usage(1, 0, 1)).getJsonArray("choices").getJsonObject(0);
        JsonObject told = choice.getJsonObject("logprobs").getJsonArray("content").getJsonObject(0);
        assertEquals("\uFFFD", told.getString("token"));
        assertEquals("[195]", told.get("bytes").toString());
        assertEquals("-0.25", told.get("logprob").toString());
    }

    @Test
    void tellsAnImpossibleTokenAsANumberThatJsonKnows() {
        assertEquals("-9999.0", Envelope.logprob(Float.NEGATIVE_INFINITY).toString());
    }

    @Test
    void tellsNothingOfTokensThatReleaseNoText() {
        RunEvent.Said held = new RunEvent.Said(0, new TokenChunk(List.of(token(1, new byte[] {(byte) 0xC3}, -1)), ""));
        assertTrue(chat("").chunks(held).isEmpty());
        assertEquals(1, chat(",\"return_token_ids\":true").chunks(held).size());
        assertEquals(1, chat(",\"logprobs\":true").chunks(held).size());
    }

    @Test
    void continuesTheTextOffsetsFromChunkToChunk() {
        TextShape shape = new TextShape(ENVELOPE, CompletionParser.parse(Bodies.fields("{\"model\":\"m\",\"prompt\":\"x\",\"logprobs\":0}")));
        shape.chunks(new RunEvent.Said(0, new TokenChunk(List.of(token(1, "abc".getBytes(), -1)), "abc")));
        JsonObject second = shape.chunks(new RunEvent.Said(0, new TokenChunk(List.of(token(2, "d".getBytes(), -1)), "d"))).get(0);
        assertEquals("[3]", second.getJsonArray("choices").getJsonObject(0).getJsonObject("logprobs").get("text_offset").toString());
    }

    @Test
    void keepsTheLikeliestOfAlternativesWithTheSameText() {
        Token token = new Token(1, TokenBytes.of("a"), Optional.of(new Token.Logprob(-1, List.of(
                new Token.Candidate(1, TokenBytes.of("a"), -1), new Token.Candidate(2, TokenBytes.of("a"), -2)))));
        TextShape shape = new TextShape(ENVELOPE, CompletionParser.parse(Bodies.fields("{\"model\":\"m\",\"prompt\":\"x\",\"logprobs\":2}")));
        JsonObject choice = shape.whole(List.of(transcript(token)), new Usage(1, 0, 1)).getJsonArray("choices").getJsonObject(0);
        assertEquals("[{\"a\":-1.0}]", choice.getJsonObject("logprobs").get("top_logprobs").toString());
    }

    private static ChatShape chat(String members) {
        return new ChatShape(ENVELOPE, ChatParser.parse(Bodies.fields(MESSAGES + members + "}")));
    }

    private static Transcript transcript(Token token) {
        return new Transcript(new Accepted(new int[] {1}), Optional.empty(), List.of(token), token.bytes().text(), FinishReason.STOP);
    }

    private static Token token(int id, byte[] bytes, float logprob) {
        return new Token(id, new TokenBytes(bytes), Optional.of(new Token.Logprob(logprob, List.of())));
    }
}
