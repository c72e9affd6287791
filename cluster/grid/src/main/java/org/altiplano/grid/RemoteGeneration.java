package org.altiplano.grid;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one generation at the gateway's end of its stream. The listener is called serially on a thread of the grid, or
 * on the caller's before the first stream is open.
 *
 * <p>Life cycle: an attempt at a worker; if that one cannot be reached, refuses or is lost before the terminal event, one
 * more attempt at another, which goes on behind what the listener has been told; then exactly one terminal event.
 */
final class RemoteGeneration implements Generation {

    /** A live worker confirms a request within milliseconds; this long without a word and it counts as unreachable. */
    static final Duration FIRST_SIGN = Duration.ofSeconds(3);

    /** How long a worker may take to obey a cancellation before the stream is cut. */
    static final Duration CANCEL_GRACE = Duration.ofSeconds(5);

    /** One move is enough for a worker that dies; a request that kills its workers must not go through all of them. */
    private static final int MOST_ATTEMPTS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(RemoteGeneration.class);

    private final Wire.Request request;
    private final GenerationListener listener;
    private final Fleet fleet;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;
    private final Instant submittedAt;
    private final Set<String> tried = new HashSet<>();       // one thread at a time, as the next
    private final GivenOut given = new GivenOut();
    private Optional<Attempt> current = Optional.empty();    // guarded by this, as the next
    private boolean cancelled;

    RemoteGeneration(Wire.Request request, GenerationListener listener, Fleet fleet, ScheduledExecutorService timer,
                     InstantSource clock) {
        this.request = request;
        this.listener = listener;
        this.fleet = fleet;
        this.timer = timer;
        this.clock = clock;
        this.submittedAt = clock.instant();
    }

    /** Sends the request to the best worker. */
    void start() {
        attempt(() -> new Failure(Failure.Code.NO_WORKER, fleet.explain(request.getModel())));
    }

    /** Another attempt, after this worker could not be reached or was lost. */
    private void goOnWithout(String worker) {
        attempt(() -> given.isAccepted()
                ? new Failure(Failure.Code.WORKER_LOST, "The worker " + worker + " was lost while it generated the answer.")
                : new Failure(Failure.Code.NO_WORKER,
                        "No worker that serves the model " + request.getModel() + " can be reached right now."));
    }

    /**
     * Sends what is still to be generated to the best worker that was not tried yet.
     *
     * @param otherwise what to tell where there is none
     */
    private void attempt(Supplier<Failure> otherwise) {
        Optional<Wire.Request> rest = tried.size() < MOST_ATTEMPTS ? given.rest(request) : Optional.empty();
        Optional<WorkerLink> link = rest.flatMap(left -> fleet.pick(request.getModel(), tried));
        if (link.isEmpty()) {
            deliver(() -> listener.onFailed(otherwise.get()));
            return;
        }
        tried.add(link.get().status().incarnation());
        Attempt attempt = new Attempt(link.get(), rest.orElseThrow());
        synchronized (this) {
            if (!cancelled) {
                current = Optional.of(attempt);
                attempt.start();
                return;
            }
        }
        finishCancelled();
    }

