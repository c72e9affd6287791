package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.BlockFormat;
import org.altiplano.engine.model.weights.EncodedTensor;
import org.altiplano.engine.model.weights.Float16;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.store.LlamaTensors.Expected;

/**
 * Owns the buffers through which weights pass from a checkpoint into the store's shards, row by row, on one thread. Norms
 * are stored as F32. Linear weights are stored as F32 for {@link Dtype#FP32}; otherwise 16-bit numbers stay as they are
 * and others become F16, except in a tensor with numbers beyond F16's range, which stays F32.
 */
final class WeightConversion {

    private static final int BUFFER = 1 << 20;

    private final Checkpoint checkpoint;
    private final Dtype dtype;
    private final long shardBytes;
    private ByteBuffer out = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private float[] numbers = new float[0];

    /** @param shardBytes a shard is closed once it has so many bytes */
    WeightConversion(Checkpoint checkpoint, Dtype dtype, long shardBytes) {
        this.checkpoint = checkpoint;
        this.dtype = dtype;
        this.shardBytes = shardBytes;
    }

    /** The bytes that the weights will take. */
    long bytes(List<Expected> tensors) throws IOException {
        long bytes = 0;
        for (Expected expected : tensors) {
            bytes += bytes(expected);
        }
        return bytes;
    }

    /** Writes the shards {@code weights-00001.safetensors}, ... and returns them. */
    List<Path> write(List<Expected> tensors, Path folder, Progress progress) throws IOException {
        long total = bytes(tensors);
        long done = 0;
        List<Path> shards = new ArrayList<>();
        for (List<Expected> shard : shards(tensors)) {
            Path file = folder.resolve(String.format("weights-%05d.safetensors", shards.size() + 1));
            shards.add(file);
            try (SafetensorsWriter writer = new SafetensorsWriter(file, shard.stream().map(Expected::name).toList())) {
                for (Expected expected : shard) {
                    progress.report("Converting the weights", done, total);
                    convert(expected, writer);
                    done += bytes(expected);
                }
                writer.finish();
            }
        }
        progress.report("Converting the weights", total, total);
        return shards;
    }

    private List<List<Expected>> shards(List<Expected> tensors) throws IOException {
        List<List<Expected>> shards = new ArrayList<>();
        long room = 0;
        for (Expected expected : tensors) {
            if (room <= 0) {
                shards.add(new ArrayList<>());
                room = shardBytes;
            }
            shards.get(shards.size() - 1).add(expected);
            room -= bytes(expected);
        }
        return shards;
    }

    private long bytes(Expected expected) throws IOException {
        return expected.elements() * stored(expected, checkpoint.tensor(expected.name()).format()).bytes();
    }

    private StoredTensor.Type stored(Expected expected, BlockFormat format) {
        if (expected.isNorm() || dtype == Dtype.FP32) {
            return StoredTensor.Type.F32;
        }
        return format == BlockFormat.BF16 ? StoredTensor.Type.BF16 : StoredTensor.Type.F16;
    }

    private void convert(Expected expected, SafetensorsWriter writer) throws IOException {
        EncodedTensor source = checkpoint.tensor(expected.name());
        if (!writeAs(stored(expected, source.format()), expected, source, writer)) {
            writeAs(StoredTensor.Type.F32, expected, source, writer);
        }
    }

    /** Whether the numbers fit the type. */
    private boolean writeAs(StoredTensor.Type type, Expected expected, EncodedTensor source, SafetensorsWriter writer)
            throws IOException {
        long[] shape = expected.shape();
        int columns = Math.toIntExact(shape[shape.length - 1]);
        long rows = expected.elements() / columns;
        int rowBytes = Math.toIntExact((long) columns / source.format().elements() * source.format().bytes());
        prepare(columns);
        writer.begin(expected.name(), type, shape);
        for (long row = 0; row < rows; row++) {
            int at = Math.toIntExact(checkpoint.sourceRow(expected.name(), row) * rowBytes);
            source.format().decode(source.data(), at, numbers, columns);
            checkFinite(source, row, columns);
            if (out.remaining() < (long) columns * type.bytes()) {
                writer.write(out.flip());
                out.clear();
            }
            if (type.name().equals(source.format().name())) {
                out.put(out.position(), source.data(), at, rowBytes).position(out.position() + rowBytes);
            } else if (type == StoredTensor.Type.F32) {
                out.asFloatBuffer().put(numbers, 0, columns);
                out.position(out.position() + columns * 4);
            } else if (!Float16.encode(numbers, columns, out)) {
                out.clear();
                return false;
            }
        }
        writer.write(out.flip());
        out.clear();
        return true;
    }

    private void prepare(int columns) {
        if (numbers.length < columns) {
            numbers = new float[columns];
        }
        if (out.capacity() / 4 < columns) {
            out = ByteBuffer.allocateDirect(Math.multiplyExact(columns, 4)).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private void checkFinite(EncodedTensor source, long row, int columns) throws IOException {
        for (int i = 0; i < columns; i++) {
            if (!Float.isFinite(numbers[i])) {
                throw new IOException("Tensor " + source.name() + " holds " + numbers[i] + " at row " + row + ", column " + i
                        + ".");
            }
        }
    }
}
