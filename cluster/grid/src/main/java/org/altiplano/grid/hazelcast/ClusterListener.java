package org.altiplano.grid.hazelcast;

import org.altiplano.grid.routing.WorkerStatus;

/** Hears what changes in the cluster. Called on Hazelcast's event threads; must not block. */
public interface ClusterListener {

    /** A member, perhaps a gateway that wants to know the workers, is there. */
    default void memberJoined() {
    }

    /** A worker reports; it is a member of the cluster. */
    default void workerReported(WorkerStatus status) {
    }

    /** The member that reported this last is gone. */
    default void workerLeft(WorkerStatus status) {
    }
}
