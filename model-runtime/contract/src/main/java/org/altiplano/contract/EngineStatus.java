package org.altiplano.contract;

import java.util.List;

/**
 * What a worker holds and how busy it is.
 *
 * @param models the models that it holds or is loading, and those whose loading failed
 * @param stored names of the models in its local store
 * @param computeProfile the CPU kernels in use, such as {@code avx512-vnni-bf16} or {@code avx2}
 */
public record EngineStatus(List<ModelStatus> models, List<String> stored, String computeProfile) {

    public EngineStatus {
        models = List.copyOf(models);
        stored = List.copyOf(stored);
    }

    /** Where a model stands in its life. */
    public enum ModelState { LOADING, SERVING, DRAINING, FAILED }

    /**
     * One model in memory.
     *
     * @param detail progress or the reason of a failure, as a sentence; else empty
     * @param dtype {@code q8}, {@code int4}, {@code half} or {@code fp32}
     * @param chatTemplate {@code llama2}, {@code chatml} or {@code none}
     * @param maxModelLen context, in tokens
     * @param queued generations that wait
     * @param running generations in the batch
     * @param kvUsedTokens KV memory that running generations hold, in tokens
     * @param kvCapacityTokens KV memory, in tokens
     * @param promptTokensTotal prompt tokens computed since start
     * @param generatedTokensTotal tokens generated since start
     * @param preemptionsTotal sequences that gave up their memory since start
     * @param tokensPerSecond generated tokens per second over the last few seconds
     * @param prefixCache what is kept of earlier prompts and answers
     */
    public record ModelStatus(String name, ModelState state, String detail, String dtype, String chatTemplate,
                              int maxModelLen, int queued, int running, long kvUsedTokens, long kvCapacityTokens,
                              long promptTokensTotal, long generatedTokensTotal, long preemptionsTotal,
                              double tokensPerSecond, PrefixCacheStatus prefixCache) {
    }

    /**
     * The prefix cache of a model. All in tokens; KV memory that is merely cached does not count as used.
     *
     * @param queriedTotal of prompts that were looked up since start
     * @param hitTotal of these, found
     * @param cached held now, whether in use or not
     * @param pinned of these, those kept for the operator's own prefixes
     * @param evictedTotal given up for running generations since start
     * @param pins the prefixes that it was told to keep
     */
    public record PrefixCacheStatus(long queriedTotal, long hitTotal, long cached, long pinned, long evictedTotal, List<Pin> pins) {

        /** Nothing yet. */
        public static final PrefixCacheStatus NONE = new PrefixCacheStatus(0, 0, 0, 0, 0, List.of());

        public PrefixCacheStatus {
            pins = List.copyOf(pins);
        }
    }

    /**
     * How far a prefix is pinned.
     *
     * @param id as in {@link PinnedPrefix}
     * @param tokens that could be pinned: those of its full blocks
     * @param pinned of these; 0 while it is being computed
     * @param detail why it is not pinned, as a sentence without anything of the text; else empty
     */
    public record Pin(String id, int tokens, int pinned, String detail) {
    }
}
