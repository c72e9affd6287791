package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/**
 * Owns a model's weights in native memory, packed for their kernels: written by the loading thread, then read-only.
 * Nothing in it refers to the stored model.
 */
final class ModelWeights implements AutoCloseable {

    private final IValue embedding;
    private final IValue gains;
    private final IValue layers;
    private final IValue head;

    private ModelWeights(IValue embedding, IValue gains, IValue layers, IValue head) {
        this.embedding = embedding;
        this.gains = gains;
        this.layers = layers;
        this.head = head;
    }

    /**
     * Packs every layer, on all cores: packing a matrix uses one core. Where this fails, or {@code progress} throws, no thread
     * is inside libtorch any more and nothing is kept.
     *
     * @param packed has the matrices ready, so that only the rest of the weights is read
     */
    static ModelWeights load(Program program, ModelShape shape, Weights weights, Optional<PackedFile> packed,
                             Consumer<String> progress) {
        Reader reader = new Reader(program, shape, weights, packed);
        List<IValue> kept = new ArrayList<>();
        try (Packing packing = new Packing(reader)) {
            IValue layers = keep(kept, program.call("no_weights"));
            for (int layer = 0; layer < shape.layers(); layer++) {
                program.call("append_weights", layers, packing.layer(layer)).close();
                progress.accept((packed.isPresent() ? "read layer " : "packed layer ") + (layer + 1) + " of " + shape.layers());
            }
            return new ModelWeights(keep(kept, reader.embedding()), keep(kept, reader.gains()), layers, reader.head());
        } catch (RuntimeException | Error e) {
            kept.forEach(IValue::close);
            throw e;
        }
    }

    private static IValue keep(List<IValue> kept, IValue value) {
        kept.add(value);
        return value;
    }

    IValue embedding() {
        return embedding;
    }

    /** Gains of RMSNorm: two a layer, then the last. */
    IValue gains() {
        return gains;
    }

    /** Four matrices a layer: q|k|v, o, gate|up, down. */
    IValue layers() {
        return layers;
    }

    IValue head() {
        return head;
    }

    /**
     * Keeps the matrices in a file, where their kernels read plain bytes.
     *
     * @param progress hears how far it is
     */
    void keep(Program program, Path file, int layers, Consumer<String> progress) {
        List<Supplier<ByteBuffer>> matrices = new ArrayList<>();
        for (int i = 0; i < 4 * layers; i++) {
            int place = i;
            matrices.add(() -> bytes(scope -> program.call("matrix", this.layers, scope.number(place))));
        }
        matrices.add(() -> bytes(scope -> program.call("copy", head)));
        PackedFile.write(file, layers, matrices, progress);
    }

    private static ByteBuffer bytes(Function<NativeScope, IValue> matrix) {
        try (NativeScope scope = new NativeScope()) {
            return scope.copyOfBytes(matrix.apply(scope));
        }
    }

    @Override
    public void close() {
        List.of(embedding, gains, layers, head).forEach(IValue::close);
    }

    /** Owns the threads that pack the layers and the packed layers' handles, from creation to close. */
    private static final class Packing implements AutoCloseable {

        private final ExecutorService packers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        private final List<CompletableFuture<IValue>> packed = new ArrayList<>();
        private volatile boolean ending;

        Packing(Reader reader) {
            for (int layer = 0; layer < reader.shape().layers(); layer++) {
                int l = layer;
                int source = reader.weights().matricesOf(layer);
                packed.add(source < layer ? packed.get(source) : CompletableFuture.supplyAsync(() -> pack(reader, l), packers));
            }
        }

        private IValue pack(Reader reader, int layer) {
            if (ending) {
                throw new CancellationException();
            }
            return reader.layer(layer);
        }

        /** Waits for a layer. */
        IValue layer(int layer) {
            try {
                return packed.get(layer).join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
            }
        }

        @Override
        public void close() {
            // Not by interrupting: that would close the files which the weights are read from. A thread inside libtorch cannot be
            // stopped, and must outlive neither what it works on nor the process.
            ending = true;
            packers.shutdown();
            boolean interrupted = false;
            while (!packers.isTerminated()) {
                try {
                    packers.awaitTermination(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            // Closing a shared one again does nothing.
            packed.stream().filter(layer -> layer.isDone() && !layer.isCompletedExceptionally())
                    .forEach(layer -> layer.join().close());
        }
    }

    /** Reads stored tensors, checked against the model's shape. Safe for concurrent use. */
    private record Reader(Program program, ModelShape shape, Weights weights, Optional<PackedFile> packed) {

        IValue layer(int layer) {
            if (packed.isPresent()) {
                try (NativeScope scope = new NativeScope()) {
                    return program.call("copies", scope.bytes(packed.get().layer(layer)));
                }
            }
            String prefix = "model.layers." + layer + ".";
            int wide = shape.heads() * shape.headDim();
            int narrow = shape.kvHeads() * shape.headDim();
            List<StoredTensor> stored = List.of(
                    tensor(prefix + "self_attn.q_proj.weight", wide, shape.dim()),
                    tensor(prefix + "self_attn.k_proj.weight", narrow, shape.dim()),
                    tensor(prefix + "self_attn.v_proj.weight", narrow, shape.dim()),
                    tensor(prefix + "self_attn.o_proj.weight", shape.dim(), wide),
                    tensor(prefix + "mlp.gate_proj.weight", shape.ffn(), shape.dim()),
                    tensor(prefix + "mlp.up_proj.weight", shape.ffn(), shape.dim()),
                    tensor(prefix + "mlp.down_proj.weight", shape.dim(), shape.ffn()));
            List<ByteBuffer> data = stored.stream().map(StoredTensor::data).toList();
            try (NativeScope scope = new NativeScope()) {
                return program.call("pack_layer", scope.bytes(data),
                        scope.integers(stored.stream().mapToLong(each -> torchType(each.type())).toArray()));
            }
        }

        IValue embedding() {
            return call("table", tensor("model.embed_tokens.weight", shape.vocabulary(), shape.dim()));
        }

        IValue head() {
            if (packed.isPresent()) {
                try (NativeScope scope = new NativeScope()) {
                    return program.call("copy", scope.bytes(packed.get().head()));
                }
            }
            String name = shape.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
            return call("pack_head", tensor(name, shape.vocabulary(), shape.dim()));
        }

        IValue gains() {
            IValue gains = program.call("no_tensors");
            for (int layer = 0; layer < shape.layers(); layer++) {
                append(gains, "model.layers." + layer + ".input_layernorm.weight");
                append(gains, "model.layers." + layer + ".post_attention_layernorm.weight");
            }
            append(gains, "model.norm.weight");
            return gains;
        }

        private void append(IValue gains, String name) {
            try (IValue gain = call("gain", tensor(name, shape.dim()))) {
                program.call("append_tensor", gains, gain).close();
            }
        }

        private IValue call(String method, StoredTensor stored) {
            try (NativeScope scope = new NativeScope()) {
                return program.call(method, scope.bytes(stored.data()), scope.number(torchType(stored.type())));
            }
        }

        private StoredTensor tensor(String name, long... expected) {
            StoredTensor stored = weights.tensor(name);
            if (!Arrays.equals(stored.shape(), expected)) {
                throw new IllegalArgumentException("Weight " + name + " has the shape " + Arrays.toString(stored.shape())
                        + " where the model's dimensions ask for " + Arrays.toString(expected) + ".");
            }
            return stored;
        }

        private static long torchType(StoredTensor.Type type) {
            return switch (type) {
                case F16 -> 5;
                case F32 -> 6;
                case BF16 -> 15;
            };
        }
    }
}
