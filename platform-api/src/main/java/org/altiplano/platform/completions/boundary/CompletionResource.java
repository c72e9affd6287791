package org.altiplano.platform.completions.boundary;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.altiplano.platform.completions.control.ChatParser;
import org.altiplano.platform.completions.control.ClientConnection;
import org.altiplano.platform.completions.control.ClientWatch;
import org.altiplano.platform.completions.control.CompletionParser;
import org.altiplano.platform.completions.control.CompletionRun;
import org.altiplano.platform.completions.control.Completions;
import org.altiplano.platform.completions.control.EventSink;
import org.altiplano.platform.completions.control.Stalls;
import org.altiplano.platform.completions.control.StreamBuffer;
import org.altiplano.platform.completions.control.Transcripts;
import org.altiplano.platform.completions.entity.ChatCommand;
import org.altiplano.platform.completions.entity.CommonOptions;
import org.altiplano.platform.completions.entity.CompletionCommand;
import org.altiplano.platform.http.boundary.ProblemResponse;
import org.altiplano.platform.http.control.RequestBody;
import org.altiplano.platform.models.control.Models;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Performs;
import org.altiplano.security.identity.Caller;

/** {@code /v1/chat/completions} and {@code /v1/completions}. One for all requests: what is of one is asked of the context. */
@Path("/")
@ApplicationScoped
@Consumes(MediaType.APPLICATION_JSON)
public class CompletionResource {

    private static final HexFormat DIGITS = HexFormat.of();
    private static final String EVENTS = "text/event-stream; charset=utf-8";

    @Inject
    private Completions completions;
    @Inject
    private Models models;
    @Inject
    private Answers answers;
    @Inject
    private ClientWatch watch;
    @Inject
    private InstantSource clock;
    @Context
    private HttpServletRequest request;

    /** Submits a command's generations to a sink. */
    private interface Start {
        Completions.Started to(EventSink sink);
    }

    @POST
    @Path("chat/completions")
    @Performs(Operation.CREATE_COMPLETION)
    public CompletionStage<Response> chat(InputStream body) {
        ChatCommand command = ChatParser.parse(RequestBody.read(body));
        String id = "chatcmpl-" + newId();
        AnswerShape shape = new ChatShape(envelope(id, command.options()), command);
        return answer(command.options(), command.options().choices(), shape, sink -> completions.start(id, caller(), command, sink));
    }

    @POST
    @Path("completions")
    @Performs(Operation.CREATE_COMPLETION)
    public CompletionStage<Response> complete(InputStream body) {
        CompletionCommand command = CompletionParser.parse(RequestBody.read(body));
        String id = "cmpl-" + newId();
        AnswerShape shape = new TextShape(envelope(id, command.options()), command);
        return answer(command.options(), command.prompts().size() * command.options().choices(), shape,
                sink -> completions.start(id, caller(), command, sink));
    }

    private CompletionStage<Response> answer(CommonOptions options, int choices, AnswerShape shape, Start start) {
        Executor threads = answers.threads();
        return options.stream() ? stream(options, shape, start, threads) : whole(choices, shape, start, threads);
    }

    /** The status is decided when all generations are accepted; only then does the answer begin. */
    private CompletionStage<Response> stream(CommonOptions options, AnswerShape shape, Start start, Executor threads) {
        StreamBuffer buffer = new StreamBuffer();
        Stalls stalls = new Stalls(System::nanoTime);
        Completions.Started started = start.to(buffer);
        CompletionRun run = started.run();
        watch.follow(run, ClientConnection.of(request), stalls);
        return run.accepted().handleAsync((accepted, failure) -> with(started.headers(), failure != null ? ProblemResponse.of(failure) : Response
                .ok(new StreamWriter(run, buffer, stalls, shape, options.includeUsage()), EVENTS)
                .header(HttpHeaders.CACHE_CONTROL, "no-cache").header("X-Accel-Buffering", "no").build()), threads);
    }

    private CompletionStage<Response> whole(int choices, AnswerShape shape, Start start, Executor threads) {
        Transcripts transcripts = new Transcripts(choices);
        Completions.Started started = start.to(transcripts);
        CompletionRun run = started.run();
        watch.follow(run, ClientConnection.of(request), new Stalls(System::nanoTime));
        return run.ended().handleAsync((usage, failure) -> with(started.headers(), failure != null ? ProblemResponse.of(failure) : Response
                .ok(shape.whole(transcripts.complete(), usage), MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store").build()), threads);
    }

    private static Response with(Map<String, String> headers, Response response) {
        headers.forEach((name, value) -> response.getHeaders().putSingle(name, value));
        return response;
    }

    private Envelope envelope(String id, CommonOptions options) {
        return new Envelope(id, clock.instant().getEpochSecond(), options.model(), models.fingerprint(options.model()));
    }

    private Caller caller() {
        return (Caller) request.getUserPrincipal();
    }

    /** Those of one time are side by side (as in RFC 9562, version 7): the ledger finds its rows by them, and grows at its end only. */
    private String newId() {
        UUID random = UUID.randomUUID();
        return DIGITS.toHexDigits(clock.millis(), 12) + DIGITS.toHexDigits(random.getMostSignificantBits(), 4)
                + DIGITS.toHexDigits(random.getLeastSignificantBits());
    }
}
