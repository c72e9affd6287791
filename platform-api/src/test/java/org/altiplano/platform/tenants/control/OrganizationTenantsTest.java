package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrganizationTenantsTest {

    private boolean away;
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
        OrganizationTenants tenants = tenants(sometimesAway(kind.migrated()));
        assertEquals(Optional.of("acme"), tenants.tenantOf("acme"));
        away = true;
        now = now.plusSeconds(59);
        assertEquals(Optional.of("acme"), tenants.tenantOf("acme"));
        assertThrows(ProblemException.class, () -> tenants.tenantOf("other"), "who it is was never known");
        now = now.plusSeconds(2);
        assertThrows(ProblemException.class, () -> tenants.tenantOf("acme"));
    }

    @ParameterizedTest
    @EnumSource
    void isReadAgainOnceATenantIsBound(TestDatabase kind) {
        DataSource source = kind.migrated();
        OrganizationTenants tenants = tenants(source);
        assertEquals(Optional.of("6bfcd064"), tenants.tenantOf("6bfcd064"));
        new Tenants(new Database(source)).bind("acme", "6bfcd064");
        assertEquals(Optional.of("acme"), tenants.tenantOf("6bfcd064"));
    }

    /** Which sees every change at once. */
    private OrganizationTenants tenants(DataSource source) {
        return new OrganizationTenants(new Database(source), new Believed<>(() -> new Database(source).changes().count(), () -> now));
    }

    private DataSource sometimesAway(DataSource source) {
        return (DataSource) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
            if (away) {
                throw new SQLException("connection refused", "08001");
            }
            return method.invoke(source, arguments);
        });
    }
}
