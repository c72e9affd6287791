package org.altiplano.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.ComputeProfile;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.TorchModelRunner;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.Progress;
import org.altiplano.engine.store.SmolLm2;
import org.altiplano.engine.store.StoredModel;

/**
 * Measures what each format costs SmolLM2 on each kind of CPU, beside float32 on the same texts: {@code QualityTable FILE...}.
 * Every text is one prompt, given back with log-probabilities; a line of JSON per format, profile and text. Started by
 * {@code deploy/bench/quality}.
 */
final class QualityTable {

    private static final String PROFILE = "altiplano.compute-profile";
    private static final long KV_BYTES = 1L << 28;

    private final Path home;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, List<Token>> reference = new LinkedHashMap<>();

    private QualityTable(Path home) {
        this.home = home;
    }

    public static void main(String[] files) throws IOException {
        Path home = Files.createTempDirectory("quality");
        QualityTable table = new QualityTable(home);
        for (String file : files) {
            Path path = Path.of(file);
            table.texts.put(path.getFileName().toString(), Files.readString(path));
        }
        String own = ComputeProfile.probe().name();
        Set<String> profiles = new LinkedHashSet<>(List.of(own, "avx2"));
        table.measure(Dtype.FP32, own);
        for (Dtype dtype : Arrays.stream(Dtype.values()).filter(each -> each != Dtype.FP32).toList()) {
            profiles.forEach(profile -> table.measure(dtype, profile));
        }
    }

    /** The model is imported for its format: what is computed once for a format is computed then. */
    private void measure(Dtype dtype, String profile) {
        System.setProperty(PROFILE, profile);
        String name = dtype.word();
        try {
            ModelStore store = new ModelStore(home);
            if (store.list().stream().noneMatch(manifest -> manifest.name().equals(name))) {
                store.importModel(new ImportRequest(SmolLm2.gguf(), name, dtype, Optional.of("chatml")), Progress.NONE);
            }
            try (StoredModel model = store.open(name)) {
                TorchModelRunner runner = TorchModelRunner.load(model.manifest().config(), dtype, model.weights(), KV_BYTES,
                        step -> { });
                try (LlmEngine engine = LlmEngine.start(model.manifest(), model.tokenizer(), runner, EngineSettings.DEFAULT,
                        System::nanoTime, () -> 1)) {
                    texts.forEach((text, content) -> report(dtype, profile, text, score(engine, content)));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void report(Dtype dtype, String profile, String text, List<Token> scored) {
        List<Token> exact = reference.computeIfAbsent(text, missing -> scored);
        long agreeing = IntStream.range(0, scored.size()).filter(i -> best(scored.get(i)) == best(exact.get(i))).count();
        System.out.printf(Locale.ROOT, "{\"dtype\": \"%s\", \"profile\": \"%s\", \"text\": \"%s\", \"tokens\": %d, "
                        + "\"perplexity\": %.5f, \"ratio\": %.5f, \"agreement\": %.4f}%n", dtype.word(), profile, text, scored.size(),
                perplexity(scored), perplexity(scored) / perplexity(exact), (double) agreeing / scored.size());
    }

    private static double perplexity(List<Token> scored) {
        return Math.exp(-scored.stream().mapToDouble(token -> token.logprob().orElseThrow().value()).average().orElseThrow());
    }

    private static int best(Token token) {
        return token.logprob().orElseThrow().top().get(0).id();
    }

    /** The text's tokens but the first, which nothing precedes. */
    private static List<Token> score(LlmEngine engine, String text) {
        CompletableFuture<List<Token>> scored = new CompletableFuture<>();
        engine.submit(EngineFixture.request(new Prompt.Text(text, true), SamplingParams.GREEDY,
                EngineFixture.stop(1, 0, List.of(), Set.of(), true), new OutputOptions(OptionalInt.of(1), true)), new GenerationListener() {
                    private final List<Token> prompt = new ArrayList<>();

                    @Override
                    public void onPrompt(PromptEcho echo) {
                        echo.tokens().stream().filter(token -> token.logprob().isPresent()).forEach(prompt::add);
                    }

                    @Override
                    public void onTokens(TokenChunk chunk) {
                    }

                    @Override
                    public void onFinished(Finished finished) {
                        scored.complete(prompt);
                    }

                    @Override
                    public void onFailed(Failure failure) {
                        scored.completeExceptionally(new IllegalStateException(failure.toString()));
                    }
                });
        return scored.join();
    }
}
