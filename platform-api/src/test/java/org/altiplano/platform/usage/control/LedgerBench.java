package org.altiplano.platform.usage.control;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Schema;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.h2.jdbcx.JdbcConnectionPool;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What a reservation and a settlement cost, on H2 in a file and on PostgreSQL with its default durability, with and
 * without a policy that all share. Run alone on the machine, with the tests' class path.
 */
final class LedgerBench {

    private static final int CONNECTIONS = 20;
    private static final Duration TIME = Duration.ofSeconds(4);

    private LedgerBench() {
    }

    public static void main(String[] arguments) throws Exception {
        for (TestDatabase kind : TestDatabase.values()) {
            DataSource source = source(kind);
            Schema.migrate(source);
            TestDatabase.execute(source, "insert into tenant (id, name, created_at) values ('acme', 'Acme', current_timestamp)");
            TestDatabase.execute(source, "insert into usage_policy (id, tenant_id, scope, subject, version) values ('p', 'acme', 'TENANT', '', 1)");
            Database database = new Database(source);
            database.transact(connection -> {
                Meter.create(connection, "p");
                return "p";
            });
            for (List<UsagePolicy> policies : List.of(List.<UsagePolicy>of(), List.of(DoomedGateway.POLICY))) {
                for (int clients : new int[] {1, 16}) {
                    measure(kind, database, policies, clients);
                }
            }
        }
    }

    private static void measure(TestDatabase kind, Database database, List<UsagePolicy> policies, int clients) throws InterruptedException, ExecutionException {
        Reservations reservations = new Reservations(database, "bench");
        Settlements settlements = new Settlements(database);
        AtomicLong ids = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try (SettlementQueue queue = new SettlementQueue(settlements::settle, Thread::new)) {
            queue.start();
            long end = System.nanoTime() + TIME.toNanos();
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                all.add(threads.submit(() -> {
                    List<Long> nanos = new ArrayList<>();
                    while (System.nanoTime() < end) {
                        String id = kind + "-" + policies.size() + "-" + clients + "-" + ids.incrementAndGet();
                        long begin = System.nanoTime();
                        reservations.reserve(new Order(new Spender("acme", "ann", "k"), "m", Price.FREE, List.of(new Order.Demand(id, 10, 90)),
                                policies, Instant.now()));
                        nanos.add(System.nanoTime() - begin);
                        queue.add(List.of(new Ended(id, true, 10, 0, 20, Optional.empty(), Duration.ZERO, "stop"))).toCompletableFuture().join();
                    }
                    return nanos;
                }));
            }
            List<Long> nanos = new ArrayList<>();
            for (Future<List<Long>> one : all) {
                nanos.addAll(one.get());
            }
            threads.shutdown();
            threads.awaitTermination(1, TimeUnit.MINUTES);
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.printf(Locale.ROOT, "%s policies=%d clients=%d: reserve p50 %.2f ms, p99 %.2f ms; %d reserved and settled per second%n", kind,
                    policies.size(), clients, sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6,
                    Arrays.stream(sorted).count() / TIME.toSeconds());
        }
    }

    private static DataSource source(TestDatabase kind) throws IOException {
        if (kind == TestDatabase.H2) {
            JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:file:" + Files.createTempDirectory("ledger").resolve("db") + ";WRITE_DELAY=0", "sa", "");
            pool.setMaxConnections(CONNECTIONS);
            return pool;
        }
        return new PooledConnections(((PGSimpleDataSource) kind.empty()), CONNECTIONS).source();
    }
}
