package org.altiplano.platform.completions.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.TokenChunk;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * Owns one HTTP request's generations, one per choice, from submission until the last has ended. Heard on the grid's
 * threads; cancelled from any. It ends once: with every choice finished, with the first failure, or cancelled.
 */
public final class CompletionRun {

    /** Hears what is used, choice by choice, and the end of all. On the grid's threads; must not block. */
    interface Ledger {

        default void accepted(int choice, int promptTokens) {
        }

        default void produced(int choice, int tokens) {
        }

        default void finished(int choice, Finished finished) {
        }

        default void failed(int choice, Failure failure) {
        }

        /** Told once, when all generations have ended. What it gives never fails; the answer ends when it completes. */
        CompletionStage<Void> settle(Outcome outcome, Usage usage, Optional<Duration> timeToFirstToken);
    }

    /** How a request ended. */
    public enum Outcome { COMPLETED, FAILED, CANCELLED }

    private final int choicesPerPrompt;
    private final String promptParameter;
    private final EventSink sink;
    private final Ledger ledger;
    private final Generation[] generations;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final CompletableFuture<Usage> ended = new CompletableFuture<>();
    // All below guarded by this.
    private int notAccepted;
    private int notEnded;
    private boolean cancelled;
    private Optional<Problem> problem = Optional.empty();
    private Usage usage = Usage.NONE;
    private Optional<Duration> timeToFirstToken = Optional.empty();

    private CompletionRun(int choices, int choicesPerPrompt, String promptParameter, EventSink sink, Ledger ledger) {
        this.choicesPerPrompt = choicesPerPrompt;
        this.promptParameter = promptParameter;
        this.sink = sink;
        this.ledger = ledger;
        this.generations = new Generation[choices];
        this.notAccepted = choices;
        this.notEnded = choices;
    }

    /**
     * Submits a request's generations.
     *
     * @param requests one per choice, those of one prompt side by side
     * @param choicesPerPrompt how many belong to one prompt
     * @param promptParameter what the caller calls the prompt
     */
    static CompletionRun start(InferenceBackend backend, List<GenerationRequest> requests, int choicesPerPrompt,
                               String promptParameter, EventSink sink, Ledger ledger) {
        CompletionRun run = new CompletionRun(requests.size(), choicesPerPrompt, promptParameter, sink, ledger);
        for (int choice = 0; choice < requests.size(); choice++) {
            run.started(choice, backend.submit(requests.get(choice), run.new Choice(choice)));
        }
        return run;
    }

    /** Completes when all generations are accepted; fails with a {@link ProblemException} if one is not. */
    public CompletionStage<Void> accepted() {
        return accepted;
    }

    /** Completes with the usage when all generations have ended; fails with a {@link ProblemException} if one failed. */
    public CompletionStage<Usage> ended() {
        return ended;
    }

    /** Gives the request up: nobody waits for the answer any more. */
    public void cancel() {
        synchronized (this) {
            cancelled = true;
        }
        cancelGenerations();
    }

    private void started(int choice, Generation generation) {
        boolean late;
        synchronized (this) {
            generations[choice] = generation;
            late = cancelled || problem.isPresent();
        }
        if (late) {
            generation.cancel();
        }
    }

    private void cancelGenerations() {
        for (int choice = 0; choice < generations.length; choice++) {
            Generation generation;
            synchronized (this) {
                generation = generations[choice];
            }
            // Those not yet submitted are cancelled as soon as they are.
            if (generation != null) {
                generation.cancel();
            }
        }
    }

    private void deliver(RunEvent event) {
        if (!sink.offer(event)) {
            fail(Problem.of(Problem.CLIENT_GONE, "The answer was given up, since its reader does not keep up."));
        }
    }

    private void fail(Problem reason) {
        boolean first;
        synchronized (this) {
            first = problem.isEmpty();
            if (first) {
                problem = Optional.of(reason);
            }
        }
        if (first) {
            accepted.completeExceptionally(new ProblemException(reason));
            cancelGenerations();
        }
    }

    private void choiceAccepted() {
        boolean last;
        synchronized (this) {
            notAccepted--;
            last = notAccepted == 0;
        }
        if (last) {
            accepted.complete(null);
        }
    }

    private void choiceEnded() {
        final Outcome outcome;
        final Usage used;
        final Optional<Duration> firstToken;
        final Optional<Problem> reason;
        synchronized (this) {
            notEnded--;
            if (notEnded > 0) {
                return;
            }
            outcome = cancelled ? Outcome.CANCELLED : problem.isPresent() ? Outcome.FAILED : Outcome.COMPLETED;
            used = usage;
            firstToken = timeToFirstToken;
            reason = problem;
        }
        ledger.settle(outcome, used, firstToken).thenRun(() -> tell(outcome, used, reason));
    }

    private void tell(Outcome outcome, Usage used, Optional<Problem> reason) {
        if (outcome == Outcome.COMPLETED) {
            ended.complete(used);
        } else {
            ProblemException error = new ProblemException(
                    reason.orElse(Problem.of(Problem.CLIENT_GONE, "The client went away.")));
            accepted.completeExceptionally(error);
            ended.completeExceptionally(error);
        }
        // Wakes the reader. Where there is no room for it, there is no reader.
        sink.offer(new RunEvent.Over());
    }

    private synchronized boolean cancelWished() {
        return cancelled || problem.isPresent();
    }

    private synchronized void use(int choice, Finished finished) {
        boolean firstOfPrompt = choice % choicesPerPrompt == 0;
        usage = usage.plus(new Usage(firstOfPrompt ? finished.promptTokens() : 0,
                firstOfPrompt ? finished.cachedTokens() : 0, finished.completionTokens()));
        if (finished.completionTokens() > 0 && timeToFirstToken.filter(known -> known.compareTo(finished.timeToFirstToken()) <= 0).isEmpty()) {
            timeToFirstToken = Optional.of(finished.timeToFirstToken());
        }
    }

    private final class Choice implements GenerationListener {

        private final int index;

        Choice(int index) {
            this.index = index;
        }

        @Override
        public void onAccepted(Accepted event) {
            ledger.accepted(index, event.promptTokens().length);
            deliver(new RunEvent.Began(index, event));
            choiceAccepted();
        }

        @Override
        public void onPrompt(PromptEcho prompt) {
            deliver(new RunEvent.Echoed(index, prompt));
        }

        @Override
        public void onTokens(TokenChunk chunk) {
            ledger.produced(index, chunk.tokens().size());
            deliver(new RunEvent.Said(index, chunk));
        }

        @Override
        public void onFinished(Finished finished) {
            use(index, finished);
            ledger.finished(index, finished);
            if (finished.reason() != FinishReason.CANCELLED) {
                deliver(new RunEvent.Ended(index, finished));
            } else if (!cancelWished()) {
                fail(Problem.of(new Failure(Failure.Code.WORKER_LOST, "The worker gave the generation up.")));
            }
            choiceEnded();
        }

        @Override
        public void onFailed(Failure failure) {
            ledger.failed(index, failure);
            fail(Problem.of(failure).about(promptParameter));
            choiceEnded();
        }
    }
}
