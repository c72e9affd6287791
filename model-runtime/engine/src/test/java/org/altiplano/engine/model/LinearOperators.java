package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Operators;
import org.altiplano.engine.torch.Program;

/** Runs the linear layers of one kind of CPU on matrices. */
public final class LinearOperators implements AutoCloseable {

    private static final String PROGRAM = """
            def floats(self, raw: Tensor, rows: int, columns: int) -> Tensor:
              return torch.set_(torch.empty([0], dtype=6), raw, 0, [rows, columns], [columns, 1])
            def doubles(self, y: Tensor) -> Tensor:
              return torch.to(y, 7)
            """;
    private static final String ROWS = """
            def FORM_rows(self, x: Tensor) -> Tensor:
              return ops.NAMESPACE.FORM_rows(x)
            def FORM_norm(self, h: Tensor, gain: Tensor, epsilon: float) -> Tensor:
              return ops.NAMESPACE.FORM_norm(h, torch.view(gain, [-1]), epsilon)
            def FORM_swiglu(self, gate_up: Tensor) -> Tensor:
              return ops.NAMESPACE.FORM_swiglu(gate_up)
            """;
    private static final String LINEAR = """
            def FORMAT_pack(self, w: Tensor) -> Tensor:
              return ops.NAMESPACE.FORMAT_pack(w)
            def FORMAT_linear(self, rows: Tensor, w: Tensor) -> Tensor:
              return ops.NAMESPACE.FORMAT_linear(rows, w)
            def FORMAT_add(self, h: Tensor, rows: Tensor, w: Tensor) -> Tensor:
              return ops.NAMESPACE.FORMAT_add(h, rows, w)
            """;

    private final NativeScope scope = new NativeScope();
    private final Program program;

    LinearOperators(String namespace) {
        Operators.load(namespace);
        program = Program.load(program(namespace), Map.of());
    }

    /** What the operators of a kind of CPU can be asked for. */
    private static String program(String namespace) {
        boolean wide = namespace.equals("altiplano_avx512");
        String rows = Stream.of("q8", "f32", "bf16").filter(form -> wide || !form.equals("bf16"))
                .map(form -> ROWS.replace("FORM", form)).collect(Collectors.joining());
        String linear = Stream.of("q8", "q4", "f16", "bf16").filter(format -> wide || !format.equals("bf16"))
                .map(format -> LINEAR.replace("FORMAT", format)).collect(Collectors.joining());
        return (PROGRAM + rows + linear).replace("NAMESPACE", namespace);
    }

    /** The namespaces that this machine can run. */
    public static List<String> namespaces() {
        return Stream.of("altiplano_avx2", "altiplano_avx512")
                .filter(name -> name.equals("altiplano_avx2") || ComputeProfile.probe().vnni()).toList();
    }

    /** A tensor that lives as long as this. */
    IValue tensor(float[][] matrix) {
        ByteBuffer raw = ByteBuffer.allocateDirect(4 * matrix.length * matrix[0].length).order(ByteOrder.nativeOrder());
        for (float[] row : matrix) {
            for (float number : row) {
                raw.putFloat(number);
            }
        }
        return call("floats", scope.bytes(raw.flip()), scope.number(matrix.length), scope.number(matrix[0].length));
    }

    IValue number(double number) {
        return scope.keep(IValue.from(number));
    }

    IValue call(String method, IValue... arguments) {
        return scope.keep(program.call(method, arguments));
    }

    /** Exact: each float is a double. */
    float[][] matrix(IValue tensor, int columns) {
        double[] numbers = scope.doubles(program.call("doubles", tensor));
        float[][] matrix = new float[numbers.length / columns][columns];
        for (int i = 0; i < numbers.length; i++) {
            matrix[i / columns][i % columns] = (float) numbers[i];
        }
        return matrix;
    }

    /** Rows of x times weights, in a format, packed from w. */
    float[][] linear(String format, float[][] x, float[][] w) {
        return linear(format, x, call(format + "_pack", tensor(w)), w.length);
    }

    /** Rows of x times packed weights of so many output channels. */
    float[][] linear(String format, float[][] x, IValue packed, int n) {
        return matrix(call(format + "_linear", rows(format, tensor(x)), packed), n);
    }

    /** Rows in the form that a format's weights ask for. */
    IValue rows(String format, IValue x) {
        return call(Map.of("q8", "q8", "q4", "q8", "f16", "f32", "bf16", "bf16").get(format) + "_rows", x);
    }

    /** The root mean square error of a product, in units of the product's. */
    static double relativeError(float[][] x, float[][] w, float[][] result) {
        double error = 0;
        double size = 0;
        for (int row = 0; row < x.length; row++) {
            for (int channel = 0; channel < w.length; channel++) {
                double exact = 0;
                for (int i = 0; i < w[channel].length; i++) {
                    exact += (double) x[row][i] * w[channel][i];
                }
                error += Math.pow(exact - result[row][channel], 2);
                size += exact * exact;
            }
        }
        return Math.sqrt(error / size);
    }

    /** Normally distributed numbers with some that stand out, as activations have them. */
    static float[][] random(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[][] matrix = normal(rows, columns, seed);
        for (float[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] *= random.nextInt(50) == 0 ? 20 : 1;
            }
        }
        return matrix;
    }

    /** Normally distributed numbers, as weights are. */
    static float[][] normal(int rows, int columns, long seed) {
        Random random = new Random(seed);
        float[][] matrix = new float[rows][columns];
        for (float[] row : matrix) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextGaussian();
            }
        }
        return matrix;
    }

    @Override
    public void close() {
        program.close();
        scope.close();
    }

    /** That a row of 1 to 40 rows, computed by 1 to 3 threads, has the bits that it has among 512. */
    void assertRowsAreAsAlone(String format) {
        float[][] x = random(512, 1100, 5);
        IValue w = call(format + "_pack", tensor(random(200, 1100, 6)));
        float[][] all = linear(format, x, w, 200);
        int threads = JniUtils.getNumThreads();
        try {
            for (int used = 1; used <= 3; used++) {
                JniUtils.setNumThreads(used);
                for (int count = 1; count <= 40; count += used) {
                    float[][] some = linear(format, Arrays.copyOfRange(x, 512 - count, 512), w, 200);
                    for (int row = 0; row < count; row++) {
                        assertArrayEquals(all[512 - count + row], some[row], used + " threads, " + count + " rows");
                    }
                }
            }
        } finally {
            JniUtils.setNumThreads(threads);
        }
    }
}
