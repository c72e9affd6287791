package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Owns the stack of one reading of a pickle, on one thread: the machine of Python's pickletools, cut down to what a
 * dictionary of tensors needs. A pickle is a program that names functions and calls them. Here the names are compared with
 * five that are known, the calls build values of this package, and everything else is refused before it could mean
 * anything, so no code of a pickle runs. Memory is bounded by the pickle's length, since every opcode makes one thing.
 */
final class SavedTensorsPickle {

    private final PickleCursor in;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    /** What a pickle may name. */
    private enum Known {
        REBUILD_TENSOR("torch._utils._rebuild_tensor_v2"), ORDERED_DICT("collections.OrderedDict"),
        FLOAT("torch.FloatStorage"), HALF("torch.HalfStorage"), BFLOAT16("torch.BFloat16Storage");

        private final String name;

        Known(String name) {
            this.name = name;
        }
    }

    private enum Nothing {
        NONE
    }

    private record Tuple(List<Object> items) {
    }

    private record Dictionary(Map<String, Object> entries) {
    }

    private SavedTensorsPickle(PickleCursor in) {
        this.in = in;
    }

    /**
     * The tensors by name, in the pickle's order.
     *
     * @param base offset of the pickle in the file, for messages
     */
    static Map<String, SavedTensor> read(Path file, long base, byte[] pickle) throws IOException {
        return new SavedTensorsPickle(new PickleCursor(file, base, pickle)).tensors();
    }

