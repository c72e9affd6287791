package org.altiplano.grid.wire;

import java.time.Duration;

/** What both ends of the wire agree on. */
public final class Limits {

    /** Largest message, in bytes: a prompt of 128k tokens takes about 1 MB as text and 0.4 MB as ids. */
    public static final int MESSAGE_BYTES = 16 << 20;

    /** Bytes of one stream that may be under way unread; a few thousand tokens. */
    public static final int WINDOW_BYTES = 256 << 10;

    /** How often a gateway asks a worker that generates for it for a sign of life. */
    public static final Duration PING_EVERY = Duration.ofSeconds(1);

    /** A worker that leaves a ping unanswered for so long hangs. */
    public static final Duration PING_PATIENCE = Duration.ofSeconds(3);

    /** How long a call with one answer may take. */
    public static final Duration UNARY_PATIENCE = Duration.ofSeconds(30);

    /** How long a worker may take to begin with a model for its store, or to delete a large one. */
    public static final Duration STORE_PATIENCE = Duration.ofSeconds(60);

    /** After so much silence a worker asks a gateway for a sign of life (HTTP/2 ping); gRPC allows no less. */
    public static final Duration GATEWAY_SILENCE = Duration.ofSeconds(10);

    /** A gateway that leaves that ping unanswered for so long hangs: what runs for it is cancelled. */
    public static final Duration GATEWAY_PATIENCE = Duration.ofSeconds(4);

    private Limits() {
    }
}
