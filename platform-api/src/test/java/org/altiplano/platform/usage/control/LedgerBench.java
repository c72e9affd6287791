package org.altiplano.platform.usage.control;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Schema;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.platform.usage.entity.UsageSum;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * What a reservation and a settlement cost, on H2 in a file and on PostgreSQL with its default durability, with and
 * without a policy that all share. Run alone on the machine, with the tests' class path.
 */
final class LedgerBench {

    private static final int CONNECTIONS = 20;
    private static final Duration TIME = Duration.ofSeconds(3);

    private LedgerBench() {
    }

    public static void main(String[] arguments) throws Exception {
        for (TestDatabase kind : TestDatabase.values()) {
            DataSource source = source(kind);
            Database database = prepare(source);
            for (List<UsagePolicy> policies : List.of(List.<UsagePolicy>of(), List.of(DoomedGateway.POLICY))) {
                for (int clients : new int[] {1, 16}) {
                    measure(kind, database, policies, clients);
                }
            }
            if (kind == TestDatabase.POSTGRESQL) {
                System.out.println("fsync " + setting(database, "fsync") + ", synchronous_commit " + setting(database, "synchronous_commit"));
                report(source, database);
            }
        }
    }

    /** Makes the tables, a tenant, and the policy that all share. */
    static Database prepare(DataSource source) {
        Schema.migrate(source);
        TestDatabase.execute(source, "insert into tenant (id, name, created_at) values ('acme', 'Acme', current_timestamp)");
        Database database = new Database(source);
        new UsagePolicies(database).create(DoomedGateway.POLICY, Instant.now());
        return database;
    }

    private static String setting(Database database, String name) {
        return database.transact(connection -> {
            try (ResultSet row = connection.createStatement().executeQuery("show " + name)) {
                row.next();
                return row.getString(1);
            }
        });
    }

    /** 3 million daily sums: of 1,000 tenants in 30 days, each with 10 models and 10 keys. */
    static void report(DataSource source, Database database) {
        TestDatabase.execute(source, "insert into usage_day (tenant_id, used_on, model, owner, key_id, generations, tokens_in, tokens_cached, tokens_out,"
                + " money) select 't' || t, date '2026-11-01' + d, 'm' || m, 'o' || k, 'k' || k, 10, 100, 0, 100, 0 from generate_series(0, 999) t,"
                + " generate_series(0, 29) d, generate_series(0, 9) m, generate_series(0, 9) k");
        TestDatabase.execute(source, "analyze usage_day");
        UsageReports reports = new UsageReports(database);
        for (Optional<String> tenant : List.of(Optional.of("t500"), Optional.<String>empty())) {
            UsageQuestion question = new UsageQuestion(LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 30), tenant, Optional.empty(),
                    List.of(UsageSum.By.DAY, UsageSum.By.MODEL));
            reports.answer(question);
            long begin = System.nanoTime();
            int groups = reports.answer(question).size();
            System.out.printf(Locale.ROOT, "%s 3 million daily sums, %s: %d groups in %.1f ms%n", TestDatabase.POSTGRESQL, tenant.orElse("all tenants"), groups,
                    (System.nanoTime() - begin) / 1e6);
        }
    }

    static void measure(TestDatabase kind, Database database, List<UsagePolicy> policies, int clients) throws InterruptedException, ExecutionException {
        Bookings bookings = new Bookings(database, "bench");
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        ScheduledExecutorService tasks = Executors.newScheduledThreadPool(1);
        try (SettlementQueue queue = new SettlementQueue(bookings::settle, tasks)) {
            long end = System.nanoTime() + TIME.toNanos();
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                all.add(threads.submit(() -> {
                    List<Long> nanos = new ArrayList<>();
                    while (System.nanoTime() < end) {
                        String id = "cmpl-" + UUID.randomUUID() + "-0";
                        long begin = System.nanoTime();
                        bookings.reserve(new Order(new Spender("acme", "ann", "k"), "m", Price.FREE, List.of(new Order.Demand(id, 10, 90)),
                                policies, Instant.now()), () -> { });
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
            tasks.shutdown();
            long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
            System.out.printf(Locale.ROOT, "%s policies=%d clients=%d: reserve p50 %.2f ms, p99 %.2f ms; %d reserved and settled per second%n", kind,
                    policies.size(), clients, sorted[sorted.length / 2] / 1e6, sorted[sorted.length * 99 / 100] / 1e6,
                    Arrays.stream(sorted).count() / TIME.toSeconds());
        }
    }

    static DataSource source(TestDatabase kind) throws IOException {
        if (kind == TestDatabase.H2) {
            JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:file:" + Files.createTempDirectory("ledger").resolve("db") + ";WRITE_DELAY=0", "sa", "");
            pool.setMaxConnections(CONNECTIONS);
            return pool;
        }
        // The tests' server forgets durability for speed; this one is as a server is by default.
        EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("fsync", "on").setServerConfig("synchronous_commit", "on").start();
        return new PooledConnections(server.getPostgresDatabase(), CONNECTIONS).source();
    }
}
