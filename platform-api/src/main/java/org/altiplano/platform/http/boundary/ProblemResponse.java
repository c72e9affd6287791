package org.altiplano.platform.http.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;

/** Tells a problem in the OpenAI API's shape. */
public final class ProblemResponse {

    private ProblemResponse() {
    }

    /** {@code {"error": {"message", "type", "param", "code"}}}. */
    public static JsonObject body(Problem problem) {
        return Json.object().add("error", Json.object()
                .add("message", problem.message())
                .add("type", problem.type())
                .add("param", problem.param().<JsonValue>map(Json::string).orElse(JsonValue.NULL))
                .add("code", problem.code().<JsonValue>map(Json::string).orElse(JsonValue.NULL))).build();
    }

    public static Response of(Problem problem) {
        Response.ResponseBuilder response = Response.status(problem.status()).type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store").entity(body(problem));
        problem.retryAfter().ifPresent(delay -> response.header(HttpHeaders.RETRY_AFTER, delay.toSeconds()));
        return response.build();
    }
}
