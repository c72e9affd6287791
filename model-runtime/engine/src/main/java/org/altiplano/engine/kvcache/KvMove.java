package org.altiplano.engine.kvcache;

/** Copies the first {@code length} tokens of one region into another, on every layer. */
public record KvMove(KvRegion from, KvRegion to, int length) {
}
