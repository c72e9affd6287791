package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gateways that begin one database at one moment. */
class TurnTest {

    private static final int GATEWAYS = 4;

    @Test
    void gatewaysThatStartAtOneMomentMakeTheTablesOnceAndFillThemOnce() throws Exception {
        DataSource source = TestDatabase.POSTGRESQL.empty();
        CountDownLatch ready = new CountDownLatch(GATEWAYS);
        ExecutorService gateways = Executors.newFixedThreadPool(GATEWAYS);
        try {
            List<Future<?>> started = new ArrayList<>();
            for (int i = 0; i < GATEWAYS; i++) {
                started.add(gateways.submit(() -> {
                    ready.countDown();
                    ready.await();
                    Schema.migrate(source);
                    new Turn(source).take(() -> fill(source));
                    return null;
                }));
            }
            for (Future<?> one : started) {
                one.get();
            }
        } finally {
            gateways.shutdownNow();
        }
        assertEquals(1, TestDatabase.count(source, "tenant"));
    }

    @ParameterizedTest
    @EnumSource
    void aTurnThatFailsEndsLikeAnyOther(TestDatabase kind) {
        DataSource source = kind.migrated();
        assertThrows(IllegalArgumentException.class, () -> new Turn(source).take(() -> {
            throw new IllegalArgumentException("no credentials");
        }));
        new Turn(source).take(() -> TestDatabase.execute(source, "delete from tenant"));
        assertEquals(0, TestDatabase.count(source, "tenant"));
    }

    /** As a first start does: looks whether something is there, takes its time, and makes it. */
    private static void fill(DataSource source) {
        if (TestDatabase.count(source, "tenant") == 0) {
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            TestDatabase.execute(source, "insert into tenant (id, name, created_at) values ('default', 'Default', current_timestamp)");
        }
    }
}
