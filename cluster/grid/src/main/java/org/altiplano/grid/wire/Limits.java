package org.altiplano.grid.wire;

import java.time.Duration;

/** What both ends of the wire agree on. */
public final class Limits {

    /** Largest message, in bytes: a prompt of 128k tokens takes about 1 MB as text and 0.4 MB as ids. */
    public static final int MESSAGE_BYTES = 16 << 20;

    /** Bytes of one stream that may be under way unread; a few thousand tokens. */
    public static final int WINDOW_BYTES = 256 << 10;

    /** After so much silence on a connection the other end is asked for a sign of life (HTTP/2 ping). */
    public static final Duration PING_AFTER = Duration.ofSeconds(1);

    /** A ping unanswered for so long means that the other process is gone or hung. */
    public static final Duration PING_TIMEOUT = Duration.ofSeconds(3);

    private Limits() {
    }
}
