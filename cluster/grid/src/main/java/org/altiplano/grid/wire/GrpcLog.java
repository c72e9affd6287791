package org.altiplano.grid.wire;

import java.util.logging.Level;
import java.util.logging.Logger;

/** gRPC's own log, which goes to the JDK's logging. */
public final class GrpcLog {

    /** Held, since a logger that nobody holds forgets its level. */
    private static final Logger SERVER = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

    private GrpcLog() {
    }

    /** For each stream of a gateway that dies it writes a page; the inbox acts on it and says one line. */
    public static void quieten() {
        SERVER.setLevel(Level.SEVERE);
    }
}
