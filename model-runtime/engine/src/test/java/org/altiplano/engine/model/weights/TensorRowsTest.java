package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TensorRowsTest {

    @Test
    void stackedMatricesFollowOneAnotherWhateverTheirHeights() throws IOException {
        TensorRows whole = TensorRows.stacked(List.of(matrix("a", 0, 2, 3), matrix("b", 100, 1, 3), matrix("c", 200, 3, 3)));
        assertArrayEquals(new long[] {6, 3}, whole.shape());
        assertEquals(6, whole.rows());
        assertArrayEquals(new float[] {3, 4, 5}, row(whole, 1));
        assertArrayEquals(new float[] {100, 101, 102}, row(whole, 2));
        assertArrayEquals(new float[] {206, 207, 208}, row(whole, 5));
        assertEquals("file: tensor c at offset 1028", whole.place(5, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> row(whole, 6));
    }

    @Test
    void joinedMatricesLieSideBySideWhateverTheirWidths() throws IOException {
        TensorRows whole = TensorRows.joined(List.of(matrix("a", 0, 2, 3), matrix("b", 100, 2, 1)));
        assertArrayEquals(new long[] {2, 4}, whole.shape());
        assertArrayEquals(new float[] {3, 4, 5, 101}, row(whole, 1));
        assertEquals("file: tensor b at offset 1004", whole.place(1, 3));
    }

    @Test
    void rowsThatTurnInNeighbouringPairsComeInHalves() {
        TensorRows turned = TensorRows.halfSplit(matrix("q", 0, 16, 1), 8);
        int[] order = IntStream.range(0, 16).map(row -> (int) row(turned, row)[0]).toArray();
        assertArrayEquals(new int[] {0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15}, order);
        assertEquals("file: tensor q at offset 1008", turned.place(1, 0));
    }

    @Test
    void copiesAreTheEncodedBytesOfTheSameNumbers() throws IOException {
        for (TensorRows rows : List.of(TensorRows.stacked(List.of(matrix("a", 0, 2, 3), matrix("b", 100, 2, 3))),
                TensorRows.joined(List.of(matrix("a", 0, 4, 3), matrix("b", 100, 4, 1))),
                TensorRows.halfSplit(matrix("q", 0, 4, 3), 4))) {
            ByteBuffer copy = ByteBuffer.allocate(rows.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
            rows.copy(2, copy);
            assertEquals(0, copy.remaining());
            float[] numbers = new float[rows.columns()];
            copy.flip().asFloatBuffer().get(numbers);
            assertArrayEquals(row(rows, 2), numbers);
        }
    }

    @Test
    void partsThatDoNotFitAreNamed() {
        TensorRows first = matrix("a", 0, 2, 3);
        refused("tensor b at offset 1000 is F32 of the shape [2, 4], which cannot be stacked with F32 of the shape [2, 3]",
                () -> TensorRows.stacked(List.of(first, matrix("b", 0, 2, 4))));
        refused("tensor b at offset 1000 is F32 of the shape [3, 3], which cannot be joined",
                () -> TensorRows.joined(List.of(first, matrix("b", 0, 3, 3))));
        TensorRows half = new EncodedTensor(Path.of("file"), "b", BlockFormat.F16, new long[] {2, 3}, 0, ByteBuffer.allocate(12));
        refused("tensor b at offset 0 is F16", () -> TensorRows.stacked(List.of(first, half)));
        refused("tensor b at offset 0 is F16", () -> TensorRows.joined(List.of(first, half)));
        refused("[3]", () -> TensorRows.joined(List.of(first, matrix("b", 0, 3))));
    }

    @Test
    void aPartAloneIsTheWhole() throws IOException {
        TensorRows only = matrix("a", 0, 2, 3);
        assertSame(only, TensorRows.stacked(List.of(only)));
        assertSame(only, TensorRows.joined(List.of(only)));
    }

    private interface Attempt {

        TensorRows make() throws IOException;
    }

    private static void refused(String complaint, Attempt attempt) {
        IOException refusal = assertThrows(IOException.class, attempt::make);
        assertTrue(refusal.getMessage().contains(complaint), refusal.getMessage());
    }

    /** Counts up from {@code first}; said to begin at byte 1,000 of its file. */
    private static TensorRows matrix(String name, int first, long... shape) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        ByteBuffer data = ByteBuffer.allocate(count * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            data.putFloat(i * 4, first + i);
        }
        return new EncodedTensor(Path.of("file"), name, BlockFormat.F32, shape, 1_000, data);
    }

    private static float[] row(TensorRows rows, long row) {
        float[] numbers = new float[rows.columns()];
        rows.decode(row, numbers, 0);
        return numbers;
    }
}
