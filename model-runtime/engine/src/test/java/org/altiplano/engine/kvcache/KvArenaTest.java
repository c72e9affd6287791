package org.altiplano.engine.kvcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvArenaTest {

    @Test
    void roundsUpToPowersOfTwo() {
        KvArena arena = new KvArena(1024);
        assertEquals(new KvRegion(0, 32), arena.allocate(1).orElseThrow());
        assertEquals(new KvRegion(32, 32), arena.allocate(32).orElseThrow());
        assertEquals(new KvRegion(64, 64), arena.allocate(33).orElseThrow());
        assertEquals(new KvRegion(128, 128), arena.allocate(100).orElseThrow());
        assertEquals(256, arena.used());
    }

    @Test
    void joinsNeighboursWhenTheyAreFreed() {
        KvArena arena = new KvArena(128);
        List<KvRegion> quarters = List.of(arena.allocate(32).orElseThrow(), arena.allocate(32).orElseThrow(),
                arena.allocate(32).orElseThrow(), arena.allocate(32).orElseThrow());
        assertTrue(arena.allocate(1).isEmpty());
        quarters.forEach(arena::free);
        assertEquals(Optional.of(new KvRegion(0, 128)), arena.allocate(128));
    }

    @Test
    void usesAllOfAnArenaThatIsNoPowerOfTwo() {
        KvArena arena = new KvArena(13 * 32 + 5);
        assertEquals(13 * 32, arena.capacity());
        assertEquals(8 * 32, arena.largestRegion());
        for (int i = 0; i < 13; i++) {
            assertTrue(arena.allocate(32).isPresent());
        }
        assertTrue(arena.allocate(32).isEmpty());
        assertTrue(new KvArena(13 * 32).allocate(9 * 32).isEmpty());
    }

    @Test
    void refusesToFreeTwice() {
        KvArena arena = new KvArena(128);
        KvRegion region = arena.allocate(32).orElseThrow();
        arena.free(region);
        assertThrows(IllegalStateException.class, () -> arena.free(region));
        assertThrows(IllegalStateException.class, () -> arena.free(new KvRegion(0, 128)));
    }

    @Test
    void refusesAnArenaWithoutRoom() {
        assertThrows(IllegalArgumentException.class, () -> new KvArena(31));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 1024, 3 * 1024 + 7, 100_000})
    void neverHandsOutATokenTwiceAndNeverLosesOne(int tokens) {
        Random random = new Random(tokens);
        KvArena arena = new KvArena(tokens);
        boolean[] owned = new boolean[tokens];
        List<KvRegion> held = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (random.nextBoolean() || held.isEmpty()) {
                int wanted = 1 + random.nextInt(random.nextInt(arena.largestRegion()) + 1);
                arena.allocate(wanted).ifPresent(region -> {
                    assertTrue(region.capacity() >= wanted && region.capacity() < 2 * Math.max(wanted, KvArena.UNIT));
                    for (int at = region.start(); at < region.start() + region.capacity(); at++) {
                        assertFalse(owned[at]);
                        owned[at] = true;
                    }
                    held.add(region);
                });
            } else {
                KvRegion region = held.remove(random.nextInt(held.size()));
                Arrays.fill(owned, region.start(), region.start() + region.capacity(), false);
                arena.free(region);
            }
            assertEquals(held.stream().mapToInt(KvRegion::capacity).sum(), arena.used());
        }
        held.forEach(arena::free);
        assertEquals(0, arena.used());
        assertTrue(arena.allocate(arena.largestRegion()).isPresent(), "an empty arena is whole again");
    }
}
