package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written from one database and read into another, on each of them and from each into the other. */
class DatabaseBackupTest {

    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00.123Z");
    private static final AuditKey KEY = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));

    private static Stream<Arguments> pairs() {
        return Stream.of(TestDatabase.values()).flatMap(from -> Stream.of(TestDatabase.values()).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void bringsBackEveryRowToTheLetter(TestDatabase from, TestDatabase to) throws Exception {
        DataSource source = filled(from);
        String backup = export(source);
        assertTrue(backup.contains("Acm\u00e9 \\\"\\n"), backup);
        DataSource target = to.empty();
        assertEquals(NOON, read(target, backup));
        Schema.migrate(target);
        assertEquals(sorted(backup), sorted(export(target)));
        ChainCheck check = new ChainCheck("acme", KEY, Optional.empty());
        new AuditLog(new Database(target), KEY).events("acme", 0, 10).forEach(event -> assertEquals(Optional.empty(), check.next(event)));
        assertEquals(3, check.seen().sequence());
    }

    @Test
    void leavesNothingThatCouldNotBeWrittenWholeAndSaysThatTheDatabaseIsGone(@TempDir Path folder) {
        JdbcDataSource gone = new JdbcDataSource();
        gone.setURL("jdbc:h2:tcp://127.0.0.1:1/none");
        Path file = folder.resolve("database.jsonl.gz");
        assertThrows(SQLException.class, () -> Backups.write(gone, file, NOON));
        assertFalse(Files.exists(file));
    }

    @ParameterizedTest
    @EnumSource
    void leavesSessionsOut(TestDatabase kind) throws Exception {
        assertFalse(export(filled(kind)).contains("a-session"));
    }

    @ParameterizedTest
    @EnumSource
    void isOfOneMomentThoughOthersGoOnWriting(TestDatabase kind) throws Exception {
        DataSource source = filled(kind);
        StringWriter out = new StringWriter() {
            @Override
            public void write(String text) {
                // The ledger comes after the audit log: what is added meanwhile belongs to a later moment.
                if (text.contains("\"table\":\"audit_event\"")) {
                    TestDatabase.execute(source, LEDGER.formatted("g-late"));
                    TestDatabase.execute(source, "update tenant set name = 'later'");
                }
                super.write(text);
            }
        };
        new DatabaseExport(source).write(out, NOON);
        assertTrue(out.toString().contains("g-1"));
        assertFalse(out.toString().contains("g-late") || out.toString().contains("later"));
        try (Connection connection = source.getConnection()) {
            assertEquals(Connection.TRANSACTION_READ_COMMITTED, connection.getTransactionIsolation());
        }
        assertTrue(export(source).contains("g-late"));
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatIsDamagedAndLeavesNothingBehind(TestDatabase kind) throws Exception {
        List<String> lines = export(filled(kind)).lines().toList();
        DataSource target = kind.empty();
        // Every line where that is quick.
        for (int i = 0; i < lines.size(); i += kind == TestDatabase.H2 ? 1 : 12) {
            int line = i;
            String without = String.join("\n", Stream.concat(lines.stream().limit(line), lines.stream().skip(line + 1)).toList());
            assertThrows(IOException.class, () -> read(target, without), "without line " + line);
            assertThrows(IOException.class, () -> read(target, String.join("\n", lines.subList(0, line))), "cut before line " + line);
            String broken = String.join("\n", Stream.concat(lines.stream().limit(line), Stream.of(lines.get(line).substring(1))).toList());
            assertThrows(IOException.class, () -> read(target, broken), "broken line " + line);
        }
        read(target, String.join("\n", lines));
    }

    @ParameterizedTest
    @EnumSource
    void refusesWhatANewerVersionMade(TestDatabase kind) throws Exception {
        String backup = export(filled(kind));
        String schema = backup.replaceFirst("(?s).*?\"schema\":\"([^\"]+)\".*", "$1");
        for (String newer : List.of(backup.replaceFirst("\"format\":1", "\"format\":2"),
                backup.replaceFirst("\"schema\":\"" + schema + "\"", "\"schema\":\"900\""))) {
            IOException refused = assertThrows(IOException.class, () -> read(kind.empty(), newer));
            assertTrue(refused.getMessage().contains("newer version"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesADatabaseWithDataAlone(TestDatabase kind) throws Exception {
        DataSource target = filled(kind);
        String before = export(target);
        IOException refused = assertThrows(IOException.class, () -> read(target, before));
        assertTrue(refused.getMessage().contains("has data already"), refused.getMessage());
        assertEquals(before, export(target));
    }

    private static final String LEDGER = "insert into usage_ledger values ('%s', 'acme', 'ada', 'k', 'm', timestamp with time zone"
            + " '2026-11-26 11:00:00.123456+01:00', 9007199254740993, 0, 3, null, 12, 'stop', 9223372036854775807, 7, null, 9)";

    private static DataSource filled(TestDatabase kind) {
        DataSource source = kind.migrated();
        TestDatabase.execute(source, "update tenant set name = 'Acm\u00e9 \"\n', weight = 0.1 where id = 'acme'");
        TestDatabase.execute(source, "insert into api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k', 'acme', 'n', '1234', 'h', current_timestamp)");
        TestDatabase.execute(source, "insert into platform_user (username, tenant_id, password_hash, roles, created_at) values ('u', 'acme', 'h', 'r', current_timestamp)");
        TestDatabase.execute(source, "insert into console_session (token_digest, username, created_at, expires_at) values ('a-session', 'u', current_timestamp, current_timestamp)");
        TestDatabase.execute(source, LEDGER.formatted("g-1"));
        TestDatabase.execute(source, "insert into usage_day values ('acme', date '2026-02-28', 'm', 'ada', 'k', 1, 2, 3, 4, 5)");
        AuditLog log = new AuditLog(new Database(source), KEY);
        for (int i = 0; i < 3; i++) {
            log.append(new AuditLog.Deed("acme", NOON, "ada", "SESSION", "::1", "POST /" + i, "", 200));
        }
        return source;
    }

    private static String export(DataSource source) throws SQLException, IOException {
        StringWriter out = new StringWriter();
        new DatabaseExport(source).write(out, NOON);
        return out.toString();
    }

    private static Instant read(DataSource target, String backup) throws IOException, SQLException {
        return new DatabaseImport(target).read(new BufferedReader(new StringReader(backup)));
    }

    /** Rows have no order; times are the same with another offset. */
    private static List<String> sorted(String backup) {
        return backup.replaceAll("T11:00:00.123456\\+01:00", "T10:00:00.123456Z").lines().sorted().toList();
    }
}
