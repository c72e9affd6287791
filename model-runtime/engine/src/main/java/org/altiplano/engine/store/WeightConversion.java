package org.altiplano.engine.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredTensor;

/**
 * Owns the threads that bring weights from a checkpoint into the store's shards; driven by one thread, which writes a tensor
 * at a time while all cores convert its rows. A tensor with numbers beyond F16's range is written again as F32.
 */
final class WeightConversion implements AutoCloseable {

    private final Dtype dtype;
    private final long shardBytes;
    private final ExecutorService threads;
    private final List<RowConversion> conversions = new ArrayList<>();

    /**
     * @param shardBytes a shard is closed once it has so many bytes
     * @param cores how many threads convert
     */
    WeightConversion(Dtype dtype, long shardBytes, int cores) {
        this.dtype = dtype;
        this.shardBytes = shardBytes;
        this.threads = Executors.newFixedThreadPool(cores);
        for (int i = 0; i < cores; i++) {
            conversions.add(new RowConversion());
        }
    }

    /** The bytes that the weights will take. */
    long bytes(List<SourceTensor> tensors) {
        return tensors.stream().mapToLong(tensor -> tensor.bytes(dtype)).sum();
    }

    /** Writes the shards {@code weights-00001.safetensors}, ... and returns them. */
    List<Path> write(List<SourceTensor> tensors, Path folder, Progress progress) throws IOException {
        long total = bytes(tensors);
        long done = 0;
        List<Path> files = new ArrayList<>();
        for (List<SourceTensor> shard : shards(tensors)) {
            Path file = folder.resolve(String.format("weights-%05d.safetensors", files.size() + 1));
            files.add(file);
            try (SafetensorsWriter writer = new SafetensorsWriter(file, shard.stream().map(each -> each.expected().name()).toList())) {
                for (SourceTensor tensor : shard) {
                    progress.report("Converting the weights", done, total);
                    if (!writeAs(tensor.stored(dtype), tensor, writer)) {
                        writeAs(StoredTensor.Type.F32, tensor, writer);
                    }
                    done += tensor.bytes(dtype);
                }
                writer.finish();
            }
        }
        progress.report("Converting the weights", total, total);
        return files;
    }

    /** Ends the threads, which have nothing left to do unless a conversion failed. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    private List<List<SourceTensor>> shards(List<SourceTensor> tensors) {
        List<List<SourceTensor>> shards = new ArrayList<>();
        long room = 0;
        for (SourceTensor tensor : tensors) {
            if (room <= 0) {
                shards.add(new ArrayList<>());
                room = shardBytes;
            }
            shards.get(shards.size() - 1).add(tensor);
            room -= tensor.bytes(dtype);
        }
        return shards;
    }

    /** Whether the numbers fit the type. */
    private boolean writeAs(StoredTensor.Type type, SourceTensor tensor, SafetensorsWriter writer) throws IOException {
        writer.begin(tensor.expected().name(), type, tensor.expected().shape());
        long rows = tensor.rows().rows();
        long step = RowConversion.rowsAtOnce(tensor.rows(), type);
        if (rows <= step) {
            return conversions.get(0).convert(tensor.rows(), type, 0, rows, writer);
        }
        AtomicLong next = new AtomicLong();
        List<Callable<Boolean>> shares = new ArrayList<>();
        for (RowConversion conversion : conversions) {
            shares.add(() -> {
                try {
                    for (long from = next.getAndAdd(step); from < rows; from = next.getAndAdd(step)) {
                        if (!conversion.convert(tensor.rows(), type, from, Math.min(rows, from + step), writer)) {
                            return false;
                        }
                    }
                    return true;
                } finally {
                    // After the last row, a failure or a number that does not fit, nobody needs to begin another part.
                    next.set(rows);
                }
            });
        }
        return all(shares);
    }

    private boolean all(List<Callable<Boolean>> shares) throws IOException {
        boolean all = true;
        try {
            for (Future<Boolean> share : threads.invokeAll(shares)) {
                all &= share.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The import was interrupted.");
        }
        return all;
    }
}
