package org.altiplano.engine.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.Priority;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.scheduler.Step.Chunk;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    private static final CacheSalt SALT = new CacheSalt("salt");

    private final KvMemory memory = new KvMemory(8);
    private final Scheduler scheduler = new Scheduler(new Limits(4, 64), memory);
    private int marks;

    @Test
    void decodesRunningSequencesBesideANewPrompt() {
        Sequence first = submitted(10);
        run(64);
        Sequence second = submitted(20);
        assertEquals(List.of(new Chunk(first, 10, 1), new Chunk(second, 0, 20)), run(64).chunks());
        assertEquals(List.of(new Chunk(first, 11, 1), new Chunk(second, 20, 1)), run(64).chunks());
    }

    @Test
    void cutsALongPromptIntoChunksAndDrawsOnlyAfterTheLast() {
        Sequence sequence = submitted(100);
        Step step = run(40);
        assertEquals(List.of(new Chunk(sequence, 0, 40)), step.chunks());
        assertEquals(List.of(new Chunk(sequence, 40, 40)), run(40).chunks());
        assertEquals(0, sequence.generated());
        assertEquals(List.of(new Chunk(sequence, 80, 20)), run(40).chunks());
        assertEquals(1, sequence.generated());
    }

    @Test
    void neverPutsMoreTokensIntoAStepThanItsLimit() {
        for (int i = 0; i < 4; i++) {
            submitted(30);
        }
        for (int i = 0; i < 10; i++) {
            assertTrue(run(1_000).chunks().stream().mapToInt(Chunk::count).sum() <= 64);
        }
    }

    @Test
    void aShortPromptDoesNotWaitForTheWholeOfALongOne() {
        Sequence longOne = submitted(120);
        Sequence shortOne = submitted(10);
        assertEquals(List.of(new Chunk(longOne, 0, 30), new Chunk(shortOne, 0, 10)), run(40).chunks());
    }

    @Test
    void givesASequenceTheNextBlockWhenItsLastOneIsFull() {
        Sequence sequence = submitted(31);
        run(64);
        run(64);
        assertEquals(1, sequence.table().orElseThrow().size());
        run(64);
        assertEquals(2, sequence.table().orElseThrow().size());
        assertEquals(2 * KvPool.BLOCK, memory.used());
    }

    @Test
    void preemptsTheYoungestSequenceWhenMemoryRunsOut() {
        Sequence oldest = submitted(63);
        Sequence middle = submitted(40);
        Sequence youngest = submitted(30);
        while (scheduler.preemptions() == 0) {
            run(200);
        }
        assertEquals(Sequence.State.RUNNING, oldest.state());
        assertEquals(Sequence.State.RUNNING, middle.state());
        assertEquals(Sequence.State.WAITING, youngest.state());
        assertEquals(0, youngest.computed());
        int generated = youngest.generated();
        assertTrue(generated > 0, "what it generated is kept");

        scheduler.release(oldest);
        scheduler.release(middle);
        run(200);
        assertEquals(generated + 1, youngest.generated());
    }

    @Test
    void aPreemptedSequenceFindsWhatItComputedInTheCacheIfItIsStillThere() {
        Scheduler narrow = new Scheduler(new Limits(2, 128), new KvMemory(64));
        Sequence batch = of(new FairShare("a", 1, Priority.BATCH), 100);
        Sequence other = of(new FairShare("b", 1, Priority.BATCH), 100);
        List.of(batch, other).forEach(narrow::submit);
        run(narrow, 128);
        run(narrow, 128);
        Sequence urgent = of(FairShare.SINGLE, 10);
        narrow.submit(urgent);
        assertEquals(List.of(urgent, batch), run(narrow, 128).chunks().stream().map(Chunk::sequence).sorted(Sequence.ORDER).toList());
        assertEquals(Sequence.State.WAITING, other.state());
        narrow.release(urgent);
        assertEquals(new Chunk(other, 96, other.length() - 96), run(narrow, 128).chunks().get(1), "96 tokens are three blocks");
        assertEquals(0, other.cached(), "it had computed them itself");
    }

    @Test
    void besideInteractiveAnswersOnlyInteractivePromptsCount() {
        Sequence answering = of(new FairShare("a", 1), 10);
        scheduler.submit(answering);
        run(64);
        scheduler.submit(of(new FairShare("b", 1, Priority.BATCH), 40));
        scheduler.submit(of(new FairShare("b", 1, Priority.BATCH), 50));
        assertEquals(0, scheduler.prompts());
        scheduler.submit(of(new FairShare("c", 1), 40));
        assertEquals(1, scheduler.prompts());
        assertEquals(1, scheduler.decoding());
        run(20);
        assertEquals(1, scheduler.prompts(), "it is under way");
        assertEquals(10, scheduler.prefillDepth());
        scheduler.release(answering);
        assertEquals(3, scheduler.prompts(), "with no answer under way all count");
    }

    @Test
    void aLoneSequenceMayFillTheWholeArena() {
        Sequence sequence = submitted(120);
        while (sequence.length() < 257) {
            run(64);
        }
        assertEquals(0, scheduler.preemptions());
        assertEquals(8, sequence.table().orElseThrow().size());
    }

    @Test
    void leavesABlockForEachThatRuns() {
        submitted(60);
        submitted(60);
        run(200);
        run(200);
        Sequence third = submitted(100);
        run(200);
        assertEquals(Sequence.State.WAITING, third.state(), "four blocks are free, it needs four, and two run");
        scheduler.release(third);
        Sequence fourth = submitted(50);
        run(200);
        assertEquals(Sequence.State.RUNNING, fourth.state());
    }

    @Test
    void aPromptThatBeginsLikeAnEarlierOneIsComputedFromThereOn() {
        int[] prompt = tokens(100, 1);
        Sequence first = new Sequence(prompt, FairShare.SINGLE, SALT, true);
        scheduler.submit(first);
        run(200);
        run(200);
        Sequence second = new Sequence(prompt, FairShare.SINGLE, SALT, true);
        scheduler.submit(second);
        assertEquals(new Chunk(second, 96, 4), run(200).chunks().get(1));
        assertEquals(96, second.cached());
        assertEquals(0, first.cached());
        assertEquals(200, scheduler.queriedTokens());
        assertEquals(96, scheduler.hitTokens());
    }

    @Test
    void aSecondTurnFindsTheAnswerOfTheFirst() {
        Sequence first = submitted(60);
        while (first.length() < 97) {
            run(64);
        }
        int[] history = Arrays.copyOf(first.tokens(0, 97), 110);
        scheduler.release(first);
        Sequence second = new Sequence(history, FairShare.SINGLE, SALT, true);
        scheduler.submit(second);
        assertEquals(List.of(new Chunk(second, 96, 14)), run(64).chunks());
    }

    @Test
    void promptsThatBeginAlikeAreComputedOnce() {
        Scheduler wide = new Scheduler(new Limits(4, 512), new KvMemory(100));
        int[] prompt = tokens(330, 1);
        List<Sequence> all = List.of(0, 1, 2).stream().map(i -> new Sequence(prompt, FairShare.SINGLE, SALT, true)).toList();
        all.forEach(wide::submit);
        int computed = 0;
        while (all.stream().anyMatch(sequence -> sequence.generated() == 0)) {
            computed += run(wide, 128).chunks().stream().mapToInt(Chunk::count).sum();
        }
        assertTrue(computed < 330 + 2 * 10 + 10, "computed " + computed);
        assertEquals(640, wide.hitTokens());
        assertTrue(all.stream().allMatch(sequence -> sequence.table().orElseThrow().blocks()[5] == all.get(0).table().orElseThrow().blocks()[5]));
    }

    @Test
    void promptsOfTwoSaltsAreComputedTwiceThoughTheyAreEqual() {
        Sequence one = new Sequence(tokens(64, 1), FairShare.SINGLE, SALT, true);
        Sequence other = new Sequence(tokens(64, 1), FairShare.SINGLE, new CacheSalt("other"), true);
        scheduler.submit(one);
        scheduler.submit(other);
        assertEquals(List.of(new Chunk(one, 0, 32), new Chunk(other, 0, 32)), run(64).chunks());
        run(64);
        assertEquals(0, scheduler.hitTokens());
    }

    @Test
    void aPromptThatIsScoredIsComputedWhole() {
        scheduler.submit(new Sequence(tokens(64, 1), FairShare.SINGLE, SALT, true));
        run(64);
        Sequence scored = new Sequence(tokens(64, 1), FairShare.SINGLE, SALT, false);
        scheduler.submit(scored);
        assertEquals(new Chunk(scored, 0, 63), run(200).chunks().get(1));
        assertEquals(0, scored.cached());
        assertEquals(64, scheduler.queriedTokens(), "it did not ask");
    }

    @Test
    void whatWentWrongIsNotCached() {
        Sequence bad = new Sequence(tokens(100, 1), FairShare.SINGLE, SALT, true);
        scheduler.submit(bad);
        run(64);
        scheduler.discard(bad);
        Sequence again = new Sequence(tokens(100, 1), FairShare.SINGLE, SALT, true);
        scheduler.submit(again);
        assertEquals(List.of(new Chunk(again, 0, 64)), run(64).chunks());
    }

    @Test
    void admitsNoMoreThanTheBatchHolds() {
        for (int i = 0; i < 6; i++) {
            submitted(2);
        }
        run(64);
        assertEquals(4, scheduler.running());
        assertEquals(2, scheduler.waiting());
    }

    @Test
    void aSequenceEndsInEveryState() {
        Sequence waiting = submitted(5);
        scheduler.release(waiting);
        Sequence prefilling = submitted(60);
        run(10);
        scheduler.release(prefilling);
        Sequence decoding = submitted(5);
        run(10);
        scheduler.release(decoding);
        assertTrue(scheduler.idle());
        assertEquals(0, memory.used());
        assertThrows(IllegalStateException.class, () -> scheduler.release(decoding));
    }

    @Test
    void aPreemptedSequenceCanBeCancelled() {
        Sequence older = submitted(120);
        Sequence younger = submitted(100);
        while (younger.state() != Sequence.State.WAITING || scheduler.preemptions() == 0) {
            run(64);
        }
        scheduler.release(younger);
        assertEquals(Sequence.State.ENDED, younger.state());
        scheduler.release(older);
        assertTrue(scheduler.idle());
    }

    @Test
    void aStepThatFailedIsScheduledAgain() {
        Sequence sequence = submitted(20);
        Step failed = scheduler.schedule(64);
        Step again = scheduler.schedule(64);
        assertEquals(failed, again);
        assertEquals(0, sequence.computed());
    }

    @Test
    void servesKeysInTurnHoweverManyTheirRequests() {
        Scheduler narrow = new Scheduler(new Limits(1, 64), new KvMemory(100));
        FairShare greedy = new FairShare("greedy", 1);
        FairShare modest = new FairShare("modest", 1);
        Sequence first = of(greedy, 10);
        Sequence second = of(greedy, 10);
        Sequence other = of(modest, 10);
        List.of(first, second, other).forEach(narrow::submit);
        assertEquals(first, run(narrow, 64).chunks().get(0).sequence());
        narrow.release(first);
        assertEquals(other, run(narrow, 64).chunks().get(0).sequence());
        narrow.release(other);
        assertEquals(second, run(narrow, 64).chunks().get(0).sequence());
    }

    @Test
    void idlingEarnsNoCredit() {
        Scheduler narrow = new Scheduler(new Limits(1, 64), new KvMemory(100));
        FairShare busy = new FairShare("busy", 1);
        FairShare late = new FairShare("late", 1);
        for (int i = 0; i < 20; i++) {
            narrow.submit(of(busy, 10));
        }
        for (int i = 0; i < 10; i++) {
            narrow.release(run(narrow, 64).chunks().get(0).sequence());
        }
        for (int i = 0; i < 10; i++) {
            narrow.submit(of(late, 10));
        }
        int served = 0;
        for (int i = 0; i < 10; i++) {
            Sequence sequence = run(narrow, 64).chunks().get(0).sequence();
            served += sequence.share() == late ? 1 : 0;
            narrow.release(sequence);
        }
        assertEquals(5, served, "from now on each has every other turn");
    }

    @Test
    void aKeyWithoutAPlaceGetsOneOfAKeyThatHoldsSeveral() {
        Scheduler full = new Scheduler(new Limits(3, 64), new KvMemory(100));
        List<Sequence> flood = List.of(0, 1, 2, 3, 4).stream().map(i -> of(new FairShare("flood", 1), 10)).toList();
        flood.forEach(full::submit);
        run(full, 64);
        run(full, 64);
        Sequence late = of(new FairShare("late", 1), 10);
        full.submit(late);
        run(full, 64);
        run(full, 64);
        assertEquals(Sequence.State.RUNNING, late.state());
        assertEquals(Sequence.State.WAITING, flood.get(2).state(), "the youngest of those that ran");
        assertEquals(1, full.preemptions());
        Sequence second = of(new FairShare("late", 1), 10);
        full.submit(second);
        for (int i = 0; i < 20; i++) {
            run(full, 64);
        }
        assertEquals(Sequence.State.WAITING, second.state(), "its key has a place");
        assertEquals(1, full.preemptions());
    }

    @Test
    void aKeyKeepsItsOnlyPlace() {
        Scheduler full = new Scheduler(new Limits(2, 64), new KvMemory(100));
        Sequence one = of(new FairShare("one", 1), 10);
        Sequence two = of(new FairShare("two", 1), 10);
        List.of(one, two).forEach(full::submit);
        for (int i = 0; i < 20; i++) {
            run(full, 64);
        }
        full.submit(of(new FairShare("three", 1), 10));
        for (int i = 0; i < 20; i++) {
            run(full, 64);
        }
        assertEquals(0, full.preemptions());
    }

    @Test
    void aKeyWithoutMemoryGetsSomeOfAKeyThatHoldsMost() {
        Sequence first = of(new FairShare("flood", 1), 90);
        Sequence second = of(new FairShare("flood", 1), 90);
        List.of(first, second).forEach(scheduler::submit);
        for (int i = 0; i < 4; i++) {
            run(64);
        }
        Sequence late = of(new FairShare("late", 1), 90);
        scheduler.submit(late);
        for (int i = 0; i < 4; i++) {
            run(64);
        }
        assertEquals(List.of(Sequence.State.RUNNING, Sequence.State.WAITING, Sequence.State.RUNNING),
                List.of(first.state(), second.state(), late.state()));
    }

    @Test
    void preemptsNobodyForWhatWouldNotFitAnyway() {
        Sequence first = of(new FairShare("flood", 1), 90);
        Sequence second = of(new FairShare("flood", 1), 30);
        List.of(first, second).forEach(scheduler::submit);
        for (int i = 0; i < 4; i++) {
            run(64);
        }
        scheduler.submit(of(new FairShare("late", 1), 200));
        for (int i = 0; i < 10; i++) {
            run(64);
        }
        assertEquals(0, scheduler.preemptions());
    }

    @Test
    void aLongPromptFallsBehindOthersWhileItIsComputed() {
        Scheduler wide = new Scheduler(new Limits(4, 64), new KvMemory(100));
        Sequence one = of(new FairShare("long", 1), 500);
        Sequence two = of(new FairShare("long", 1), 500);
        List.of(one, two).forEach(wide::submit);
        run(wide, 64);
        Sequence late = of(new FairShare("late", 1), 20);
        wide.submit(late);
        run(wide, 64);
        run(wide, 64);
        assertEquals(1, late.generated(), "though two prompts before it could use all of the step");
    }

    @Test
    void batchWaitsBehindInteractiveAndGivesWayToIt() {
        Scheduler narrow = new Scheduler(new Limits(2, 64), new KvMemory(100));
        FairShare background = new FairShare("a", 1, Priority.BATCH);
        Sequence batch = of(background, 10);
        Sequence alsoBatch = of(background, 10);
        List.of(batch, alsoBatch).forEach(narrow::submit);
        run(narrow, 64);
        Sequence urgent = of(new FairShare("a", 1), 10);
        Sequence alsoUrgent = of(new FairShare("a", 1), 10);
        Sequence third = of(new FairShare("a", 1), 10);
        List.of(urgent, alsoUrgent, third).forEach(narrow::submit);
        run(narrow, 64);
        assertEquals(List.of(Sequence.State.RUNNING, Sequence.State.RUNNING, Sequence.State.WAITING), List.of(urgent.state(),
                alsoUrgent.state(), third.state()));
        assertEquals(2, narrow.preemptions());
        List.of(urgent, alsoUrgent).forEach(narrow::release);
        run(narrow, 64);
        assertEquals(List.of(Sequence.State.RUNNING, Sequence.State.RUNNING, Sequence.State.WAITING), List.of(third.state(),
                batch.state(), alsoBatch.state()));
    }

    @Test
    void interactiveTakesMemoryFromBatchBeforeItsOwn() {
        Sequence older = of(new FairShare("a", 1, Priority.BATCH), 100);
        scheduler.submit(older);
        run(200);
        run(200);
        Sequence younger = submitted(60);
        while (scheduler.preemptions() == 0) {
            run(200);
        }
        assertEquals(Sequence.State.WAITING, older.state());
        assertEquals(Sequence.State.RUNNING, younger.state());
    }

    private Sequence submitted(int prompt) {
        Sequence sequence = of(FairShare.SINGLE, prompt);
        scheduler.submit(sequence);
        return sequence;
    }

    /** With a prompt like no other. */
    private Sequence of(FairShare share, int prompt) {
        return new Sequence(tokens(prompt, ++marks), share, SALT, true);
    }

    private static int[] tokens(int length, int mark) {
        return IntStream.range(0, length).map(i -> 1_000 * mark + i).toArray();
    }

    private Step run(int prefillTokens) {
        return run(scheduler, prefillTokens);
    }

    private static Step run(Scheduler scheduler, int prefillTokens) {
        Step step = scheduler.schedule(prefillTokens);
        scheduler.complete(step);
        step.chunks().stream().filter(Chunk::draws).forEach(chunk -> scheduler.append(chunk.sequence(), 7));
        return step;
    }
}
