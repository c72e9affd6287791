package org.altiplano.platform.secrets.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.security.secrets.Secret;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecretsInUseTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-26T10:00:00Z"));

    @ParameterizedTest
    @EnumSource
    void remembersSinceWhenEachIsUsedTheOldestFirst(TestDatabase kind) {
        SecretsInUse uses = new SecretsInUse(new Database(kind.migrated()), now::get);
        Instant first = now.get();
        uses.note(Secret.PEPPER, "ff");
        uses.note(Secret.SALT_KEY, "ff");
        now.set(first.plusSeconds(60));
        uses.note(Secret.PEPPER, "00");
        uses.note(Secret.PEPPER, "ff");
        assertEquals(Map.of("ff", first, "00", now.get()), uses.since(Secret.PEPPER));
        assertEquals(List.of("ff", "00"), List.copyOf(uses.since(Secret.PEPPER).keySet()));
        assertEquals(Map.of(), uses.since(Secret.AUDIT_KEY));
    }

    @ParameterizedTest
    @EnumSource
    void countsWhatRestsOnWhichPepperAndIsStillAccepted(TestDatabase kind) {
        DataSource source = kind.migrated();
        TestDatabase.execute(source, "insert into tenant (id, name, created_at) values ('t', 'T', current_timestamp)");
        key(source, "a", "1:h", "null", "null");
        key(source, "b", "12:h", "null", "timestamp with time zone '2026-11-26 11:00:00+00'");
        key(source, "c", "12:h", "null", "null");
        key(source, "gone", "1:h", "timestamp with time zone '2026-11-26 09:00:00+00'", "null");
        key(source, "over", "1:h", "null", "timestamp with time zone '2026-11-26 09:00:00+00'");
        TestDatabase.execute(source, "insert into platform_user (username, tenant_id, password_hash, roles, created_at) values ('ada', 't', 'h', 'developer', current_timestamp)");
        TestDatabase.execute(source, "insert into second_factor values ('ada', '12:ab', true, 0)");
        SecretsInUse uses = new SecretsInUse(new Database(source), now::get);
        assertEquals(Map.of(1, 1L, 12, 2L), uses.keysByPepper());
        assertEquals(Map.of(12, 1L), uses.secondFactorsByPepper());
    }

    private static void key(DataSource source, String id, String hash, String revoked, String expires) {
        TestDatabase.execute(source, "insert into api_key (id, tenant_id, name, last4, key_hash, created_at, owner_name, scopes, revoked_at, expires_at) values ('" + id
                + "', 't', 'n', '1234', '" + hash + "', current_timestamp, 'ada', 'inference', " + revoked + ", " + expires + ")");
    }
}
