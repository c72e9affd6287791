package org.altiplano.platform.audit.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.altiplano.platform.audit.entity.AuditSearch;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.altiplano.security.audit.SealedEvent;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The chain on real databases, tampered with in SQL. */
class AuditLogTest {

    private static final int EVENTS = 60;

    @ParameterizedTest
    @EnumSource
    void chainsWhatIsDoneAtOnceAndFindsEveryChangeInTheDatabase(TestDatabase kind) throws Exception {
        DataSource source = kind.migrated();
        AuditKey key = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));
        AuditLog log = new AuditLog(new Database(source), key);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            int number = i;
            all.add(threads.submit(() -> log.append(new AuditLog.Deed("acme", Instant.now(), "ann", "SESSION", "127.0.0.1", "POST /x\n" + number, "", 200))));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        log.append(new AuditLog.Deed("other", Instant.now(), "bob", "SESSION", "127.0.0.1", "POST /y", "", 200));
        assertEquals("{acme=60, other=1}", log.chains().toString());
        assertEquals(Optional.empty(), check(log, key));
        ChainCheck.Seen end = new ChainCheck.Seen(EVENTS, log.events("acme", EVENTS - 1, 1).get(0).hash());

        wrong(source, log, key, "update audit_event set actor = 'eve' where chain = 'acme' and sequence = 7",
                "update audit_event set actor = 'ann' where chain = 'acme' and sequence = 7");
        wrong(source, log, key, "update audit_event set happened_at = happened_at + interval '1' second where chain = 'acme' and sequence = 7",
                "update audit_event set happened_at = happened_at - interval '1' second where chain = 'acme' and sequence = 7");
        wrong(source, log, key, "update audit_event set sequence = 1000 where chain = 'acme' and sequence = 8",
                "update audit_event set sequence = 8 where chain = 'acme' and sequence = 1000");
        wrong(source, log, key, "update audit_event set chain = 'acme', sequence = 61 where chain = 'other'",
                "update audit_event set chain = 'other', sequence = 1 where chain = 'acme' and sequence = 61");
        TestDatabase.execute(source, "delete from audit_event where chain = 'acme' and sequence = " + EVENTS);
        ChainChecks checks = new ChainChecks(log, key);
        ChainCheck short59 = new ChainCheck("acme", key, Optional.of(end));
        log.events("acme", 0, 1_000).forEach(event -> assertEquals(Optional.empty(), short59.next(event)));
        assertTrue(short59.end().isPresent());
        assertEquals(EVENTS - 1, checks.check("acme", ChainCheck.Seen.NOTHING).seen().sequence());
        assertTrue(checks.check("acme", ChainCheck.Seen.NOTHING).fault().orElseThrow().contains("removed at the end"), "the chain's end is kept beside the events");
    }

    @ParameterizedTest
    @EnumSource
    void findsWhatWasDoneByWhomToWhatAndWhenTheNewestFirst(TestDatabase kind) throws Exception {
        AuditKey key = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));
        AuditLog log = new AuditLog(new Database(kind.migrated()), key);
        Instant noon = Instant.parse("2026-03-01T12:00:00Z");
        log.append(new AuditLog.Deed("acme", noon, "Ann", "SESSION", "127.0.0.1", "POST /admin/v1/api-keys", "k_1", 201));
        log.append(new AuditLog.Deed("acme", noon.plusSeconds(60), "bob", "SESSION", "127.0.0.1", "DELETE /admin/v1/api-keys/kx1", "", 204));
        log.append(new AuditLog.Deed("acme", noon.plusSeconds(120), "ann", "SESSION", "127.0.0.1", "PATCH /admin/v1/members/eve", "", 200));
        Optional<String> any = Optional.empty();
        Optional<Instant> ever = Optional.empty();
        assertEquals(List.of(3L, 2L, 1L), found(log, new AuditSearch(true, Optional.empty(), any, any, ever, ever)));
        assertEquals(List.of(1L), found(log, new AuditSearch(true, Optional.of(2L), any, any, ever, ever)));
        assertEquals(List.of(3L, 1L), found(log, new AuditSearch(true, Optional.empty(), Optional.of("ANN"), any, ever, ever)));
        assertEquals(List.of(2L), found(log, new AuditSearch(true, Optional.empty(), any, Optional.of("kx1"), ever, ever)));
        assertEquals(List.of(1L), found(log, new AuditSearch(true, Optional.empty(), any, Optional.of("K_1"), ever, ever)), "an underscore is one");
        assertEquals(List.of(), found(log, new AuditSearch(true, Optional.empty(), any, Optional.of("%' or 1=1"), ever, ever)));
        assertEquals(List.of(2L), found(log, new AuditSearch(false, Optional.empty(), any, any, Optional.of(noon.plusSeconds(60)),
                Optional.of(noon.plusSeconds(120)))));
        ChainChecks checks = new ChainChecks(log, key);
        ChainCheck.Seen end = new ChainCheck.Seen(3, log.events("acme", 2, 1).get(0).hash());
        assertEquals(new ChainChecks.Stretch(end, 3, Optional.empty(), true), checks.check("acme", ChainCheck.Seen.NOTHING));
        assertEquals(new ChainChecks.Stretch(ChainCheck.Seen.NOTHING, 0, Optional.empty(), true), checks.check("nobody", ChainCheck.Seen.NOTHING));
    }

    @ParameterizedTest
    @EnumSource
    void checksALongChainStretchByStretchAndFindsWhatChangesMeanwhile(TestDatabase kind) throws Exception {
        DataSource source = kind.migrated();
        AuditKey key = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));
        Database database = new Database(source);
        AuditLog log = new AuditLog(database, key);
        int all = ChainChecks.STRETCH + 10;
        database.transact(connection -> {
            for (int i = 0; i < all; i++) {
                log.append(connection, new AuditLog.Deed("acme", Instant.now(), "ann", "SESSION", "127.0.0.1", "POST /x", "", 200));
            }
            return all;
        });
        ChainChecks checks = new ChainChecks(log, key);
        ChainChecks.Stretch first = checks.check("acme", ChainCheck.Seen.NOTHING);
        assertEquals(new ChainChecks.Stretch(new ChainCheck.Seen(ChainChecks.STRETCH, log.events("acme", ChainChecks.STRETCH - 1, 1).get(0).hash()),
                all, Optional.empty(), false), first);
        ChainChecks.Stretch second = checks.check("acme", first.seen());
        assertEquals(List.of(all, true, Optional.empty()), List.of((int) second.seen().sequence(), second.over(), second.fault()));

        TestDatabase.execute(source, "update audit_event set actor = 'eve' where chain = 'acme' and sequence = " + (all - 1));
        assertEquals("Event " + (all - 1) + " was edited.", checks.check("acme", first.seen()).fault().orElseThrow());
        assertEquals(all - 2, checks.check("acme", first.seen()).seen().sequence());
        String other = log.events("acme", 4, 1).get(0).hash();
        assertTrue(checks.check("acme", new ChainCheck.Seen(first.seen().sequence(), other)).fault().orElseThrow().contains("does not follow"),
                "it goes on from the event that was seen and from no other");
        TestDatabase.execute(source, "delete from audit_event where chain = 'acme' and sequence > 10");
        TestDatabase.execute(source, "update audit_chain set sequence = 10, hash = '" + log.events("acme", 9, 1).get(0).hash() + "' where chain = 'acme'");
        ChainChecks.Stretch cut = checks.check("acme", first.seen());
        assertTrue(cut.over() && cut.fault().orElseThrow().contains("removed at the end"), "what the check itself has seen is gone with its traces");
    }

    private static List<Long> found(AuditLog log, AuditSearch search) {
        return log.events("acme", search, 10).stream().map(sealed -> sealed.event().sequence()).toList();
    }

    @ParameterizedTest
    @EnumSource
    void keepsEveryTextAsItWasSigned(TestDatabase kind) throws Exception {
        AuditKey key = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));
        AuditLog log = new AuditLog(new Database(kind.migrated()), key);
        for (String text : List.of("a\u0000b\r\n\u2028\u202e", "\ud83d", "x".repeat(299) + "\ud83d\ude00", "\u0085\ufeff", "\u00e9\ud83d\ude00")) {
            log.append(new AuditLog.Deed("acme", Instant.now(), text, "SESSION", "::1", text, text, 200));
        }
        assertEquals(Optional.empty(), check(log, key));
        assertEquals("\u00e9\ud83d\ude00", log.events("acme", 4, 1).get(0).event().action());
    }

    private static void wrong(DataSource source, AuditLog log, AuditKey key, String tamper, String undo) {
        TestDatabase.execute(source, tamper);
        assertTrue(check(log, key).isPresent(), tamper);
        TestDatabase.execute(source, undo);
        assertEquals(Optional.empty(), check(log, key), undo);
    }

    private static Optional<String> check(AuditLog log, AuditKey key) {
        ChainCheck check = new ChainCheck("acme", key, Optional.empty());
        for (SealedEvent event : log.events("acme", 0, 1_000)) {
            Optional<String> wrong = check.next(event);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return check.end();
    }
}
