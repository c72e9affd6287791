package org.altiplano.platform.tenants.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.audit.control.ChainChecks;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.platform.tenants.entity.TenantAccount.Status;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.audit.ChainCheck;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is deleted of a tenant for good, on real databases. */
class TenantErasureTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Instant LATER = NOON.plusSeconds(1);
    private static final AuditKey KEY = AuditKey.parse(List.of(AuditKey.generate(new SecureRandom())));
    private static final List<String> TABLES = List.of("content_log", "key_address", "key_address_day", "usage_window", "usage_meter", "usage_policy", "realm_session",
            "console_session", "recovery_code", "second_factor", "platform_user", "api_key", "content_log_setting", "tenant_model");

    @ParameterizedTest
    @EnumSource
    void deletesWhatIsOfTheTenantWhenTheGraceIsOverAndNothingOfOthers(TestDatabase kind) {
        DataSource source = kind.migrated();
        fill(source, "acme");
        fill(source, "other");
        TestDatabase.execute(source, "insert into usage_day values ('acme', current_date, 'm', 'u', 'k', 1, 10, 0, 30, 0)");
        TenantErasure erasure = deleted(source);
        assertEquals(List.of(), erasure.due(NOON));
        assertTrue(erasure.next("acme", NOON), "nothing to do yet");
        assertEquals(2, TestDatabase.count(source, "tenant"));
        assertEquals(List.of("acme"), erasure.due(LATER));
        assertTrue(erasure.next("acme", LATER));
        assertEquals(Optional.empty(), new Tenants(new Database(source)).find("acme"));
        for (String table : TABLES) {
            assertEquals(1, TestDatabase.count(source, table), table);
        }
        assertEquals(1, TestDatabase.count(source, "tenant where id = 'other'"));
        assertEquals(1, TestDatabase.count(source, "usage_day"), "what it used is kept");
    }

    @ParameterizedTest
    @EnumSource
    void takesFewRowsAtATimeAndGoesOnWhereAGatewayWasKilled(TestDatabase kind) {
        DataSource source = kind.migrated();
        fill(source, "acme");
        int requests = 2 * TenantErasure.PIECE + 300;
        fillContent(source, requests);
        TenantErasure erasure = deleted(source);
        int left = left(source);
        int pieces = 0;
        while (!erasure.next("acme", LATER)) {
            pieces++;
            assertEquals(left - pieces * TenantErasure.PIECE, left(source));
            assertEquals(1, TestDatabase.count(source, "tenant where id = 'acme'"), "the last piece alone ends it");
            // As another gateway, or the same that was started again.
            erasure = new TenantErasure(new Database(source), log(source));
        }
        assertEquals(2, pieces);
        assertEquals(0, left(source));
        assertEquals(1, TestDatabase.count(source, "removed_tenant where id = 'acme'"));
    }

    @ParameterizedTest
    @EnumSource
    void endsOnceAndIsAuditedOnceHoweverManyGatewaysDoIt(TestDatabase kind) throws Exception {
        DataSource source = kind.migrated();
        AuditLog log = log(source);
        log.append(new AuditLog.Deed("acme", NOON, "ann", "SESSION", "::1", "DELETE /admin/v1/tenants/acme", "acme", 200));
        fillContent(source, 3 * TenantErasure.PIECE);
        deleted(source);
        ExecutorService gateways = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int gateway = 0; gateway < 4; gateway++) {
            TenantErasure erasure = new TenantErasure(new Database(source), log);
            all.add(gateways.submit(() -> {
                while (!erasure.next("acme", LATER)) {
                    Thread.onSpinWait();
                }
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        gateways.shutdown();
        assertEquals(0, left(source));
        assertEquals(List.of("DELETE /admin/v1/tenants/acme", "deleted for good"),
                log.events("acme", 0, 10).stream().map(sealed -> sealed.event().action()).toList());
        ChainChecks.Stretch checked = new ChainChecks(log, KEY).check("acme", ChainCheck.Seen.NOTHING);
        assertTrue(checked.over() && checked.fault().isEmpty(), checked.toString());
    }

    private static TenantErasure deleted(DataSource source) {
        Database database = new Database(source);
        assertTrue(new Tenants(database).replace(new TenantAccount("acme", "Acme", Status.DELETED, 1, Optional.of(Set.of("m")), Optional.of(NOON), NOON, 1)));
        return new TenantErasure(database, log(source));
    }

    private static AuditLog log(DataSource source) {
        return new AuditLog(new Database(source), KEY);
    }

    private static int left(DataSource source) {
        return TABLES.stream().mapToInt(table -> TestDatabase.count(source, table)).sum();
    }

    private static void fillContent(DataSource source, int requests) {
        String row = "insert into content_log (position, tenant_id, request_id, owner, key_id, model, happened_at, content)"
                + " values ('%1$d-more', 'acme', 'r%1$d', 'u', 'k', 'm', current_timestamp, 'secret')";
        for (int i = 0; i < requests; i++) {
            TestDatabase.execute(source, row.formatted(i));
        }
    }

    /** One row of a tenant in every table. */
    private static void fill(DataSource source, String tenant) {
        for (String row : List.of("api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k-%1$s', '%1$s', 'n', '1234', 'h', current_timestamp)",
                "platform_user (username, tenant_id, password_hash, roles, created_at) values ('u-%1$s', '%1$s', 'h', 'r', current_timestamp)",
                "second_factor values ('u-%1$s', 'e', true, 1)", "recovery_code values ('u-%1$s', 'h')",
                "console_session (token_digest, username, created_at, expires_at) values ('t-%1$s', 'u-%1$s', current_timestamp, current_timestamp)",
                "realm_session (token_digest, tenant_id, subject, username, roles, sealed_token, created_at, renew_at, ends_at)"
                        + " values ('t-%1$s', '%1$s', 's', 'u', 'r', 't', current_timestamp, current_timestamp, current_timestamp)",
                "key_address (key_id, address, first_used_at) values ('k-%1$s', '::1', current_timestamp)",
                "key_address_day values ('k-%1$s', current_date, '%1$s', 1, 0)",
                "usage_policy (id, tenant_id, scope, subject, version) values ('p-%1$s', '%1$s', 'TENANT', '', 1)",
                "usage_meter (policy_id, running, requests, tokens, filled_at) values ('p-%1$s', 0, 0, 0, 0)",
                "usage_window values ('p-%1$s', 'day', current_timestamp, 0, 0, 0, 0)",
                "tenant_model values ('%1$s', 'm')",
                "content_log_setting (tenant_id, enabled, retention_days, version) values ('%1$s', true, 9, 1)",
                "content_log (position, tenant_id, request_id, owner, key_id, model, happened_at, content)"
                        + " values ('1-%1$s', '%1$s', 'r', 'u', 'k', 'm', current_timestamp, 'secret')")) {
            TestDatabase.execute(source, "insert into " + row.formatted(tenant));
        }
    }
}
