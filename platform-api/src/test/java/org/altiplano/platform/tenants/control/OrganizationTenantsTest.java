package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrganizationTenantsTest {

    private Instant now = Instant.parse("2026-11-26T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void anOrganizationIsTheTenantThatWasBoundToItElseTheOneOfItsOwnId(TestDatabase kind) {
        DataSource source = kind.migrated();
        new Tenants(new Database(source)).bind("acme", "6bfcd064");
        OrganizationTenants tenants = new OrganizationTenants(new Database(source), () -> now);
        assertEquals(Optional.of("acme"), tenants.tenantOf("6bfcd064"));
        assertEquals(Optional.of("other"), tenants.tenantOf("other"));
        assertEquals(Optional.of("only-there"), tenants.tenantOf("only-there"));
        assertEquals(Optional.empty(), tenants.tenantOf("acme"), "that tenant is another organization");
        assertEquals(Optional.of("6bfcd064"), new Tenants(new Database(source)).organization("acme"));
        assertEquals(Optional.empty(), new Tenants(new Database(source)).organization("other"));
    }

    @ParameterizedTest
    @EnumSource
    void isRememberedForAMinuteWhileTheDatabaseIsAway(TestDatabase kind) {
        DataSource source = kind.migrated();
        OrganizationTenants tenants = new OrganizationTenants(new Database(source), () -> now);
        assertEquals(Optional.of("acme"), tenants.tenantOf("acme"));
        TestDatabase.execute(source, "alter table tenant rename column organization to away");
        now = now.plusSeconds(59);
        assertEquals(Optional.of("acme"), tenants.tenantOf("acme"));
        assertThrows(ProblemException.class, () -> tenants.tenantOf("other"), "who it is was never known");
        now = now.plusSeconds(2);
        assertThrows(ProblemException.class, () -> tenants.tenantOf("acme"));
    }
}
