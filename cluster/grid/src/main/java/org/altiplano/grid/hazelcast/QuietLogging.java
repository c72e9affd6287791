package org.altiplano.grid.hazelcast;

import com.hazelcast.logging.AbstractLogger;
import com.hazelcast.logging.ILogger;
import com.hazelcast.logging.LogEvent;
import com.hazelcast.logging.LoggerFactorySupport;
import java.util.Set;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hazelcast's log through slf4j, quieter: what it announces at INFO (its start takes sixty lines) is DEBUG, and so is
 * what it says of refused addresses, lost connections and what was lost with them: the grid says that in one line,
 * and puts back what it needs. Public since Hazelcast creates it by name.
 */
public final class QuietLogging extends LoggerFactorySupport {

    private static final Set<String> SAID_BY_THE_GRID = Set.of("com.hazelcast.instance.AddressPicker",
            "com.hazelcast.internal.cluster.ClusterService",
            "com.hazelcast.internal.cluster.impl.ClusterHeartbeatManager",
            "com.hazelcast.internal.cluster.impl.MembershipManager",
            "com.hazelcast.internal.partition.InternalPartitionService",
            "com.hazelcast.internal.partition.impl.MigrationManagerImpl",
            "com.hazelcast.internal.server.tcp.TcpServerConnection",
            "com.hazelcast.internal.server.tcp.TcpServerConnectionErrorHandler");

    @Override
    protected ILogger createLogger(String name) {
        return new QuietLogger(LoggerFactory.getLogger(name), SAID_BY_THE_GRID.contains(name));
    }

    private static final class QuietLogger extends AbstractLogger {
        private final Logger log;
        private final boolean reported;

        QuietLogger(Logger log, boolean reported) {
            this.log = log;
            this.reported = reported;
        }

        @Override
        public void log(Level level, String message) {
            log(level, message, null);
        }

        @Override
        public void log(Level level, String message, Throwable cause) {
            if (reported && level != Level.OFF) {
                log.debug(message, cause);
            } else if (level.intValue() >= Level.SEVERE.intValue()) {
                log.error(message, cause);
            } else if (level.intValue() >= Level.WARNING.intValue()) {
                warn(message, cause);
            } else if (level.intValue() >= Level.INFO.intValue()) {
                log.debug(message, cause);
            } else if (level != Level.OFF) {
                log.trace(message, cause);
            }
        }

        @Override
        public void log(LogEvent event) {
            log(event.getLogRecord().getLevel(), event.getLogRecord().getMessage(), event.getLogRecord().getThrown());
        }

        @Override
        public Level getLevel() {
            return log.isTraceEnabled() ? Level.ALL : log.isDebugEnabled() ? Level.INFO : Level.WARNING;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level != Level.OFF && level.intValue() >= getLevel().intValue();
        }

        /** The hint that some JVM internals are closed to Hazelcast concerns its diagnostics only. */
        private void warn(String message, Throwable cause) {
            if (message.contains("in a Java modular environment")) {
                log.debug(message);
            } else {
                log.warn(message, cause);
            }
        }
    }
}
