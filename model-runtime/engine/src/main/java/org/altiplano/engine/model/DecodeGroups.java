package org.altiplano.engine.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.altiplano.engine.kvcache.KvRegion;

/**
 * Decoding sequences whose regions lie side by side with one capacity attend in one padded product: the arena's rows are then
 * a strided array [sequences * kvHeads, capacity, headDim]. Padding costs reads, a group of its own costs native calls on every
 * layer; neighbours join while the former is cheaper.
 */
record DecodeGroups(List<Group> groups) {

    /** Lengths are padded to multiples of this, so that oneDNN's kernels, made per shape, are found in its cache. */
    static final int STRIDE = 32;

    /** What one more group costs per layer, in bytes that could be read instead: about 10 us. */
    private static final int GROUP_COST_BYTES = 200_000;

    /**
     * @param first index of its first member, in the given order
     * @param last index behind its last member
     * @param start of the first region
     * @param capacity of each region
     * @param padded tokens of each region that are read
     */
    record Group(int first, int last, int start, int capacity, int padded) {
    }

    /** Order in which neighbours stand side by side. */
    static final Comparator<KvRegion> ORDER = Comparator.comparingInt(KvRegion::capacity).thenComparingInt(KvRegion::start);

    /**
     * @param regions in {@link #ORDER}
     * @param lengths tokens in each, the new one included
     * @param bytesPerToken of keys and values on one layer
     * @param dense whether products read whole regions faster than parts, as in bfloat16
     */
    static DecodeGroups of(List<KvRegion> regions, int[] lengths, long bytesPerToken, boolean dense) {
        List<Group> groups = new ArrayList<>();
        int first = 0;
        while (first < regions.size()) {
            KvRegion region = regions.get(first);
            int padded = pad(lengths[first], region.capacity(), dense);
            int last = first + 1;
            while (last < regions.size() && follows(regions.get(last - 1), regions.get(last))) {
                int alone = pad(lengths[last], region.capacity(), dense);
                int longer = Math.max(padded, alone);
                long waste = (long) (longer - padded) * (last - first) + longer - alone;
                if (waste * bytesPerToken > GROUP_COST_BYTES) {
                    break;
                }
                padded = longer;
                last++;
            }
            groups.add(new Group(first, last, region.start(), region.capacity(), padded));
            first = last;
        }
        return new DecodeGroups(groups);
    }

    private static boolean follows(KvRegion one, KvRegion next) {
        return next.capacity() == one.capacity() && next.start() == one.start() + one.capacity();
    }

    /** More than half full: reading the whole region in place costs less than copying a part of it. */
    private static int pad(int length, int capacity, boolean dense) {
        int padded = Math.min(capacity, (length + STRIDE - 1) / STRIDE * STRIDE);
        return dense && 2 * padded > capacity ? capacity : padded;
    }
}
