package org.altiplano.engine.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A tensor of a stored model.
 *
 * @param name in Hugging Face's naming of Llama checkpoints
 * @param type element type
 * @param shape dimensions, outermost first
 * @param elements little-endian
 */
public record StoredTensor(String name, Type type, long[] shape, StoredBytes elements) {

    /** Element types of stored weights. */
    public enum Type {
        F32(4, 0x7f800000), F16(2, 0x7c00), BF16(2, 0x7f80);

        private final int bytes;
        private final int exponent;

        Type(int bytes, int exponent) {
            this.bytes = bytes;
            this.exponent = exponent;
        }

        /** The first element that is no finite number: infinities and NaN have all exponent bits set. */
        public OptionalInt firstNotFinite(ByteBuffer elements) {
            ByteBuffer data = elements.slice().order(ByteOrder.LITTLE_ENDIAN);
            int count = data.remaining() / bytes;
            for (int i = 0; i < count; i++) {
                int bits = this == F32 ? data.getInt(i * 4) : data.getShort(i * 2);
                if ((bits & exponent) == exponent) {
                    return OptionalInt.of(i);
                }
            }
            return OptionalInt.empty();
        }

        public int bytes() {
            return bytes;
        }
    }

    /** The first element that is no finite number. */
    public OptionalLong firstNotFinite() {
        for (long at = 0; at < elements.count(); at += StoredBytes.PART) {
            OptionalInt place = type.firstNotFinite(elements.part(at));
            if (place.isPresent()) {
                return OptionalLong.of(at / type.bytes() + place.getAsInt());
            }
        }
        return OptionalLong.empty();
    }
}
