package org.altiplano.platform.usage.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Schema;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.usage.entity.Ended;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A gateway's process is killed in the middle of its work; another settles what it left. */
class KilledGatewayTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void everyGenerationOfAKilledGatewayHasExactlyOneRow(TestDatabase kind) throws Exception {
        String url = kind == TestDatabase.H2 ? "jdbc:h2:file:" + folder.resolve("db") + ";WRITE_DELAY=0" : ((PGSimpleDataSource) kind.empty()).getUrl();
        DataSource source = DoomedGateway.source(url);
        Schema.migrate(source);
        TestDatabase.execute(source, "insert into tenant (id, name, created_at) values ('acme', 'Acme', current_timestamp)");
        TestDatabase.execute(source, "insert into usage_policy (id, tenant_id, scope, subject, version) values ('p', 'acme', 'TENANT', '', 1)");
        Database database = new Database(source);
        database.transact(connection -> {
            Meters.create(connection, "p");
            return "p";
        });
        Set<String> reserved = new HashSet<>();
        Set<String> settled = new HashSet<>();
        runUntilKilled(url, reserved, settled);

        Settlements settlements = new Settlements(database);
        TestDatabase.execute(source, "update gateway_lease set expires_at = current_timestamp - interval '1' second");
        List<Ended> orphans = settlements.orphans(Instant.now(), 1_000);
        assertEquals(orphans.size(), settlements.settle(orphans));
        assertTrue(settlements.orphans(Instant.now(), 1_000).isEmpty());
        assertTrue(settled.size() > 20 && orphans.size() > 10, settled.size() + " settled, " + orphans.size() + " left behind");
        long rows = one(source, "select count(*) from usage_ledger");
        // It may have been killed after a commit and before it could say so.
        assertTrue(rows == reserved.size() || rows == reserved.size() + 1, rows + " rows of " + reserved.size());
        assertEquals(rows - one(source, "select count(*) from usage_ledger where finish_reason = 'gateway_lost'"),
                one(source, "select count(*) from usage_ledger where tokens_in = 10 and tokens_out = 20"));
        assertEquals(0, one(source, "select count(*) from usage_reservation"));
        assertEquals(0, one(source, "select sum(tokens_reserved) from usage_window"));
        assertEquals(0, one(source, "select running from usage_meter"));
        assertEquals(one(source, "select sum(tokens_in + tokens_out) from usage_ledger"), one(source, "select sum(tokens_spent) from usage_window"));
        assertEquals(one(source, "select sum(tokens_in + tokens_out) from usage_ledger"), one(source, "select sum(tokens_in + tokens_out) from usage_day"));
    }

    private static void runUntilKilled(String url, Set<String> reserved, Set<String> settled) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), DoomedGateway.class.getName(), url).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                (line.startsWith("reserved") ? reserved : settled).add(line.replaceAll(".* ", ""));
                if (settled.size() == 60) {
                    // By its handle, which leaves the pipe open: what it had said before is still to be read.
                    process.toHandle().destroyForcibly();
                }
            }
        }
        assertEquals(128 + 9, process.waitFor());
    }

    private static long one(DataSource source, String sql) {
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
