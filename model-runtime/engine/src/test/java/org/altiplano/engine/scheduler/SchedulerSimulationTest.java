package org.altiplano.engine.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.Priority;
import org.altiplano.engine.kvcache.BlockTable;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.scheduler.Step.Chunk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Thousands of random steps, with the laws of the scheduler and of the KV memory checked at each. */
class SchedulerSimulationTest {

    private static final int NOW = 1_200;

    static IntStream seeds() {
        return IntStream.rangeClosed(1, 24);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everySequenceEndsAndNoMemoryIsLostOrSharedWrongly(int seed) {
        new Run(seed).play();
    }

    /** One simulated engine. Few system prompts, tokens and salts: prompts often begin alike, within a salt and across salts. */
    private static final class Run {
        private final Random random;
        private final int blocks;
        private final KvMemory memory;
        private final Limits limits;
        private final Scheduler scheduler;
        /** What each slot of the arena holds, and for whose salt it was written. */
        private final int[] arena;
        private final CacheSalt[] writers;
        private final List<int[]> systemPrompts = new ArrayList<>();
        private final Map<Sequence, Integer> alive = new LinkedHashMap<>();
        private final Map<Sequence, CacheSalt> salts = new HashMap<>();
        private long expected;
        private long generated;
        private long cached;

        Run(int seed) {
            random = new Random(seed);
            blocks = 8 + random.nextInt(100);
            memory = new KvMemory(blocks);
            limits = new Limits(1 + random.nextInt(20), 20 + random.nextInt(200));
            scheduler = new Scheduler(limits, memory);
            arena = new int[memory.capacity()];
            writers = new CacheSalt[blocks];
            for (int i = 0; i < 4; i++) {
                systemPrompts.add(random.ints(random.nextInt(3 * KvPool.BLOCK + memory.capacity() / 3), 0, 2).toArray());
            }
        }

        void play() {
            int now = 0;
            for (; now < NOW || !alive.isEmpty(); now++) {
                assertTrue(now < 400_000, "sequences starve: " + alive.size());
                if (now < NOW && random.nextInt(4) == 0) {
                    submit();
                }
                if (random.nextInt(40) == 0 && !alive.isEmpty()) {
                    cancel();
                }
                if (random.nextInt(60) == 0) {
                    int[] prefix = systemPrompts.get(random.nextInt(systemPrompts.size()));
                    if (random.nextBoolean()) {
                        scheduler.pin(prefix);
                    } else {
                        scheduler.unpin(prefix);
                    }
                }
                step(scheduler.schedule(1 + random.nextInt(150)));
            }
            assertTrue(scheduler.idle());
            assertEquals(0, memory.used(), "no memory is lost");
            assertEquals(expected, generated, "every token belongs to a sequence");
            assertTrue(cached > 0 && scheduler.hitTokens() >= cached && scheduler.hitTokens() < scheduler.queriedTokens());
            // All that is cached can be had: nothing is held by anybody any more.
            Sequence last = new Sequence(new int[memory.capacity() - 1], FairShare.SINGLE, new CacheSalt("last"), false);
            scheduler.submit(last);
            scheduler.schedule(1);
            assertEquals(memory.capacity(), memory.used());
            assertEquals(0, memory.cacheSize().cached());
        }

        private void submit() {
            int[] head = systemPrompts.get(random.nextInt(systemPrompts.size()));
            int most = memory.capacity() - 1;
            int length = Math.min(most, random.nextInt(head.length + 1) + 1 + random.nextInt(100));
            int[] prompt = Arrays.copyOf(head, length);
            for (int i = Math.min(head.length, length); i < length; i++) {
                prompt[i] = random.nextInt(2);
            }
            FairShare share = new FairShare("k" + random.nextInt(4), 1 + random.nextInt(3),
                    random.nextInt(3) == 0 ? Priority.BATCH : Priority.INTERACTIVE);
            CacheSalt salt = random.nextInt(3) == 0 ? CacheSalt.PUBLIC : new CacheSalt("s" + random.nextInt(3));
            Sequence sequence = new Sequence(prompt, share, salt, random.nextInt(8) > 0);
            scheduler.submit(sequence);
            alive.put(sequence, 1 + random.nextInt(Math.min(120, memory.capacity() - length + 1)));
            salts.put(sequence, salt);
        }

        /** Whatever the state: waiting, in prefill, decoding, preempted. */
        private void cancel() {
            Sequence victim = new ArrayList<>(alive.keySet()).get(random.nextInt(alive.size()));
            if (random.nextInt(3) == 0) {
                scheduler.discard(victim);
            } else {
                scheduler.release(victim);
            }
            gone(victim);
        }

        private void gone(Sequence sequence) {
            alive.remove(sequence);
            expected += sequence.generated();
            cached += sequence.cached();
        }

        private void step(Step step) {
            checkLimits(step);
            checkOwners();
            for (Chunk chunk : step.chunks()) {
                BlockTable table = chunk.sequence().table().orElseThrow();
                for (int at = chunk.position(); at < chunk.position() + chunk.count(); at++) {
                    assertTrue(at / KvPool.BLOCK >= table.shared(), "what is in the cache is never written");
                    int block = table.blocks()[at / KvPool.BLOCK];
                    arena[block * KvPool.BLOCK + at % KvPool.BLOCK] = chunk.sequence().token(at);
                    writers[block] = salts.get(chunk.sequence());
                }
            }
            if (random.nextInt(100) == 0) {
                return;
            }
            scheduler.complete(step);
            checkContents();
            for (Chunk chunk : step.chunks()) {
                Sequence sequence = chunk.sequence();
                if (sequence.computed() == sequence.length()) {
                    scheduler.append(sequence, random.nextInt(2));
                    generated++;
                    if (sequence.generated() == alive.get(sequence)) {
                        scheduler.release(sequence);
                        gone(sequence);
                    }
                }
            }
        }

        private void checkLimits(Step step) {
            assertTrue(step.chunks().stream().mapToInt(Chunk::count).sum() <= limits.maxStepTokens());
            assertTrue(scheduler.running() <= limits.maxRunning());
            assertEquals(alive.size(), scheduler.running() + scheduler.waiting());
            assertEquals(step.chunks().size(), step.chunks().stream().map(Chunk::sequence).distinct().count());
            for (Chunk chunk : step.chunks()) {
                assertEquals(chunk.sequence().computed(), chunk.position());
                assertTrue(chunk.count() >= 1 && chunk.position() + chunk.count()
                        <= chunk.sequence().table().orElseThrow().size() * KvPool.BLOCK);
            }
            long decoding = alive.keySet().stream().filter(sequence -> sequence.table().isPresent() && sequence.pending() == 1).count();
            assertTrue(step.chunks().stream().filter(chunk -> chunk.sequence().pending() == 1).count() == decoding,
                    "no prompt stalls a running answer");
        }

        /** A block that is not in the cache has one owner; one that is has the same place in the table of each. */
        private void checkOwners() {
            int[] place = new int[blocks];
            boolean[] shared = new boolean[blocks];
            int used = 0;
            for (Sequence sequence : alive.keySet()) {
                assertEquals(sequence.state() == Sequence.State.RUNNING, sequence.table().isPresent());
                if (sequence.table().isPresent()) {
                    BlockTable table = sequence.table().get();
                    int[] numbers = table.blocks();
                    assertEquals(sequence.computed() / KvPool.BLOCK, table.shared(), "what is full and computed is in the cache");
                    for (int i = 0; i < numbers.length; i++) {
                        boolean inCache = i < table.shared();
                        assertTrue(place[numbers[i]] == 0 || shared[numbers[i]] && inCache && place[numbers[i]] == i + 1,
                                "a block that is written has one owner");
                        used += place[numbers[i]] == 0 ? 1 : 0;
                        place[numbers[i]] = i + 1;
                        shared[numbers[i]] = inCache;
                    }
                }
            }
            assertEquals(used * KvPool.BLOCK, memory.used());
            assertTrue(memory.used() + memory.cacheSize().cached() <= 2L * memory.capacity());
            assertTrue(memory.cacheSize().pinned() <= memory.capacity() / 2);
        }

        private void checkContents() {
            for (Sequence sequence : alive.keySet()) {
                if (sequence.table().isPresent()) {
                    int[] numbers = sequence.table().get().blocks();
                    for (int at = 0; at < sequence.computed(); at++) {
                        int block = numbers[at / KvPool.BLOCK];
                        assertEquals(sequence.token(at), arena[block * KvPool.BLOCK + at % KvPool.BLOCK],
                                "the KV entries of a sequence are its own tokens'");
                        CacheSalt writer = writers[block];
                        assertTrue(writer.equals(salts.get(sequence)) || writer.equals(CacheSalt.PUBLIC),
                                "no block comes from a stranger");
                    }
                }
            }
        }
    }

    @Test
    void tokensServedFollowTheWeightsWhileAllWait() {
        Scheduler scheduler = new Scheduler(new Limits(8, 256), new KvMemory(128));
        Map<String, Integer> served = new HashMap<>(Map.of("one", 0, "two", 0, "many", 0));
        Random random = new Random(5);
        Map<String, Integer> waiting = new HashMap<>(served);
        for (int now = 0; now < 20_000; now++) {
            // "many" asks ten times as often as the others, with longer prompts; all of them always have something waiting.
            for (String key : List.of("one", "two", "many")) {
                while (waiting.get(key) < (key.equals("many") ? 40 : 4)) {
                    int[] prompt = random.ints(key.equals("many") ? 100 : 10 + random.nextInt(20)).toArray();
                    scheduler.submit(new Sequence(prompt, new FairShare(key, key.equals("two") ? 2 : 1), CacheSalt.PUBLIC, true));
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
}
