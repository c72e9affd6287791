package org.altiplano.engine.scheduler;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.altiplano.contract.Priority;

/**
 * Owns a {@link FairQueue} per priority, on the engine's thread. Batch sequences are next only while no interactive one
 * waits. The priorities keep accounts of their own: what batch work was given of idle time is not held against its owner's
 * interactive work.
 */
final class WaitingLine {

    private final Map<Priority, FairQueue> queues = new EnumMap<>(Priority.class);

    /** Who comes before whom when sequences compete for a step's tokens: priority, then the key that was served least. */
    private final Comparator<Sequence> fairOrder =
            Comparator.<Sequence>comparingInt(sequence -> sequence.share().priority().ordinal())
                    .thenComparingDouble(this::served).thenComparingLong(Sequence::arrival);

    WaitingLine() {
        for (Priority priority : Priority.values()) {
            queues.put(priority, new FairQueue());
        }
    }

    FairQueue of(Sequence sequence) {
        return queues.get(sequence.share().priority());
    }

    double served(Sequence sequence) {
        return of(sequence).served(sequence);
    }

    Comparator<Sequence> fairOrder() {
        return fairOrder;
    }

    int size() {
        return size(Priority.BATCH);
    }

    /** Of those that come no later than this priority. */
    int size(Priority least) {
        return queues.entrySet().stream().filter(queue -> queue.getKey().compareTo(least) <= 0).mapToInt(queue -> queue.getValue().size()).sum();
    }

    /** Whose turn it is. */
    Optional<Sequence> next() {
        return queues.values().stream().flatMap(queue -> queue.next().stream()).findFirst();
    }
}
