package org.altiplano.platform.completions.boundary;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.control.Json;

/**
 * What all answers of a request have in common.
 *
 * @param id of the request
 * @param created seconds since 1970
 * @param model name of the model
 * @param fingerprint changes when answers to the same seed may change
 */
record Envelope(String id, long created, String model, String fingerprint) {

    /** JSON knows no infinity; vLLM tells this for a token of probability 0. */
    private static final BigDecimal IMPOSSIBLE = new BigDecimal("-9999.0");

    JsonObjectBuilder open(String object) {
        return Json.object().add("id", id).add("object", object).add("created", created).add("model", model)
                .add("system_fingerprint", fingerprint);
    }

    static JsonObject usage(Usage usage) {
        return Json.object()
                .add("prompt_tokens", usage.prompt())
                .add("completion_tokens", usage.completion())
                .add("total_tokens", usage.prompt() + usage.completion())
                .add("prompt_tokens_details", Json.object().add("cached_tokens", usage.cached()).add("audio_tokens", 0))
                .add("completion_tokens_details", Json.object().add("reasoning_tokens", 0).add("audio_tokens", 0)
                        .add("accepted_prediction_tokens", 0).add("rejected_prediction_tokens", 0))
                .build();
    }

    static String finishReason(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    static JsonArrayBuilder ids(int[] tokens) {
        JsonArrayBuilder ids = Json.array();
        for (int token : tokens) {
            ids.add(token);
        }
        return ids;
    }

    static JsonArrayBuilder ids(List<Token> tokens) {
        return ids(tokens.stream().mapToInt(Token::id).toArray());
    }

    static BigDecimal logprob(float value) {
        return Float.isFinite(value) ? new BigDecimal(Float.toString(value)) : IMPOSSIBLE;
    }

    static JsonArrayBuilder bytes(TokenBytes bytes) {
        JsonArrayBuilder array = Json.array();
        for (byte octet : bytes.value()) {
            array.add(octet & 0xFF);
        }
        return array;
    }

    static JsonValue orNull(boolean there, Supplier<JsonValue> value) {
        return there ? value.get() : JsonValue.NULL;
    }
}
