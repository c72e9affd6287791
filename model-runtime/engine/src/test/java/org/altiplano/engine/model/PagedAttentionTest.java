package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.model.AttentionLayer.Kind;
import org.altiplano.engine.model.AttentionLayer.Run;
import org.altiplano.engine.model.AttentionLayer.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kinds of CPU where this one is both, both element types. */
class PagedAttentionTest {

    private static final int BLOCK = AttentionLayer.BLOCK;
    private static final Shape GROUPED = new Shape(9, 3, 64);

    private final Random random = new Random(7);

    static Stream<Kind> kinds() {
        Stream<String> namespaces = ComputeProfile.probe().avx512() ? Stream.of("altiplano_avx2", "altiplano_avx512") : Stream.of("altiplano_avx2");
        return namespaces.flatMap(namespace -> Stream.of(new Kind(namespace, true), new Kind(namespace, false)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void storesRotatedEntriesWhereTheBlockTablePointsAndNowhereElse(Kind kind) {
        Shape shape = new Shape(4, 2, 24);
        int half = shape.headDim() / 2;
        float[][] rows = rows(shape, 40);
        int[] table = {5, 0, 2};
        int start = 29;
        try (AttentionLayer layer = new AttentionLayer(kind, shape, 6, 96)) {
            double[] queries = layer.queries(List.of(new Run(rows, start, table)));
            double tolerance = kind.half() ? 0x1p-10 : 1e-6;
            int stored = 0;
            for (int position = 0; position < 96; position++) {
                for (int d = 0; d < shape.headDim(); d++) {
                    for (int kv = 0; kv < shape.kvHeads(); kv++) {
                        float key = layer.key(table[position / BLOCK], kv, d, position % BLOCK);
                        float value = layer.value(table[position / BLOCK], kv, position % BLOCK, d);
                        if (position < start || position >= start + rows.length) {
                            assertTrue(Float.isNaN(key) && Float.isNaN(value));
                            continue;
                        }
                        float[] row = rows[position - start];
                        assertEquals(rotated(layer, row, shape.heads() + kv, position, d, shape), key, tolerance);
                        assertEquals(row[(shape.heads() + shape.kvHeads() + kv) * shape.headDim() + d], value, tolerance);
                        stored++;
                    }
                    for (int h = 0; h < shape.heads() && position >= start && position < start + rows.length; h++) {
                        assertEquals(rotated(layer, rows[position - start], h, position, d, shape) / Math.sqrt(shape.headDim()),
                                queries[((position - start) * shape.heads() + h) * shape.headDim() + d], 1e-6);
                    }
                }
            }
            assertEquals(rows.length * shape.kvHeads() * 2 * half, stored);
            for (int block : new int[]{1, 3, 4}) {
                assertTrue(Float.isNaN(layer.key(block, 0, 0, 0)) && Float.isNaN(layer.value(block, 1, 31, 23)));
            }
        }
    }

    private static double rotated(AttentionLayer layer, float[] row, int head, int position, int d, Shape shape) {
        int half = shape.headDim() / 2;
        double other = d < half ? -row[head * shape.headDim() + d + half] : row[head * shape.headDim() + d - half];
        double angle = layer.angle(position, d);
        return row[head * shape.headDim() + d] * Math.cos(angle) + other * Math.sin(angle);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void attendsLikeAPlainReference(Kind kind) {
        for (Shape shape : List.of(new Shape(1, 1, 8), new Shape(3, 1, 24), new Shape(4, 2, 16), new Shape(2, 2, 32), GROUPED,
                new Shape(8, 1, 128), new Shape(4, 4, 128), new Shape(16, 1, 40), new Shape(2, 1, 256))) {
            int length = 555;
            int[] table = scattered(20);
            try (AttentionLayer layer = new AttentionLayer(kind, shape, 20, length)) {
                float[][] rows = rows(shape, length);
                double[] queries = layer.queries(List.of(new Run(rows, 0, table)));
                double[] out = layer.attended(List.of(new Run(rows, 0, table)));
                for (int position = 0; position < length; position += position < 40 ? 1 : 37) {
                    for (int h = 0; h < shape.heads(); h++) {
                        assertArrayEquals(reference(layer, shape, table, queries, position, h),
                                at(out, shape, position, h), 3e-6, shape + " " + position);
                    }
                }
            }
        }
    }

    private static double[] reference(AttentionLayer layer, Shape shape, int[] table, double[] queries, int position, int h) {
        int kv = h / (shape.heads() / shape.kvHeads());
        double[] q = at(queries, shape, position, h);
        double[] weights = IntStream.rangeClosed(0, position).mapToDouble(p -> Math.exp(IntStream.range(0, shape.headDim())
                .mapToDouble(d -> q[d] * layer.key(table[p / BLOCK], kv, d, p % BLOCK)).sum())).toArray();
        double sum = Arrays.stream(weights).sum();
        return IntStream.range(0, shape.headDim()).mapToDouble(d -> IntStream.rangeClosed(0, position)
                .mapToDouble(p -> weights[p] * layer.value(table[p / BLOCK], kv, p % BLOCK, d)).sum() / sum).toArray();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theResultOfARowDoesNotDependOnScheduleCompanyPlaceOrThreads(Kind kind) {
        for (Shape shape : List.of(GROUPED, new Shape(4, 4, 128), new Shape(3, 1, 24))) {
            int length = 700;
            float[][] rows = rows(shape, length);
            double[] whole;
            try (AttentionLayer layer = new AttentionLayer(kind, shape, 22, length)) {
                whole = layer.attended(List.of(new Run(rows, 0, IntStream.range(0, 22).toArray())));
            }
            for (int trial = 0; trial < 4; trial++) {
                JniUtils.setNumThreads(1 + trial % 2);
                try (AttentionLayer layer = new AttentionLayer(kind, shape, 66, length)) {
                    assertArrayEquals(whole, inSteps(layer, shape, rows, trial));
                } finally {
                    JniUtils.setNumThreads(2);
                }
            }
        }
    }

    /** The rows of a sequence in steps of random size, from single tokens up, beside two others; in trial 0 token by token at the end. */
    private double[] inSteps(AttentionLayer layer, Shape shape, float[][] rows, int trial) {
        int[] blocks = scattered(66);
        List<float[][]> all = List.of(rows, rows(shape, rows.length), rows(shape, rows.length));
        int[] done = new int[3];
        double[] result = new double[rows.length * shape.heads() * shape.headDim()];
        while (done[0] < rows.length) {
            List<Run> runs = new ArrayList<>();
            int own = -1;
            int before = 0;
            List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
            Collections.shuffle(order, random);
            int start = done[0];
            for (int s : order) {
                boolean single = trial == 0 && done[s] > 400 || random.nextInt(3) == 0;
                int count = Math.min(single ? 1 : 1 + random.nextInt(random.nextBoolean() ? 24 : 300), rows.length - done[s]);
                if (count == 0 || s != 0 && random.nextInt(3) == 0) {
                    continue;
                }
                own = s == 0 ? before : own;
                before += count;
                runs.add(new Run(Arrays.copyOfRange(all.get(s), done[s], done[s] + count), done[s], Arrays.copyOfRange(blocks, 22 * s, 22 * s + 22)));
                done[s] += count;
            }
            int width = shape.heads() * shape.headDim();
            System.arraycopy(layer.attended(runs), own * width, result, start * width, (done[0] - start) * width);
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void sequencesThatShareBlocksGetWhatEachGetsAlone(Kind kind) {
        for (Shape shape : List.of(GROUPED, new Shape(4, 4, 128), new Shape(8, 1, 16))) {
            float[][] prefix = rows(shape, 600); // 18 whole blocks: two chunks and more, the last 24 tokens are the sequences' own
            int shared = 576;
            List<float[][]> ends = IntStream.range(0, 5).mapToObj(s -> rows(shape, 10 + 20 * s)).toList();
            try (AttentionLayer layer = new AttentionLayer(kind, shape, 60, 720);
                    AttentionLayer alone = new AttentionLayer(kind, shape, 30, 720)) {
                int[] blocks = scattered(60);
                layer.attended(List.of(new Run(Arrays.copyOf(prefix, shared), 0, Arrays.copyOf(blocks, 18))));
                List<int[]> tables = IntStream.range(0, 5).mapToObj(s -> IntStream.concat(Arrays.stream(blocks, 0, 18),
                        Arrays.stream(blocks, 18 + 8 * s, 26 + 8 * s)).toArray()).toList();
                List<Run> last = new ArrayList<>();
                for (int s = 0; s < 5; s++) {
                    float[][] end = ends.get(s);
                    layer.attended(List.of(new Run(Arrays.copyOf(end, end.length - 2), shared, tables.get(s))));
                    last.add(new Run(Arrays.copyOfRange(end, end.length - 2, end.length), shared + end.length - 2, tables.get(s)));
                }
                double[] together = layer.attended(last);
                int width = 2 * shape.heads() * shape.headDim();
                for (int s = 0; s < 5; s++) {
                    float[][] rows = Stream.concat(Arrays.stream(prefix, 0, shared), Arrays.stream(ends.get(s))).toArray(float[][]::new);
                    double[] own = alone.attended(List.of(new Run(rows, 0, IntStream.range(0, 30).toArray())));
                    assertArrayEquals(Arrays.copyOfRange(own, own.length - width, own.length),
                            Arrays.copyOfRange(together, s * width, (s + 1) * width));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aDamagedEntryIsSeenByAllRowsThatSeeItAndByNoOther(Kind kind) {
        int length = 330;
        float[][] rows = rows(GROUPED, length);
        int[] table = IntStream.range(0, 11).toArray();
        for (boolean key : new boolean[]{true, false}) {
            try (AttentionLayer layer = new AttentionLayer(kind, GROUPED, 11, length)) {
                double[] sound = layer.attended(List.of(new Run(rows, 0, table)));
                int damaged = 270;
                if (key) {
                    layer.damageKey(table[damaged / BLOCK], 1, 40, damaged % BLOCK);
                } else {
                    layer.damageValue(table[damaged / BLOCK], 1, damaged % BLOCK, 40);
                }
                // A prompt's part that begins behind the damage, and single rows before and behind it.
                double[] part = layer.attended(List.of(new Run(Arrays.copyOfRange(rows, 280, length), 280, table)));
                double[] before = layer.attended(List.of(new Run(Arrays.copyOfRange(rows, 269, 270), 269, table)));
                double[] behind = layer.attended(List.of(new Run(Arrays.copyOfRange(rows, 329, 330), 329, table)));
                for (int h = 0; h < GROUPED.heads(); h++) {
                    assertArrayEquals(at(sound, GROUPED, 269, h), at(before, GROUPED, 0, h));
                    boolean sees = h / 3 == 1;
                    assertEquals(sees, Double.isNaN(at(part, GROUPED, 0, h)[40]));
                    assertEquals(sees, Double.isNaN(at(part, GROUPED, length - 281, h)[40]));
                    assertEquals(sees, Double.isNaN(at(behind, GROUPED, 0, h)[40]));
                    if (!sees) {
                        assertArrayEquals(at(sound, GROUPED, 329, h), at(behind, GROUPED, 0, h));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aDamagedTokenOfAPromptLeavesThoseBeforeItAlone(Kind kind) {
        float[][] rows = rows(GROUPED, 330);
        int[] table = IntStream.range(0, 11).toArray();
        try (AttentionLayer layer = new AttentionLayer(kind, GROUPED, 11, rows.length)) {
            double[] sound = layer.attended(List.of(new Run(rows, 0, table)));
            int damaged = 301;
            Arrays.fill(rows[damaged], Float.NaN);
            double[] out = layer.attended(List.of(new Run(rows, 0, table)));
            int width = GROUPED.heads() * GROUPED.headDim();
            assertArrayEquals(Arrays.copyOf(sound, damaged * width), Arrays.copyOf(out, damaged * width));
            assertTrue(Arrays.stream(out, damaged * width, out.length).allMatch(Double::isNaN));
        }
    }

    private static double[] at(double[] matrix, Shape shape, int row, int head) {
        int from = (row * shape.heads() + head) * shape.headDim();
        return Arrays.copyOfRange(matrix, from, from + shape.headDim());
    }

    private float[][] rows(Shape shape, int count) {
        float[][] rows = new float[count][shape.width()];
        for (float[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return rows;
    }

    private int[] scattered(int blocks) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, blocks).boxed().toList());
        Collections.shuffle(order, random);
        return order.stream().mapToInt(Integer::intValue).toArray();
    }
}
