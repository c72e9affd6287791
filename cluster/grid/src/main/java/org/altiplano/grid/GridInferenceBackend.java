package org.altiplano.grid;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.Generation;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.GenerationsGrpc;
import org.altiplano.grid.wire.Limits;
import org.altiplano.grid.wire.RequestCodec;
import org.altiplano.grid.wire.Wire;

/**
 * The cluster as one inference backend: carries each generation to a worker and its events back. Owns nothing but the
 * rules; listeners are called on the grid's threads, serially for each generation, and one that is slow delays no other.
 */
public final class GridInferenceBackend implements InferenceBackend, TokenizationBackend {

    /** Room for the message's other fields. */
    private static final int MOST_REQUEST_BYTES = Limits.MESSAGE_BYTES - 1_024;

    private final Fleet fleet;
    private final Predicate<String> placed;
    private final ScheduledExecutorService timer;
    private final InstantSource clock;

    GridInferenceBackend(Fleet fleet, Predicate<String> placed, ScheduledExecutorService timer, InstantSource clock) {
        this.fleet = fleet;
        this.placed = placed;
        this.timer = timer;
        this.clock = clock;
    }

    @Override
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        if (!placed.test(request.model())) {
            listener.onFailed(notPlaced(request.model()));
            return () -> { };
        }
        Wire.Request message = RequestCodec.encode(request);
        if (message.getSerializedSize() > MOST_REQUEST_BYTES) {
            listener.onFailed(tooLarge(message.getSerializedSize()));
            return () -> { };
        }
        RemoteGeneration generation = new RemoteGeneration(message, listener, fleet, timer, clock);
        generation.start();
        return generation;
    }

    @Override
    public CompletionStage<Tokenization> tokenize(String model, Prompt prompt) {
        Wire.TokenizeRequest request = Wire.TokenizeRequest.newBuilder()
                .setModel(model).setPrompt(RequestCodec.encode(prompt)).build();
        return this.<Wire.TokenizeReply>ask(model, request.getSerializedSize(), (stub, reply) -> stub.tokenize(request, reply))
                .thenApply(reply -> {
                    refuse(reply.hasFailed(), reply.getFailed());
                    return new Tokenization(RequestCodec.decode(reply.getTokenization().getTokens()),
                            reply.getTokenization().getMaxModelLen());
                });
    }

    @Override
    public CompletionStage<String> detokenize(String model, int[] tokens) {
        Wire.DetokenizeRequest request = Wire.DetokenizeRequest.newBuilder()
                .setModel(model).setTokens(RequestCodec.encode(tokens)).build();
        return this.<Wire.DetokenizeReply>ask(model, request.getSerializedSize(), (stub, reply) -> stub.detokenize(request, reply))
                .thenApply(reply -> {
                    refuse(reply.hasFailed(), reply.getFailed());
                    return reply.getText();
                });
    }

    private static void refuse(boolean failed, Wire.Failure failure) {
        if (failed) {
            throw new FailureException(EventCodec.decode(failure));
        }
    }

    private <R> CompletableFuture<R> ask(String model, int bytes,
                                         BiConsumer<GenerationsGrpc.GenerationsStub, StreamObserver<R>> call) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        if (!placed.test(model)) {
            answer.completeExceptionally(new FailureException(notPlaced(model)));
        } else if (bytes > MOST_REQUEST_BYTES) {
            answer.completeExceptionally(new FailureException(tooLarge(bytes)));
        } else {
            ask(model, new HashSet<>(), call, answer);
        }
        return answer;
    }

    private <R> void ask(String model, Set<String> tried,
                         BiConsumer<GenerationsGrpc.GenerationsStub, StreamObserver<R>> call, CompletableFuture<R> answer) {
        Optional<WorkerLink> link = fleet.pick(model, tried);
        if (link.isEmpty()) {
            answer.completeExceptionally(new FailureException(Failure.Code.NO_WORKER, fleet.explain(model)));
            return;
        }
        tried.add(link.get().status().incarnation());
        call.accept(link.get().stub().withDeadlineAfter(Limits.UNARY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS),
                new Reply<>(answer, broken -> {
                    link.get().broken();
                    boolean again = Status.fromThrowable(broken).getCode() == Status.Code.UNAVAILABLE && tried.size() == 1;
                    if (again) {
                        ask(model, tried, call, answer);
                    } else {
                        answer.completeExceptionally(new FailureException(Failure.Code.WORKER_LOST,
                                "The worker " + link.get().status().id() + " was lost before it answered."));
                    }
                }));
    }

    private static Failure notPlaced(String model) {
        return new Failure(Failure.Code.MODEL_NOT_FOUND, "The model " + model + " does not exist or is not served.");
    }

    private static Failure tooLarge(int bytes) {
        return new Failure(Failure.Code.INVALID_PROMPT, "The prompt is too large: " + bytes + " bytes; at most "
                + MOST_REQUEST_BYTES + " can be carried.");
    }

    private record Reply<R>(CompletableFuture<R> answer, Consumer<Throwable> onBroken) implements StreamObserver<R> {
        @Override
        public void onNext(R reply) {
            answer.complete(reply);
        }

        @Override
        public void onError(Throwable broken) {
            onBroken.accept(broken);
        }

        @Override
        public void onCompleted() {
            if (!answer.isDone()) {
                onBroken.accept(Status.UNAVAILABLE.asRuntimeException());
            }
        }
    }
}