    private Map<String, SavedTensor> tensors() throws IOException {
        int at = in.position();
        int opcode = in.readByte();
        while (opcode != '.') {
            execute(opcode, at);
            at = in.position();
            opcode = in.readByte();
        }
        if (in.remaining() > 0 || stack.size() != 1 || !(stack.get(0) instanceof Dictionary dictionary)) {
            throw in.wrong("does not end as one dictionary", at);
        }
        Map<String, SavedTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : dictionary.entries.entrySet()) {
            if (!(entry.getValue() instanceof SavedTensor tensor)) {
                throw in.wrong("has no tensor as " + entry.getKey(), at);
            }
            tensors.put(entry.getKey(), tensor);
        }
        return tensors;
    }

    private void execute(int opcode, int at) throws IOException {
        switch (opcode) {
            case 0x80 -> checkProtocol(at); // PROTO
            case 0x95 -> skipFrame(at); // FRAME
            case '(' -> marks.add(stack.size()); // MARK
            case 'c' -> push(known(in.readLine(at) + "." + in.readLine(at), at)); // GLOBAL
            case 0x93 -> pushStackGlobal(at); // STACK_GLOBAL
            case ')' -> push(new Tuple(List.of())); // EMPTY_TUPLE
            case 't' -> push(new Tuple(popToMark(at))); // TUPLE
            case 0x85 -> push(new Tuple(pop(1, at))); // TUPLE1
            case 0x86 -> push(new Tuple(pop(2, at))); // TUPLE2
            case 0x87 -> push(new Tuple(pop(3, at))); // TUPLE3
            case '}' -> push(new Dictionary(new LinkedHashMap<>())); // EMPTY_DICT
            case 's' -> setItems(pop(2, at), at); // SETITEM
            case 'u' -> setItems(popToMark(at), at); // SETITEMS
            case 'X' -> push(in.readText(Integer.toUnsignedLong(in.readInt()), at)); // BINUNICODE
            case 0x8c -> push(in.readText(in.readByte(), at)); // SHORT_BINUNICODE
            case 'K' -> push((long) in.readByte()); // BININT1
            case 'M' -> push((long) in.readShort()); // BININT2
            case 'J' -> push((long) in.readInt()); // BININT
            case 0x8a -> push(in.readLong(at)); // LONG1
            case 0x88 -> push(true); // NEWTRUE
            case 0x89 -> push(false); // NEWFALSE
            case 'N' -> push(Nothing.NONE); // NONE
            case 'q' -> memo.put(in.readByte(), top(at)); // BINPUT
            case 'r' -> memo.put(in.readInt(), top(at)); // LONG_BINPUT
            case 0x94 -> memo.put(memo.size(), top(at)); // MEMOIZE
            case 'h' -> push(recall(in.readByte(), at)); // BINGET
            case 'j' -> push(recall(in.readInt(), at)); // LONG_BINGET
            case 'Q' -> push(storage(pop(1, at).get(0), at)); // BINPERSID
            case 'R' -> push(call(pop(2, at), at)); // REDUCE
            case 'b' -> attach(pop(1, at).get(0), at); // BUILD
            default -> throw in.wrong(String.format("has the opcode 0x%02x, which no dictionary of tensors needs,", opcode), at);
        }
    }

    private void checkProtocol(int at) throws IOException {
        int protocol = in.readByte();
        if (protocol < 2 || protocol > 5) {
            throw in.wrong("has the protocol " + protocol + " instead of 2 to 5", at);
        }
    }

    /** Frames only tell a reader how much to fetch at once. */
    private void skipFrame(int at) throws IOException {
        long length = in.readWide();
        if (length < 0 || length > in.remaining()) {
            throw in.wrong("has a frame of " + Long.toUnsignedString(length) + " bytes, beyond its end,", at);
        }
    }

    private void pushStackGlobal(int at) throws IOException {
        List<Object> names = pop(2, at);
        if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
            throw in.wrong("names a function by what is no text", at);
        }
        push(known(module + "." + name, at));
    }

    private Known known(String name, int at) throws IOException {
        for (Known known : Known.values()) {
            if (known.name.equals(name)) {
                return known;
            }
        }
        throw in.wrong("names " + name + " (a checkpoint is only tensors of float32, float16 or bfloat16, so it is refused, and "
                + "nothing of it was run)", at);
    }

    /** Persistent ids are {@code ('storage', type, key, device, elements)}; see torch.serialization. */
    private SavedTensor.Storage storage(Object id, int at) throws IOException {
        if (!(id instanceof Tuple tuple) || tuple.items.size() != 5 || !"storage".equals(tuple.items.get(0))
                || !(tuple.items.get(1) instanceof Known type) || !(tuple.items.get(2) instanceof String key)
                || !(tuple.items.get(4) instanceof Long elements)) {
            throw in.wrong("has a persistent id that is no storage", at);
        }
        return switch (type) {
            case FLOAT -> new SavedTensor.Storage(BlockFormat.F32, key, elements);
            case HALF -> new SavedTensor.Storage(BlockFormat.F16, key, elements);
            case BFLOAT16 -> new SavedTensor.Storage(BlockFormat.BF16, key, elements);
            default -> throw in.wrong("has a storage of the type " + type.name, at);
        };
    }

    private Object call(List<Object> callableAndArguments, int at) throws IOException {
        if (!(callableAndArguments.get(1) instanceof Tuple arguments)) {
            throw in.wrong("calls something with what is no tuple", at);
        }
        if (callableAndArguments.get(0) == Known.ORDERED_DICT && arguments.items.isEmpty()) {
            return new Dictionary(new LinkedHashMap<>());
        }
        if (callableAndArguments.get(0) == Known.REBUILD_TENSOR) {
            return tensor(arguments.items, at);
        }
        throw in.wrong("calls what cannot be called so", at);
    }

    /** Arguments: storage, offset, size, stride, requires_grad, backward hooks and maybe metadata. */
    private SavedTensor tensor(List<Object> arguments, int at) throws IOException {
        if (arguments.size() < 6 || arguments.size() > 7 || !(arguments.get(0) instanceof SavedTensor.Storage storage)
                || !(arguments.get(1) instanceof Long offset)) {
            throw in.wrong("rebuilds a tensor from what is none", at);
        }
        long[] shape = longs(arguments.get(2), at);
        long[] strides = longs(arguments.get(3), at);
        if (shape.length != strides.length) {
            throw in.wrong("has a tensor with " + shape.length + " dimensions and " + strides.length + " strides", at);
        }
        return new SavedTensor(storage, offset, shape, strides);
    }

    private long[] longs(Object value, int at) throws IOException {
        if (!(value instanceof Tuple tuple)) {
            throw in.wrong("has a tensor whose shape is no tuple", at);
        }
        long[] longs = new long[tuple.items.size()];
        for (int i = 0; i < longs.length; i++) {
            if (!(tuple.items.get(i) instanceof Long number)) {
                throw in.wrong("has a tensor whose shape is not of whole numbers", at);
            }
            longs[i] = number;
        }
        return longs;
    }

    /** torch.nn hangs the versions of its modules on the dictionary, as an attribute; they say nothing of the weights. */
    private void attach(Object state, int at) throws IOException {
        if (!(state instanceof Dictionary) || !(top(at) instanceof Dictionary)) {
            throw in.wrong("gives attributes to what is no dictionary", at);
        }
    }

    private void setItems(List<Object> items, int at) throws IOException {
        if (!(top(at) instanceof Dictionary dictionary) || items.size() % 2 != 0) {
            throw in.wrong("fills what is no dictionary", at);
        }
        for (int i = 0; i < items.size(); i += 2) {
            if (!(items.get(i) instanceof String key)) {
                throw in.wrong("has a dictionary whose key is no text", at);
            }
            if (dictionary.entries.put(key, items.get(i + 1)) != null) {
                throw in.wrong("has a second " + key, at);
            }
        }
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top(int at) throws IOException {
        if (stack.size() == floor()) {
            throw in.wrong("takes from an empty stack", at);
        }
        return stack.get(stack.size() - 1);
    }

    private List<Object> pop(int count, int at) throws IOException {
        if (stack.size() - count < floor()) {
            throw in.wrong("takes from an empty stack", at);
        }
        return popFrom(stack.size() - count);
    }

    private List<Object> popToMark(int at) throws IOException {
        if (marks.isEmpty()) {
            throw in.wrong("takes up to a mark that is not there", at);
        }
        return popFrom(marks.remove(marks.size() - 1));
    }

    private List<Object> popFrom(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        List<Object> items = List.copyOf(tail);
        tail.clear();
        return items;
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }

    private Object recall(int number, int at) throws IOException {
        Object value = memo.get(number);
        if (value == null) {
            throw in.wrong("recalls number " + Integer.toUnsignedString(number) + ", which was never kept,", at);
        }
        return value;
    }
}
