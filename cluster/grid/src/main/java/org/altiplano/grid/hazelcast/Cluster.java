package org.altiplano.grid.hazelcast;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.topic.ITopic;
import com.hazelcast.topic.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.grid.routing.WorkerStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns this process's membership in the cluster, from join to close; all threads are Hazelcast's, and every method may
 * be called from any thread.
 *
 * <p>Workers report on a topic, twice a second: nothing is stored, a report waits for no other member, not even a hung
 * one, and a newcomer knows all workers after one round. The desired placement, and which workers are drained, are
 * maps that the whole cluster backs up, with a copy in each member, so that they outlive any gateway. No prompt, text or secret ever travels here.
 */
public final class Cluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    static final String PLACEMENT = "placement";
    static final String DRAINED = "drained";
    private static final String REPORTS = "reports";

    private final HazelcastInstance member;
    private final ITopic<StatusRecord> reports;
    private final SharedFlags placement;
    private final SharedFlags drained;
    private final Map<UUID, WorkerStatus> reporters = new ConcurrentHashMap<>();

    private Cluster(HazelcastInstance member) {
        this.member = member;
        this.reports = member.getTopic(REPORTS);
        this.placement = new SharedFlags(member.getMap(PLACEMENT));
        this.drained = new SharedFlags(member.getMap(DRAINED));
    }

    /**
     * Starts a member and joins the cluster of that name, or begins one.
     *
     * @param name clusters of different names ignore each other
     * @param bind a loopback or private address of this machine; port 0: any free one
     * @param seeds members that may be up, as {@code host:port}
     * @throws UncheckedIOException if the address cannot be had or the cluster refuses; the message is for the operator
     */
    public static Cluster join(String name, InetSocketAddress bind, List<String> seeds) {
        return join(name, bind, MemberConfig.of(name, bind, seeds));
    }

    /**
     * Joins as a worker, whose name no other worker of the cluster has. One of that name that has just died is waited for
     * until the cluster has noticed.
     *
     * @param worker name of the worker
     * @throws UncheckedIOException as {@link #join}
     * @throws IllegalArgumentException if a living worker has the name; the message is for the operator
     */
    public static Cluster joinAsWorker(String name, InetSocketAddress bind, List<String> seeds, String worker) {
        WorkerName own = new WorkerName(worker);
        Config config = MemberConfig.of(name, bind, seeds);
        own.putInto(config);
        Cluster cluster = join(name, bind, config);
        try {
            own.claim(name, cluster.member.getCluster());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static Cluster join(String name, InetSocketAddress bind, Config config) {
        MemberConfig.quieten();
        try {
            return new Cluster(Hazelcast.newHazelcastInstance(config));
        } catch (RuntimeException e) {
            throw new UncheckedIOException(refusal(name, bind, e));
        }
    }

    /** The port that other members reach this one by. */
    public int port() {
        return member.getCluster().getLocalMember().getAddress().getPort();
    }

    /** Tells the listener of every change from now on; the workers that are up report within half a second. */
    public void listen(ClusterListener listener) {
        member.getCluster().addMembershipListener(new MembershipAdapter() {
            @Override
            public void memberAdded(MembershipEvent event) {
                LOG.info("Member {} joined the cluster.", event.getMember().getAddress());
                WorkerName.warnOfNamesake(member.getCluster().getLocalMember(), event.getMember());
                listener.memberJoined();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                LOG.info("Member {} left the cluster.", event.getMember().getAddress());
                WorkerStatus last = reporters.remove(event.getMember().getUuid());
                if (last != null) {
                    listener.workerLeft(last);
                }
            }
        });
        reports.addMessageListener(message -> reported(message, listener));
    }

    /** Tells every member what this worker is and does. Returns at once. */
    public void report(WorkerStatus status) {
        reports.publish(StatusRecord.of(status));
    }

    /** Says whether the workers shall hold a model; known to all members soon after this returns. */
    public void place(String model, boolean placed) {
        placement.put(model, placed);
    }

    /** What was said of each model; read from this member's own copy. */
    public Map<String, Boolean> placement() {
        return placement.all();
    }

    /** Whether the workers shall hold the model. */
    public boolean isPlaced(String model) {
        return placement.isSet(model);
    }

    /** Says whether a worker is to get no new generations; known to all members soon after this returns. */
    public void drain(String worker, boolean drains) {
        drained.put(worker, drains);
    }

    /** What was said of each worker; read from this member's own copy. */
    public Map<String, Boolean> drained() {
        return drained.all();
    }

    /** Whether the worker is to get no new generations. */
    public boolean isDrained(String worker) {
        return drained.isSet(worker);
    }

    /** Leaves; the others notice at once. */
    @Override
    public void close() {
        placement.close();
        drained.close();
        member.shutdown();
    }

    /** A report that was overtaken by the news that its sender is gone counts for nothing. */
    private void reported(Message<StatusRecord> message, ClusterListener listener) {
        Member sender = message.getPublishingMember();
        if (sender != null && member.getCluster().getMembers().contains(sender)) {
            try {
                WorkerStatus status = message.getMessageObject().status();
                reporters.put(sender.getUuid(), status);
                listener.workerReported(status);
            } catch (HazelcastSerializationException e) {
                // While two halves of a cluster merge, a report may overtake the record's description.
                LOG.debug("A report cannot be read yet: {}", e.toString());
            }
        }
    }

    private static IOException refusal(String name, InetSocketAddress bind, RuntimeException failure) {
        String address = bind.getAddress().getHostAddress() + ":" + bind.getPort();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException || String.valueOf(cause.getMessage()).contains("bind has failed")) {
                return new IOException("The cluster address " + address
                        + " cannot be used: it is taken or is no address of this machine.", failure);
            }
        }
        return new IOException("The cluster " + name + " could not be joined from " + address + ": "
                + failure.getMessage(), failure);
    }
}
