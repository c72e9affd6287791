package org.altiplano.engine.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.altiplano.contract.FairShare;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.kvcache.KvMove;
import org.altiplano.engine.kvcache.KvRegion;
import org.altiplano.engine.scheduler.Step.Chunk;
import org.junit.jupiter.api.Test;

class SchedulerTest {

    private final KvPool pool = new KvPool(256);
    private final Scheduler scheduler = new Scheduler(new Limits(4, 64), pool);

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
    void movesASequenceThatOutgrowsItsMemory() {
        Sequence sequence = submitted(31);
        run(64);
        assertEquals(List.of(), run(64).moves());
        assertEquals(List.of(new KvMove(new KvRegion(0, 32), new KvRegion(64, 64), 32)), run(64).moves());
        assertEquals(new KvRegion(64, 64), sequence.region().orElseThrow());
        assertEquals(64, pool.used(), "the outgrown region is free after the step");
    }

    @Test
    void preemptsTheYoungestSequenceWhenMemoryRunsOut() {
        Sequence oldest = submitted(63);
        Sequence middle = submitted(40);
        Sequence youngest = submitted(50);
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
        assertEquals(List.of(new Chunk(youngest, 0, 50 + generated)), run(200).chunks());
        assertEquals(generated + 1, youngest.generated());
    }

    @Test
    void aLoneSequenceMovesOutAndComesBackWhenItsCopyDoesNotFit() {
        Sequence sequence = submitted(120);
        while (sequence.length() < 250) {
            run(64);
        }
        assertEquals(1, scheduler.preemptions());
        assertEquals(256, sequence.region().orElseThrow().capacity());
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
        assertEquals(0, pool.used());
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
        scheduler.abandon();
        Step again = scheduler.schedule(64);
        assertEquals(failed, again);
        assertEquals(0, sequence.computed());
    }

    @Test
    void servesKeysInTurnHoweverManyTheirRequests() {
        Scheduler narrow = new Scheduler(new Limits(1, 64), pool);
        FairShare greedy = new FairShare("greedy", 1);
        FairShare modest = new FairShare("modest", 1);
        Sequence first = new Sequence(new int[10], greedy);
        Sequence second = new Sequence(new int[10], greedy);
        Sequence other = new Sequence(new int[10], modest);
        List.of(first, second, other).forEach(narrow::submit);
        assertEquals(first, narrow.schedule(64).chunks().get(0).sequence());
        narrow.release(first);
        assertEquals(other, narrow.schedule(64).chunks().get(0).sequence());
        narrow.release(other);
        assertEquals(second, narrow.schedule(64).chunks().get(0).sequence());
    }

    @Test
    void idlingEarnsNoCredit() {
        Scheduler narrow = new Scheduler(new Limits(1, 64), pool);
        FairShare busy = new FairShare("busy", 1);
        FairShare late = new FairShare("late", 1);
        for (int i = 0; i < 20; i++) {
            narrow.submit(new Sequence(new int[10], busy));
        }
        for (int i = 0; i < 10; i++) {
            narrow.release(narrow.schedule(64).chunks().get(0).sequence());
        }
        for (int i = 0; i < 10; i++) {
            narrow.submit(new Sequence(new int[10], late));
        }
        int served = 0;
        for (int i = 0; i < 10; i++) {
            Sequence sequence = narrow.schedule(64).chunks().get(0).sequence();
            served += sequence.share() == late ? 1 : 0;
            narrow.release(sequence);
        }
        assertEquals(5, served, "from now on each has every other turn");
    }

    private Sequence submitted(int prompt) {
        Sequence sequence = new Sequence(new int[prompt], FairShare.SINGLE);
        scheduler.submit(sequence);
        return sequence;
    }

    private Step run(int prefillTokens) {
        Step step = scheduler.schedule(prefillTokens);
        scheduler.complete(step);
        step.chunks().stream().filter(Chunk::draws).forEach(chunk -> scheduler.append(chunk.sequence(), 7));
        return step;
    }
}
