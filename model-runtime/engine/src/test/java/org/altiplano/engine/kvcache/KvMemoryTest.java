package org.altiplano.engine.kvcache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.altiplano.contract.CacheSalt;
import org.junit.jupiter.api.Test;

class KvMemoryTest {

    private static final CacheSalt ANNA = new CacheSalt("anna");
    private static final CacheSalt BERT = new CacheSalt("bert");

    private final KvMemory memory = new KvMemory(10);

    @Test
    void aPromptStartsFromTheBlocksOfAnEarlierOne() {
        BlockTable first = computed(ANNA, tokens(100, 1));
        memory.close(first);
        BlockTable second = open(ANNA, tokens(120, 1));
        assertEquals(3, second.shared());
        assertArrayEquals(Arrays.copyOf(first.blocks(), 3), Arrays.copyOf(second.blocks(), 3));
        assertEquals(4, second.size());
    }

    @Test
    void theLastTokenOfAPromptIsAlwaysComputed() {
        memory.close(computed(ANNA, tokens(96, 1)));
        assertEquals(2, open(ANNA, tokens(96, 1)).shared());
        assertEquals(3, open(ANNA, tokens(97, 1)).shared());
    }

    @Test
    void aPromptThatDiffersByOneTokenSharesOnlyWhatComesBefore() {
        memory.close(computed(ANNA, tokens(96, 1)));
        int[] other = tokens(97, 1);
        other[40]++;
        assertEquals(1, open(ANNA, other).shared());
        other[0]++;
        assertEquals(0, open(ANNA, other).shared());
    }

    @Test
    void aBlockIsFoundOnlyBelowItsOwnPrefix() {
        memory.close(computed(ANNA, tokens(96, 1)));
        assertEquals(0, open(ANNA, Arrays.copyOfRange(tokens(97, 1), 32, 97)).shared());
    }

    @Test
    void noSaltFindsTheEntriesOfAnother() {
        memory.close(computed(ANNA, tokens(96, 1)));
        assertEquals(0, open(BERT, tokens(97, 1)).shared());
        assertEquals(0, open(CacheSalt.PUBLIC, tokens(97, 1)).shared());
    }

    @Test
    void aPublicPrefixIsSharedByAllAndWhatFollowsItByNobody() {
        memory.close(computed(CacheSalt.PUBLIC, tokens(64, 1)));
        memory.close(computed(ANNA, tokens(128, 1)));
        assertEquals(4, matched(ANNA, tokens(129, 1)));
        assertEquals(2, matched(BERT, tokens(129, 1)));
        assertEquals(2, matched(CacheSalt.PUBLIC, tokens(129, 1)));
        assertEquals(4 * 32, memory.cacheSize().cached(), "the public part is kept once");
    }

    @Test
    void theLongerOfThePublicAndTheOwnMatchIsTaken() {
        memory.close(computed(ANNA, tokens(96, 1)));
        memory.close(computed(CacheSalt.PUBLIC, tokens(64, 1)));
        assertEquals(3, open(ANNA, tokens(97, 1)).shared());
        memory.close(computed(CacheSalt.PUBLIC, tokens(128, 1)));
        assertEquals(4, open(ANNA, tokens(129, 1)).shared());
    }

    @Test
    void aSequenceThatMustBeComputedWholeReadsNothingButLeavesItsBlocks() {
        KvMemory.Demand whole = new KvMemory.Demand(ANNA, blocks(tokens(70, 1)), 70, false);
        BlockTable table = memory.open(whole, 0, true).orElseThrow();
        memory.keep(table, whole, 70);
        memory.close(table);
        BlockTable again = memory.open(whole, 0, true).orElseThrow();
        assertEquals(0, again.shared());
        assertEquals(2, open(ANNA, tokens(70, 1)).shared());
    }

    @Test
    void ofTwoThatComputedTheSameTheSecondTakesTheFirstOnesBlockAndFreesItsOwn() {
        BlockTable first = open(ANNA, tokens(64, 1));
        BlockTable second = open(ANNA, tokens(64, 1));
        assertEquals(6 * 32, memory.used());
        memory.keep(first, demand(ANNA, tokens(64, 1)), 64);
        assertNotEquals(first.blocks()[0], second.blocks()[0]);
        memory.keep(second, demand(ANNA, tokens(64, 1)), 64);
        assertArrayEquals(Arrays.copyOf(first.blocks(), 2), Arrays.copyOf(second.blocks(), 2));
        assertEquals(4 * 32, memory.used());
    }

    @Test
    void aPromptUnderWayCatchesUpWithAFasterOne() {
        BlockTable slow = open(ANNA, tokens(100, 1));
        memory.keep(slow, demand(ANNA, tokens(100, 1)), 40);
        BlockTable fast = computed(ANNA, tokens(110, 1));
        assertEquals(40, memory.catchUp(slow, demand(ANNA, tokens(100, 1)), 40), "in the middle of a block");
        memory.keep(slow, demand(ANNA, tokens(100, 1)), 64);
        assertEquals(96, memory.catchUp(slow, demand(ANNA, tokens(100, 1)), 64));
        assertEquals(fast.blocks()[2], slow.blocks()[2]);
    }

    @Test
    void whatIsCachedButNotHeldDoesNotCountAsUsedAndIsGivenUpWhenNeeded() {
        memory.close(computed(ANNA, tokens(96, 1)));
        assertEquals(0, memory.used());
        assertEquals(96, memory.cacheSize().cached());
        open(BERT, tokens(319, 2));
        assertEquals(320, memory.used());
        assertEquals(0, memory.cacheSize().cached());
        assertEquals(96, memory.cacheSize().evicted());
    }

