"""Writes Llama models with random weights as GGUF files, with Python's standard library alone."""
import os
import random
import struct
from typing import NamedTuple

# GGML's number of a type, and how many elements a block of how many bytes holds.
TYPES = {"F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q8_0": (8, 32, 34), "BF16": (30, 1, 2)}
FILE_TYPES = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 7, "BF16": 32}
UINT32, FLOAT32, STRING, ARRAY, INT32 = 4, 6, 8, 9, 5
ALIGNMENT = 32
CONTEXT = 8192


class Shape(NamedTuple):
    layers: int
    dim: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int

    def linear_weights(self):
        """Weights that every decoded token multiplies: all but the embedding and the gains."""
        attention = self.dim * self.head_dim * (2 * self.heads + 2 * self.kv_heads)
        return self.layers * (attention + 3 * self.dim * self.ffn) + self.vocabulary * self.dim


SHAPES = {
    "1.1b": Shape(22, 2048, 32, 4, 64, 5632, 32000),  # TinyLlama's
    "7b": Shape(32, 4096, 32, 32, 128, 11008, 32000),
    "135m": Shape(30, 576, 9, 3, 64, 1536, 49152),    # SmolLM2's, but with an output projection of its own
}


def bytes_per_weight(kind):
    _, elements, size = TYPES[kind]
    return size / elements


def write(path, shape, kind):
    """Writes the model; linear layers and the embedding have the given type."""
    tensors = list(_tensors(shape, kind))
    pool = _pool(kind)
    unfinished = path + ".part"
    with open(unfinished, "wb") as file:
        metadata = _metadata(shape, kind)
        file.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)) + b"".join(metadata))
        offset = 0
        for name, dimensions, type_name in tensors:
            file.write(_string(name) + struct.pack("<I%dQIQ" % len(dimensions), len(dimensions), *dimensions,
                                                   TYPES[type_name][0], offset))
            offset += _padded(_size(dimensions, type_name))
        file.write(bytes(-file.tell() % ALIGNMENT))
        for name, dimensions, type_name in tensors:
            size = _size(dimensions, type_name)
            if len(dimensions) == 1:
                file.write(struct.pack("<%df" % dimensions[0], *[1.0] * dimensions[0]))
            else:
                _fill(file, pool, size, TYPES[kind][2])
            file.write(bytes(_padded(size) - size))
    os.replace(unfinished, path)


def _tensors(shape, kind):
    query, key = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    yield "token_embd.weight", (shape.dim, shape.vocabulary), kind
    for layer in range(shape.layers):
        block = "blk.%d." % layer
        yield block + "attn_norm.weight", (shape.dim,), "F32"
        yield block + "attn_q.weight", (shape.dim, query), kind
        yield block + "attn_k.weight", (shape.dim, key), kind
        yield block + "attn_v.weight", (shape.dim, key), kind
        yield block + "attn_output.weight", (query, shape.dim), kind
        yield block + "ffn_norm.weight", (shape.dim,), "F32"
        yield block + "ffn_gate.weight", (shape.dim, shape.ffn), kind
        yield block + "ffn_up.weight", (shape.dim, shape.ffn), kind
        yield block + "ffn_down.weight", (shape.ffn, shape.dim), kind
    yield "output_norm.weight", (shape.dim,), "F32"
    yield "output.weight", (shape.dim, shape.vocabulary), kind


def _metadata(shape, kind):
    bytes_of_text = ["<0x%02X>" % value for value in range(256)]
    pieces = ["<unk>", "<s>", "</s>"] + bytes_of_text
    kinds = [2, 3, 3] + [6] * 256
    ordinary = shape.vocabulary - len(pieces)
    pieces += ["t%d" % number for number in range(ordinary)]
    kinds += [1] * ordinary
    return [
        _entry("general.architecture", STRING, _string("llama")),
        _entry("general.name", STRING, _string("random")),
        _number("general.file_type", FILE_TYPES[kind]),
        _number("general.quantization_version", 2),
        _number("llama.context_length", CONTEXT),
        _number("llama.embedding_length", shape.dim),
        _number("llama.block_count", shape.layers),
        _number("llama.feed_forward_length", shape.ffn),
        _number("llama.attention.head_count", shape.heads),
        _number("llama.attention.head_count_kv", shape.kv_heads),
        _number("llama.rope.dimension_count", shape.head_dim),
        _number("llama.vocab_size", shape.vocabulary),
        _entry("llama.attention.layer_norm_rms_epsilon", FLOAT32, struct.pack("<f", 1e-5)),
        _entry("tokenizer.ggml.model", STRING, _string("llama")),
        _array("tokenizer.ggml.tokens", STRING, [_string(piece) for piece in pieces]),
        _array("tokenizer.ggml.scores", FLOAT32, [struct.pack("<f", 0)] * len(pieces)),
        _array("tokenizer.ggml.token_type", INT32, [struct.pack("<i", each) for each in kinds]),
        _number("tokenizer.ggml.unknown_token_id", 0),
        _number("tokenizer.ggml.bos_token_id", 1),
        _number("tokenizer.ggml.eos_token_id", 2)]


def _string(text):
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _entry(key, value_type, value):
    return _string(key) + struct.pack("<I", value_type) + value


def _number(key, value):
    return _entry(key, UINT32, struct.pack("<I", value))


def _array(key, element_type, elements):
    return _entry(key, ARRAY, struct.pack("<IQ", element_type, len(elements)) + b"".join(elements))


def _size(dimensions, kind):
    count = 1
    for each in dimensions:
        count *= each
    return count // TYPES[kind][1] * TYPES[kind][2]


def _padded(size):
    return size + -size % ALIGNMENT


def _pool(kind):
    """A few megabytes of blocks with weights of about 0.02, which the tensors repeat from different places."""
    blocks = 1 << 18
    if kind == "Q8_0":
        return b"".join(struct.pack("<e", 0.02 / 74) + os.urandom(32) for _ in range(blocks // 4))
    if kind == "Q4_0":
        return b"".join(struct.pack("<e", 0.02 / 5) + os.urandom(16) for _ in range(blocks // 4))
    values = random.Random(1)
    floats = [values.gauss(0, 0.02) for _ in range(blocks)]
    if kind == "F16":
        return struct.pack("<%de" % blocks, *floats)
    data = struct.pack("<%df" % blocks, *floats)
    return data if kind == "F32" else b"".join(data[i + 2:i + 4] for i in range(0, len(data), 4))


def _fill(file, pool, size, block):
    first = pool[random.randrange(len(pool) // block) * block:][:size]
    file.write(first)
    left = size - len(first)
    while left > 0:
        file.write(pool[:left])
        left -= min(left, len(pool))
