package org.altiplano.engine;

import static org.altiplano.engine.EngineFixture.CONTEXT;
import static org.altiplano.engine.EngineFixture.HELLO;
import static org.altiplano.engine.EngineFixture.SETTINGS;
import static org.altiplano.engine.EngineFixture.VOCABULARY;
import static org.altiplano.engine.EngineFixture.WORLD;
import static org.altiplano.engine.EngineFixture.engine;
import static org.altiplano.engine.EngineFixture.failure;
import static org.altiplano.engine.EngineFixture.finished;
import static org.altiplano.engine.EngineFixture.request;
import static org.altiplano.engine.EngineFixture.run;
import static org.altiplano.engine.EngineFixture.stop;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.Message;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.RecordingListener;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.model.StepOutput.Logprobs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LlmEngineTest {

    @Test
    void tellsAcceptedThenTokensThenFinished() {
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(3, VOCABULARY, HELLO, WORLD))) {
            RecordingListener heard = run(engine, request("abc", StopConditions.NONE));
            assertEquals(new Accepted(FixedTokenizer.ids("abc")), heard.events().get(0));
            assertEquals("hello world", heard.text());
            assertEquals(List.of(HELLO, WORLD, FixedTokenizer.EOS), heard.tokenIds());
            Finished end = finished(heard);
            assertEquals(FinishReason.STOP, end.reason());
            assertEquals(3, end.promptTokens());
            assertEquals(3, end.completionTokens());
            assertFalse(end.timeToFirstToken().isZero());
            assertTrue(end.total().compareTo(end.timeToFirstToken()) >= 0);
            assertTrue(end.timeToFirstToken().compareTo(end.queued()) >= 0);
        }
    }

    @Test
    void endsAtMaxTokens() {
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(3, VOCABULARY, HELLO, WORLD, HELLO))) {
            RecordingListener heard = run(engine, request("abc", StopConditions.after(2)));
            assertEquals("hello world", heard.text());
            assertEquals(FinishReason.LENGTH, finished(heard).reason());
        }
    }

    @Test
    void endsWhenTheContextIsFull() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            RecordingListener heard = run(engine, request("x".repeat(1000), StopConditions.NONE));
            assertEquals(FinishReason.LENGTH, finished(heard).reason());
            assertEquals(CONTEXT - 1000, finished(heard).completionTokens());
        }
    }

    @Test
    void neverShowsPartOfAStopStringAndReportsEveryToken() {
        int[] answer = FixedTokenizer.ids("one sto two stop three");
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, answer))) {
            RecordingListener heard = run(engine, request("a", stop(100, 0, List.of("stop"), Set.of(), false)));
            assertEquals("one sto two ", heard.text());
            assertEquals(FinishReason.STOP, finished(heard).reason());
            assertEquals("one sto two stop".length(), finished(heard).completionTokens());
            assertArrayEquals(FixedTokenizer.ids("one sto two stop"), heard.tokenIds().stream().mapToInt(id -> id).toArray());
            assertTrue(heard.events().stream().noneMatch(event -> event instanceof TokenChunk chunk && chunk.text().equals("s")));
        }
    }

    @Test
    void givesOutHeldBackTextWhenNoStopStringCameOfIt() {
        int[] answer = FixedTokenizer.ids("non-sto");
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, answer))) {
            RecordingListener heard = run(engine, request("a", stop(100, 0, List.of("stop"), Set.of(), false)));
            assertEquals("non-sto", heard.text());
        }
    }

    @Test
    void neverShowsHalfACharacter() {
        String text = "né😀中";
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, FixedTokenizer.ids(text)))) {
            RecordingListener heard = run(engine, request("a", StopConditions.NONE));
            List<String> texts = heard.events().stream().filter(TokenChunk.class::isInstance).map(event -> ((TokenChunk) event).text()).toList();
            assertEquals(List.of("n", "é", "😀", "中", ""), texts);
            List<Integer> tokens = heard.events().stream().filter(TokenChunk.class::isInstance).map(event -> ((TokenChunk) event).tokens().size()).toList();
            assertEquals(List.of(1, 2, 4, 3, 1), tokens, "tokens come with their character");
        }
    }

    @Test
    void showsAReplacementForACharacterThatWasCutOff() {
        int[] answer = Arrays.copyOf(FixedTokenizer.ids("a😀"), 3);
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, answer))) {
            RecordingListener heard = run(engine, request("a", StopConditions.after(3)));
            assertEquals("a\uFFFD", heard.text());
            assertEquals(3, heard.tokenIds().size());
        }
    }

    @Test
    void endsAtStopTokensWithoutTheirText() {
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, HELLO, WORLD, HELLO))) {
            RecordingListener heard = run(engine, request("a", stop(10, 0, List.of(), Set.of(WORLD), false)));
            assertEquals("hello", heard.text());
            assertEquals(List.of(HELLO, WORLD), heard.tokenIds());
            assertEquals(FinishReason.STOP, finished(heard).reason());
        }
    }

    @Test
    void goesOnPastTheEndOfSequenceWhenToldTo() {
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, HELLO, FixedTokenizer.EOS, WORLD))) {
            RecordingListener heard = run(engine, request("a", stop(5, 0, List.of(), Set.of(), true)));
            assertEquals("hello world", heard.text());
            assertEquals(5, heard.tokenIds().size());
            assertEquals(FinishReason.LENGTH, finished(heard).reason());
        }
    }

    @Test
    void nothingEndsAnAnswerBeforeMinTokens() {
        int[] answer = {HELLO, FixedTokenizer.EOS, WORLD, WORLD, HELLO, HELLO};
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(1, VOCABULARY, answer))) {
            RecordingListener heard = run(engine, request("a", stop(100, 4, List.of("ello"), Set.of(WORLD), false)));
            assertEquals("hello...h", heard.text(), "forbidden tokens cannot be drawn, early stop strings are text");
            assertEquals(5, finished(heard).completionTokens());
        }
    }

    @Test
    void echoesThePromptWithTheLogprobsOfAllButItsFirstToken() {
        int[] prompt = FixedTokenizer.ids("some longer prompt, cut into chunks of the smallest size by the step limit of this engine");
        EngineSettings narrow = new EngineSettings(2, 32, 10, Duration.ofNanos(1));
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY), narrow)) {
            RecordingListener heard = run(engine, request(new Prompt.Tokens(prompt), SamplingParams.GREEDY, StopConditions.after(2),
                    new OutputOptions(OptionalInt.of(2), true)));
            PromptEcho echo = assertInstanceOf(PromptEcho.class, heard.events().get(1));
            assertEquals("some longer prompt, cut into chunks of the smallest size by the step limit of this engine", echo.text());
            assertEquals(prompt.length, echo.tokens().size());
            assertEquals(Optional.empty(), echo.tokens().get(0).logprob());
            for (int i = 1; i < prompt.length; i++) {
                Logprobs expected = ScriptedModelRunner.logprobs(Arrays.copyOf(prompt, i), prompt[i], 2);
                assertEquals(expected.value(), echo.tokens().get(i).logprob().orElseThrow().value());
                assertEquals(2, echo.tokens().get(i).logprob().orElseThrow().top().size());
            }
            Token first = ((TokenChunk) heard.events().get(2)).tokens().get(0);
            assertEquals(ScriptedModelRunner.logprobs(prompt, first.id(), 2).value(), first.logprob().orElseThrow().value());
            assertEquals(TokenBytes.of("\u0000"), first.logprob().orElseThrow().top().get(0).bytes());
        }
    }

    @Test
    void echoesWithoutLogprobsWhenNoneAreAskedFor() {
        try (LlmEngine engine = engine(ScriptedModelRunner.reciting(3, VOCABULARY, HELLO))) {
            RecordingListener heard = run(engine, request(new Prompt.Text("abc", false), SamplingParams.GREEDY,
                    StopConditions.NONE, new OutputOptions(OptionalInt.empty(), true)));
            PromptEcho echo = assertInstanceOf(PromptEcho.class, heard.events().get(1));
            assertEquals("abc", echo.text());
            assertTrue(echo.tokens().stream().allMatch(token -> token.logprob().isEmpty()));
        }
    }

    @Test
    void laysChatsOutByTheModelsTemplate() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            RecordingListener heard = run(engine, request(new Prompt.Chat(List.of(new Message(Message.Role.USER, "hi"))),
                    SamplingParams.GREEDY, StopConditions.after(1), OutputOptions.NONE));
            int[] prompt = ((Accepted) heard.events().get(0)).promptTokens();
            assertEquals(2, prompt[0]);
            assertTrue(EngineFixture.WORDS.decode(prompt).endsWith("user\nhi\nassistant\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 200})
    void answersAloneAsInCompany(int promptLength) {
        String prompt = "p".repeat(promptLength);
        SamplingParams warm = new SamplingParams(1, 1, 0, 0, 0, 0, 1, Map.of(), OptionalLong.of(7));
        List<Integer> alone;
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            alone = run(engine, request(new Prompt.Text(prompt, false), warm, StopConditions.after(60), OutputOptions.NONE)).tokenIds();
        }
        ScriptedModelRunner crowded = ScriptedModelRunner.hashing(1024, VOCABULARY);
        try (LlmEngine engine = engine(crowded)) {
            List<RecordingListener> company = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                RecordingListener other = new RecordingListener();
                RecordingListener same = new RecordingListener();
                engine.submit(request("other " + "o".repeat(i * 5), stop(50 + i, 0, List.of(), Set.of(), true)), other);
                engine.submit(request(new Prompt.Text(prompt, false), warm, StopConditions.after(60), OutputOptions.NONE), same);
                company.add(same);
                other.awaitTerminal();
            }
            for (RecordingListener same : company) {
                finished(same);
                assertEquals(alone, same.tokenIds());
            }
        }
        assertTrue(crowded.stepSizes().stream().mapToInt(size -> size).max().orElse(0) > 1, "they did run together");
    }

    @Test
    void preemptionChangesNoSeededAnswer() {
        SamplingParams warm = new SamplingParams(1, 1, 0, 0, 0, 0, 1, Map.of(), OptionalLong.of(99));
        StopConditions length = stop(200, 0, List.of(), Set.of(), true);
        List<Integer> alone;
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            alone = run(engine, request(new Prompt.Text("seed", false), warm, length, OutputOptions.NONE)).tokenIds();
        }
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(512, VOCABULARY))) {
            List<RecordingListener> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                RecordingListener listener = new RecordingListener();
                engine.submit(request(new Prompt.Text("seed", false), warm, length, OutputOptions.NONE, new CacheSalt("s" + i)), listener);
                all.add(listener);
            }
            for (RecordingListener listener : all) {
                finished(listener);
                assertEquals(alone, listener.tokenIds());
            }
            assertTrue(engine.status(EngineStatus.ModelState.SERVING).preemptionsTotal() > 0, "memory did run out");
        }
    }

    @Test
    void aCachedPrefixChangesNoAnswerAndIsReported() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            RecordingListener cold = run(engine, request("p".repeat(200), StopConditions.after(20)));
            RecordingListener warm = run(engine, request("p".repeat(200), StopConditions.after(20)));
            assertEquals(cold.tokenIds(), warm.tokenIds());
            assertEquals(0, finished(cold).cachedTokens());
            assertEquals(192, finished(warm).cachedTokens());
            EngineStatus.ModelStatus status = settled(engine);
            assertEquals(400, status.prefixCache().queriedTotal());
            assertEquals(192, status.prefixCache().hitTotal());
            assertEquals(192, status.prefixCache().cached());
            assertEquals(208, status.promptTokensTotal(), "what was computed");
            assertEquals(0, status.kvUsedTokens());
        }
    }

    @Test
    void noTenantFindsThePromptOfAnother() {
        Prompt prompt = new Prompt.Text("p".repeat(200), false);
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            for (String tenant : List.of("one", "other")) {
                assertEquals(0, finished(run(engine, request(prompt, SamplingParams.GREEDY, StopConditions.after(2), OutputOptions.NONE,
                        new CacheSalt(tenant)))).cachedTokens());
            }
        }
    }

    @Test
    void aPromptWhosePartsAreToBeScoredIsComputedWholeThoughItIsCached() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            run(engine, request("p".repeat(200), StopConditions.after(2)));
            RecordingListener scored = run(engine, request(new Prompt.Text("p".repeat(200), false), SamplingParams.GREEDY,
                    StopConditions.after(2), new OutputOptions(OptionalInt.of(1), true)));
            assertEquals(0, finished(scored).cachedTokens());
            PromptEcho echo = assertInstanceOf(PromptEcho.class, scored.events().get(1));
            assertTrue(echo.tokens().stream().skip(1).allMatch(token -> token.logprob().isPresent()));
        }
    }

    @Test
    void anAnswerBegunElsewhereGoesOnAsIfItHadNeverBeenInterrupted() {
        SamplingParams warm = new SamplingParams(1, 1, 0, 0, 1, 1, 1.5, Map.of(), OptionalLong.of(99));
        List<String> draws = new ArrayList<>();
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(4096, VOCABULARY).before(step -> step.rows().forEach(
                row -> row.draw().ifPresent(draw -> draws.add(draw.uniform() + Arrays.toString(draw.prompt())
                        + Arrays.toString(draw.output()) + Arrays.toString(draw.forbidden())))));
        try (LlmEngine engine = engine(runner)) {
            List<Integer> whole = run(engine, request(new Prompt.Text("seed", false), warm, stop(20, 9, List.of(), Set.of(), false),
                    OutputOptions.NONE)).tokenIds();
            List<String> expected = List.copyOf(draws.subList(6, 20));
            draws.clear();
            int[] answer = whole.subList(0, 6).stream().mapToInt(id -> id).toArray();
            RecordingListener rest = run(engine, request(new Prompt.Begun(FixedTokenizer.ids("seed"), answer), warm,
                    stop(14, 3, List.of(), Set.of(), false), OutputOptions.NONE));
            assertEquals(whole.subList(6, 20), rest.tokenIds());
            assertEquals(expected, draws);
            assertEquals(14, finished(rest).completionTokens());
        }
    }

    @Test
    void withoutASeedEachGenerationHasItsOwn() {
        SamplingParams warm = new SamplingParams(1, 1, 0, 0, 0, 0, 1, Map.of(), OptionalLong.empty());
        AtomicLong seeds = new AtomicLong();
        try (LlmEngine engine = LlmEngine.start(EngineFixture.manifest("tiny", "none", true), Optional.of(EngineFixture.WORDS),
                ScriptedModelRunner.hashing(4096, VOCABULARY), SETTINGS, System::nanoTime, seeds::incrementAndGet)) {
            Prompt prompt = new Prompt.Text("a", false);
            assertNotEquals(run(engine, request(prompt, warm, StopConditions.after(20), OutputOptions.NONE)).tokenIds(),
                    run(engine, request(prompt, warm, StopConditions.after(20), OutputOptions.NONE)).tokenIds());
        }
    }

    @Test
    void sixtyFourAtOnceAllEnd() {
        ScriptedModelRunner runner = ScriptedModelRunner.hashing(8192, VOCABULARY);
        try (LlmEngine engine = engine(runner, new EngineSettings(64, 256, 64, Duration.ofMillis(250)))) {
            List<RecordingListener> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                RecordingListener listener = new RecordingListener();
                engine.submit(request("number " + i, stop(40, 0, List.of(), Set.of(), true)), listener);
                all.add(listener);
            }
            all.forEach(listener -> assertEquals(40, finished(listener).completionTokens()));
            EngineStatus.ModelStatus status = settled(engine);
            assertEquals(0, status.queued());
            assertEquals(0, status.running());
            assertEquals(0, status.kvUsedTokens());
            assertEquals(8192, status.kvCapacityTokens());
            assertEquals(64 * 40, status.generatedTokensTotal());
            assertEquals(10 * ("number 1".length()) + 54 * "number 10".length(), status.promptTokensTotal());
            assertTrue(status.tokensPerSecond() > 0);
        }
    }

    @Test
    void refusesWhatTheModelCannotTake() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(4096, VOCABULARY))) {
            SamplingParams biased = new SamplingParams(0, 1, 0, 0, 0, 0, 1, Map.of(VOCABULARY, 1f), OptionalLong.empty());
            assertRefused(engine, request("", StopConditions.NONE), Failure.Code.INVALID_PROMPT, "empty");
            assertRefused(engine, request(new Prompt.Tokens(new int[] {5, VOCABULARY}), SamplingParams.GREEDY, StopConditions.NONE,
                    OutputOptions.NONE), Failure.Code.INVALID_PROMPT, "Token id " + VOCABULARY);
            assertRefused(engine, request(new Prompt.Tokens(new int[] {-1}), SamplingParams.GREEDY, StopConditions.NONE,
                    OutputOptions.NONE), Failure.Code.INVALID_PROMPT, "Token id -1");
            assertRefused(engine, request(new Prompt.Text("a", false), biased, StopConditions.NONE, OutputOptions.NONE),
                    Failure.Code.INVALID_PARAMETER, "logit_bias names the token id " + VOCABULARY);
            assertRefused(engine, request("a", stop(1, 0, List.of(), Set.of(-5), false)), Failure.Code.INVALID_PARAMETER,
                    "stop_token_ids names the token id -5");
            assertRefused(engine, request("x".repeat(CONTEXT), StopConditions.NONE), Failure.Code.CONTEXT_LENGTH_EXCEEDED,
                    "This model's maximum context length is 1024 tokens. However, you requested 1025 tokens "
                            + "(1024 in the prompt, 1 in the completion). Please reduce the length of the prompt or completion.");
            assertRefused(engine, request("x".repeat(1000), StopConditions.after(25)), Failure.Code.CONTEXT_LENGTH_EXCEEDED,
                    "you requested 1025 tokens (1000 in the prompt, 25 in the completion)");
            assertRefused(engine, request("x", StopConditions.after(Integer.MAX_VALUE)), Failure.Code.CONTEXT_LENGTH_EXCEEDED,
                    "you requested 2147483648 tokens");
            assertEquals(0, engine.status(EngineStatus.ModelState.SERVING).queued(), "what is refused takes no place");
        }
    }

    @Test
    void aModelWithoutTokenizerTakesAndGivesTokenIds() {
        try (LlmEngine engine = LlmEngine.start(EngineFixture.manifest("tiny", "none", false), Optional.empty(),
                ScriptedModelRunner.reciting(1, VOCABULARY, HELLO), SETTINGS, System::nanoTime, () -> 1)) {
            RecordingListener heard = run(engine, request(new Prompt.Tokens(new int[] {9}), SamplingParams.GREEDY, StopConditions.NONE,
                    new OutputOptions(OptionalInt.of(1), true)));
            assertEquals(List.of(HELLO, FixedTokenizer.EOS), heard.tokenIds());
            assertEquals("", heard.text());
            assertEquals(TokenBytes.EMPTY, ((PromptEcho) heard.events().get(1)).tokens().get(0).bytes());
            assertRefused(engine, request("a", StopConditions.NONE), Failure.Code.TEXT_NOT_SUPPORTED, "without a tokenizer");
            assertRefused(engine, request(new Prompt.Tokens(new int[] {9}), SamplingParams.GREEDY,
                    stop(1, 0, List.of("a"), Set.of(), false), OutputOptions.NONE), Failure.Code.TEXT_NOT_SUPPORTED, "stop_token_ids");
        }
    }

    @Test
    void aModelWithoutChatTemplateRefusesChats() {
        try (LlmEngine engine = LlmEngine.start(EngineFixture.manifest("tiny", "none", true), Optional.of(EngineFixture.WORDS),
                ScriptedModelRunner.hashing(4096, VOCABULARY), SETTINGS, System::nanoTime, () -> 1)) {
            assertRefused(engine, request(new Prompt.Chat(List.of(new Message(Message.Role.USER, "hi"))), SamplingParams.GREEDY,
                    StopConditions.NONE, OutputOptions.NONE), Failure.Code.CHAT_NOT_SUPPORTED, "no chat template");
        }
    }

    @Test
    void aSmallKvArenaShortensTheContext() {
        try (LlmEngine engine = engine(ScriptedModelRunner.hashing(300, VOCABULARY))) {
            assertEquals(288, engine.maxModelLen(), "whole blocks");
            assertRefused(engine, request("x".repeat(288), StopConditions.NONE), Failure.Code.CONTEXT_LENGTH_EXCEEDED, "288");
            RecordingListener heard = run(engine, request("x".repeat(20), stop(268, 0, List.of(), Set.of(), true)));
            assertEquals(268, finished(heard).completionTokens());
        }
    }

    private static void assertRefused(LlmEngine engine, GenerationRequest request, Failure.Code code, String words) {
        RecordingListener heard = new RecordingListener();
        engine.submit(request, heard);
        heard.awaitTerminal();
        assertEquals(1, heard.events().size(), "no other event");
        assertEquals(code, failure(heard).code());
        assertTrue(failure(heard).message().contains(words), failure(heard).message());
    }

    /** The last events are told before the loop shows its counters. */
    private static EngineStatus.ModelStatus settled(LlmEngine engine) {
        EngineStatus.ModelStatus status = engine.status(EngineStatus.ModelState.SERVING);
        while (status.running() > 0) {
            Thread.onSpinWait();
            status = engine.status(EngineStatus.ModelState.SERVING);
        }
        return status;
    }
}
