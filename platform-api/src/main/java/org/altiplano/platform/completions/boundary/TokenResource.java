package org.altiplano.platform.completions.boundary;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.platform.completions.control.TokenCommands;
import org.altiplano.platform.http.boundary.ProblemResponse;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /v1/tokenize} and {@code /v1/detokenize}, as vLLM has them. */
@Path("/")
@RequestScoped
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class TokenResource {

    @Inject
    private TokenizationBackend backend;
    @Inject
    private Answers answers;
    @Inject
    private Tenants tenants;
    @Context
    private HttpServletRequest request;

    @POST
    @Path("tokenize")
    @Performs(Operation.TOKENIZE)
    public CompletionStage<Response> tokenize(InputStream body) {
        TokenCommands.Tokenize command = TokenCommands.tokenize(RequestBody.read(body));
        mustServe(command.model());
        String parameter = command.prompt() instanceof Prompt.Chat ? "messages" : "prompt";
        Executor threads = answers.threads();
        return backend.tokenize(command.model(), command.prompt()).handleAsync((tokenization, failure) -> failure != null
                ? ProblemResponse.of(failure, parameter) : Response.ok(Json.object()
                .add("tokens", Envelope.ids(tokenization.tokens()))
                .add("count", tokenization.tokens().length)
                .add("max_model_len", tokenization.maxModelLen()).build()).build(), threads);
    }

    @POST
    @Path("detokenize")
    @Performs(Operation.TOKENIZE)
    public CompletionStage<Response> detokenize(InputStream body) {
        TokenCommands.Detokenize command = TokenCommands.detokenize(RequestBody.read(body));
        mustServe(command.model());
        Executor threads = answers.threads();
        return backend.detokenize(command.model(), command.tokens().ids())
                .handleAsync((text, failure) -> failure != null ? ProblemResponse.of(failure, "tokens")
                        : Response.ok(Json.object().add("prompt", text).build()).build(), threads);
    }

    /** @throws ProblemException if the credentials or the tenant are not for this model, as if there were none of this name */
    private void mustServe(String model) {
        Caller caller = (Caller) request.getUserPrincipal();
        if (!caller.mayUse(model)) {
            throw new ProblemException(Problem.modelNotFound(model));
        }
        tenants.serving(caller.tenant(), model);
    }
}
