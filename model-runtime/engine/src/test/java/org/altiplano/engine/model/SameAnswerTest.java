package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.kvcache.KvPool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With operators of our own a sequence's log-probabilities are the same to the last bit alone, in company, in any chunks, in any
 * blocks and from a shared prefix: random schedules.
 */
class SameAnswerTest {

    private static final int SEQUENCES = 6;
    private static final int LENGTH = 150;
    private static final int PREFIX = 64;

    static Stream<Arguments> formats() {
        return Stream.of(ComputeProfile.AVX2, ComputeProfile.probe()).distinct()
                .flatMap(profile -> Stream.of(Dtype.HALF, Dtype.Q8, Dtype.INT4).map(dtype -> Arguments.of(dtype, profile)));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whateverTheScheduleTheBitsAreTheSame(Dtype dtype, ComputeProfile profile) {
        try (GoldenModel golden = GoldenModel.tiny("gqa"); TorchModelRunner runner = golden.load(dtype, profile)) {
            int vocabulary = golden.config().shape().vocabulary();
            List<int[]> sequences = sequences();
            List<List<float[]>> alone = new ArrayList<>();
            for (int[] ids : sequences) {
                StepOutput output = Steps.run(runner, Steps.score(Steps.blocks(0, LENGTH), 0, vocabulary, ids));
                alone.add(output.rows().get(0).scores().stream().map(Steps::byId).toList());
            }
            assertFalse(Arrays.equals(alone.get(0).get(LENGTH - 1), alone.get(1).get(LENGTH - 1)), "the sequences differ");
            for (int seed = 0; seed < 12; seed++) {
                Schedule schedule = new Schedule(new Random(seed), runner.arenaBlocks());
                schedule.run(runner, sequences, alone, vocabulary);
            }
        }
    }

    /** All begin with the same tokens. */
    private static List<int[]> sequences() {
        int[] prefix = new Random(77).ints(PREFIX, 3, 320).toArray();
        return IntStream.range(0, SEQUENCES).mapToObj(i -> IntStream.concat(IntStream.of(prefix),
                new Random(i).ints(LENGTH - PREFIX, 3, 320)).toArray()).toList();
    }

    /** Random blocks, of which some sequences share those of the prefix, and random chunks in random company. */
    private record Schedule(Random random, int arenaBlocks) {

        void run(TorchModelRunner runner, List<int[]> sequences, List<List<float[]>> alone, int vocabulary) {
            List<Integer> blocks = new ArrayList<>(IntStream.range(0, arenaBlocks).boxed().toList());
            java.util.Collections.shuffle(blocks, random);
            int needed = KvPool.blocksFor(LENGTH);
            int[][] tables = new int[SEQUENCES][];
            int[] done = new int[SEQUENCES];
            for (int i = 0; i < SEQUENCES; i++) {
                tables[i] = blocks.subList(i * needed, (i + 1) * needed).stream().mapToInt(block -> block).toArray();
                if (i > 0 && random.nextInt(3) > 0) {
                    System.arraycopy(tables[0], 0, tables[i], 0, PREFIX / KvPool.BLOCK);
                    done[i] = PREFIX;
                }
            }
            Steps.run(runner, Steps.fill(tables[0], 0, Arrays.copyOf(sequences.get(0), PREFIX)));
            done[0] = PREFIX;
            while (Arrays.stream(done).anyMatch(count -> count < LENGTH)) {
                List<Integer> members = new ArrayList<>();
                List<StepInput.Row> rows = new ArrayList<>();
                for (int i = 0; i < SEQUENCES; i++) {
                    if (done[i] < LENGTH && random.nextInt(4) > 0) {
                        int count = random.nextBoolean() ? 1 : 1 + random.nextInt(LENGTH - done[i]);
                        rows.add(Steps.score(tables[i], done[i], vocabulary, Arrays.copyOfRange(sequences.get(i), done[i], done[i] + count)));
                        members.add(i);
                    }
                }
                if (rows.isEmpty()) {
                    continue;
                }
                StepOutput output = runner.run(new StepInput(rows));
                for (int row = 0; row < rows.size(); row++) {
                    int i = members.get(row);
                    for (StepOutput.Logprobs logprobs : output.rows().get(row).scores()) {
                        assertArrayEquals(alone.get(i).get(done[i]++), Steps.byId(logprobs));
                    }
                }
            }
        }
    }
}
