package org.altiplano.platform.completions.boundary;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import org.altiplano.contract.Token;
import org.altiplano.platform.completions.entity.ChatCommand;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Transcript;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.control.Json;

/** The OpenAI API's {@code chat.completion} and {@code chat.completion.chunk}, with vLLM's token ids where asked for. */
final class ChatShape implements AnswerShape {

    private static final String CHUNK = "chat.completion.chunk";

    private final Envelope envelope;
    private final boolean logprobs;
    private final boolean tokenIds;
    private final boolean includeUsage;

    ChatShape(Envelope envelope, ChatCommand command) {
        this.envelope = envelope;
        this.logprobs = command.logprobs().isPresent();
        this.tokenIds = command.options().returnTokenIds();
        this.includeUsage = command.options().includeUsage();
    }

    @Override
    public List<JsonObject> chunks(RunEvent.OfChoice event) {
        if (event instanceof RunEvent.Began began) {
            JsonObjectBuilder delta = Json.object().add("role", "assistant").add("content", "").addNull("refusal");
            JsonObjectBuilder chunk = envelope.open(CHUNK);
            if (tokenIds) {
                chunk.add("prompt_token_ids", Envelope.ids(began.accepted().promptTokens()));
            }
            return List.of(chunk(chunk, choice(began.choice(), delta, JsonValue.NULL)));
        }
        if (event instanceof RunEvent.Said said) {
            List<Token> tokens = said.chunk().tokens();
            String text = said.chunk().text();
            if (text.isEmpty() && (tokens.isEmpty() || !logprobs && !tokenIds)) {
                return List.of();
            }
            JsonObjectBuilder choice = choice(said.choice(), Json.object().add("content", text),
                    Envelope.orNull(logprobs, () -> logprobs(tokens)));
            if (tokenIds) {
                choice.add("token_ids", Envelope.ids(tokens));
            }
            return List.of(chunk(envelope.open(CHUNK), choice));
        }
        if (event instanceof RunEvent.Ended ended) {
            JsonObjectBuilder choice = choice(ended.choice(), Json.object(), JsonValue.NULL)
                    .add("finish_reason", Envelope.finishReason(ended.finished().reason()));
            return List.of(chunk(envelope.open(CHUNK), choice));
        }
        return List.of();
    }

    @Override
    public JsonObject usageChunk(Usage usage) {
        return envelope.open(CHUNK).add("choices", Json.array()).add("usage", Envelope.usage(usage)).build();
    }

    @Override
    public JsonObject whole(List<Transcript> transcripts, Usage usage) {
        JsonArrayBuilder choices = Json.array();
        for (int index = 0; index < transcripts.size(); index++) {
            Transcript transcript = transcripts.get(index);
            JsonObjectBuilder choice = Json.object()
                    .add("index", index)
                    .add("message", Json.object().add("role", "assistant").add("content", transcript.text()).addNull("refusal"))
                    .add("logprobs", Envelope.orNull(logprobs, () -> logprobs(transcript.tokens())))
                    .add("finish_reason", Envelope.finishReason(transcript.reason()));
            if (tokenIds) {
                choice.add("token_ids", Envelope.ids(transcript.tokens()));
            }
            choices.add(choice);
        }
        JsonObjectBuilder whole = envelope.open("chat.completion").add("choices", choices).add("usage", Envelope.usage(usage));
        if (tokenIds) {
            whole.add("prompt_token_ids", Envelope.ids(transcripts.get(0).accepted().promptTokens()));
        }
        return whole.build();
    }

    private JsonObject chunk(JsonObjectBuilder chunk, JsonObjectBuilder choice) {
        chunk.add("choices", Json.array().add(choice));
        if (includeUsage) {
            chunk.addNull("usage");
        }
        return chunk.build();
    }

    private static JsonObjectBuilder choice(int index, JsonObjectBuilder delta, JsonValue logprobs) {
        return Json.object().add("index", index).add("delta", delta).add("logprobs", logprobs).addNull("finish_reason");
    }

    private static JsonObject logprobs(List<Token> tokens) {
        JsonArrayBuilder content = Json.array();
        for (Token token : tokens) {
            token.logprob().ifPresent(known -> {
                JsonArrayBuilder top = Json.array();
                known.top().forEach(candidate -> top.add(Json.object()
                        .add("token", candidate.bytes().text())
                        .add("logprob", Envelope.logprob(candidate.logprob()))
                        .add("bytes", Envelope.bytes(candidate.bytes()))));
                content.add(Json.object()
                        .add("token", token.bytes().text())
                        .add("logprob", Envelope.logprob(known.value()))
                        .add("bytes", Envelope.bytes(token.bytes()))
                        .add("top_logprobs", top));
            });
        }
        return Json.object().add("content", content).addNull("refusal").build();
    }
}
