package org.altiplano.engine.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Decides which running sequence gives up its place or memory for another; owns nothing. Batch gives way to interactive. Among
 * equals it is the youngest sequence of the key that was served most, but only of a key that runs several: so every key keeps
 * its oldest one, a key with many requests cannot push out one with few, and no two keys can push each other out in turn.
 */
final class GivingWay {

    private final ToDoubleFunction<Sequence> served;

    /** @param served what a sequence's key was served, by its weight */
    GivingWay(ToDoubleFunction<Sequence> served) {
        this.served = served;
    }

    /**
     * Who is preempted so that a running sequence can grow: perhaps that one itself, but never the oldest of its priority
     * unless it is the only one.
     *
     * @param running in {@link Sequence#ORDER}
     */
    Sequence forGrowth(List<Sequence> running, Sequence growing) {
        Sequence last = running.get(running.size() - 1);
        if (isBehind(last, growing)) {
            return last;
        }
        return ofTheMostServed(running, growing, Double.NEGATIVE_INFINITY).orElse(last);
    }

    /**
     * Who is preempted to let a waiting sequence in; nobody if that would not be enough. Interactive sequences may always
     * push batch ones out; others only if their key runs nothing yet and was served no more than whom it pushes out.
     *
     * @param running in {@link Sequence#ORDER}
     * @param places how many are lacking
     * @param blocks how many are lacking
     * @param held blocks that become free with a sequence
     */
    List<Sequence> forNewcomer(List<Sequence> running, Sequence newcomer, int places, int blocks, ToIntFunction<Sequence> held) {
        boolean entitled = running.stream().noneMatch(sequence -> isOfSameKey(sequence, newcomer));
        List<Sequence> rest = new ArrayList<>(running);
        List<Sequence> leaving = new ArrayList<>();
        int freed = 0;
        while (leaving.size() < places || freed < blocks) {
            Optional<Sequence> next = rest.isEmpty() ? Optional.empty() : Optional.of(rest.get(rest.size() - 1));
            if (next.filter(last -> isBehind(last, newcomer)).isEmpty()) {
                next = entitled ? ofTheMostServed(rest, newcomer, served.applyAsDouble(newcomer)) : Optional.empty();
            }
            if (next.isEmpty()) {
                return List.of();
            }
            rest.remove(next.get());
            leaving.add(next.get());
            freed += held.applyAsInt(next.get());
        }
        return leaving;
    }

    private Optional<Sequence> ofTheMostServed(List<Sequence> running, Sequence needy, double least) {
        Map<String, Long> perKey = running.stream().filter(sequence -> isEqual(sequence, needy))
                .collect(Collectors.groupingBy(sequence -> sequence.share().key(), Collectors.counting()));
        return running.stream().filter(sequence -> isEqual(sequence, needy) && perKey.get(sequence.share().key()) > 1)
                .filter(sequence -> served.applyAsDouble(sequence) >= least)
                .max(Comparator.comparingDouble(served).thenComparingLong(Sequence::arrival));
    }

    private static boolean isBehind(Sequence one, Sequence other) {
        return one.share().priority().compareTo(other.share().priority()) > 0;
    }

    private static boolean isEqual(Sequence one, Sequence other) {
        return one.share().priority() == other.share().priority();
    }

    private static boolean isOfSameKey(Sequence one, Sequence other) {
        return isEqual(one, other) && one.share().key().equals(other.share().key());
    }
}
