package org.altiplano.grid;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.ModelHost;
import org.altiplano.contract.ModelStorage;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.grid.hazelcast.Cluster;
import org.altiplano.grid.hazelcast.ClusterListener;
import org.altiplano.grid.routing.WorkerStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns a worker's place in the grid: its membership in the cluster and its inbox, from start to close. On its own
 * thread, {@code worker-reports}, it follows the placement and reports what the worker holds.
 *
 * <p>Life cycle: start; then, if the worker is to go in peace, {@link #drain}; {@link #close}.
 */
public final class WorkerNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerNode.class);

    /** How often it looks for a change; a change is reported at once. */
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Looks after which it reports even if nothing changed, as a sign of life. */
    private static final int LOOKS_PER_REPORT = 2;

    private final WorkerSettings settings;
    private final ModelHost host;
    private final ModelStorage storage;
    private final Instant startedAt;
    private final WorkerInbox<?> inbox;
    private final Cluster cluster;
    private final ScheduledExecutorService reports = Executors.newSingleThreadScheduledExecutor(new NamedThreads("worker-reports"));
    private volatile boolean ending;
    private Optional<WorkerStatus> lastReport = Optional.empty(); // thread of the reports
    private int looks;                                            // thread of the reports

    private <B extends InferenceBackend & TokenizationBackend & ModelHost> WorkerNode(WorkerSettings settings, B backend,
                                                                                      ModelStorage storage, Instant startedAt) {
        this.settings = settings;
        this.host = backend;
        this.storage = storage;
        this.startedAt = startedAt;
        InetSocketAddress bind = settings.grid().bind();
        this.inbox = new WorkerInbox<>(new InetSocketAddress(bind.getAddress(), settings.grpcPort()), backend, storage);
        try {
            this.cluster = Cluster.joinAsWorker(settings.grid().clusterName(), bind, settings.grid().seeds(), settings.id());
        } catch (RuntimeException e) {
            inbox.close();
            reports.shutdownNow();
            throw e;
        }
    }

    /**
     * Opens the inbox and joins the cluster; from then on the backend holds what is placed and in its store.
     *
     * @param backend closed by its owner, after this node
     * @param storage of the store that the backend's models come from; closed by its owner
     * @param startedAt when the process started; tells its reports from those of an earlier one
     * @throws java.io.UncheckedIOException if an address cannot be had; the message is for the operator
     * @throws IllegalArgumentException if the cluster has a worker of this name already; the message is for the operator
     */
    public static <B extends InferenceBackend & TokenizationBackend & ModelHost> WorkerNode start(
            WorkerSettings settings, B backend, ModelStorage storage, Instant startedAt) {
        WorkerNode node = new WorkerNode(settings, backend, storage, startedAt);
        node.cluster.listen(node.new Ear());
        node.reports.scheduleWithFixedDelay(node::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        return node;
    }

    /** The port of its inbox. */
    public int grpcPort() {
        return inbox.port();
    }

    /** The port of its cluster membership. */
    public int clusterPort() {
        return cluster.port();
    }

    /** Generations under way. */
    public int underWay() {
        return inbox.underWay();
    }

    /**
     * Takes nothing new and waits for what is under way.
     *
     * @return false if something still was after that time
     */
    public boolean drain(Duration atMost) throws InterruptedException {
        ending = true;
        tellInbox();
        soon(() -> report(status()));
        return inbox.awaitIdle(atMost);
    }

    /** Leaves the cluster and breaks the streams that are left. */
    @Override
    public void close() {
        reports.shutdownNow();
        cluster.close();
        inbox.close();
    }

    private void soon(Runnable task) {
        try {
            reports.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("The worker is closing.");
        }
    }

    private void look() {
        guarded(() -> {
            tellInbox();
            WorkerStatus now = status();
            follow(now.engine());
            if (++looks >= LOOKS_PER_REPORT || !lastReport.equals(Optional.of(now))) {
                report(now);
            }
        });
    }

    /** A placed model that is neither held nor in the store is another worker's; one that failed is not tried again. */
    private void follow(EngineStatus engine) {
        cluster.placement().forEach((model, placed) -> {
            Optional<EngineStatus.ModelStatus> held = engine.models().stream()
                    .filter(each -> each.name().equals(model)).findFirst();
            if (placed && !ending && held.isEmpty() && engine.stored().contains(model)) {
                LOG.info("Serving {}.", model);
                host.serve(model);
            } else if (!placed && held.isPresent() && held.get().state() != EngineStatus.ModelState.DRAINING) {
                LOG.info("No longer serving {}.", model);
                host.unserve(model);
            }
        });
    }

    private void report(WorkerStatus status) {
        cluster.report(status);
        lastReport = Optional.of(status);
        looks = 0;
    }

    private WorkerStatus status() {
        return new WorkerStatus(settings.id(), settings.grid().bind().getAddress().getHostAddress(), inbox.port(),
                startedAt, takesNothingNew(), host.status(), storage.jobs());
    }

    /** One after the other: an earlier answer must not overtake that the worker ends. */
    private synchronized void tellInbox() {
        inbox.refuse(takesNothingNew());
    }

    /** A drained worker still follows the placement: resumed, it serves at once what it should. */
    boolean takesNothingNew() {
        return ending || cluster.isDrained(settings.id());
    }

    /** One bad look must not end the reports. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("The worker could not report: {}", e.toString(), e);
        }
    }

    private final class Ear implements ClusterListener {
        @Override
        public void memberJoined() {
            soon(() -> report(status()));
        }
    }
}
