package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.scheduler.Limits;
import org.altiplano.engine.scheduler.Scheduler;
import org.altiplano.engine.scheduler.Sequence;
import org.altiplano.engine.scheduler.Step;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Simulates a client that floods the engine and one that asks now and then, on a machine whose steps take a fixed time and a
 * time per token: beside first come, first served, the light one's first token comes at once, and nothing is lost over it.
 */
class FloodTest {

    private static final double STEP_MILLIS = 10;
    private static final double PROMPT_TOKEN_MILLIS = 0.1;
    private static final double ANSWER_TOKEN_MILLIS = 0.2;
    private static final double SECONDS = 300;

    /** What a single run keeps of the throughput varies by a hundredth: it depends on which prompts it happens to draw. */
    private static final int RUNS = 5;

    private record Outcome(double medianTimeToFirstToken, double tokensPerSecond, long preemptions) {
    }

    @ParameterizedTest
    @CsvSource({"places are short, 16, 4000, 200, 100", "memory is short, 64, 120, 200, 100", "long prompts, 16, 4000, 1500, 300",
            "long prompts and little memory, 64, 500, 1500, 300", "long prompts and short answers, 16, 4000, 1500, 60",
            "long answers, 32, 8000, 100, 800"})
    void aLightClientIsServedAtOnceUnderAFlood(String what, int places, int blocks, int prompt, int answer) {
        Outcome firstCome = average(false, places, blocks, prompt, answer);
        Outcome fair = average(true, places, blocks, prompt, answer);
        double wait = fair.medianTimeToFirstToken() / firstCome.medianTimeToFirstToken();
        double throughput = fair.tokensPerSecond() / firstCome.tokensPerSecond();
        System.out.printf("%s: the light client's median TTFT %.0f ms for %.0f ms first come, first served (%.1f %%); throughput %.0f "
                        + "for %.0f tokens/s (%.1f %%); %d preemptions for %d%n", what, fair.medianTimeToFirstToken(),
                firstCome.medianTimeToFirstToken(), 100 * wait, fair.tokensPerSecond(), firstCome.tokensPerSecond(), 100 * throughput,
                fair.preemptions(), firstCome.preemptions());
        assertTrue(wait <= 0.06, "TTFT " + wait);
        assertTrue(throughput >= 0.99, "throughput " + throughput);
    }

    private static Outcome average(boolean fair, int places, int blocks, int prompt, int answer) {
        List<Outcome> runs = IntStream.rangeClosed(1, RUNS).mapToObj(seed -> simulate(seed, fair, places, blocks, prompt, answer)).toList();
        return new Outcome(runs.stream().mapToDouble(Outcome::medianTimeToFirstToken).average().orElseThrow(),
                runs.stream().mapToDouble(Outcome::tokensPerSecond).average().orElseThrow(),
                runs.stream().mapToLong(Outcome::preemptions).sum() / RUNS);
    }

    /** The flood has 100 requests waiting at any time; the light client asks about every three seconds. */
    private static Outcome simulate(int seed, boolean fair, int places, int blocks, int prompt, int answer) {
        Random random = new Random(seed);
        Scheduler scheduler = new Scheduler(new Limits(places, 512), new KvMemory(blocks));
        PrefillPace pace = new PrefillPace(512, Duration.ofMillis(250));
        FairShare flood = new FairShare("flood", 1);
        FairShare light = fair ? new FairShare("light", 1) : flood;
        Map<Sequence, Integer> wanted = new HashMap<>();
        Map<Sequence, Double> asked = new HashMap<>();
        List<Double> waits = new ArrayList<>();
        double now = 0;
        double nextLight = 5_000;
        long tokens = 0;
        while (now < 1_000 * SECONDS) {
            while (scheduler.waiting() < 100) {
                wanted.put(submit(scheduler, random, flood, prompt / 2 + random.nextInt(prompt)), answer / 2 + random.nextInt(answer));
            }
            for (; nextLight <= now; nextLight += 1_500 + random.nextInt(3_000)) {
                Sequence sequence = submit(scheduler, random, light, 40 + random.nextInt(80));
                wanted.put(sequence, 20 + random.nextInt(40));
                asked.put(sequence, nextLight);
            }
            Step step = scheduler.schedule(pace.tokens(scheduler.decoding(), scheduler.prompts(), scheduler.prefillDepth()));
            int prompts = step.promptTokens();
            int answers = step.answers();
            double took = step.chunks().isEmpty() ? 0 : STEP_MILLIS + prompts * PROMPT_TOKEN_MILLIS + answers * ANSWER_TOKEN_MILLIS;
            now += took;
            if (took > 0) {
                pace.observe(answers, prompts, step.attended(), (long) (took * 1e6));
            }
            scheduler.complete(step);
            for (Step.Chunk chunk : step.chunks()) {
                Sequence sequence = chunk.sequence();
                if (sequence.computed() < sequence.length()) {
                    continue;
                }
                scheduler.append(sequence, random.nextInt(30_000));
                tokens++;
                if (sequence.generated() == 1) {
                    tokens += sequence.promptLength();
                    if (asked.containsKey(sequence)) {
                        waits.add(now - asked.remove(sequence));
                    }
                }
                if (sequence.generated() >= wanted.get(sequence)) {
                    wanted.remove(sequence);
                    scheduler.release(sequence);
                }
            }
        }
        Collections.sort(waits);
        assertTrue(waits.size() > 20, "the light client was served " + waits.size() + " times");
        return new Outcome(waits.get(waits.size() / 2), tokens / SECONDS, scheduler.preemptions());
    }

    private static Sequence submit(Scheduler scheduler, Random random, FairShare share, int prompt) {
        Sequence sequence = new Sequence(random.ints(prompt, 0, 30_000).toArray(), share, new CacheSalt(share.key()), true);
        scheduler.submit(sequence);
        return sequence;
    }
}
