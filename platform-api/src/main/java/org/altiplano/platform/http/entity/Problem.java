package org.altiplano.platform.http.entity;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.altiplano.contract.Failure;

/**
 * What is told to a caller whose request failed, in the terms of the OpenAI API.
 *
 * @param status HTTP status
 * @param type OpenAI's class of errors
 * @param message one clear sentence
 * @param param the parameter at fault, such as {@code messages[2].content}
 * @param code what programs test for
 * @param retryAfter when repeating the request may help
 */
public record Problem(int status, String type, String message, Optional<String> param, Optional<String> code,
                      Optional<Duration> retryAfter) {

    /** The status of a request whose client went away; nobody reads it. */
    public static final int CLIENT_GONE = 499;

    private static final String CALLER = "invalid_request_error";
    private static final String PROMPT = "messages";
    private static final String SERVER = "server_error";
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LATER = Duration.ofSeconds(5);

    public Problem {
        Objects.requireNonNull(type);
        Objects.requireNonNull(message);
    }

    /** A problem of the caller's making that needs no more than a status and a sentence. */
    public static Problem of(int status, String message) {
        return new Problem(status, status >= 500 ? SERVER : CALLER, message, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A parameter of wrong type or value. */
    public static Problem parameter(String param, String message) {
        return new Problem(400, CALLER, message, Optional.of(param), Optional.of("invalid_value"), Optional.empty());
    }

    /** A parameter that asks for what the models here cannot do. */
    public static Problem unsupported(String param, String message) {
        return new Problem(400, CALLER, message, Optional.of(param), Optional.of("unsupported_parameter"), Optional.empty());
    }

    /** Too much under way; repeat later. */
    public static Problem busy(String message) {
        return new Problem(429, "rate_limit_error", message, Optional.empty(), Optional.of("queue_full"), Optional.of(SOON));
    }

    /** In the grid's own words, so that a model that the caller may not use looks like one that is not there. */
    public static Problem modelNotFound(String model) {
        return caller(404, "The model " + model + " does not exist or is not served.", "model", "model_not_found");
    }

    /** The reason why a generation failed; a prompt at fault is called {@code messages} until {@link #about} names it. */
    public static Problem of(Failure failure) {
        String message = failure.message();
        return switch (failure.code()) {
            case CONTEXT_LENGTH_EXCEEDED -> caller(400, message, PROMPT, "context_length_exceeded");
            case INVALID_PROMPT -> caller(400, message, PROMPT, "invalid_prompt");
            case SPECIAL_TOKENS_IN_PROMPT -> caller(400, message, PROMPT, "special_tokens_in_prompt");
            case INVALID_PARAMETER ->
                    new Problem(400, CALLER, message, Optional.empty(), Optional.of("invalid_value"), Optional.empty());
            case TEXT_NOT_SUPPORTED -> caller(400, message, PROMPT, "text_not_supported");
            case CHAT_NOT_SUPPORTED -> caller(400, message, PROMPT, "chat_not_supported");
            case MODEL_NOT_FOUND -> caller(404, message, "model", "model_not_found");
            case MODEL_IN_USE -> caller(409, message, "name", "model_in_use");
            case QUEUE_FULL -> busy(message);
            case NO_WORKER -> server(503, message, "no_worker", Optional.of(LATER));
            case WORKER_LOST -> server(503, message, "worker_lost", Optional.of(SOON));
            case ENGINE_FAILED -> server(500, message, "engine_failed", Optional.empty());
        };
    }

    /** The same with the prompt called as the caller calls it. @param parameter {@code messages}, {@code prompt} or {@code tokens} */
    public Problem about(String parameter) {
        return new Problem(status, type, message, param.map(old -> old.equals(PROMPT) ? parameter : old), code, retryAfter);
    }

    private static Problem caller(int status, String message, String param, String code) {
        return new Problem(status, CALLER, message, Optional.of(param), Optional.of(code), Optional.empty());
    }

    private static Problem server(int status, String message, String code, Optional<Duration> retryAfter) {
        return new Problem(status, SERVER, message, Optional.empty(), Optional.of(code), retryAfter);
    }
}
