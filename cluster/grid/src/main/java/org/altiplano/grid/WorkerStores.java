package org.altiplano.grid;

import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.StoreJob;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.GenerationsGrpc;
import org.altiplano.grid.wire.Limits;
import org.altiplano.grid.wire.StorageCodec;
import org.altiplano.grid.wire.Wire;

/**
 * The stores of the workers, as a gateway reaches them. Owns nothing but the rules; any thread. Every stage ends with a
 * {@link FailureException} where the worker refuses, WORKER_LOST where it does not answer.
 */
public final class WorkerStores {

    private final Fleet fleet;

    WorkerStores(Fleet fleet) {
        this.fleet = fleet;
    }

    /** Has a worker bring a model into its store; the worker's reports tell how far it is. */
    public CompletionStage<StoreJob> store(WorkerStatus worker, ModelSource source) {
        return this.<Wire.StoreReply, StoreJob>ask(worker, (stub, reply) -> stub.store(StorageCodec.encode(source), reply),
                reply -> reply.hasFailed() ? Optional.of(reply.getFailed()) : Optional.empty(), reply -> StorageCodec.decode(reply.getJob()));
    }

    /** Has a worker give a job up, unless it is over. */
    public CompletionStage<Boolean> cancel(WorkerStatus worker, String job) {
        Wire.CancelStoringRequest request = Wire.CancelStoringRequest.newBuilder().setJob(job).build();
        return done(worker, (stub, reply) -> stub.cancelStoring(request, reply));
    }

    /** Has a worker delete a model from its store. */
    public CompletionStage<Boolean> remove(WorkerStatus worker, String model) {
        Wire.RemoveRequest request = Wire.RemoveRequest.newBuilder().setModel(model).build();
        return done(worker, (stub, reply) -> stub.remove(request, reply));
    }

    private CompletionStage<Boolean> done(WorkerStatus worker, BiConsumer<GenerationsGrpc.GenerationsStub, StreamObserver<Wire.StorageReply>> call) {
        return ask(worker, call, reply -> reply.hasFailed() ? Optional.of(reply.getFailed()) : Optional.empty(), reply -> true);
    }

    private <R, T> CompletionStage<T> ask(WorkerStatus worker, BiConsumer<GenerationsGrpc.GenerationsStub, StreamObserver<R>> call,
                                          Function<R, Optional<Wire.Failure>> failed, Function<R, T> result) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        fleet.link(worker).ifPresentOrElse(link -> call.accept(
                link.stub().withDeadlineAfter(Limits.STORE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS), new Answer<>(answer)),
                () -> answer.completeExceptionally(new IllegalStateException("gone")));
        return answer.handle((reply, broken) -> {
            if (broken != null) {
                throw new FailureException(Failure.Code.WORKER_LOST, "The worker " + worker.id() + " does not answer.");
            }
            failed.apply(reply).ifPresent(failure -> {
                throw new FailureException(EventCodec.decode(failure));
            });
            return result.apply(reply);
        });
    }

    private record Answer<R>(CompletableFuture<R> answer) implements StreamObserver<R> {
        @Override
        public void onNext(R reply) {
            answer.complete(reply);
        }

        @Override
        public void onError(Throwable broken) {
            answer.completeExceptionally(broken);
        }

        @Override
        public void onCompleted() {
            answer.completeExceptionally(new IllegalStateException("no answer"));
        }
    }
}
