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
import org.altiplano.engine.kvcache.KvMove;
import org.altiplano.engine.kvcache.KvRegion;
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
        float[] once = logprobs(new KvRegion(0, 512), ids, ids.length);
        assertTrue(Steps.maxDifference(once, logprobs(new KvRegion(512, 512), ids, 37)) < TOLERANCE);
        assertTrue(Steps.maxDifference(once, logprobs(new KvRegion(1024, 512), ids, 128)) < TOLERANCE);
        assertTrue(Steps.maxDifference(once, logprobs(new KvRegion(1536, 512), ids, 1)) < TOLERANCE);
    }

    @Test
    void companyInTheBatchChangesNothing() {
        List<KvRegion> regions = List.of(new KvRegion(0, 64), new KvRegion(64, 64), new KvRegion(128, 64), new KvRegion(256, 128),
                new KvRegion(512, 32), new KvRegion(544, 32));
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
        rows.add(3, Steps.score(new KvRegion(1024, 128), 0, vocabulary, newcomer));
        StepOutput together = runner.run(new StepInput(rows));
        for (int i = 0; i < lengths.length; i++) {
            assertTrue(Steps.maxDifference(alone.get(i), last(together.rows().get(i < 3 ? i : i + 1))) < TOLERANCE);
        }
        float[] guest = logprobs(new KvRegion(1536, 128), newcomer, newcomer.length);
        assertTrue(Steps.maxDifference(guest, last(together.rows().get(3))) < TOLERANCE);
    }

    @Test
    void whatAnEarlierSequenceLeftInARegionDoesNotMatter() {
        int[] ids = ids(20, 7);
        KvRegion region = new KvRegion(0, 64);
        float[] clean = logprobs(region, ids, 1);
        Steps.run(runner, Steps.fill(region, 0, ids(64, 8)));
        assertArrayEquals(clean, logprobs(region, ids, 1));
    }

    @Test
    void aSequenceGoesOnAfterItsMemoryWasMoved() {
        int[] ids = ids(65, 3);
        float[] still = logprobs(new KvRegion(0, 128), ids, 1);
        int[] head = Arrays.copyOf(ids, 64);
        for (KvRegion target : List.of(new KvRegion(1024, 128), new KvRegion(512, 128), new KvRegion(448, 128))) {
            KvRegion small = new KvRegion(512, 64); // the second target grows in place, the third overlaps from below
            Steps.run(runner, Steps.fill(small, 0, head));
            runner.move(List.of(new KvMove(small, target, 64)));
            assertTrue(Steps.maxDifference(still, last(Steps.run(runner, scored(target, ids)).rows().get(0))) < TOLERANCE);
        }
    }

    @Test
    void aRowThatDrawsAndScoresAnswersBoth() {
        int[] ids = ids(10, 5);
        int[] targets = {-1, ids[2], -1, ids[4], -1, -1, -1, -1, -1, 0};
        KvRegion region = new KvRegion(0, 64);
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
        KvRegion region = new KvRegion(0, 256);
        List<StepOutput.Logprobs> scores = Steps.run(runner, Steps.score(region, 0, vocabulary, ids)).rows().get(0).scores();
        for (int at : new int[] {0, 63, 64, 65, 127, 128, 199}) {
            float[] expected = logprobs(new KvRegion(256, 256), Arrays.copyOf(ids, at + 1), at + 1);
            assertTrue(Steps.maxDifference(expected, Steps.byId(scores.get(at))) < TOLERANCE);
        }
    }

    private static int[] ids(int length, int seed) {
        return new Random(seed).ints(length, 3, 320).toArray();
    }

    /** After the last token, given in chunks. */
    private float[] logprobs(KvRegion region, int[] ids, int chunk) {
        int at = 0;
        while (at + chunk < ids.length) {
            Steps.run(runner, Steps.fill(region, at, Arrays.copyOfRange(ids, at, at + chunk)));
            at += chunk;
        }
        return last(Steps.run(runner, Steps.score(region, at, vocabulary, Arrays.copyOfRange(ids, at, ids.length))).rows().get(0));
    }

    private StepInput.Row scored(KvRegion region, int[] ids) {
        return Steps.score(region, ids.length - 1, vocabulary, ids[ids.length - 1]);
    }

    private static float[] last(StepOutput.Row row) {
        return Steps.byId(row.scores().get(row.scores().size() - 1));
    }
}
