package org.altiplano.grid.hazelcast;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's name, an attribute of its member that no other member of the cluster may have. Of two that join at once the
 * elder keeps it: all members see them in the same order.
 *
 * @param value such as {@code worker-1}
 */
record WorkerName(String value) {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerName.class);
    private static final String ATTRIBUTE = "worker";

    /** A dead member is noticed within 5 s (see {@link MemberConfig}); a namesake that stays longer lives. */
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final long LOOK_MILLIS = 100;

    void putInto(Config config) {
        config.getMemberAttributeConfig().setAttribute(ATTRIBUTE, value);
    }

    /**
     * Waits until no elder member has the name; one may just have died.
     *
     * @throws IllegalArgumentException if a living one has it; the message is for the operator
     */
    void claim(String clusterName, Cluster cluster) {
        long began = System.nanoTime();
        for (Optional<Member> elder = elder(cluster); elder.isPresent(); elder = elder(cluster)) {
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new IllegalArgumentException("The cluster " + clusterName + " has a worker " + value + " already, whose member is "
                        + address(elder.get()) + ": give this one a name of its own (ALTIPLANO_WORKER_ID).");
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("The start of the worker was interrupted.", e);
            }
        }
    }

    /** A newcomer of the same name goes by itself; where two halves of a cluster met, somebody must end one of the two. */
    static void warnOfNamesake(Member self, Member newcomer) {
        String own = self.getAttribute(ATTRIBUTE);
        if (own != null && own.equals(newcomer.getAttribute(ATTRIBUTE))) {
            LOG.warn("Another worker called {} is in the cluster, whose member is {}: one of the two needs another name.", own,
                    address(newcomer));
        }
    }

    private Optional<Member> elder(Cluster cluster) {
        return cluster.getMembers().stream().takeWhile(other -> !other.equals(cluster.getLocalMember()))
                .filter(other -> value.equals(other.getAttribute(ATTRIBUTE))).findFirst();
    }

    private static String address(Member member) {
        return member.getAddress().getHost() + ":" + member.getAddress().getPort();
    }
}
