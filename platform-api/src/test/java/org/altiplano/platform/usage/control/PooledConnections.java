package org.altiplano.platform.usage.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.sql.DataSource;

/** Owns a few connections that are given back instead of closed, as the gateway's pool does it. */
final class PooledConnections {

    private final BlockingQueue<Connection> free;

    PooledConnections(DataSource source, int connections) {
        free = new ArrayBlockingQueue<>(connections);
        for (int i = 0; i < connections; i++) {
            try {
                free.add(source.getConnection());
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    DataSource source() {
        return (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> lend(free.take()));
    }

    private Connection lend(Connection connection) {
        return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("close")) {
                free.add(connection);
                return null;
            }
            try {
                return method.invoke(connection, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }
}