    @Override
    public synchronized void cancel() {
        if (!cancelled) {
            cancelled = true;
            current.ifPresent(Attempt::askToCancel);
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private Duration sinceSubmission() {
        return Duration.between(submittedAt, clock.instant());
    }

    private void finishCancelled() {
        deliver(() -> listener.onFinished(new Finished(FinishReason.CANCELLED, given.promptTokens(), 0,
                given.completionTokens(), Duration.ZERO, Duration.ZERO, Duration.ZERO)));
    }

    /** A listener that throws loses its own generation and no other. */
    private void deliver(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.warn("The listener of generation {} threw; the generation is cancelled.", request.getId(), e);
            cancel();
        }
    }

    /** The stream to one worker; its callbacks come serially on a thread of the grid. */
    private final class Attempt implements ClientResponseObserver<Wire.ToWorker, Wire.FromWorker> {
        private final WorkerLink link;
        private final Wire.Request rest;
        private final Duration earlier = sinceSubmission();
        private final List<Wire.PromptPart> promptParts = new ArrayList<>();
        private ClientCallStreamObserver<Wire.ToWorker> up;
        private Optional<ScheduledFuture<?>> cut = Optional.empty(); // guarded by the generation, as the next two
        private boolean cutOff;
        private boolean over;

        Attempt(WorkerLink link, Wire.Request rest) {
            this.link = link;
            this.rest = rest;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Wire.ToWorker> stream) {
            up = stream;
        }

        /** Called with the generation's lock held. */
        void start() {
            link.begun();
            cutAfter(FIRST_SIGN, "no sign of life");
            link.stub().generate(this);
            up.onNext(Wire.ToWorker.newBuilder().setRequest(rest).build());
        }

        /** Called with the generation's lock held. */
        void askToCancel() {
            if (!over && !cutOff) {
                up.onNext(Wire.ToWorker.newBuilder().setCancel(Wire.Cancel.getDefaultInstance()).build());
                cutAfter(CANCEL_GRACE, "cancelled");
            }
        }

        private void cutAfter(Duration patience, String reason) {
            cut.ifPresent(earlier -> earlier.cancel(false));
            cut = Optional.of(timer.schedule(() -> cutOff(reason), patience.toMillis(), TimeUnit.MILLISECONDS));
        }

        /** Until the stream's end is told here, nothing may be written to it any more. */
        private void cutOff(String reason) {
            synchronized (RemoteGeneration.this) {
                cutOff = true;
                up.cancel(reason, null);
            }
        }

        private void alive() {
            synchronized (RemoteGeneration.this) {
                if (!cancelled) {
                    cut.ifPresent(pending -> pending.cancel(false));
                }
            }
        }

        /** @return whether it was not over before */
        private boolean end() {
            synchronized (RemoteGeneration.this) {
                cut.ifPresent(pending -> pending.cancel(false));
                if (over) {
                    return false;
                }
                over = true;
                current = Optional.empty();
            }
            link.ended();
            return true;
        }

        @Override
        public void onNext(Wire.FromWorker message) {
            switch (message.getKindCase()) {
                case RECEIVED -> alive();
                case ACCEPTED -> accepted(EventCodec.decode(message.getAccepted()));
                case PROMPT -> prompt(message.getPrompt());
                case TOKENS -> {
                    TokenChunk chunk = EventCodec.decode(message.getTokens());
                    given.add(chunk, sinceSubmission());
                    deliver(() -> listener.onTokens(chunk));
                }
                case FINISHED -> {
                    Finished event = EventCodec.decode(message.getFinished());
                    if (end()) {
                        deliver(() -> listener.onFinished(tried.size() > 1 ? given.whole(event, earlier) : event));
                    }
                }
                case FAILED -> failed(EventCodec.decode(message.getFailed()));
                case KIND_NOT_SET -> LOG.debug("A message of a kind that is not known here was passed over.");
            }
        }

        private void accepted(Accepted event) {
            if (!given.isAccepted()) {
                given.accepted(event);
                deliver(() -> listener.onAccepted(event));
            }
        }

        private void prompt(Wire.PromptPart part) {
            promptParts.add(part);
            if (part.getLast()) {
                given.echoed();
                deliver(() -> listener.onPrompt(EventCodec.decode(promptParts)));
            }
        }

        private void failed(Failure failure) {
            if (!end()) {
                return;
            }
            // Either it no longer holds the model and had not reported that when it was picked; or what was right at the first
            // worker is wrong here.
            boolean elsewhere = given.isAccepted() ? failure.code().kind() == Failure.Kind.CALLER
                    : failure.code() == Failure.Code.MODEL_NOT_FOUND;
            if (elsewhere) {
                goOnWithout(link.status().id());
            } else {
                deliver(() -> listener.onFailed(failure));
            }
        }

        @Override
        public void onError(Throwable broken) {
            if (!end()) {
                return;
            }
            Status status = Status.fromThrowable(broken);
            String worker = link.status().id();
            LOG.info("The stream of generation {} to {} broke: {}", request.getId(), worker, status);
            link.broken();
            if (isCancelled()) {
                finishCancelled();
            } else {
                goOnWithout(worker);
            }
        }

        /** A worker ends the stream itself only after the terminal event. */
        @Override
        public void onCompleted() {
            onError(Status.UNAVAILABLE.withDescription("ended without a terminal event").asRuntimeException());
        }
    }
}
