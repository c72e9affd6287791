package org.altiplano.platform.completions.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.TokenChunk;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.entity.ProblemException;
import org.junit.jupiter.api.Test;

class CompletionRunTest {

    private final List<GenerationListener> listeners = new ArrayList<>();
    private final List<Integer> cancelled = new ArrayList<>();
    private final List<String> settled = new ArrayList<>();
    private final List<RunEvent> events = new ArrayList<>();
    private int room = Integer.MAX_VALUE;

    /** Accepts whatever is told to it, and remembers who is cancelled. */
    private final InferenceBackend backend = (request, listener) -> {
        int choice = listeners.size();
        listeners.add(listener);
        return (Generation) () -> cancelled.add(choice);
    };

    @Test
    void isAcceptedWhenTheLastChoiceIsAndEndsOnceWithTheUsageOfAll() {
        CompletionRun run = start(4, 2);
        accept(0, 1, 2);
        assertFalse(run.accepted().toCompletableFuture().isDone());
        accept(3);
        assertTrue(run.accepted().toCompletableFuture().isDone());
        finish(FinishReason.STOP, 0, 1, 2);
        assertTrue(settled.isEmpty());
        finish(FinishReason.LENGTH, 3);
        assertEquals(new Usage(20, 6, 12), run.ended().toCompletableFuture().join(), "each of two prompts counts once");
        assertEquals(List.of("COMPLETED Usage[prompt=20, cached=6, completion=12] Optional[PT0.05S]"), settled);
        assertEquals(new RunEvent.Over(), events.get(events.size() - 1));
    }

    @Test
    void cancelsTheOthersWhenOneFailsAndSettlesWhenAllHaveEnded() {
        CompletionRun run = start(3, 3);
        accept(0, 1);
        listeners.get(2).onFailed(new Failure(Failure.Code.QUEUE_FULL, "full"));
        assertEquals(429, status(run.accepted().toCompletableFuture()::join));
        assertEquals(List.of(0, 1, 2), cancelled);
        assertTrue(settled.isEmpty());
        finish(FinishReason.CANCELLED, 0, 1);
        assertEquals(1, settled.size());
        assertTrue(settled.get(0).startsWith("FAILED"));
        assertEquals(429, status(run.ended().toCompletableFuture()::join));
    }

    @Test
    void settlesACancelledRequestOnceHoweverOftenItIsCancelled() {
        CompletionRun run = start(1, 1);
        accept(0);
        run.cancel();
        run.cancel();
        finish(FinishReason.CANCELLED, 0);
        run.cancel();
        assertEquals(1, settled.size());
        assertTrue(settled.get(0).startsWith("CANCELLED"));
    }

    @Test
    void givesUpAReaderThatDoesNotKeepUp() {
        CompletionRun run = start(1, 1);
        accept(0);
        room = events.size();
        listeners.get(0).onTokens(new TokenChunk(List.of(), "x"));
        assertEquals(List.of(0), cancelled);
        finish(FinishReason.CANCELLED, 0);
        assertEquals(1, settled.size());
        assertEquals(499, status(run.ended().toCompletableFuture()::join));
    }

    @Test
    void tellsAFailureWhereTheWorkerGivesUpUnasked() {
        CompletionRun run = start(1, 1);
        accept(0);
        finish(FinishReason.CANCELLED, 0);
        assertEquals(503, status(run.ended().toCompletableFuture()::join));
    }

    @Test
    void cancelsAChoiceThatIsSubmittedAfterTheFirstHasFailed() {
        InferenceBackend failing = (request, listener) -> {
            int choice = listeners.size();
            listeners.add(listener);
            listener.onFailed(new Failure(Failure.Code.NO_WORKER, "none"));
            return () -> cancelled.add(choice);
        };
        CompletionRun run = CompletionRun.start(failing, requests(2), 2, "messages", events::add, this::settle);
        assertEquals(503, status(run.ended().toCompletableFuture()::join));
        assertEquals(1, settled.size());
        assertTrue(cancelled.contains(1));
    }

    @Test
    void callsThePromptWhatTheCallerCallsIt() {
        CompletionRun run = CompletionRun.start(backend, requests(1), 1, "prompt", events::add, this::settle);
        listeners.get(0).onFailed(new Failure(Failure.Code.CONTEXT_LENGTH_EXCEEDED, "too long"));
        ProblemException error = (ProblemException) assertThrows(CompletionException.class, run.ended().toCompletableFuture()::join).getCause();
        assertEquals(Optional.of("prompt"), error.problem().param());
    }

    private CompletionRun start(int choices, int choicesPerPrompt) {
        return CompletionRun.start(backend, requests(choices), choicesPerPrompt, "messages",
                event -> events.size() < room && events.add(event), this::settle);
    }

    private CompletionStage<Void> settle(CompletionRun.Outcome outcome, Usage usage, Optional<Duration> timeToFirstToken) {
        settled.add(outcome + " " + usage + " " + timeToFirstToken);
        return CompletableFuture.completedFuture(null);
    }

    private void accept(int... choices) {
        for (int choice : choices) {
            listeners.get(choice).onAccepted(new Accepted(new int[10]));
        }
    }

    private void finish(FinishReason reason, int... choices) {
        for (int choice : choices) {
            listeners.get(choice).onFinished(new Finished(reason, 10, 3, 3, Duration.ZERO, Duration.ofMillis(50), Duration.ofSeconds(1)));
        }
    }

    private static List<GenerationRequest> requests(int choices) {
        return IntStream.range(0, choices).mapToObj(i -> new GenerationRequest("r-" + i, "m", new Prompt.Text("x", true),
                SamplingParams.GREEDY, StopConditions.NONE, OutputOptions.NONE, CacheSalt.PUBLIC, FairShare.SINGLE)).toList();
    }

    private static int status(Runnable join) {
        return ((ProblemException) assertThrows(CompletionException.class, join::run).getCause()).problem().status();
    }
}