    @Test
    void whatWasUsedLongestAgoGoesFirstAndTheEndOfAPrefixBeforeItsBeginning() {
        memory.close(computed(ANNA, tokens(96, 1)));
        memory.close(computed(ANNA, tokens(96, 2)));
        memory.close(open(ANNA, tokens(97, 1)));
        open(BERT, tokens(5 * 32, 3));
        assertEquals(3, matched(ANNA, tokens(97, 1)), "used last");
        assertEquals(1, matched(ANNA, tokens(97, 2)), "its two last blocks are gone");
    }

    @Test
    void whatASequenceHoldsIsNeverEvicted() {
        memory.close(computed(ANNA, tokens(96, 1)));
        BlockTable holder = open(ANNA, tokens(97, 1));
        assertTrue(memory.open(demand(BERT, tokens(7 * 32, 2)), 0, false).isEmpty());
        assertEquals(3, holder.shared());
        assertEquals(3, matched(ANNA, tokens(97, 1)));
    }

    @Test
    void aRefusedDemandChangesNothing() {
        memory.close(computed(ANNA, tokens(96, 1)));
        open(BERT, tokens(159, 2));
        assertTrue(memory.open(demand(ANNA, tokens(300, 1)), 0, false).isEmpty());
        assertEquals(5 * 32, memory.used());
        assertEquals(96, memory.cacheSize().cached());
    }

    @Test
    void aPinnedPrefixOutlivesAllThatIsNotPinned() {
        memory.close(computed(CacheSalt.PUBLIC, tokens(70, 1)));
        assertEquals(64, memory.pin(tokens(70, 1)));
        memory.close(computed(ANNA, tokens(96, 2)));
        assertTrue(memory.open(demand(BERT, tokens(280, 3)), 0, false).isEmpty(), "not for one among others");
        memory.close(open(BERT, tokens(255, 3)));
        assertEquals(2, matched(ANNA, tokens(70, 1)));
        assertEquals(64, memory.cacheSize().pinned());
    }

    @Test
    void aSequenceThatRunsAloneMayHaveEvenPinnedBlocks() {
        memory.close(computed(CacheSalt.PUBLIC, tokens(70, 1)));
        memory.pin(tokens(70, 1));
        BlockTable alone = memory.open(demand(ANNA, tokens(255, 2)), 0, true).orElseThrow();
        assertFalse(memory.grow(alone, 257, false));
        assertTrue(memory.grow(alone, 257, true));
        assertEquals(32, memory.cacheSize().pinned(), "the end of the prefix went");
        assertTrue(memory.grow(alone, 320, true));
        assertEquals(0, memory.cacheSize().pinned());
        memory.unpin(tokens(70, 1));
        memory.close(alone);
        assertEquals(0, memory.used());
    }

    @Test
    void anUnpinnedPrefixIsLikeAnyOther() {
        memory.close(computed(CacheSalt.PUBLIC, tokens(96, 1)));
        memory.pin(tokens(96, 1));
        memory.pin(tokens(64, 1));
        memory.unpin(tokens(96, 1));
        assertEquals(64, memory.cacheSize().pinned(), "the other pin holds");
        memory.unpin(tokens(64, 1));
        memory.unpin(tokens(64, 1));
        assertEquals(0, memory.cacheSize().pinned());
        assertTrue(memory.open(demand(ANNA, tokens(300, 2)), 0, false).isPresent());
    }

    @Test
    void pinsNeitherWhatIsPrivateNorMoreThanHalf() {
        memory.close(computed(ANNA, tokens(96, 1)));
        assertEquals(0, memory.pin(tokens(96, 1)));
        memory.close(computed(CacheSalt.PUBLIC, tokens(200, 2)));
        assertEquals(5 * 32, memory.pin(tokens(200, 2)));
        assertEquals(5 * 32, memory.cacheSize().pinned());
    }

    @Test
    void whatWentWrongIsForgottenUnlessOthersUseIt() {
        BlockTable bad = computed(ANNA, tokens(96, 1));
        BlockTable other = open(ANNA, tokens(64, 1));
        memory.discard(bad);
        assertEquals(1, matched(ANNA, tokens(97, 1)));
        memory.discard(other);
        assertEquals(0, matched(ANNA, tokens(97, 1)));
        assertEquals(0, memory.used());
        assertEquals(0, memory.cacheSize().cached());
    }

    private int matched(CacheSalt salt, int[] tokens) {
        return memory.find(demand(salt, tokens)).depth;
    }

    private BlockTable open(CacheSalt salt, int[] tokens) {
        return memory.open(demand(salt, tokens), 0, false).orElseThrow();
    }

    private BlockTable computed(CacheSalt salt, int[] tokens) {
        BlockTable table = open(salt, tokens);
        memory.keep(table, demand(salt, tokens), tokens.length);
        return table;
    }

    private static KvMemory.Demand demand(CacheSalt salt, int[] tokens) {
        return new KvMemory.Demand(salt, blocks(tokens), tokens.length, true);
    }

    private static IntFunction<int[]> blocks(int[] tokens) {
        return index -> Arrays.copyOfRange(tokens, index * 32, (index + 1) * 32);
    }

    private static int[] tokens(int length, int seed) {
        return IntStream.range(0, length).map(i -> 1_000 * seed + i).toArray();
    }
}
