package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.platform.tenants.entity.TenantAccount.Status;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TenantsTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void keepsWhatATenantMayUse(TestDatabase kind) {
        Tenants tenants = new Tenants(new Database(kind.migrated()));
        assertTrue(tenants.replace(tenant(Status.ACTIVE, Optional.of(Set.of("a", "b")), Optional.empty(), 1)));
        TenantAccount kept = tenants.find("acme").orElseThrow();
        assertEquals(Set.of("a", "b"), kept.models().orElseThrow());
        assertEquals(2.5, kept.weight());
        assertEquals(2, kept.version());
        assertFalse(tenants.replace(tenant(Status.ACTIVE, Optional.empty(), Optional.empty(), 1)), "made from an older version");
        assertTrue(tenants.replace(tenant(Status.ACTIVE, Optional.of(Set.of()), Optional.empty(), 2)));
        assertFalse(tenants.find("acme").orElseThrow().mayUse("a"), "an empty list is not every model");
    }

    @ParameterizedTest
    @EnumSource
    void whatATenantThatWasOnlyTheRealmsMayUseHoldsHereAtOnce(TestDatabase kind) {
        Tenants tenants = new Tenants(new Database(kind.migrated()));
        assertTrue(tenants.serving("realms").mayUse("b"));
        tenants.create(new TenantAccount("realms", "Realm's", Status.ACTIVE, 1, Optional.of(Set.of("a")), Optional.empty(), NOON, 1));
        assertFalse(tenants.serving("realms").mayUse("b"));
    }

    @ParameterizedTest
    @EnumSource
    void deletesForGoodWhenTheGraceIsOver(TestDatabase kind) {
        DataSource source = kind.migrated();
        TestDatabase.execute(source, "insert into api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k', 'acme', 'n', '1234', 'h', current_timestamp)");
        TestDatabase.execute(source, "insert into platform_user (username, tenant_id, password_hash, roles, created_at) values ('u', 'acme', 'h', 'r', current_timestamp)");
        TestDatabase.execute(source, "insert into console_session (token_digest, username, created_at, expires_at) values ('t', 'u', current_timestamp, current_timestamp)");
        TestDatabase.execute(source, "insert into key_address (key_id, address, first_used_at) values ('k', '::1', current_timestamp)");
        TestDatabase.execute(source, "insert into content_log_setting (tenant_id, enabled, retention_days, version) values ('acme', true, 9, 1)");
        TestDatabase.execute(source, "insert into content_log (position, tenant_id, request_id, owner, key_id, model, happened_at, content)"
                + " values ('1-r', 'acme', 'r', 'u', 'k', 'm', current_timestamp, 'secret')");
        Tenants tenants = new Tenants(new Database(source));
        tenants.replace(tenant(Status.DELETED, Optional.of(Set.of("a")), Optional.of(NOON), 1));
        assertEquals(List.of(), tenants.removeThoseWhoseGraceIsOver(NOON.minusSeconds(1)));
        assertEquals(List.of("acme"), tenants.removeThoseWhoseGraceIsOver(NOON.plusSeconds(1)));
        assertEquals(Optional.empty(), tenants.find("acme"));
        assertTrue(tenants.find("other").isPresent());
        for (String table : List.of("api_key", "platform_user", "console_session", "key_address", "content_log", "content_log_setting")) {
            assertEquals(0, TestDatabase.count(source, table), table);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeletionIsNotTakenBackOnceTheGraceIsOver(TestDatabase kind) {
        Tenants tenants = new Tenants(new Database(kind.migrated()));
        assertTrue(tenants.replace(tenant(Status.DELETED, Optional.empty(), Optional.of(Instant.parse("2999-01-01T00:00:00Z")), 1)));
        assertFalse(tenants.find("acme").orElseThrow().isGone(NOON));
        assertTrue(tenants.replace(tenant(Status.DELETED, Optional.empty(), Optional.of(Instant.parse("2000-01-01T00:00:00Z")), 2)), "within the grace");
        assertTrue(tenants.find("acme").orElseThrow().isGone(NOON));
        assertFalse(tenants.replace(tenant(Status.ACTIVE, Optional.empty(), Optional.empty(), 3)));
        assertEquals(List.of("acme"), tenants.removeThoseWhoseGraceIsOver(NOON));
    }

    @ParameterizedTest
    @EnumSource
    void theIdOfATenantThatIsDeletedForGoodIsNobodysAgain(TestDatabase kind) {
        Tenants tenants = new Tenants(new Database(kind.migrated()));
        tenants.replace(tenant(Status.DELETED, Optional.empty(), Optional.of(NOON), 1));
        assertEquals("tenant_exists", refused(() -> tenants.mustBeNew("acme", NOON.minusSeconds(1))), "it may be taken back");
        assertEquals("tenant_id_used", refused(() -> tenants.mustBeNew("acme", NOON)), "its grace is over");
        tenants.removeThoseWhoseGraceIsOver(NOON.plusSeconds(1));
        assertEquals("tenant_id_used", refused(() -> tenants.mustBeNew("acme", NOON)));
        assertEquals("tenant_id_used", refused(() -> tenants.create(tenant(Status.ACTIVE, Optional.empty(), Optional.empty(), 1))));
        assertEquals("tenant_deleted", refused(() -> tenants.serving("acme")), "an identity provider may know it still");
        tenants.mustBeNew("acme-2", NOON);
    }

    private static String refused(Executable what) {
        return assertThrows(ProblemException.class, what).problem().code().orElseThrow();
    }

    private static TenantAccount tenant(Status status, Optional<Set<String>> models, Optional<Instant> deleteAfter, long version) {
        return new TenantAccount("acme", "Acme", status, 2.5, models, deleteAfter, NOON, version);
    }
}
