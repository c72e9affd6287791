package org.altiplano.platform.completions.boundary;

import jakarta.json.JsonObject;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.altiplano.platform.completions.control.CompletionRun;
import org.altiplano.platform.completions.control.Stalls;
import org.altiplano.platform.completions.control.StreamBuffer;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.boundary.ProblemResponse;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * Owns the writing of one stream, on a thread of its own, as server-sent events (HTML standard, section 9.2). While
 * nothing comes it writes comments: a client that has gone is noticed by a failed write.
 */
final class StreamWriter implements StreamingOutput {

    private static final Duration PATIENCE = Duration.ofMillis(400);
    private static final byte[] HEARTBEAT = ": waiting\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

    private final CompletionRun run;
    private final StreamBuffer buffer;
    private final Stalls stalls;
    private final AnswerShape shape;
    private final boolean includeUsage;

    StreamWriter(CompletionRun run, StreamBuffer buffer, Stalls stalls, AnswerShape shape, boolean includeUsage) {
        this.run = run;
        this.buffer = buffer;
        this.stalls = stalls;
        this.shape = shape;
        this.includeUsage = includeUsage;
    }

    @Override
    public void write(OutputStream out) throws IOException {
        try {
            boolean over = false;
            while (!over) {
                List<RunEvent> events = buffer.next(PATIENCE);
                over = events.isEmpty() && run.ended().toCompletableFuture().isDone()
                        || events.stream().anyMatch(RunEvent.Over.class::isInstance);
                stalls.writeBegins();
                write(out, events);
                if (over) {
                    end(out);
                }
                out.flush();
                stalls.writeEnded();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stalls.writeEnded();
            // Does nothing where the run has ended.
            run.cancel();
        }
    }

    private void write(OutputStream out, List<RunEvent> events) throws IOException {
        if (events.isEmpty()) {
            out.write(HEARTBEAT);
        }
        for (RunEvent event : events) {
            if (event instanceof RunEvent.OfChoice ofChoice) {
                for (JsonObject chunk : shape.chunks(ofChoice)) {
                    data(out, chunk);
                }
            }
        }
    }

    private void end(OutputStream out) throws IOException {
        try {
            Usage usage = run.ended().toCompletableFuture().join();
            if (includeUsage) {
                data(out, shape.usageChunk(usage));
            }
        } catch (CompletionException e) {
            Optional<Problem> problem = ProblemException.find(e);
            data(out, ProblemResponse.body(problem.orElse(Problem.of(500, "The platform failed to complete the answer."))));
        }
        out.write(DONE);
    }

    private static void data(OutputStream out, JsonObject object) throws IOException {
        out.write(("data: " + object + "\n\n").getBytes(StandardCharsets.UTF_8));
    }
}
