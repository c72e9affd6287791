package org.altiplano.engine.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One message of Protocol Buffers' wire format, its fields as they stand in the file. Only what SentencePiece's models
 * need; nothing is copied until asked for.
 *
 * @param name for error messages
 */
record ProtobufMessage(String name, List<Field> fields) {

    /** A field; {@code number} holds varints and fixed32 bits, {@code bytes} the length-delimited. */
    record Field(int tag, long number, ByteBuffer bytes) {
    }

    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);
    private static final int MAX_VARINT_BITS = 64;

    /** @throws IllegalArgumentException for bytes that are no message, naming the place */
    static ProtobufMessage parse(String name, ByteBuffer message) {
        ByteBuffer in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long key = varint(name, in);
            int tag = (int) (key >>> 3);
            int wireType = (int) key & 7;
            switch (wireType) {
                case 0 -> fields.add(new Field(tag, varint(name, in), NO_BYTES));
                case 1 -> take(name, in, 8);
                case 2 -> fields.add(new Field(tag, 0, take(name, in, varint(name, in))));
                case 5 -> fields.add(new Field(tag, take(name, in, 4).getInt(0), NO_BYTES));
                default -> throw new IllegalArgumentException(name + ": unknown wire type " + wireType + " before byte "
                        + in.position());
            }
        }
        return new ProtobufMessage(name, List.copyOf(fields));
    }

    Stream<ProtobufMessage> messages(int tag, String field) {
        return fields.stream().filter(candidate -> candidate.tag == tag).map(found -> parse(name + "." + field, found.bytes));
    }

    /** The last field of a tag, which is the one that counts for a field that is not repeated. */
    Optional<Field> last(int tag) {
        return fields.stream().filter(field -> field.tag == tag).reduce((first, second) -> second);
    }

    long number(int tag, long otherwise) {
        return last(tag).map(Field::number).orElse(otherwise);
    }

    String text(int tag, String field, String otherwise) {
        Optional<Field> found = last(tag);
        if (found.isEmpty()) {
            return otherwise;
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(found.get().bytes.duplicate());
            return text.toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + "." + field + " is not UTF-8", e);
        }
    }

    private static ByteBuffer take(String name, ByteBuffer in, long length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(name + ": a field at byte " + in.position() + " is cut off: it has "
                    + Long.toUnsignedString(length) + " bytes, " + in.remaining() + " are left");
        }
        ByteBuffer taken = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return taken;
    }

    private static long varint(String name, ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < MAX_VARINT_BITS && in.hasRemaining(); shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException(name + ": a number before byte " + in.position() + " is cut off or too long");
    }
}
