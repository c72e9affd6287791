package org.altiplano.platform.http.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.util.Optional;
import org.altiplano.platform.http.control.Json;

/**
 * Tells the administration's problems as RFC 9457 has them. The OpenAI API's shape stays beside it, as an extension
 * member, for clients that know both interfaces.
 */
@Provider
public class ProblemDetails implements ContainerResponseFilter {

    static final String TYPE = "application/problem+json";

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() >= 400 && response.getEntity() instanceof JsonObject body && body.containsKey("error")) {
            response.setEntity(of(response.getStatus(), body));
            response.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, TYPE);
        }
    }

    /** @param openAi the problem in the OpenAI API's shape */
    static JsonObject of(int status, JsonObject openAi) {
        JsonObject error = openAi.getJsonObject("error");
        String title = Optional.ofNullable(Response.Status.fromStatusCode(status)).map(Response.Status::getReasonPhrase).orElse("Error");
        JsonValue code = error.get("code");
        return Json.object().add("type", code == JsonValue.NULL ? "about:blank" : "urn:altiplano:problem:" + error.getString("code"))
                .add("title", title).add("status", status).add("detail", error.getString("message")).add("code", code)
                .add("param", error.get("param")).add("error", error).build();
    }
}
