package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TogetherTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(20);
    private final List<List<Integer>> batches = new ArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final AtomicInteger asking = new AtomicInteger();

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void answersOneThatIsAloneAtOnce() {
        assertEquals(14, together(4).ask(7));
        assertEquals(List.of(List.of(7)), batches);
    }

    @Test
    void answersAllThatCameMeanwhileAtOnceAndEachItsOwn() throws Exception {
        Together<Integer, Integer> together = slowToBegin(8);
        List<Future<Integer>> answers = ask(together, 20);
        for (int i = 0; i < 20; i++) {
            assertEquals(2 * i, answers.get(i).get(60, TimeUnit.SECONDS));
        }
        assertEquals(20, batches.stream().mapToInt(List::size).sum());
        assertEquals(List.of(1, 8, 8, 3), batches.stream().map(List::size).toList());
    }

    @Test
    void givesTheNextAMomentToGatherWhereSeveralHadComeAtOnce() throws Exception {
        Together<Integer, Integer> gathering = new Together<>(8, Duration.ofSeconds(4), questions -> {
            await();
            batches.add(questions);
            return questions;
        });
        for (Future<Integer> answer : ask(gathering, 3)) {
            answer.get(60, TimeUnit.SECONDS);
        }
        Future<Integer> early = threads.submit(() -> gathering.ask(4));
        Eventually.holds("it waits for others", () -> gathering.waiting() == 1);
        assertEquals(5, gathering.ask(5));
        assertEquals(4, early.get(60, TimeUnit.SECONDS));
        assertEquals(List.of(1, 2, 2), batches.stream().map(List::size).toList());
    }

    @Test
    void aFailureIsToldToThoseThatItConcernsAndNotToTheNext() throws Exception {
        Together<Integer, Integer> failing = new Together<>(8, questions -> {
            await();
            batches.add(questions);
            if (batches.size() == 2) {
                throw new IllegalStateException("no answer");
            }
            return questions;
        });
        int failures = 0;
        for (Future<Integer> answer : ask(failing, 12)) {
            try {
                answer.get(60, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertEquals("no answer", e.getCause().getMessage());
                failures++;
            }
        }
        assertEquals(8, failures);
        assertEquals(3, failing.ask(3));
        assertTrue(assertThrows(IllegalStateException.class, () -> new Together<Integer, Integer>(1, questions -> {
            throw new IllegalStateException("never");
        }).ask(1)).getMessage().contains("never"));
    }

    @Test
    void nobodyIsForgottenHoweverManyAskAllTheTime() throws Exception {
        Together<Integer, Integer> together = together(4);
        List<Future<Integer>> wrong = new ArrayList<>();
        for (int thread = 0; thread < 20; thread++) {
            int begin = 5_000 * thread;
            wrong.add(threads.submit(() -> {
                int mistakes = 0;
                for (int i = begin; i < begin + 5_000; i++) {
                    mistakes += together.ask(i) == 2 * i ? 0 : 1;
                }
                return mistakes;
            }));
        }
        for (Future<Integer> one : wrong) {
            assertEquals(0, one.get(60, TimeUnit.SECONDS));
        }
        assertEquals(100_000, batches.stream().mapToInt(List::size).sum());
        assertEquals(0, together.waiting());
    }

    private Together<Integer, Integer> together(int most) {
        return new Together<>(most, questions -> {
            batches.add(questions);
            return questions.stream().map(question -> 2 * question).toList();
        });
    }

    private Together<Integer, Integer> slowToBegin(int most) {
        return new Together<>(most, questions -> {
            await();
            batches.add(questions);
            return questions.stream().map(question -> 2 * question).toList();
        });
    }

    /** The first is under way until all the others wait. */
    private List<Future<Integer>> ask(Together<Integer, Integer> together, int questions) {
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < questions; i++) {
            int question = i;
            answers.add(threads.submit(() -> {
                asking.incrementAndGet();
                return together.ask(question);
            }));
            if (i == 0) {
                Eventually.holds("the first is under way", () -> asking.get() == 1);
            }
        }
        Eventually.holds("all wait", () -> together.waiting() >= questions - 1);
        first.countDown();
        return answers;
    }

    private void await() {
        try {
            first.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
