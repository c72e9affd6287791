package org.altiplano.platform.http.boundary;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.altiplano.platform.http.entity.Problem;

/** Tells every error that a resource throws. */
@Provider
public class ProblemMapper implements ExceptionMapper<Throwable> {

    @Override
    public Response toResponse(Throwable error) {
        if (error instanceof WebApplicationException http && http.getResponse().getStatus() < 500) {
            Response told = ProblemResponse.of(Problem.of(http.getResponse().getStatus(), sentence(http.getResponse().getStatus())));
            String allowed = http.getResponse().getHeaderString(HttpHeaders.ALLOW);
            return allowed == null ? told : Response.fromResponse(told).header(HttpHeaders.ALLOW, allowed).build();
        }
        return ProblemResponse.of(error);
    }

    static String sentence(int status) {
        return switch (status) {
            case 400 -> "The request cannot be understood.";
            case 401 -> "A valid API key is required: send it in the header 'Authorization: Bearer KEY'.";
            case 403 -> "The caller may not do this.";
            case 404 -> "There is nothing at this address.";
            case 405 -> "This address does not take this method.";
            case 406 -> "This address answers with application/json.";
            case 413 -> "The request's body is too large.";
            case 415 -> "The request's body must be JSON: send the header 'Content-Type: application/json'.";
            default -> "The request failed with status " + status + ".";
        };
    }
}
