package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every script keeps what is in a database in use, on the databases that there are. */
class MigrationsTest {

    private static final String[] FIRST = {"insert into tenant values ('t', 'T', current_timestamp)",
        "insert into api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k', 't', 'n', '1234', '1:h', current_timestamp)",
        "insert into platform_user values ('ada', 't', 'hash', 'inference,platform-admin', current_timestamp)",
        "insert into platform_user values ('bob', 't', 'hash', 'inference', current_timestamp)",
        "insert into console_session values ('d', 'ada', current_timestamp, current_timestamp)",
        "insert into placed_model values ('m', current_timestamp)"};

    private static final String[] USED = {"insert into usage_policy (id, tenant_id, scope, subject, tokens_per_minute, tokens_per_day, version)"
            + " values ('p', 't', 'KEY', 'k', 100, 1000, 3)",
        "insert into usage_meter values ('p', 1, 60000000000000000, 3000000, 0)",
        "insert into usage_window values ('p', 'day', timestamp with time zone '2026-11-24 00:00:00+00', 40, 30, 0, 0)",
        "insert into usage_reservation values ('r', 'g', 't', 'ada', 'k', 'm', current_timestamp, 500, 100, 1500, 0, 0)",
        "insert into usage_hold values ('r', 'p', 'day', timestamp with time zone '2026-11-24 00:00:00+00', 30, 0)",
        "insert into usage_hold values ('r', 'p', 'minute', current_timestamp, 30, 0)",
        "insert into usage_ledger values ('s', 't', 'ada', 'k', 'm', current_timestamp, 10, 0, 30, 5, 7, 'stop', 0)",
        "insert into usage_day values ('t', current_date, 'm', 'ada', 'k', 1, 10, 0, 30, 0)"};

    @ParameterizedTest
    @EnumSource
    void keysAndUsersGetTheirRolesAndNoLimits(TestDatabase kind) {
        DataSource source = kind.at("1");
        run(source, FIRST);
        kind.to("2", source);
        assertEquals(List.of("k,,inference,null,null,null"), rows(source, "select id, owner_name, scopes, models, addresses, expires_at from api_key"));
        assertEquals(List.of("ada,developer,platform-admin", "bob,developer"), rows(source, "select username, roles from platform_user order by username"));
        assertEquals(List.of("d,m"), rows(source, "select token_digest, name from console_session, placed_model"));
    }

    @ParameterizedTest
    @EnumSource
    void tenantsGoOnBeingServedWithEveryModel(TestDatabase kind) {
        DataSource source = kind.at("1");
        run(source, FIRST);
        kind.to("3", source);
        TenantAccount tenant = new Tenants(new Database(source)).find("t").orElseThrow();
        assertEquals(TenantAccount.Status.ACTIVE, tenant.status());
        assertEquals(1, tenant.weight());
        assertTrue(tenant.mayUse("any model"));
    }

    @ParameterizedTest
    @EnumSource
    void policiesAreThePlatformsAndWhatIsReservedAndWrittenStays(TestDatabase kind) {
        DataSource source = kind.at("1");
        run(source, FIRST);
        kind.to("4", source);
        run(source, USED);
        kind.to("5", source);
        assertEquals(List.of("p,PLATFORM,100,1000,null,null,3"), rows(source, "select id, keeper, tokens_per_minute, tokens_per_day, tokens_in_per_minute,"
                + " tokens_out_per_minute, version from usage_policy"));
        assertEquals(List.of("1,3000000,60000000000000000,60000000000000000"), rows(source, "select running, tokens, tokens_in, tokens_out from usage_meter"));
        assertEquals(List.of("r,day,30,0", "r,minute,30,0"), rows(source, "select generation_id, period, tokens, tokens_in from usage_hold order by period"));
        assertEquals(List.of("s,10,30,null"), rows(source, "select generation_id, tokens_in, tokens_out, input_price from usage_ledger"));
        assertEquals(List.of("40,30"), rows(source, "select tokens_spent, tokens_reserved from usage_window"));
    }

    @ParameterizedTest
    @EnumSource
    void whatAGenerationHoldsIsFoundInItsReservation(TestDatabase kind) {
        DataSource source = kind.at("1");
        run(source, FIRST);
        kind.to("4", source);
        run(source, USED);
        run(source, "insert into usage_reservation values ('free', 'g', 't', 'ada', 'k', 'm', current_timestamp, 500, 100, 1500, 0, 0)");
        kind.to("5", source);
        run(source, "update usage_hold set tokens_in = 10, money = 7");
        kind.to("12", source);
        assertEquals(List.of("free,0,0,0", "r,30,10,7"), rows(source, "select generation_id, tokens_held, tokens_in_held, money_held from usage_reservation"
                + " order by generation_id"));
        assertTrue(Set.of("day p,minute p", "minute p,day p").contains(rows(source, "select held_of from usage_reservation where generation_id = 'r'").get(0)));
        assertEquals(List.of(""), rows(source, "select held_of from usage_reservation where generation_id = 'free'"));
    }

