package org.altiplano.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.StepInput;
import org.altiplano.engine.model.StepOutput;

/** Prints what the engine itself costs per step: everything but the model, whose answer here is a constant. */
final class EngineOverhead {

    private static final int TOKENS = 900;

    private EngineOverhead() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            for (int batch : new int[] {1, 8, 64}) {
                System.out.printf("batch %d: %.1f us per step%n", batch, microsPerStep(batch));
            }
        }
    }

    private static double microsPerStep(int batch) throws InterruptedException {
        EngineSettings settings = new EngineSettings(64, 512, 64, Duration.ofMillis(250));
        Constant runner = new Constant();
        SamplingParams warm = new SamplingParams(0.7, 0.9, 0, 0, 0, 0, 1, Map.of(), OptionalLong.of(1));
        try (LlmEngine engine = LlmEngine.start(EngineFixture.manifest("tiny", "none", true), Optional.of(EngineFixture.WORDS),
                runner, settings, System::nanoTime, () -> 1)) {
            CountDownLatch ended = new CountDownLatch(batch);
            long began = System.nanoTime();
            for (int i = 0; i < batch; i++) {
                engine.submit(EngineFixture.request(new Prompt.Text("prompt", false), warm,
                        EngineFixture.stop(TOKENS, 0, List.of("stop"), Set.of(), true), OutputOptions.NONE), new Silent(ended));
            }
            ended.await();
            return (System.nanoTime() - began) / 1e3 / runner.steps;
        }
    }

    private record Silent(CountDownLatch ended) implements GenerationListener {

        @Override
        public void onTokens(TokenChunk chunk) {
        }

        @Override
        public void onFinished(Finished finished) {
            ended.countDown();
        }

        @Override
        public void onFailed(Failure failure) {
            throw new AssertionError(failure);
        }
    }

    private static final class Constant implements ModelRunner {
        private static final StepOutput.Row ANSWER =
                new StepOutput.Row(OptionalInt.of(EngineFixture.HELLO), Optional.empty(), List.of());
        private static final StepOutput.Row NOTHING = new StepOutput.Row(OptionalInt.empty(), Optional.empty(), List.of());
        private volatile int steps;

        @Override
        public int arenaBlocks() {
            return 2 * 1024;
        }

        @Override
        public String computeProfile() {
            return "constant";
        }

        @Override
        public StepOutput run(StepInput input) {
            steps++;
            return new StepOutput(input.rows().stream().map(row -> row.draw().isPresent() ? ANSWER : NOTHING).toList());
        }

        @Override
        public void close() {
        }
    }
}
