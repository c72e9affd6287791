package org.altiplano.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.NonFiniteLogitsException;
import org.altiplano.engine.model.StepInput;
import org.altiplano.engine.model.StepOutput;
import org.altiplano.engine.scheduler.Limits;
import org.altiplano.engine.scheduler.Scheduler;
import org.altiplano.engine.scheduler.Sequence;
import org.altiplano.engine.scheduler.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the runner, the scheduler and all generations of one model, on the engine's thread:
 * {@code drain -> schedule -> run -> complete -> emit}. Other threads leave orders, which are carried out between steps.
 */
final class EngineLoop {

    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);

    /** OPEN takes generations; DRAINING finishes those it has; CLOSED fails them. */
    private enum Phase { OPEN, DRAINING, CLOSED }

    /** What the loop shows to other threads. */
    record Load(int waiting, int running, int kvUsed, long promptTokens, long generatedTokens, long preemptions,
                CacheLoad cache) {
    }

    /**
     * What the prefix cache did and holds, in tokens.
     *
     * @param queried of prompts that were looked up
     * @param hit of these, found
     */
    record CacheLoad(long queried, long hit, KvMemory.CacheSize size) {
    }

    private final ModelRunner runner;
    private final KvMemory memory;
    private final Scheduler scheduler;
    private final PrefillPace pace;
    private final LongSupplier nanoTime;
    private final TokenRate rate;
    private final Map<Sequence, Ongoing> ongoing = new HashMap<>();
    private final BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
    private Phase phase = Phase.OPEN;
    private long promptTokens;
    private long generatedTokens;
    private volatile Load load = new Load(0, 0, 0, 0, 0, 0, new CacheLoad(0, 0, new KvMemory.CacheSize(0, 0, 0)));

    EngineLoop(ModelRunner runner, KvMemory memory, EngineSettings settings, LongSupplier nanoTime, TokenRate rate) {
        this.runner = runner;
        this.memory = memory;
        this.scheduler = new Scheduler(new Limits(settings.maxRunning(), settings.maxStepTokens()), memory);
        this.pace = new PrefillPace(settings.maxStepTokens(), settings.stepTarget());
        this.nanoTime = nanoTime;
        this.rate = rate;
    }

    /** Takes a generation; any thread. */
    void accept(Ongoing generation) {
        orders.add(() -> {
            if (generation.isUnwanted()) {
                generation.finish(FinishReason.CANCELLED, nanoTime.getAsLong());
                return;
            }
            ongoing.put(generation.sequence(), generation);
            scheduler.submit(generation.sequence());
        });
    }

    /** Cancels a generation, unless it has ended; any thread. */
    void cancel(Ongoing generation) {
        generation.unwant();
        orders.add(() -> {
            if (ongoing.containsKey(generation.sequence())) {
                end(generation);
                generation.finish(FinishReason.CANCELLED, nanoTime.getAsLong());
            }
        });
    }

    /** Pins what is cached of a public prefix; completes with the tokens pinned. Any thread. */
    CompletionStage<Integer> pin(int[] prefix) {
        CompletableFuture<Integer> pinned = new CompletableFuture<>();
        orders.add(() -> pinned.complete(scheduler.pin(prefix)));
        return pinned;
    }

    /** Ends a pin; any thread. */
    void unpin(int[] prefix) {
        orders.add(() -> scheduler.unpin(prefix));
    }

    /** Ends the loop when the last generation has ended; any thread. */
    void drain() {
        orders.add(() -> phase = phase == Phase.OPEN ? Phase.DRAINING : phase);
    }

    /** Ends the loop after the step under way; any thread. */
    void close() {
        orders.add(() -> phase = Phase.CLOSED);
    }

    /** A recent reading; any thread. */
    Load load() {
        return load;
    }

    /**
     * Lives.
     *
     * @param lostPins told when pinned blocks had to be given up and there is room for them again
     */
    void run(Runnable lostPins) {
        while (carryOutOrders()) {
            Step step = scheduler.schedule(pace.tokens(scheduler.decoding(), scheduler.prompts(), scheduler.prefillDepth()));
            if (!step.chunks().isEmpty()) {
                perform(step);
            }
            show();
            if (scheduler.idle() && memory.lostPins()) {
                lostPins.run();
            }
        }
        show();
    }

    /** Fails whatever is left, when the loop has ended and no order can come any more. */
    void failRest(Failure failure) {
        for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
        ongoing.values().forEach(generation -> generation.fail(failure, nanoTime.getAsLong()));
        ongoing.clear();
    }

    /** Waits for orders only if there is nothing else to do; false when the loop is to end. */
    private boolean carryOutOrders() {
        try {
            Runnable order = scheduler.idle() && phase == Phase.OPEN ? orders.take() : orders.poll();
            while (order != null) {
                order.run();
                order = orders.poll();
            }
        } catch (InterruptedException e) {
            phase = Phase.CLOSED;
        }
        return phase == Phase.OPEN || phase == Phase.DRAINING && !scheduler.idle();
    }

    private void perform(Step step) {
        long began = nanoTime.getAsLong();
        List<Ongoing> generations = step.chunks().stream().map(chunk -> ongoing.get(chunk.sequence())).toList();
        generations.forEach(generation -> generation.start(began));
        StepOutput output;
        try {
            output = compute(step, generations);
        } catch (NonFiniteLogitsException e) {
            // The rows that are not to blame are computed again by the next step.
            fail(e.rows().stream().map(generations::get).toList(), "The model's answer to this prompt is not a number: its "
                    + "weights are damaged or do not fit its configuration.", e);
            return;
        } catch (RuntimeException | Error e) {
            fail(generations, "The model failed while computing this generation.", e);
            return;
        }
        long now = nanoTime.getAsLong();
        scheduler.complete(step);
        count(step, now, now - began);
        for (int i = 0; i < generations.size(); i++) {
            emit(step.chunks().get(i), generations.get(i), output.rows().get(i), now);
        }
    }

    private StepOutput compute(Step step, List<Ongoing> generations) {
        List<StepInput.Row> rows = new ArrayList<>(generations.size());
        for (int i = 0; i < generations.size(); i++) {
            rows.add(generations.get(i).row(step.chunks().get(i)));
        }
        StepOutput output = runner.run(new StepInput(rows));
        for (int i = 0; i < generations.size(); i++) {
            if (step.chunks().get(i).draws() != output.rows().get(i).token().isPresent()) {
                throw new IllegalStateException("The model's program answered row " + i + " with no token or one too many.");
            }
        }
        return output;
    }

    private void fail(List<Ongoing> generations, String sentence, Throwable cause) {
        LOG.error("Failed: generations {}.", generations.stream().map(Ongoing::id).toList(), cause);
        for (Ongoing generation : generations) {
            if (ongoing.remove(generation.sequence()) != null) {
                scheduler.discard(generation.sequence());
            }
            generation.fail(new Failure(Failure.Code.ENGINE_FAILED, sentence), nanoTime.getAsLong());
        }
    }

    private void count(Step step, long now, long took) {
        int drawn = 0;
        for (Step.Chunk chunk : step.chunks()) {
            drawn += chunk.draws() ? 1 : 0;
            promptTokens += Math.max(0, Math.min(chunk.count(), chunk.sequence().promptLength() - chunk.position()));
        }
        generatedTokens += drawn;
        rate.add(drawn, now);
        pace.observe(step.answers(), step.promptTokens(), step.attended(), took);
    }

    private void emit(Step.Chunk chunk, Ongoing generation, StepOutput.Row row, long now) {
        try {
            generation.takeScores(row.scores());
            if (row.token().isPresent()) {
                int token = row.token().getAsInt();
                scheduler.append(chunk.sequence(), token);
                Optional<FinishReason> ended = generation.takeToken(token, row.logprob(), now);
                if (ended.isPresent()) {
                    end(generation);
                    generation.finish(ended.get(), now);
                }
            }
        } catch (RuntimeException e) {
            fail(List.of(generation), "The engine failed on this generation.", e);
        }
    }

    private void end(Ongoing generation) {
        if (ongoing.remove(generation.sequence()) != null) {
            scheduler.release(generation.sequence());
        }
    }

    private void show() {
        load = new Load(scheduler.waiting(), scheduler.running(), memory.used(), promptTokens, generatedTokens, scheduler.preemptions(),
                new CacheLoad(scheduler.queriedTokens(), scheduler.hitTokens(), memory.cacheSize()));
    }
}
