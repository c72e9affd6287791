package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.StoredTensor;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/** Reads stored tensors, checked against the model's shape, and packs matrices. Owns nothing; safe for concurrent use. */
record StoredMatrices(Program program, ModelShape shape, Weights weights) implements Matrices {

    @Override
    public IValue layer(int layer) {
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

    @Override
    public IValue head() {
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
