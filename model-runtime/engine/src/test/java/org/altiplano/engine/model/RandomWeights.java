package org.altiplano.engine.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.Set;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.StoredBytes;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;

/** Gaussian bfloat16 weights of any shape; all tensors share one buffer. */
public final class RandomWeights implements Weights {

    private final ModelShape shape;
    private final ByteBuffer noise;

    public RandomWeights(ModelShape shape) {
        this.shape = shape;
        long largest = Math.max((long) shape.vocabulary(), shape.ffn()) * shape.dim();
        this.noise = ByteBuffer.allocateDirect((int) (2 * largest)).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(1);
        short[] period = new short[1 << 16];
        for (int i = 0; i < period.length; i++) {
            period[i] = bfloat16((float) (random.nextGaussian() / Math.sqrt(shape.dim())));
        }
        while (noise.remaining() >= 2) {
            noise.putShort(period[random.nextInt(period.length)]);
        }
        noise.flip();
    }

    private static short bfloat16(float value) {
        return (short) (Float.floatToIntBits(value) >>> 16);
    }

    @Override
    public Set<String> names() {
        return Set.of();
    }

    @Override
    public StoredTensor tensor(String name) {
        int wide = shape.heads() * shape.headDim();
        int narrow = shape.kvHeads() * shape.headDim();
        if (name.contains("norm")) {
            ByteBuffer ones = ByteBuffer.allocate(2 * shape.dim()).order(ByteOrder.LITTLE_ENDIAN);
            while (ones.hasRemaining()) {
                ones.putShort(bfloat16(1));
            }
            return new StoredTensor(name, StoredTensor.Type.BF16, new long[] {shape.dim()}, StoredBytes.of(ones.flip()));
        }
        String part = name.replaceAll(".*\\.(\\w+)\\.weight", "$1");
        return switch (part) {
            case "q_proj" -> matrix(name, wide, shape.dim());
            case "k_proj", "v_proj" -> matrix(name, narrow, shape.dim());
            case "o_proj" -> matrix(name, shape.dim(), wide);
            case "gate_proj", "up_proj" -> matrix(name, shape.ffn(), shape.dim());
            case "down_proj" -> matrix(name, shape.dim(), shape.ffn());
            default -> matrix(name, shape.vocabulary(), shape.dim());
        };
    }

    private StoredTensor matrix(String name, int rows, int columns) {
        return new StoredTensor(name, StoredTensor.Type.BF16, new long[] {rows, columns}, StoredBytes.of(noise.slice(0, 2 * rows * columns)));
    }

    @Override
    public void close() {
    }
}
