package org.altiplano.engine.text;

/** Cuts ordinary text into tokens. Immutable; safe to share between threads. */
@FunctionalInterface
interface Encoder {

    int[] encode(String text);
}
