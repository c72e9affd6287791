package org.altiplano.engine.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.altiplano.engine.kvcache.BlockTable;
import org.altiplano.engine.kvcache.KvMemory;
import org.altiplano.engine.kvcache.KvPool;

/**
 * Divides a step's prompt tokens among the prompts under way, on the engine's thread; owns nothing. They come in fair order, and
 * while several compete none takes more than half at once: a short prompt need not wait for the whole of a long one. A
 * prompt that goes on with the very block that another one is computing lets that one go ahead, and finds it in the cache.
 */
final class PromptSharing {

    private final Comparator<Sequence> fairOrder;
    private final KvMemory memory;

    PromptSharing(Comparator<Sequence> fairOrder, KvMemory memory) {
        this.fairOrder = fairOrder;
        this.memory = memory;
    }

    /** Whether anything of a budget would be left for a newcomer by the prompts that come before it. */
    boolean leaves(List<Sequence> running, Sequence newcomer, int budget) {
        int half = half(budget);
        return budget > running.stream().filter(sequence -> sequence.pending() > 1 && fairOrder.compare(sequence, newcomer) < 0)
                .mapToInt(sequence -> Math.min(half, sequence.pending())).sum();
    }

    List<Step.Chunk> share(List<Sequence> running, int budget) {
        List<Sequence> prompts = ahead(running.stream().filter(sequence -> sequence.pending() > 1).sorted(fairOrder).toList());
        int[] counts = new int[prompts.size()];
        int left = budget;
        for (int most : new int[] {half(budget), budget}) {
            for (int i = 0; i < counts.length; i++) {
                int more = Math.min(left, Math.min(most, prompts.get(i).pending()) - counts[i]);
                counts[i] += more;
                left -= more;
            }
        }
        List<Step.Chunk> chunks = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                chunks.add(new Step.Chunk(prompts.get(i), prompts.get(i).computed(), counts[i]));
            }
        }
        return chunks;
    }

    private List<Sequence> ahead(List<Sequence> prompts) {
        Set<Object> underWay = new HashSet<>();
        return prompts.stream().filter(sequence -> {
            BlockTable table = sequence.table().orElseThrow();
            boolean whole = sequence.length() >= (table.shared() + 1) * KvPool.BLOCK;
            return !whole || underWay.add(memory.nextBlock(table, sequence.demand())) || !memory.couldCatchUp(table,
                    sequence.demand(), sequence.computed());
        }).toList();
    }

    private static int half(int budget) {
        return Math.max(1, budget / 2);
    }
}
