package org.altiplano.grid;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.ModelHost;
import org.altiplano.contract.ModelStorage;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.GenerationsGrpc;
import org.altiplano.grid.wire.GrpcLog;
import org.altiplano.grid.wire.Limits;
import org.altiplano.grid.wire.RequestCodec;
import org.altiplano.grid.wire.StorageCodec;
import org.altiplano.grid.wire.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a worker's gRPC server and the streams of the generations under way, from start to close, on threads named
 * {@code inbox}. A stream that breaks, a gateway that dies or hangs: its generations are cancelled at once.
 */
final class WorkerInbox<B extends InferenceBackend & TokenizationBackend & ModelHost> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerInbox.class);

    private final B backend;
    private final ModelStorage storage;
    private final ExecutorService calls = Executors.newCachedThreadPool(new NamedThreads("inbox"));
    private final ExecutorService pump = Executors.newSingleThreadExecutor(new NamedThreads("inbox-pump"));
    private final Set<InboxStream> streams = ConcurrentHashMap.newKeySet();
    private final Server server;
    private volatile boolean refusing;

    /** @throws UncheckedIOException if the address cannot be had; the message is for the operator */
    WorkerInbox(InetSocketAddress address, B backend, ModelStorage storage) {
        this.backend = backend;
        this.storage = storage;
        GrpcLog.quieten();
        this.server = NettyServerBuilder.forAddress(address)
                .addService(new Service())
                .executor(calls)
                .maxInboundMessageSize(Limits.MESSAGE_BYTES)
                .flowControlWindow(Limits.WINDOW_BYTES)
                .keepAliveTime(Limits.GATEWAY_SILENCE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(Limits.GATEWAY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(new IOException("The gRPC address " + address.getAddress().getHostAddress()
                    + ":" + address.getPort() + " cannot be used: it is taken or is no address of this machine.", e));
        }
    }

    int port() {
        return server.getPort();
    }

    /** Generations under way. */
    int underWay() {
        return streams.size();
    }

    /** Whether new generations are sent elsewhere from now on; those under way go on. */
    void refuse(boolean all) {
        refusing = all;
    }

    /** Waits until no generation is under way. @return false if some still were after that time */
    boolean awaitIdle(Duration atMost) throws InterruptedException {
        synchronized (streams) {
            long deadline = System.nanoTime() + atMost.toNanos();
            while (!streams.isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                streams.wait(left);
            }
            return true;
        }
    }

    /** Breaks the streams that are left and stops. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        calls.shutdown();
        pump.shutdown();
    }

    private void ended(InboxStream stream) {
        synchronized (streams) {
            streams.remove(stream);
            streams.notifyAll();
        }
    }

    private final class Service extends GenerationsGrpc.GenerationsImplBase {

        @Override
        public StreamObserver<Wire.ToWorker> generate(StreamObserver<Wire.FromWorker> down) {
            if (refusing) {
                down.onError(Status.UNAVAILABLE.withDescription("the worker takes nothing new").asRuntimeException());
                return new Deaf();
            }
            InboxStream stream = new InboxStream(backend, (ServerCallStreamObserver<Wire.FromWorker>) down, pump,
                    WorkerInbox.this::ended);
            streams.add(stream);
            return stream;
        }

        @Override
        public void tokenize(Wire.TokenizeRequest request, StreamObserver<Wire.TokenizeReply> reply) {
            answer(() -> backend.tokenize(request.getModel(), RequestCodec.decode(request.getPrompt())), reply,
                    result -> Wire.TokenizeReply.newBuilder().setTokenization(Wire.TokenizeReply.Tokenization.newBuilder()
                            .setTokens(RequestCodec.encode(result.tokens())).setMaxModelLen(result.maxModelLen())).build(),
                    failure -> Wire.TokenizeReply.newBuilder().setFailed(EventCodec.encode(failure)).build());
        }

        @Override
        public void pin(Wire.PinRequest request, StreamObserver<Wire.PinReply> reply) {
            answer(() -> {
                backend.pin(request.getModel(), RequestCodec.decode(request));
                return CompletableFuture.completedFuture(Wire.PinReply.getDefaultInstance());
            }, reply, done -> done, failure -> Wire.PinReply.newBuilder().setFailed(EventCodec.encode(failure)).build());
        }

        @Override
        public void store(Wire.StoreRequest request, StreamObserver<Wire.StoreReply> reply) {
            answer(() -> CompletableFuture.completedFuture(storage.store(StorageCodec.decode(request))), reply,
                    job -> Wire.StoreReply.newBuilder().setJob(StorageCodec.encode(job)).build(),
                    failure -> Wire.StoreReply.newBuilder().setFailed(EventCodec.encode(failure)).build());
        }

        @Override
        public void cancelStoring(Wire.CancelStoringRequest request, StreamObserver<Wire.StorageReply> reply) {
            done(() -> storage.cancel(request.getJob()), reply);
        }

        @Override
        public void remove(Wire.RemoveRequest request, StreamObserver<Wire.StorageReply> reply) {
            done(() -> storage.remove(request.getModel()), reply);
        }

        private void done(Runnable work, StreamObserver<Wire.StorageReply> reply) {
            answer(() -> {
                work.run();
                return CompletableFuture.completedFuture(Wire.StorageReply.getDefaultInstance());
            }, reply, nothing -> nothing, failure -> Wire.StorageReply.newBuilder().setFailed(EventCodec.encode(failure)).build());
        }

        @Override
        public void ping(Wire.PingRequest request, StreamObserver<Wire.PingReply> reply) {
            reply.onNext(Wire.PingReply.getDefaultInstance());
            reply.onCompleted();
        }

        @Override
        public void detokenize(Wire.DetokenizeRequest request, StreamObserver<Wire.DetokenizeReply> reply) {
            answer(() -> backend.detokenize(request.getModel(), RequestCodec.decode(request.getTokens())), reply,
                    text -> Wire.DetokenizeReply.newBuilder().setText(text).build(),
                    failure -> Wire.DetokenizeReply.newBuilder().setFailed(EventCodec.encode(failure)).build());
        }
    }

    /** Whatever goes wrong is told as a failure: a call that breaks means that the worker is lost. */
    private static <T, R> void answer(Supplier<CompletionStage<T>> call, StreamObserver<R> reply, Function<T, R> result,
                                      Function<Failure, R> failed) {
        CompletionStage<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((value, error) -> {
            reply.onNext(error == null ? result.apply(value) : failed.apply(failure(error)));
            reply.onCompleted();
        });
    }

    private static Failure failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null
                ? error.getCause() : error;
        if (cause instanceof FailureException known) {
            return known.failure();
        }
        if (cause instanceof IllegalArgumentException) {
            return new Failure(Failure.Code.INVALID_PARAMETER, cause.getMessage());
        }
        LOG.error("A call could not be answered.", cause);
        return new Failure(Failure.Code.ENGINE_FAILED, "The worker could not answer.");
    }

    /** Hears what still comes on a stream that was refused. */
    private static final class Deaf implements StreamObserver<Wire.ToWorker> {
        @Override
        public void onNext(Wire.ToWorker message) {
            LOG.trace("A refused stream goes on.");
        }

        @Override
        public void onError(Throwable broken) {
            LOG.trace("A refused stream broke.");
        }

        @Override
        public void onCompleted() {
            LOG.trace("A refused stream ended.");
        }
    }
}
