package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
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

    /** Packs every layer, on all cores: packing a matrix uses one core. */
    static ModelWeights load(Program program, ModelShape shape, Weights weights, Consumer<String> progress) {
        Reader reader = new Reader(program, shape, weights);
        ExecutorService packers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<IValue>> packed = new ArrayList<>();
            for (int layer = 0; layer < shape.layers(); layer++) {
                int l = layer;
                packed.add(packers.submit(() -> reader.layer(l)));
            }
            IValue layers = program.call("no_weights");
            for (int layer = 0; layer < shape.layers(); layer++) {
                try (IValue one = packed.get(layer).get()) {
                    program.call("append_weights", layers, one).close();
                }
                progress.accept("packed layer " + (layer + 1) + " of " + shape.layers());
            }
            return new ModelWeights(reader.embedding(), reader.gains(), layers, reader.head());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Loading was interrupted.", e);
        } finally {
            packers.shutdownNow();
        }
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

    @Override
    public void close() {
        List.of(embedding, gains, layers, head).forEach(IValue::close);
    }

    /** Reads stored tensors, checked against the model's shape. Safe for concurrent use. */
    private record Reader(Program program, ModelShape shape, Weights weights) {

        IValue layer(int layer) {
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
