package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Operators;
import org.altiplano.engine.torch.Program;

/**
 * One layer's attention on its own: a paged arena that holds no numbers at first, and steps computed on it by the operators of a
 * namespace. Used by one thread.
 */
final class AttentionLayer implements AutoCloseable {

    static final int BLOCK = 32;
    private static final int FLOAT16 = 5;
    private static final int FLOAT32 = 6;

    private static final String METHODS = """
            def typed(self, raw: Tensor, type: int) -> Tensor:
              elements = torch.floordiv(raw.shape[0], 4 if type == 6 else 2)
              return torch.set_(torch.empty([0], dtype=type), raw, 0, [elements], [1])

            def plan(self, step: Tensor) -> Tensor:
              return ops.NAMESPACE.plan_attention(step, self.heads, self.kv_heads, self.head_dim)

            def rotated(self, qkv: Tensor, cosine: Tensor, sine: Tensor, plan: Tensor, keys: Tensor, values: Tensor) -> Tensor:
              k = self.typed(keys, self.element)
              v = self.typed(values, self.element)
              return ops.NAMESPACE.rope_store(self.typed(qkv, 6), self.typed(cosine, 6), self.typed(sine, 6), plan, k, v)

            def queries(self, qkv: Tensor, cosine: Tensor, sine: Tensor, step: Tensor, keys: Tensor, values: Tensor) -> Tensor:
              return torch.to(self.rotated(qkv, cosine, sine, self.plan(step), keys, values), 7)

            def attended(self, qkv: Tensor, cosine: Tensor, sine: Tensor, step: Tensor, keys: Tensor, values: Tensor) -> Tensor:
              plan = self.plan(step)
              q = self.rotated(qkv, cosine, sine, plan, keys, values)
              k = self.typed(keys, self.element)
              v = self.typed(values, self.element)
              return torch.to(ops.NAMESPACE.attend(q, plan, k, v), 7)
            """;

    /** @param half whether entries are float16, else float32 */
    record Kind(String namespace, boolean half) {
    }

    record Shape(int heads, int kvHeads, int headDim) {

        int width() {
            return (heads + 2 * kvHeads) * headDim;
        }
    }

    /** Consecutive tokens of one sequence: rows of queries, keys and values, and where its entries are. */
    record Run(float[][] rows, int position, int[] table) {
    }

    private final Shape shape;
    private final boolean half;
    private final Program program;
    private final ByteBuffer cosine;
    private final ByteBuffer sine;
    private final ByteBuffer keys;
    private final ByteBuffer values;

    AttentionLayer(Kind kind, Shape shape, int blocks, int positions) {
        Operators.load(kind.namespace());
        this.shape = shape;
        this.half = kind.half();
        this.program = Program.load(METHODS.replace("NAMESPACE", kind.namespace()), Map.of("element", half ? FLOAT16 : FLOAT32,
                "heads", shape.heads(), "kv_heads", shape.kvHeads(), "head_dim", shape.headDim()));
        cosine = floats(positions * shape.headDim());
        sine = floats(positions * shape.headDim());
        for (int i = 0; i < positions * shape.headDim(); i++) {
            cosine.putFloat(4 * i, (float) Math.cos(angle(i / shape.headDim(), i % shape.headDim())));
            sine.putFloat(4 * i, (float) Math.sin(angle(i / shape.headDim(), i % shape.headDim())));
        }
        int elements = blocks * shape.kvHeads() * shape.headDim() * BLOCK;
        keys = bytes(elements * (half ? 2 : 4));
        values = bytes(elements * (half ? 2 : 4));
        for (int i = 0; i < elements; i++) {
            put(keys, i, Float.NaN);
            put(values, i, Float.NaN);
        }
    }

    /** By which the pair of dimensions d and d +- D / 2 is turned. */
    double angle(int position, int d) {
        return position * Math.pow(10_000, -2.0 * (d % (shape.headDim() / 2)) / shape.headDim());
    }

    /** Stores the entries of a step. -> its queries, rotated and scaled, row by row */
    double[] queries(List<Run> runs) {
        return call("queries", runs);
    }

    /** A whole step of the layer. -> the mixes of all heads, row by row */
    double[] attended(List<Run> runs) {
        return call("attended", runs);
    }

    float key(int block, int kv, int d, int slot) {
        return get(keys, keyIndex(block, kv, d, slot));
    }

    float value(int block, int kv, int slot, int d) {
        return get(values, valueIndex(block, kv, slot, d));
    }

    void damageKey(int block, int kv, int d, int slot) {
        put(keys, keyIndex(block, kv, d, slot), Float.NaN);
    }

    void damageValue(int block, int kv, int slot, int d) {
        put(values, valueIndex(block, kv, slot, d), Float.NaN);
    }

    private int keyIndex(int block, int kv, int d, int slot) {
        return ((block * shape.kvHeads() + kv) * shape.headDim() + d) * BLOCK + slot;
    }

    private int valueIndex(int block, int kv, int slot, int d) {
        return ((block * shape.kvHeads() + kv) * BLOCK + slot) * shape.headDim() + d;
    }

    private double[] call(String method, List<Run> runs) {
        ByteBuffer qkv = floats(runs.stream().mapToInt(run -> run.rows().length).sum() * shape.width());
        runs.forEach(run -> List.of(run.rows()).forEach(row -> {
            for (float x : row) {
                qkv.putFloat(x);
            }
        }));
        try (NativeScope scope = new NativeScope()) {
            IValue result = program.call(method, scope.bytes(qkv.rewind()), scope.bytes(cosine), scope.bytes(sine),
                    scope.bytes(step(runs)), scope.bytes(keys), scope.bytes(values));
            return scope.doubles(result);
        }
    }

    private static ByteBuffer step(List<Run> runs) {
        int tokens = runs.stream().mapToInt(run -> run.rows().length).sum();
        int entries = runs.stream().mapToInt(run -> run.table().length).sum();
        ByteBuffer step = bytes(4 * (2 + tokens + 3 * runs.size() + entries)).putInt(tokens).putInt(runs.size());
        for (Run run : runs) {
            for (int i = 0; i < run.rows().length; i++) {
                step.putInt(run.position() + i);
            }
        }
        int row = 0;
        int table = 0;
        for (Run run : runs) {
            step.putInt(row).putInt(run.rows().length).putInt(table);
            row += run.rows().length;
            table += run.table().length;
        }
        for (Run run : runs) {
            for (int block : run.table()) {
                step.putInt(block);
            }
        }
        return step.rewind();
    }

    private static ByteBuffer floats(int count) {
        return bytes(4 * count);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private float get(ByteBuffer from, int index) {
        return half ? halfToFloat(from.getShort(2 * index)) : from.getFloat(4 * index);
    }

    private void put(ByteBuffer to, int index, float x) {
        if (half) {
            to.putShort(2 * index, (short) 0x7e00); // only what is not a number is put
        } else {
            to.putFloat(4 * index, x);
        }
    }

    private static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int magnitude = half & 0x7fff;
        if (magnitude >= 0x7c00) {
            return Float.intBitsToFloat(sign | 0x7f800000 | magnitude << 13);
        }
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude << 13) * 0x1p112f));
    }

    @Override
    public void close() {
        program.close();
    }
}
