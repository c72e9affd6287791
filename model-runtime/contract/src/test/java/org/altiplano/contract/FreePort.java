package org.altiplano.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports for what is started later. They lie below those that the system hands out by itself: one of these could be a
 * connection's by then.
 */
public final class FreePort {

    private static final int FIRST = 20_000;
    private static final int BEYOND = 32_768;
    private static final int ATTEMPTS = 1_000;

    private FreePort() {
    }

    /** A port that nobody of this machine listens on now. */
    public static int any() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // Another, then.
            }
        }
        throw new IllegalStateException("All ports from " + FIRST + " on are taken.");
    }
}
