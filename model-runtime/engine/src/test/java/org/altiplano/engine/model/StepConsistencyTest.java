package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** However a sequence's tokens are spread over steps, regions and company, its logits are the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StepConsistencyTest {

    private static final double TOLERANCE = 1e-4;

    private GoldenModel golden;
    private TorchModelRunner runner;
    private int vocabulary;

    @BeforeAll
    void load() {
        golden = GoldenModel.tiny("gqa");
        runner = golden.load(Dtype.FP32, ComputeProfile.probe());
        vocabulary = golden.config().shape().vocabulary();
    }

    @AfterAll
    void close() {
        runner.close();
        golden.close();
    }

    @Test
    void prefillInOneChunkEqualsManyChunksEqualsTokenByToken() {
        int[] ids = ids(300, 1);
        float[] once = logprobs(Steps.blocks(0, 512), ids, ids.length);
        assertTrue(Steps.maxDifference(once, logprobs(Steps.blocks(512, 512), ids, 37)) < TOLERANCE);
        assertTrue(Steps.maxDifference(once, logprobs(Steps.blocks(1024, 512), ids, 128)) < TOLERANCE);
        assertTrue(Steps.maxDifference(once, logprobs(Steps.blocks(1536, 512), ids, 1)) < TOLERANCE);
    }

    @Test
    void companyInTheBatchChangesNothing() {
        List<int[]> regions = List.of(Steps.blocks(0, 64), Steps.blocks(64, 64), Steps.blocks(128, 64), Steps.blocks(256, 128),
                Steps.blocks(512, 32), Steps.blocks(544, 32));
        int[] lengths = {33, 60, 5, 100, 31, 17};
        List<float[]> alone = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            int[] ids = ids(lengths[i], i);
            Steps.run(runner, Steps.fill(regions.get(i), 0, Arrays.copyOf(ids, ids.length - 1)));
            alone.add(last(Steps.run(runner, scored(regions.get(i), ids)).rows().get(0)));
        }
        List<StepInput.Row> rows = new ArrayList<>(IntStream.range(0, lengths.length)
                .mapToObj(i -> scored(regions.get(i), ids(lengths[i], i))).toList());
        int[] newcomer = ids(70, 99);
        rows.add(3, Steps.score(Steps.blocks(1024, 128), 0, vocabulary, newcomer));
        StepOutput together = runner.run(new StepInput(rows));
        for (int i = 0; i < lengths.length; i++) {
            assertTrue(Steps.maxDifference(alone.get(i), last(together.rows().get(i < 3 ? i : i + 1))) < TOLERANCE);
        }
        float[] guest = logprobs(Steps.blocks(1536, 128), newcomer, newcomer.length);
        assertTrue(Steps.maxDifference(guest, last(together.rows().get(3))) < TOLERANCE);
    }

    @Test
    void whatAnEarlierSequenceLeftInARegionDoesNotMatter() {
        int[] ids = ids(20, 7);
        int[] region = Steps.blocks(0, 64);
        float[] clean = logprobs(region, ids, 1);
        Steps.run(runner, Steps.fill(region, 0, ids(64, 8)));
        assertArrayEquals(clean, logprobs(region, ids, 1));
    }

    @Test
    void sequencesThatShareBlocksAnswerAsIfEachHadItsOwn() {
        int[] prefix = ids(96, 3);
        int[] shared = {40, 7, 19};
        Steps.run(runner, Steps.fill(shared, 0, prefix));
        List<StepInput.Row> rows = IntStream.range(0, 5).mapToObj(i -> Steps.score(
                new int[] {40, 7, 19, 50 + i}, 96, vocabulary, ids(1 + i, 20 + i))).toList();
        StepOutput together = runner.run(new StepInput(rows));
        for (int i = 0; i < rows.size(); i++) {
            int[] whole = IntStream.concat(IntStream.of(prefix), IntStream.of(ids(1 + i, 20 + i))).toArray();
            assertTrue(Steps.maxDifference(logprobs(Steps.blocks(0, 128), whole, whole.length), last(together.rows().get(i))) < TOLERANCE);
        }
    }

    @Test
    void aRowThatDrawsAndScoresAnswersBoth() {
        int[] ids = ids(10, 5);
        int[] targets = {-1, ids[2], -1, ids[4], -1, -1, -1, -1, -1, 0};
        int[] region = Steps.blocks(0, 64);
        StepOutput.Row row = Steps.run(runner, new StepInput.Row(region, 0, ids, Optional.of(Steps.GREEDY),
                Optional.of(new StepInput.Score(targets, 3)))).rows().get(0);
        StepOutput all = Steps.run(runner, Steps.score(region, 0, vocabulary, ids));
        assertEquals(3, row.scores().size());
        for (int i = 0; i < 3; i++) {
            int at = new int[] {1, 3, 9}[i];
            float[] expected = Steps.byId(all.rows().get(0).scores().get(at));
            assertEquals(expected[targets[at]], row.scores().get(i).value(), TOLERANCE);
            assertEquals(3, row.scores().get(i).topIds().length);
            assertEquals(Steps.argmax(expected), row.scores().get(i).topIds()[0]);
        }
        assertEquals(Steps.argmax(last(all.rows().get(0))), row.token().orElseThrow());
    }

    @Test
    void scoresOfALongPromptComeInOrder() {
        int[] ids = ids(200, 6);
        int[] region = Steps.blocks(0, 256);
        List<StepOutput.Logprobs> scores = Steps.run(runner, Steps.score(region, 0, vocabulary, ids)).rows().get(0).scores();
        for (int at : new int[] {0, 63, 64, 65, 127, 128, 199}) {
            float[] expected = logprobs(Steps.blocks(256, 256), Arrays.copyOf(ids, at + 1), at + 1);
            assertTrue(Steps.maxDifference(expected, Steps.byId(scores.get(at))) < TOLERANCE);
        }
    }

    private static int[] ids(int length, int seed) {
        return new Random(seed).ints(length, 3, 320).toArray();
    }

    /** After the last token, given in chunks. */
    private float[] logprobs(int[] region, int[] ids, int chunk) {
        int at = 0;
        while (at + chunk < ids.length) {
            Steps.run(runner, Steps.fill(region, at, Arrays.copyOfRange(ids, at, at + chunk)));
            at += chunk;
        }
        return last(Steps.run(runner, Steps.score(region, at, vocabulary, Arrays.copyOfRange(ids, at, ids.length))).rows().get(0));
    }

    private StepInput.Row scored(int[] region, int[] ids) {
        return Steps.score(region, ids.length - 1, vocabulary, ids[ids.length - 1]);
    }

    private static float[] last(StepOutput.Row row) {
        return Steps.byId(row.scores().get(row.scores().size() - 1));
    }
}
