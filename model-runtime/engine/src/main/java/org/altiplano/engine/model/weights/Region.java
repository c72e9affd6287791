package org.altiplano.engine.model.weights;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Where something lies in a file.
 *
 * @param name what it is, such as {@code tensor norm.weight}
 * @param begin offset of the first byte, from where all of them start
 * @param end offset after the last byte
 */
record Region(String name, long begin, long end) {

    /** Refuses regions that overlap or leave the {@code length} bytes that there are for them. */
    static void check(Path file, List<Region> regions, long length) throws IOException {
        Region before = new Region("", 0, 0);
        for (Region region : regions.stream().sorted(Comparator.comparingLong(Region::begin)
                .thenComparingLong(Region::end)).toList()) {
            if (region.begin < 0 || region.end < region.begin || region.end > length) {
                throw new IOException(file + ": " + region.name + " at offset " + region.begin + " to " + region.end
                        + " lies outside the " + length + " bytes that there are.");
            }
            if (region.begin < before.end) {
                throw new IOException(file + ": " + region.name + " at offset " + region.begin + " overlaps "
                        + before.name + ", which ends at " + before.end + ".");
            }
            before = region;
        }
    }

    long length() {
        return end - begin;
    }

    /** The number of elements of what is named, refused where it is negative or too large to count. */
    static long elements(Path file, String name, long[] shape) throws IOException {
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IOException(file + ": " + name + " has the negative dimension " + dimension + ".");
            }
            try {
                elements = Math.multiplyExact(elements, dimension);
            } catch (ArithmeticException e) {
                throw new IOException(file + ": " + name + " has more elements than can be counted.", e);
            }
        }
        return elements;
    }
}
