package org.altiplano.engine.text;

import com.hazelcast.core.HazelcastInstance;
import io.grpc.ManagedChannel;
import ai.djl.ndarray.NDArray;
import java.util.logging.Logger;
import org.altiplano.engine.scheduler.OffendingScheduler;

/** Breaks: plain names, the engine's ignorance of Hazelcast, gRPC only in the grid, DJL only in the model, slf4j. */
public class OffendingHelper {

    HazelcastInstance cluster;
    ManagedChannel channel;
    NDArray tensor;
    OffendingScheduler scheduler;
    Logger log = Logger.getLogger("offender");

    void speak() {
        System.out.println("on the standard stream");
    }
}
