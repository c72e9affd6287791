package org.altiplano.platform.http.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a problem in the OpenAI API's shape. */
public final class ProblemResponse {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemResponse.class);

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

    /** What an error means to the caller, where it can be told no other way than in the middle of an answer. */
    public static JsonObject body(Throwable error) {
        return body(problem(error));
    }

    /** What an error means to the caller. One that is not the caller's doing is logged, and told without its details. */
    public static Response of(Throwable error) {
        Response.ResponseBuilder response = Response.fromResponse(of(problem(error)));
        ProblemException.headers(error).forEach(response::header);
        return response.build();
    }

    /** The same with the prompt called as the caller calls it. @param parameter {@code messages}, {@code prompt} or {@code tokens} */
    public static Response of(Throwable error, String parameter) {
        return of(problem(error).about(parameter));
    }

    private static Problem problem(Throwable error) {
        return ProblemException.find(error).or(() -> Database.problem(error)).orElseGet(() -> {
            LOG.error("A request failed.", error);
            return Problem.of(500, "The platform failed to answer this request.");
        });
    }

    public static Response of(Problem problem) {
        Response.ResponseBuilder response = Response.status(problem.status()).type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store").entity(body(problem));
        problem.retryAfter().ifPresent(delay -> response.header(HttpHeaders.RETRY_AFTER, delay.toSeconds()));
        return response.build();
    }
}
