package org.altiplano.grid;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.RequestCodec;
import org.altiplano.grid.wire.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one generation at the worker's end of its stream, from the request to the terminal event. The stream's calls
 * come serially on a thread of the inbox, the events on the engine's, and all writing is done by the pump.
 */
final class InboxStream implements StreamObserver<Wire.ToWorker>, GenerationListener {

    /** Tokens that may wait for a slow reader: minutes of one generation. */
    static final int WAITING_TOKENS = 8_192;

    private static final Logger LOG = LoggerFactory.getLogger(InboxStream.class);

    private final InferenceBackend backend;
    private final ServerCallStreamObserver<Wire.FromWorker> down;
    private final Executor pump;
    private final Consumer<InboxStream> onEnd;
    private final Outlet outlet = new Outlet(WAITING_TOKENS);
    private final AtomicBoolean pumping = new AtomicBoolean();
    private volatile boolean streamOver;
    private volatile boolean generationOver;
    private boolean begun;                                      // stream's thread
    private boolean cancelled;                                  // guarded by this
    private Optional<Generation> generation = Optional.empty(); // guarded by this

    /**
     * @param pump one thread, shared by all streams
     * @param onEnd told once or more when both the generation and the stream are over
     */
    InboxStream(InferenceBackend backend, ServerCallStreamObserver<Wire.FromWorker> down, Executor pump,
                Consumer<InboxStream> onEnd) {
        this.backend = backend;
        this.down = down;
        this.pump = pump;
        this.onEnd = onEnd;
        down.setOnReadyHandler(this::pump);
        down.setOnCancelHandler(this::abandoned);
    }

    @Override
    public void onNext(Wire.ToWorker message) {
        switch (message.getKindCase()) {
            case REQUEST -> begin(message.getRequest());
            case CANCEL -> cancel();
            case KIND_NOT_SET -> LOG.debug("A message of a kind that is not known here was passed over.");
        }
    }

    /** The gateway broke the stream; the cancel handler acts on it. */
    @Override
    public void onError(Throwable broken) {
        abandoned();
    }

    /** The gateway has nothing more to say; the generation goes on. */
    @Override
    public void onCompleted() {
        if (!begun) {
            streamOver = true;
            generationOver = true;
            down.onError(Status.INVALID_ARGUMENT.withDescription("no request came").asRuntimeException());
            onEnd.accept(this);
        }
    }

    @Override
    public void onAccepted(Accepted accepted) {
        outlet.accepted(accepted);
        pump();
    }

    @Override
    public void onPrompt(PromptEcho prompt) {
        outlet.prompt(prompt);
        pump();
    }

    @Override
    public void onTokens(TokenChunk chunk) {
        if (!outlet.tokens(chunk)) {
            outlet.end(EventCodec.failed(new Failure(Failure.Code.ENGINE_FAILED,
                    "The answer was given up: its reader fell more than " + WAITING_TOKENS + " tokens behind.")));
            cancel();
        }
        pump();
    }

    @Override
    public void onFinished(Finished finished) {
        end(EventCodec.encode(finished));
    }

    @Override
    public void onFailed(Failure failure) {
        end(EventCodec.failed(failure));
    }

    private void begin(Wire.Request message) {
        if (begun) {
            LOG.warn("A second request on the stream of one generation was passed over.");
            return;
        }
        begun = true;
        down.onNext(EventCodec.received());
        try {
            GenerationRequest request = RequestCodec.decode(message);
            Generation submitted = backend.submit(request, this);
            synchronized (this) {
                generation = Optional.of(submitted);
                if (cancelled) {
                    submitted.cancel();
                }
            }
        } catch (IllegalArgumentException e) {
            onFailed(new Failure(Failure.Code.INVALID_PARAMETER, e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("The request {} could not be submitted.", message.getId(), e);
            onFailed(new Failure(Failure.Code.ENGINE_FAILED, "The worker could not start the generation."));
        }
    }

    private void end(Wire.FromWorker event) {
        generationOver = true;
        outlet.end(event);
        if (streamOver) {
            onEnd.accept(this);
        }
        pump();
    }

    private void abandoned() {
        if (!generationOver) {
            LOG.info("The gateway of a generation is gone; it is cancelled.");
        }
        streamOver = true;
        cancel();
        if (generationOver || !begun) {
            onEnd.accept(this);
        }
    }

    private synchronized void cancel() {
        cancelled = true;
        generation.ifPresent(Generation::cancel);
    }

    private void pump() {
        if (pumping.compareAndSet(false, true)) {
            pump.execute(this::write);
        }
    }

    private void write() {
        pumping.set(false); // Before looking: what arrives from here on calls the pump again.
        if (streamOver || !down.isReady()) {
            return;         // A stream that becomes ready again calls the pump.
        }
        for (Wire.FromWorker message : outlet.next()) {
            down.onNext(message);
            if (message.hasFinished() || message.hasFailed()) {
                streamOver = true;
                down.onCompleted();
                // After an overflow the engine has yet to say that it let go.
                if (generationOver) {
                    onEnd.accept(this);
                }
            }
        }
    }
}
