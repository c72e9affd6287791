package org.altiplano.grid;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.altiplano.grid.routing.Candidate;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.grid.wire.GenerationsGrpc;
import org.altiplano.grid.wire.Limits;
import org.altiplano.grid.wire.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the connection to one start of a worker, and knows what this gateway has sent there since the worker last
 * reported. Every method may be called from any thread.
 */
final class WorkerLink {

    /** A worker that is silent for so long may be gone: it is chosen only if no other can be. */
    static final Duration DOUBTFUL = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(WorkerLink.class);

    private final ManagedChannel channel;
    private WorkerStatus status;   // guarded by this, as the rest
    private Instant reportedAt;
    private int inFlight;
    private int inFlightAtReport;
    private boolean broken;

    WorkerLink(WorkerStatus status, Instant now, Executor executor) {
        this.status = status;
        this.reportedAt = now;
        this.channel = NettyChannelBuilder.forAddress(new InetSocketAddress(status.host(), status.port()))
                .usePlaintext()
                .proxyDetector(target -> null) // A proxy for the outside world is none for the cluster.
                .executor(executor)
                .maxInboundMessageSize(Limits.MESSAGE_BYTES)
                .flowControlWindow(Limits.WINDOW_BYTES)
                .disableRetry()
                .build();
        channel.getState(true); // Connects now, not with the first generation.
    }

    GenerationsGrpc.GenerationsStub stub() {
        return GenerationsGrpc.newStub(channel);
    }

    synchronized WorkerStatus status() {
        return status;
    }

    synchronized void reported(WorkerStatus news, Instant now) {
        status = news;
        reportedAt = now;
        inFlightAtReport = inFlight;
        broken = false;
    }

    /** Time since the last report. */
    synchronized Duration silence(Instant now) {
        return Duration.between(reportedAt, now);
    }

    /** The connection failed: until the worker reports again it is doubtful. */
    synchronized void broken() {
        broken = true;
    }

    synchronized void begun() {
        inFlight++;
    }

    synchronized void ended() {
        inFlight--;
    }

    /**
     * If anything is under way, asks the worker for a sign of life. gRPC's own keepalive waits ten seconds and more.
     *
     * @param onHung told if the worker does not answer in time
     */
    void ping(Runnable onHung) {
        synchronized (this) {
            if (inFlight == 0) {
                return;
            }
        }
        stub().withDeadlineAfter(Limits.PING_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .ping(Wire.PingRequest.getDefaultInstance(), new Pong(onHung));
    }

    /** Sends the worker the prefixes that it is to keep. If they do not arrive, its reports show that. */
    void pin(Wire.PinRequest request) {
        stub().withDeadlineAfter(Limits.UNARY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS).pin(request, new PinAnswer(status().id()));
    }

    synchronized Candidate candidate(Instant now) {
        int load = Math.max(inFlight, status.load() + inFlight - inFlightAtReport);
        return new Candidate(status, load, broken || silence(now).compareTo(DOUBTFUL) > 0);
    }

    /** Takes no new calls; those under way go on. */
    void retire() {
        channel.shutdown();
    }

    boolean isClosed() {
        return channel.isTerminated();
    }

    /** Cuts the calls under way. */
    void cut() {
        channel.shutdownNow();
    }

    /** Cuts the calls under way and waits until that is done. */
    void close() {
        cut();
        try {
            channel.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Any answer is a sign of life, and a broken connection is told to each of its calls. */
    private record Pong(Runnable onHung) implements StreamObserver<Wire.PingReply> {
        @Override
        public void onNext(Wire.PingReply alive) {
            LOG.trace("A worker lives.");
        }

        @Override
        public void onError(Throwable error) {
            if (Status.fromThrowable(error).getCode() == Status.Code.DEADLINE_EXCEEDED) {
                onHung.run();
            }
        }

        @Override
        public void onCompleted() {
            LOG.trace("A worker answered.");
        }
    }

    private record PinAnswer(String worker) implements StreamObserver<Wire.PinReply> {
        @Override
        public void onNext(Wire.PinReply reply) {
            if (reply.hasFailed()) {
                LOG.info("{} pins no prefixes now: {}", worker, reply.getFailed().getMessage());
            }
        }

        @Override
        public void onError(Throwable error) {
            LOG.info("{} could not be told which prefixes to pin: {}", worker, error.toString());
        }

        @Override
        public void onCompleted() {
            LOG.trace("{} was told which prefixes to pin.", worker);
        }
    }
}
