package org.altiplano.engine.kvcache;

/**
 * A contiguous run of the KV arena owned by one sequence. Per layer the arena is a matrix [arenaTokens * kvHeads, headDim];
 * a region holds rows {@code start * kvHeads .. (start + capacity) * kvHeads}, laid out [kvHeads, capacity, headDim].
 *
 * @param start first token of the arena that belongs to it
 * @param capacity tokens that fit
 */
public record KvRegion(int start, int capacity) {
}
