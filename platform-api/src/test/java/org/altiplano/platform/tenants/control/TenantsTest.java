package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.platform.tenants.entity.TenantAccount.Status;
import org.altiplano.security.audit.AuditKey;
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
    void aDeletionIsNotTakenBackOnceTheGraceIsOver(TestDatabase kind) {
        Tenants tenants = new Tenants(new Database(kind.migrated()));
        assertTrue(tenants.replace(tenant(Status.DELETED, Optional.empty(), Optional.of(Instant.parse("2999-01-01T00:00:00Z")), 1)));
        assertFalse(tenants.find("acme").orElseThrow().isGone(NOON));
        assertTrue(tenants.replace(tenant(Status.DELETED, Optional.empty(), Optional.of(Instant.parse("2000-01-01T00:00:00Z")), 2)), "within the grace");
        assertTrue(tenants.find("acme").orElseThrow().isGone(NOON));
        assertFalse(tenants.replace(tenant(Status.ACTIVE, Optional.empty(), Optional.empty(), 3)));
    }

    @ParameterizedTest
    @EnumSource
    void theIdOfATenantThatIsDeletedForGoodIsNobodysAgain(TestDatabase kind) {
        Database database = new Database(kind.migrated());
        Tenants tenants = new Tenants(database);
        tenants.replace(tenant(Status.DELETED, Optional.empty(), Optional.of(NOON), 1));
        assertEquals("tenant_exists", refused(() -> tenants.mustBeNew("acme", NOON.minusSeconds(1))), "it may be taken back");
        assertEquals("tenant_id_used", refused(() -> tenants.mustBeNew("acme", NOON)), "its grace is over");
        assertTrue(new TenantErasure(database, new AuditLog(database, AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())))))
                .next("acme", NOON.plusSeconds(1)));
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
