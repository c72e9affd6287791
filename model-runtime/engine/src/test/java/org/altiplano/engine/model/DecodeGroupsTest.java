package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.altiplano.engine.kvcache.KvRegion;
import org.junit.jupiter.api.Test;

class DecodeGroupsTest {

    @Test
    void neighboursOfOneCapacityAttendTogether() {
        List<KvRegion> regions = List.of(new KvRegion(0, 64), new KvRegion(64, 64), new KvRegion(192, 64), new KvRegion(512, 128));
        assertEquals(List.of(new DecodeGroups.Group(0, 2, 0, 64, 64), new DecodeGroups.Group(2, 3, 192, 64, 32),
                        new DecodeGroups.Group(3, 4, 512, 128, 96)),
                DecodeGroups.of(regions, new int[] {40, 33, 3, 65}, 1024, false).groups());
    }

    @Test
    void aLongNeighbourStaysAloneWherePaddingWouldCostMore() {
        List<KvRegion> regions = List.of(new KvRegion(0, 4096), new KvRegion(4096, 4096), new KvRegion(8192, 4096));
        assertEquals(List.of(new DecodeGroups.Group(0, 2, 0, 4096, 128), new DecodeGroups.Group(2, 3, 8192, 4096, 4000)),
                DecodeGroups.of(regions, new int[] {100, 120, 4000}, 1024, false).groups());
    }

    @Test
    void paddingNeverLeavesTheRegion() {
        assertEquals(List.of(new DecodeGroups.Group(0, 1, 0, 16, 16)),
                DecodeGroups.of(List.of(new KvRegion(0, 16)), new int[] {9}, 1024, false).groups());
    }

    @Test
    void denseProductsReadWholeRegionsOnceTheseAreHalfFull() {
        List<KvRegion> regions = List.of(new KvRegion(0, 512), new KvRegion(512, 512));
        assertEquals(List.of(new DecodeGroups.Group(0, 2, 0, 512, 512)), DecodeGroups.of(regions, new int[] {300, 280}, 64, true).groups());
        assertEquals(List.of(new DecodeGroups.Group(0, 2, 0, 512, 160)), DecodeGroups.of(regions, new int[] {130, 10}, 64, true).groups());
    }
}
