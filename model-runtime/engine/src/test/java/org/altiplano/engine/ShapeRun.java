package org.altiplano.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.CountedWeights;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.RandomWeights;
import org.altiplano.engine.model.TorchModelRunner;

/**
 * Runs an entry of the catalogue at its real dimensions, from prompt to tokens through the whole engine:
 * {@code ShapeRun NAME DTYPE real|shared PROMPT TOKENS}. With {@code shared}, all layers have the matrices of the first, so that
 * every layer and the whole KV path run where the weights would not fit. Prints one line of JSON; started by
 * {@code deploy/bench/shapes}.
 */
final class ShapeRun {

    private ShapeRun() {
    }

    public static void main(String[] arguments) throws IOException {
        ModelShape shape = ModelCatalogue.find(arguments[0]).orElseThrow().shape();
        Dtype dtype = Dtype.ofWord(arguments[1]);
        boolean shared = arguments[2].equals("shared");
        int prompt = Integer.parseInt(arguments[3]);
        int tokens = Integer.parseInt(arguments[4]);

        CountedWeights weights = new CountedWeights(new RandomWeights(shape), shape.layers(), shared);
        RandomModel model = new RandomModel(shape, dtype, weights);
        long began = System.nanoTime();
        TorchModelRunner runner = TorchModelRunner.load(model.manifest().config(), dtype, weights,
                (prompt + tokens + 64) * kvBytesPerToken(shape, Float.BYTES), step -> { });
        double loadSeconds = (System.nanoTime() - began) / 1e9;
        String profile = runner.computeProfile();
        Run run = new Run();
        try (LlmEngine engine = LlmEngine.start(model.manifest(), Optional.empty(), runner, EngineSettings.DEFAULT, System::nanoTime,
                () -> 1)) {
            run.submitted = System.nanoTime();
            engine.submit(EngineFixture.request(new Prompt.Tokens(new Random(3).ints(prompt, 0, shape.vocabulary()).toArray()),
                    SamplingParams.GREEDY, EngineFixture.stop(tokens, 0, List.of(), Set.of(), true), OutputOptions.NONE), run);
            run.ended.join();
            run.resident = memory("VmRSS");
        }
        double prefill = (run.times.get(0) - run.submitted) / 1e9;
        double decode = (run.times.get(tokens - 1) - run.times.get(0)) / 1e9 / (tokens - 1);
        System.out.printf(Locale.ROOT, "{\"model\": \"%s\", \"dtype\": \"%s\", \"profile\": \"%s\", \"layers\": %d, \"shared\": %b, "
                        + "\"parameters\": %d, \"parametersOfShape\": %d, \"kvBytesPerToken\": %d, \"prompt\": %d, \"tokens\": %d, "
                        + "\"loadSeconds\": %.1f, \"prefillTokensPerSecond\": %.2f, \"prefillMillisPerLayer\": %.2f, "
                        + "\"decodeTokensPerSecond\": %.3f, \"decodeMillisPerLayer\": %.3f, \"residentBytes\": %d, "
                        + "\"peakResidentBytes\": %d}%n",
                arguments[0], dtype.word(), profile, shape.layers(), shared, weights.parameters(), shape.parameters(),
                kvBytesPerToken(shape, profile.contains("bf16") ? Short.BYTES : Float.BYTES), prompt, tokens, loadSeconds,
                prompt / prefill, prefill * 1e3 / shape.layers(), 1 / decode, decode * 1e3 / shape.layers(),
                run.resident, memory("VmHWM"));
    }

    private static long kvBytesPerToken(ModelShape shape, int bytes) {
        return 2L * shape.layers() * shape.kvHeads() * shape.headDim() * bytes;
    }

    private static long memory(String key) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(key)).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst().orElseThrow();
        }
    }

    /** Notes when each token came. */
    private static final class Run implements GenerationListener {
        private final List<Long> times = new ArrayList<>();
        private final CompletableFuture<Finished> ended = new CompletableFuture<>();
        private long submitted;
        private long resident;

        @Override
        public void onTokens(TokenChunk chunk) {
            long now = System.nanoTime();
            chunk.tokens().forEach(token -> times.add(now));
        }

        @Override
        public void onFinished(Finished finished) {
            ended.complete(finished);
        }

        @Override
        public void onFailed(Failure failure) {
            ended.completeExceptionally(new IllegalStateException(failure.toString()));
        }
    }
}