    @ParameterizedTest
    @EnumSource
    void sessionsThatAreOpenGoOn(TestDatabase kind) {
        DataSource source = kind.at("7");
        run(source, "insert into realm_session values ('d', 't', 'u-1', 'alice', 'developer', 'sealed', current_timestamp, current_timestamp, current_timestamp)");
        kind.to("14", source);
        assertEquals(List.of("d,alice,sealed,"), rows(source, "select token_digest, username, sealed_token, realm_session_id from realm_session"));
    }

    @ParameterizedTest
    @EnumSource
    void whatWasWrittenDownOfRequestsStays(TestDatabase kind) {
        DataSource source = kind.at("10");
        run(source, "insert into content_log values ('1-r', 't', 'r', 'ada', 'k', 'm', current_timestamp, '{}')");
        kind.to("15", source);
        assertEquals(List.of("1-r,t,ada"), rows(source, "select position, tenant_id, owner from content_log where tenant_id = 't' and request_id = 'r'"));
    }

    @ParameterizedTest
    @EnumSource
    void theIdsOfTenantsThatWereDeletedBeforeAreNobodysAgain(TestDatabase kind) {
        DataSource source = kind.at("15");
        run(source, "insert into tenant (id, name, created_at) values ('back', 'B', current_timestamp), ('kept', 'K', current_timestamp)");
        int sequence = 0;
        for (String event : List.of("gone', 'DELETE /admin/v1/tenants/gone', 200", "gone', 'PUT /admin/v1/tenants/gone', 200", "gone', 'DELETE /admin/v1/tenants/gone', 200",
                "back', 'DELETE /admin/v1/tenants/back', 200", "kept', 'DELETE /admin/v1/tenants/kept', 412", "realms', 'POST /admin/v1/api-keys', 201")) {
            sequence++;
            run(source, "insert into audit_event (chain, action, status, sequence, happened_at, actor, origin, address, subject, previous_hash, hash, signing_key,"
                    + " signature) values ('" + event + ", " + sequence + ", timestamp with time zone '2026-11-0" + sequence + " 12:00:00+00', 'ann', 'SESSION', '::1', '',"
                    + " '0', 'h', 'k', 's')");
        }
        kind.to("16", source);
        assertEquals(List.of("gone"), rows(source, "select id from removed_tenant"));
        assertEquals(List.of("1"), rows(source, "select count(*) from removed_tenant where removed_at = timestamp with time zone '2026-11-03 12:00:00+00'"));
        assertEquals(List.of("6"), rows(source, "select count(*) from audit_event"));
    }

    @ParameterizedTest
    @EnumSource
    void noWorkerIsDrainedAndWhatIsServedStays(TestDatabase kind) {
        DataSource source = kind.at("1");
        run(source, FIRST);
        kind.to("20", source);
        assertEquals(List.of("m"), rows(source, "select name from placed_model"));
        assertEquals(List.of(), rows(source, "select name from drained_worker"));
    }

    @ParameterizedTest
    @EnumSource
    void theAddressesThatKeysWereUsedFromStayKnown(TestDatabase kind) {
        DataSource source = kind.at("16");
        run(source, "insert into key_address values ('k', '10.0.0.1', current_timestamp)");
        kind.to("17", source);
        assertEquals(List.of("k,10.0.0.1,0"), rows(source, "select key_id, address, (select count(*) from key_address_day) from key_address"));
    }

    @ParameterizedTest
    @EnumSource
    void noSecretIsKnownYetAndKeysRestOnTheirPepper(TestDatabase kind) {
        DataSource source = kind.at("1");
        run(source, FIRST);
        kind.to("21", source);
        assertEquals(List.of("k,1:h"), rows(source, "select id, key_hash from api_key"));
        assertEquals(List.of(), rows(source, "select secret from secret_in_use"));
    }

    private static void run(DataSource source, String... statements) {
        for (String statement : statements) {
            TestDatabase.execute(source, statement);
        }
    }

    private static List<String> rows(DataSource source, String query) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join(",", columns));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return rows;
    }
}
