package org.altiplano.platform.usage.control;

import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;

/**
 * What ten million rows of the ledger cost on PostgreSQL: reservations and settlements before and after, reports, and one
 * tenant's rows. Run alone on the machine, with the tests' class path.
 */
final class LongLedgerBench {

    private static final String ROWS = "insert into usage_ledger select 'cmpl-' || md5(i::text) || '-0', 't' || i % 1000, 'o' || i % 10, 'k' || i % 10,"
            + " 'm' || i / 1000 % 10, timestamptz '2026-11-01' + i * interval '0.2592 second', 100, 0, 100, 50, 2000, 'stop', 0, 0, 0, 0"
            + " from generate_series(1, 10000000) i";

    private LongLedgerBench() {
    }

    public static void main(String[] arguments) throws Exception {
        DataSource source = LedgerBench.source(TestDatabase.POSTGRESQL);
        Database database = LedgerBench.prepare(source);
        measure(database, "an empty ledger");
        long begin = System.nanoTime();
        // As a restore does it: rows first, then what finds them.
        TestDatabase.execute(source, "alter table usage_ledger drop constraint usage_ledger_pkey");
        TestDatabase.execute(source, "drop index usage_ledger_tenant");
        TestDatabase.execute(source, ROWS);
        TestDatabase.execute(source, "set maintenance_work_mem = '512MB'; alter table usage_ledger add primary key (generation_id)");
        TestDatabase.execute(source, "set maintenance_work_mem = '512MB'; create index usage_ledger_tenant on usage_ledger (tenant_id, submitted_at, generation_id)");
        TestDatabase.execute(source, "analyze usage_ledger; checkpoint");
        System.out.printf(Locale.ROOT, "made in %.0f s; %s%n", (System.nanoTime() - begin) / 1e9, text(database,
                "select count(*) || ' rows, ' || pg_size_pretty(pg_table_size('usage_ledger')) || ', indexes ' || pg_size_pretty(pg_indexes_size('usage_ledger'))"
                + " from usage_ledger"));
        measure(database, "ten million rows");
        LedgerBench.report(source, database);
        for (int run = 0; run < 2; run++) {
            begin = System.nanoTime();
            String rows = text(database, "select count(*) || ' rows of ' || sum(tokens_out) from usage_ledger where tenant_id = 't500'"
                    + " and submitted_at >= timestamptz '2026-11-01' and submitted_at < timestamptz '2026-12-01'");
            System.out.printf(Locale.ROOT, "one tenant's month from the rows themselves, %s tokens: %.1f ms%n", rows, (System.nanoTime() - begin) / 1e6);
        }
    }

    private static void measure(Database database, String what) throws Exception {
        System.out.println(what);
        for (int clients : new int[] {1, 16}) {
            LedgerBench.measure(TestDatabase.POSTGRESQL, database, List.of(DoomedGateway.POLICY), clients);
        }
    }

    private static String text(Database database, String sql) {
        return database.transact(connection -> {
            try (var statement = connection.createStatement(); var row = statement.executeQuery(sql)) {
                row.next();
                return row.getString(1);
            }
        });
    }
}
