package org.altiplano.grid;

import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.grid.hazelcast.Cluster;
import org.altiplano.grid.routing.Router;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.grid.wire.Limits;
import org.altiplano.grid.wire.RequestCodec;

/**
 * Owns a gateway's place in the grid: its membership in the cluster, its links to the workers and the threads named
 * {@code grid} on which listeners are called; from join to close. Every method may be called from any thread.
 */
public final class Grid implements AutoCloseable {

    private final ExecutorService calls = Executors.newCachedThreadPool(new NamedThreads("grid"));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, new NamedThreads("grid-timer"));
    private final Fleet fleet;
    private final Cluster cluster;
    private final GridInferenceBackend backend;
    private final WorkerStores stores;

    private Grid(Cluster cluster, RandomGenerator random, InstantSource clock) {
        this.cluster = cluster;
        timer.setRemoveOnCancelPolicy(true);
        fleet = new Fleet(new Router(random), cluster::isDrained, clock, calls);
        stores = new WorkerStores(fleet);
        backend = new GridInferenceBackend(fleet, cluster::isPlaced, timer, clock);
    }

    /**
     * Joins the cluster; its workers are known within half a second.
     *
     * @throws UncheckedIOException if the address cannot be had; the message is for the operator
     */
    public static Grid join(GridSettings settings) {
        Cluster cluster = Cluster.join(settings.clusterName(), settings.bind(), settings.seeds());
        Grid grid = new Grid(cluster, new SecureRandom(), InstantSource.system());
        cluster.listen(grid.fleet);
        grid.timer.scheduleWithFixedDelay(grid.fleet::ping, Limits.PING_EVERY.toMillis(), Limits.PING_EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        return grid;
    }

    /** The cluster as one inference backend. */
    public GridInferenceBackend backend() {
        return backend;
    }

    /** The stores of the workers. */
    public WorkerStores stores() {
        return stores;
    }

    /** The workers that are up, as each last reported. */
    public List<WorkerStatus> workers() {
        return fleet.workers();
    }

    /** Has every worker that has the model in its store load it, now and whenever one starts. */
    public void place(String model) {
        cluster.place(model, true);
    }

    /** Has every worker finish what runs on the model and free it. */
    public void displace(String model) {
        cluster.place(model, false);
    }

    /** The models that are placed. */
    public Set<String> placement() {
        return set(cluster.placement());
    }

    /**
     * Has no gateway send a worker anything new, from now on here, and soon after this returns elsewhere. What runs there goes on, and
     * it keeps its models; so it stays, also when it starts again, until {@link #resume}.
     */
    public void drain(String worker) {
        cluster.drain(worker, true);
    }

    /** Has the gateways send it generations again. */
    public void resume(String worker) {
        cluster.drain(worker, false);
    }

    /** The workers that are drained, by name, whether up or not. */
    public Set<String> drained() {
        return set(cluster.drained());
    }

    private static Set<String> set(Map<String, Boolean> flags) {
        return flags.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Has a worker's model keep these prefixes computed and no others. Returns at once; the worker's reports tell how far it is.
     * They go from here to the worker and nowhere else: nothing of their text is ever in the cluster's maps or reports.
     */
    public void pin(WorkerStatus worker, String model, List<PinnedPrefix> prefixes) {
        fleet.pin(worker, RequestCodec.encode(model, prefixes));
    }

    /** The port that other members reach this one by. */
    public int clusterPort() {
        return cluster.port();
    }

    /** Leaves the cluster and cuts the streams; workers cancel what they ran for this gateway. */
    @Override
    public void close() {
        cluster.close(); // first: then no report opens a link any more
        fleet.close();
        timer.shutdownNow();
        calls.shutdown();
    }
}
