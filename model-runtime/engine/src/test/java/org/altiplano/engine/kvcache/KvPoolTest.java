package org.altiplano.engine.kvcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KvPoolTest {

    private final KvPool pool = new KvPool(3);

    @Test
    void handsOutTheFreeBlockOfTheLowestNumber() {
        assertEquals(OptionalInt.of(0), pool.take());
        assertEquals(OptionalInt.of(1), pool.take());
        pool.release(0);
        assertEquals(OptionalInt.of(0), pool.take());
        assertEquals(OptionalInt.of(2), pool.take());
        assertTrue(pool.take().isEmpty());
    }

    @Test
    void aBlockIsFreeWhenItsLastOwnerGoes() {
        int block = pool.take().orElseThrow();
        pool.share(block);
        pool.release(block);
        assertEquals(1, pool.owners(block));
        assertEquals(2, pool.free());
        pool.release(block);
        assertEquals(3, pool.free());
    }

    @Test
    void refusesToShareOrReleaseWhatIsFree() {
        assertThrows(IllegalStateException.class, () -> pool.release(0));
        assertThrows(IllegalStateException.class, () -> pool.share(0));
    }

    @Test
    void refusesAnArenaWithoutRoom() {
        assertThrows(IllegalArgumentException.class, () -> new KvPool(0));
    }

    @Test
    void roundsTokensUpToBlocks() {
        assertEquals(List.of(0, 1, 1, 2), List.of(KvPool.blocksFor(0), KvPool.blocksFor(1), KvPool.blocksFor(32), KvPool.blocksFor(33)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 200})
    void countsOwnersAndFreeBlocksWhateverHappens(int blocks) {
        Random random = new Random(blocks);
        KvPool any = new KvPool(blocks);
        Map<Integer, Integer> owners = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            List<Integer> owned = new ArrayList<>(owners.keySet());
            int action = random.nextInt(3);
            if (action == 0) {
                any.take().ifPresent(block -> assertEquals(null, owners.put(block, 1), "nobody had it"));
            } else if (!owned.isEmpty()) {
                int block = owned.get(random.nextInt(owned.size()));
                if (action == 1) {
                    any.share(block);
                    owners.merge(block, 1, Integer::sum);
                } else {
                    any.release(block);
                    owners.computeIfPresent(block, (key, count) -> count == 1 ? null : count - 1);
                }
            }
            assertEquals(blocks - owners.size(), any.free());
            owners.forEach((block, count) -> assertEquals(count, any.owners(block)));
        }
    }
}
