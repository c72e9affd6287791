package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
        return TensorList.of(program, List.of(
                () -> pack(tensor(prefix + "self_attn.q_proj.weight", wide, shape.dim()),
                        tensor(prefix + "self_attn.k_proj.weight", narrow, shape.dim()),
                        tensor(prefix + "self_attn.v_proj.weight", narrow, shape.dim())),
                () -> pack(tensor(prefix + "self_attn.o_proj.weight", shape.dim(), wide)),
                () -> pack(tensor(prefix + "mlp.gate_proj.weight", shape.ffn(), shape.dim()),
                        tensor(prefix + "mlp.up_proj.weight", shape.ffn(), shape.dim())),
                () -> pack(tensor(prefix + "mlp.down_proj.weight", shape.dim(), shape.ffn()))));
    }

    /** Tensors of the same width, one below the other, as one matrix. */
    private IValue pack(StoredTensor... parts) {
        try (NativeScope scope = new NativeScope()) {
            IValue raw = scope.keep(TensorList.of(program,
                    Stream.of(parts).<Supplier<IValue>>map(part -> () -> TensorList.read(part.elements())).toList()));
            return program.call("pack", raw, scope.integers(Stream.of(parts).mapToLong(part -> torchType(part.type())).toArray()),
                    scope.integers(Stream.of(parts).mapToLong(part -> part.shape()[0]).toArray()));
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
        Stream<String> layers = IntStream.range(0, shape.layers()).mapToObj(layer -> "model.layers." + layer + ".")
                .flatMap(layer -> Stream.of(layer + "input_layernorm.weight", layer + "post_attention_layernorm.weight"));
        return TensorList.of(program, Stream.concat(layers, Stream.of("model.norm.weight"))
                .<Supplier<IValue>>map(name -> () -> call("gain", tensor(name, shape.dim()))).toList());
    }

    private IValue call(String method, StoredTensor stored) {
        try (NativeScope scope = new NativeScope()) {
            return program.call(method, scope.keep(TensorList.read(stored.elements())), scope.number(torchType(stored.type())));
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
