package org.altiplano.platform.audit.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.security.access.Role;
import org.altiplano.security.audit.AuditEvent;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.altiplano.security.audit.SealedEvent;
import org.altiplano.security.identity.Caller;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From where keys are used, on real databases. */
class KeyAddressesTest {

    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final Instant NEXT = NOON.plus(Duration.ofDays(1));
    private static final Caller CALLER = Caller.unlimited("acme", "ada", Caller.Origin.API_KEY, Set.of(Role.DEVELOPER));
    private static final AuditKey KEY = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));

    @ParameterizedTest
    @EnumSource
    void aKeyIsNewAtAnAddressOnceForAllGateways(TestDatabase kind) {
        Database database = new Database(kind.migrated());
        AuditLog log = new AuditLog(database, KEY);
        KeyAddresses one = new KeyAddresses(database, log);
        KeyAddresses other = new KeyAddresses(database, log);
        one.used(CALLER, "k", "10.0.0.1", NOON);
        one.used(CALLER, "k", "10.0.0.1", NOON);
        other.used(CALLER, "k", "10.0.0.1", NOON);
        assertEquals(List.of("k 10.0.0.1"), uses(log));
        other.used(CALLER, "k", "10.0.0.2", NOON);
        other.used(CALLER, "k2", "10.0.0.1", NOON);
        assertEquals(List.of("k 10.0.0.1", "k 10.0.0.2", "k2 10.0.0.1"), uses(log));
    }

    @ParameterizedTest
    @EnumSource
    void whoeverHasOneAddressOfAnIpv6NetworkHasThemAll(TestDatabase kind) {
        DataSource source = kind.migrated();
        Database database = new Database(source);
        AuditLog log = new AuditLog(database, KEY);
        TestDatabase.execute(source, "insert into key_address (key_id, address, first_used_at) values ('k', '2001:db8:0:1:0:0:0:7', current_timestamp)");
        KeyAddresses addresses = new KeyAddresses(database, log);
        addresses.used(CALLER, "k", "2001:db8:0:1:0:0:0:7", NOON);
        assertEquals(List.of(), uses(log), "an older version has written it down");
        for (int host = 1; host < 300; host++) {
            addresses.used(CALLER, "k", "2001:db8:0:2:0:0:0:" + Integer.toHexString(host), NOON);
        }
        assertEquals(List.of("k 2001:db8:0:2:0:0:0:1"), uses(log));
        assertEquals(2, TestDatabase.count(source, "key_address"));
    }

    @ParameterizedTest
    @EnumSource
    void aKeyThatIsUsedFromEverNewAddressesFillsNothing(TestDatabase kind) {
        DataSource source = kind.migrated();
        Database database = new Database(source);
        AuditLog log = new AuditLog(database, KEY);
        KeyAddresses one = new KeyAddresses(database, log);
        KeyAddresses other = new KeyAddresses(database, log);
        for (int i = 0; i < KeyAddressDays.MOST_WRITTEN + 57; i++) {
            (i % 2 == 0 ? one : other).used(CALLER, "k", "10.0." + i / 250 + "." + i % 250, NOON);
        }
        // Those that are only counted are counted once, and those that are written down go on being known.
        one.used(CALLER, "k", "10.0.0." + (KeyAddressDays.MOST_WRITTEN + 56), NOON);
        other.used(CALLER, "k", "10.0.0.0", NOON);
        one.used(CALLER, "k2", "10.0.0.1", NOON);
        assertEquals(KeyAddressDays.MOST_WRITTEN + 1, TestDatabase.count(source, "key_address"));
        assertEquals(KeyAddressDays.MOST_WRITTEN + 1, uses(log).size());
        assertEquals(1, actions(log).stream().filter(action -> action.endsWith("further new ones of this day are only counted")).count());
        one.tell(NOON);
        assertEquals(2, TestDatabase.count(source, "key_address_day"), "the day is not over");

        one.tell(NEXT);
        other.tell(NEXT);
        assertEquals(List.of("first uses from 57 more addresses on 2026-11-26, which are only counted"),
                actions(log).stream().filter(action -> action.startsWith("first uses")).toList());
        assertEquals(0, TestDatabase.count(source, "key_address_day"));
        one.used(CALLER, "k", "10.0.0." + (KeyAddressDays.MOST_WRITTEN + 56), NEXT);
        assertEquals("k 10.0.0." + (KeyAddressDays.MOST_WRITTEN + 56), uses(log).get(uses(log).size() - 1), "another day has room again");
        ChainChecks.Stretch checked = new ChainChecks(log, KEY).check("acme", ChainCheck.Seen.NOTHING);
        assertTrue(checked.over() && checked.fault().isEmpty(), checked.toString());
    }

    private static List<String> uses(AuditLog log) {
        return events(log).stream().map(event -> event.subject() + " " + event.address()).toList();
    }

    private static List<String> actions(AuditLog log) {
        return events(log).stream().map(AuditEvent::action).toList();
    }

    private static List<AuditEvent> events(AuditLog log) {
        return log.events("acme", 0, 1_000).stream().map(SealedEvent::event).toList();
    }
}
