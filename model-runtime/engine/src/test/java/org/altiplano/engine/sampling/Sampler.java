package org.altiplano.engine.sampling;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.model.LinearOperators;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Operators;
import org.altiplano.engine.torch.Program;

/** Runs a sampling program on given logits. */
final class Sampler implements AutoCloseable {

    private static final String LOGITS = """
            def logits(self, raw: Tensor, rows: int, columns: int) -> Tensor:
              return torch.clone(torch.set_(torch.empty([0], dtype=6), raw, 0, [rows, columns], [columns, 1]))
            def doubles(self, y: Tensor) -> Tensor:
              return torch.to(y, 7)
            """;

    /** libtorch's operators, as the program for CUDA has them. */
    static final String LIBTORCH = "libtorch";

    private final Program program;

    /** @param operators a namespace of our own operators, or {@link #LIBTORCH} */
    Sampler(String operators) {
        if (!operators.equals(LIBTORCH)) {
            Operators.load(operators);
        }
        String text = SamplingPlan.programText(operators.equals(LIBTORCH) ? "cuda" : "cpu").replace("OPERATORS", operators);
        program = Program.load(text + "\n" + LOGITS, Map.of());
    }

    /** What this machine can run. */
    static Stream<String> operators() {
        return Stream.concat(Stream.of(LIBTORCH), LinearOperators.namespaces().stream());
    }

    /** What was drawn, and the logits after penalties, bias and bans. */
    record Result(List<Drawn> drawn, double[] edited) {
    }

    Result sample(SamplingPlan plan, List<float[]> logits) {
        int columns = logits.get(0).length;
        ByteBuffer raw = ByteBuffer.allocateDirect(4 * columns * logits.size()).order(ByteOrder.nativeOrder());
        logits.forEach(row -> {
            for (float logit : row) {
                raw.putFloat(logit);
            }
        });
        try (NativeScope scope = new NativeScope()) {
            IValue y = scope.keep(program.call("logits", scope.bytes(raw.flip()), scope.number(logits.size()), scope.number(columns)));
            double[] matrix = scope.doubles(program.call("sample",
                    Stream.concat(Stream.of(y), plan.arguments(scope).stream()).toArray(IValue[]::new)));
            List<Drawn> drawn = IntStream.range(0, plan.rows()).mapToObj(row -> plan.read(matrix, row)).toList();
            return new Result(drawn, scope.doubles(program.call("doubles", y)));
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
