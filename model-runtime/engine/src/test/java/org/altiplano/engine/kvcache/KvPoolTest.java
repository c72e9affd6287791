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

class KvPoolTest {

    @Test
    void roundsUpToPowersOfTwo() {
        KvPool pool = new KvPool(1024);
        assertEquals(new KvRegion(0, 32), pool.allocate(1).orElseThrow());
        assertEquals(new KvRegion(32, 32), pool.allocate(32).orElseThrow());
        assertEquals(new KvRegion(64, 64), pool.allocate(33).orElseThrow());
        assertEquals(new KvRegion(128, 128), pool.allocate(100).orElseThrow());
        assertEquals(256, pool.used());
    }

    @Test
    void joinsNeighboursWhenTheyAreFreed() {
        KvPool pool = new KvPool(128);
        List<KvRegion> quarters = List.of(pool.allocate(32).orElseThrow(), pool.allocate(32).orElseThrow(),
                pool.allocate(32).orElseThrow(), pool.allocate(32).orElseThrow());
        assertTrue(pool.allocate(1).isEmpty());
        quarters.forEach(pool::free);
        assertEquals(Optional.of(new KvRegion(0, 128)), pool.allocate(128));
    }

    @Test
    void usesAllOfAnArenaThatIsNoPowerOfTwo() {
        KvPool pool = new KvPool(13 * 32 + 5);
        assertEquals(13 * 32, pool.capacity());
        assertEquals(8 * 32, pool.largestRegion());
        for (int i = 0; i < 13; i++) {
            assertTrue(pool.allocate(32).isPresent());
        }
        assertTrue(pool.allocate(32).isEmpty());
        assertTrue(new KvPool(13 * 32).allocate(9 * 32).isEmpty());
    }

    @Test
    void refusesToFreeTwice() {
        KvPool pool = new KvPool(128);
        KvRegion region = pool.allocate(32).orElseThrow();
        pool.free(region);
        assertThrows(IllegalStateException.class, () -> pool.free(region));
        assertThrows(IllegalStateException.class, () -> pool.free(new KvRegion(0, 128)));
    }

    @Test
    void refusesAnArenaWithoutRoom() {
        assertThrows(IllegalArgumentException.class, () -> new KvPool(31));
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 1024, 3 * 1024 + 7, 100_000})
    void neverHandsOutATokenTwiceAndNeverLosesOne(int tokens) {
        Random random = new Random(tokens);
        KvPool pool = new KvPool(tokens);
        boolean[] owned = new boolean[tokens];
        List<KvRegion> held = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (random.nextBoolean() || held.isEmpty()) {
                int wanted = 1 + random.nextInt(random.nextInt(pool.largestRegion()) + 1);
                pool.allocate(wanted).ifPresent(region -> {
                    assertTrue(region.capacity() >= wanted && region.capacity() < 2 * Math.max(wanted, KvPool.UNIT));
                    for (int at = region.start(); at < region.start() + region.capacity(); at++) {
                        assertFalse(owned[at]);
                        owned[at] = true;
                    }
                    held.add(region);
                });
            } else {
                KvRegion region = held.remove(random.nextInt(held.size()));
                Arrays.fill(owned, region.start(), region.start() + region.capacity(), false);
                pool.free(region);
            }
            assertEquals(held.stream().mapToInt(KvRegion::capacity).sum(), pool.used());
        }
        held.forEach(pool::free);
        assertEquals(0, pool.used());
        assertTrue(pool.allocate(pool.largestRegion()).isPresent(), "an empty pool is whole again");
    }
}
