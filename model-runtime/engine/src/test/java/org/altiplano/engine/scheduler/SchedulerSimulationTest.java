package org.altiplano.engine.scheduler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.altiplano.contract.FairShare;
import org.altiplano.engine.kvcache.KvMove;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.kvcache.KvRegion;
import org.altiplano.engine.scheduler.Step.Chunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of random steps, with the laws of the scheduler checked at each. */
class SchedulerSimulationTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everySequenceEndsAndNoMemoryIsLostOrSharedWhateverHappens(long seed) {
        Random random = new Random(seed);
        KvPool pool = new KvPool(32 * (8 + random.nextInt(100)));
        Limits limits = new Limits(1 + random.nextInt(20), 20 + random.nextInt(100));
        Scheduler scheduler = new Scheduler(limits, pool);
        int[] arena = new int[pool.capacity()];
        Map<Sequence, Integer> alive = new HashMap<>();
        long generated = 0;
        long expected = 0;
        int submitted = 0;
        int now = 0;
        for (; now < 1_500 || !alive.isEmpty(); now++) {
            assertTrue(now < 500_000, "sequences starve: " + alive.size());
            if (now < 1_500 && random.nextInt(4) == 0) {
                int prompt = 1 + random.nextInt(pool.largestRegion() - 1);
                int wanted = 1 + random.nextInt(Math.min(100, pool.largestRegion() - prompt + 1));
                Sequence sequence = new Sequence(random.ints(prompt, 0, 1000).toArray(), new FairShare("k" + random.nextInt(4), 1 + random.nextInt(3)));
                scheduler.submit(sequence);
                alive.put(sequence, wanted);
                submitted++;
            }
            if (random.nextInt(50) == 0 && !alive.isEmpty()) {
                Sequence victim = new ArrayList<>(alive.keySet()).get(random.nextInt(alive.size()));
                scheduler.release(victim);
                alive.remove(victim);
                expected += victim.generated();
            }
            Step step = scheduler.schedule(1 + random.nextInt(80));
            check(step, scheduler, limits, alive);
            step.moves().forEach(move -> copy(move, arena));
            for (Chunk chunk : step.chunks()) {
                KvRegion region = chunk.sequence().region().orElseThrow();
                for (int at = chunk.position(); at < chunk.position() + chunk.count(); at++) {
                    arena[region.start() + at] = chunk.sequence().token(at);
                }
            }
            if (random.nextInt(100) == 0) {
                scheduler.abandon();
                continue;
            }
            scheduler.complete(step);
            for (Chunk chunk : step.chunks()) {
                Sequence sequence = chunk.sequence();
                int start = sequence.region().orElseThrow().start();
                assertArrayEquals(sequence.tokens(0, sequence.computed()), Arrays.copyOfRange(arena, start, start + sequence.computed()),
                        "the KV entries of a sequence are its own");
                if (sequence.computed() == sequence.length()) {
                    scheduler.append(sequence, random.nextInt(1000));
                    generated++;
                    if (sequence.generated() == alive.get(sequence)) {
                        scheduler.release(sequence);
                        alive.remove(sequence);
                        expected += sequence.generated();
                    }
                }
            }
        }
        assertTrue(scheduler.idle());
        assertEquals(0, pool.used(), "no memory is lost");
        assertEquals(expected, generated, "every token belongs to a sequence");
        assertTrue(submitted > 250);
    }

    private static void check(Step step, Scheduler scheduler, Limits limits, Map<Sequence, Integer> alive) {
        assertTrue(step.chunks().stream().mapToInt(Chunk::count).sum() <= limits.maxStepTokens());
        assertTrue(scheduler.running() <= limits.maxRunning());
        assertEquals(alive.size(), scheduler.running() + scheduler.waiting());
        assertEquals(step.chunks().size(), step.chunks().stream().map(Chunk::sequence).distinct().count());
        Set<Integer> owned = new HashSet<>();
        for (Sequence sequence : alive.keySet()) {
            assertEquals(sequence.state() == Sequence.State.RUNNING, sequence.region().isPresent());
            sequence.region().ifPresent(region -> {
                assertTrue(sequence.computed() <= region.capacity());
                for (int at = region.start(); at < region.start() + region.capacity(); at += KvPool.UNIT) {
                    assertTrue(owned.add(at), "memory has one owner");
                }
            });
        }
        for (Chunk chunk : step.chunks()) {
            assertEquals(chunk.sequence().computed(), chunk.position());
            assertTrue(chunk.count() >= 1 && chunk.position() + chunk.count() <= chunk.sequence().region().orElseThrow().capacity());
        }
        for (KvMove move : step.moves()) {
            for (int at = move.from().start(); at < move.from().start() + move.from().capacity(); at += KvPool.UNIT) {
                assertFalse(owned.contains(at), "what is moved away from is nobody's within the step");
            }
        }
        boolean prefilling = step.chunks().stream().anyMatch(chunk -> chunk.count() > 1);
        long decoding = alive.keySet().stream().filter(sequence -> sequence.region().isPresent() && sequence.pending() == 1).count();
        if (prefilling) {
            assertTrue(step.chunks().stream().filter(chunk -> chunk.count() == 1).count() >= decoding, "no prompt stalls a running answer");
        }
    }

    private static void copy(KvMove move, int[] arena) {
        System.arraycopy(arena, move.from().start(), arena, move.to().start(), move.length());
    }

    @Test
    void tokensServedFollowTheWeightsWhileAllWait() {
        KvPool pool = new KvPool(4096);
        Scheduler scheduler = new Scheduler(new Limits(8, 256), pool);
        Map<String, Integer> served = new HashMap<>(Map.of("one", 0, "two", 0, "many", 0));
        Random random = new Random(5);
        Map<String, Integer> waiting = new HashMap<>(served);
        for (int now = 0; now < 20_000; now++) {
            // "many" asks ten times as often as the others, with longer prompts; all of them always have something waiting.
            for (String key : List.of("one", "two", "many")) {
                while (waiting.get(key) < (key.equals("many") ? 40 : 4)) {
                    scheduler.submit(new Sequence(new int[key.equals("many") ? 100 : 10 + random.nextInt(20)],
                            new FairShare(key, key.equals("two") ? 2 : 1)));
                    waiting.merge(key, 1, Integer::sum);
                }
            }
            Step step = scheduler.schedule(128);
            scheduler.complete(step);
            for (Chunk chunk : step.chunks()) {
                Sequence sequence = chunk.sequence();
                String key = sequence.share().key();
                if (chunk.position() == 0) {
                    waiting.merge(key, -1, Integer::sum);
                    served.merge(key, sequence.promptLength(), Integer::sum);
                }
                if (sequence.computed() == sequence.length()) {
                    scheduler.append(sequence, 0);
                    served.merge(key, 2, Integer::sum);
                    if (sequence.generated() == 30) {
                        scheduler.release(sequence);
                    }
                }
            }
        }
        assertEquals(1.0, served.get("many") / (double) served.get("one"), 0.05);
        assertEquals(2.0, served.get("two") / (double) served.get("one"), 0.1);
    }

    @Test
    void aModestKeyIsNotMadeToWaitForAGreedyOne() {
        Scheduler scheduler = new Scheduler(new Limits(4, 256), new KvPool(4096));
        for (int i = 0; i < 500; i++) {
            scheduler.submit(new Sequence(new int[20], new FairShare("greedy", 1)));
        }
        Sequence modest = new Sequence(new int[20], new FairShare("modest", 1));
        int steps = 0;
        for (; modest.generated() == 0; steps++) {
            if (steps == 40) {
                scheduler.submit(modest);
            }
            Step step = scheduler.schedule(128);
            scheduler.complete(step);
            for (Chunk chunk : step.chunks()) {
                if (chunk.sequence().computed() == chunk.sequence().length()) {
                    scheduler.append(chunk.sequence(), 0);
                    if (chunk.sequence().generated() == 30) {
                        scheduler.release(chunk.sequence());
                    }
                }
            }
        }
        assertTrue(steps < 75, "its turn comes with the next free place: " + steps);
    }
}
