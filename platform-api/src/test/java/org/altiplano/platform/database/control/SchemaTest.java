package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import javax.sql.DataSource;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {

    @ParameterizedTest
    @EnumSource
    void keepsTheDataOfAnOlderVersion(TestDatabase kind) {
        DataSource source = kind.empty();
        Flyway.configure(SchemaTest.class.getClassLoader()).dataSource(source).locations("classpath:db/migration").target("1").load().migrate();
        TestDatabase.execute(source, "insert into tenant (id, name, created_at) values ('old', 'Old', current_timestamp)");
        TestDatabase.execute(source, "insert into api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k', 'old', 'n', '1234', 'h', current_timestamp)");
        assertTrue(Schema.migrate(source).contains("scripts run now"));
        TenantAccount tenant = new Tenants(new Database(source)).find("old").orElseThrow();
        assertEquals(TenantAccount.Status.ACTIVE, tenant.status());
        assertEquals(1, tenant.weight());
        assertTrue(tenant.mayUse("any model"));
        assertTrue(Schema.migrate(source).contains("(0 scripts run now)"), "a second start changes nothing");
    }

    @ParameterizedTest
    @EnumSource
    void refusesADatabaseThatANewerVersionHasChanged(TestDatabase kind) {
        DataSource source = kind.migrated();
        TestDatabase.execute(source, "insert into \"flyway_schema_history\" (\"installed_rank\", \"version\", \"description\", \"type\", \"script\", \"checksum\","
                + " \"installed_by\", \"execution_time\", \"success\") values (1000, '900', 'later', 'SQL', 'V900__later.sql', 1, 'x', 1, true)");
        assertThrows(FlywayException.class, () -> Schema.migrate(source));
    }
}
