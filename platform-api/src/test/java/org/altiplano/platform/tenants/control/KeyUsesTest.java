package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyUsesTest {

    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final int KEYS = 300;

    @ParameterizedTest
    @EnumSource
    void theLatestUseCountsWhoeverWritesItDownFirst(TestDatabase kind) {
        DataSource source = withKeys(kind);
        KeyUses uses = new KeyUses(new Database(source));
        uses.write(Map.of("k1", NOON.plusSeconds(2), "k2", NOON, "gone", NOON));
        uses.write(Map.of("k1", NOON.plusSeconds(1), "k2", NOON.plusSeconds(3)));
        assertEquals(NOON.plusSeconds(2), lastUse(source, "k1"));
        assertEquals(NOON.plusSeconds(3), lastUse(source, "k2"));
    }

    @ParameterizedTest
    @EnumSource
    void gatewaysThatWriteTheSameKeysDownDoNotWaitForEachOther(TestDatabase kind) throws Exception {
        DataSource source = withKeys(kind);
        AtomicInteger givenUp = new AtomicInteger();
        KeyUses uses = new KeyUses(new Database(counting(source, givenUp)));
        for (int round = 0; round < 20; round++) {
            Map<String, Instant> one = new LinkedHashMap<>();
            Map<String, Instant> other = new LinkedHashMap<>();
            for (int key = 0; key < KEYS; key++) {
                one.put("k" + key, NOON.plusSeconds(2 * round + 1));
                other.put("k" + (KEYS - 1 - key), NOON.plusSeconds(2 * round + 2));
            }
            CompletableFuture.allOf(CompletableFuture.runAsync(() -> uses.write(one)), CompletableFuture.runAsync(() -> uses.write(other)))
                    .get(60, TimeUnit.SECONDS);
        }
        assertEquals(0, givenUp.get(), "transactions that stood in each other's way");
        assertEquals(NOON.plusSeconds(40), lastUse(source, "k7"));
    }

    private static DataSource withKeys(TestDatabase kind) {
        DataSource source = kind.migrated();
        for (int key = 0; key < KEYS; key++) {
            TestDatabase.execute(source, "insert into api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k" + key
                    + "', 'acme', 'n', '1234', 'h', current_timestamp)");
        }
        return source;
    }

    private static Instant lastUse(DataSource source, String key) {
        try (Connection connection = source.getConnection(); Statement select = connection.createStatement();
                ResultSet row = select.executeQuery("select last_used_at from api_key where id = '" + key + "'")) {
            row.next();
            return Parameters.instant(row, "last_used_at");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Counts the transactions that are taken back. */
    private static DataSource counting(DataSource source, AtomicInteger rollbacks) {
        return (DataSource) Proxy.newProxyInstance(KeyUsesTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
            Connection connection = source.getConnection();
            return Proxy.newProxyInstance(KeyUsesTest.class.getClassLoader(), new Class<?>[] {Connection.class}, (inner, call, values) -> {
                if (call.getName().equals("rollback")) {
                    rollbacks.incrementAndGet();
                }
                try {
                    return call.invoke(connection, values);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        });
    }
}
