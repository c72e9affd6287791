package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Where a tensor lies in a file.
 *
 * @param name of the tensor
 * @param begin offset of the first byte, from the start of the tensors
 * @param end offset after the last byte
 */
record Region(String name, long begin, long end) {

    /** Refuses regions that overlap or leave the {@code length} bytes of the file's tensors. */
    static void check(Path file, List<Region> regions, long length) throws IOException {
        Region before = new Region("", 0, 0);
        for (Region region : regions.stream().sorted(Comparator.comparingLong(Region::begin)
                .thenComparingLong(Region::end)).toList()) {
            if (region.begin < 0 || region.end < region.begin || region.end > length) {
                throw new IOException(file + ": tensor " + region.name + " at offset " + region.begin + " to " + region.end
                        + " lies outside the file's " + length + " bytes of tensors.");
            }
            if (region.begin < before.end) {
                throw new IOException(file + ": tensor " + region.name + " at offset " + region.begin + " overlaps tensor "
                        + before.name + ", which ends at " + before.end + ".");
            }
            before = region;
        }
    }

    /** The number of elements, refused where it is negative or too large to count. */
    static long elements(Path file, String name, long[] shape) throws IOException {
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IOException(file + ": tensor " + name + " has the negative dimension " + dimension + ".");
            }
            try {
                elements = Math.multiplyExact(elements, dimension);
            } catch (ArithmeticException e) {
                throw new IOException(file + ": tensor " + name + " has more elements than can be counted.", e);
            }
        }
        return elements;
    }
}
