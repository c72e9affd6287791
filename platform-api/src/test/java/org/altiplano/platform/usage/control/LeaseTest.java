package org.altiplano.platform.usage.control;

import static org.altiplano.platform.usage.control.TestLedger.NOON;
import static org.altiplano.platform.usage.control.TestLedger.demand;
import static org.altiplano.platform.usage.control.TestLedger.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose generations are alive, and what becomes of those that are not, on real databases. */
class LeaseTest {

    private long nanos = Long.MAX_VALUE - 5;

    @ParameterizedTest
    @EnumSource
    void settlesWhatADeadGatewayLeftBehindOnceAsOfItsLastCheckpoint(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100));
        runThreeTokens(ledger);
        assertEquals(List.of(), ledger.settlements.orphans(NOON, 9), "its lease still runs");
        letLeasesRunOut(ledger);
        List<Ended> orphans = ledger.settlements.orphans(NOON, 9);
        assertEquals(1, ledger.settlements.settle(orphans));
        assertEquals(0, ledger.settlements.settle(orphans));
        assertEquals("10 3 gateway_lost", ledger.one("select tokens_in, tokens_out, finish_reason from usage_ledger"));
        assertEquals("13 0", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
    }

    @ParameterizedTest
    @EnumSource
    void whatAGatewayTakenForDeadSaysOfItsGenerationsIsWrittenOverItsRowOnce(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100).with(Limit.CONCURRENT_GENERATIONS, 1));
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.MONEY_PER_MONTH, 1_000_000));
        ledger.policy(Scope.KEY, "k2", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100));
        ledger.reserve("g2", new Spender("other", "bob", "k2"), NOON, demand("b", 1, 1));
        runThreeTokens(ledger);
        letLeasesRunOut(ledger);
        assertEquals(2, ledger.settlements.settle(ledger.settlements.orphans(NOON, 9)));
        for (int i = 0; i < 2; i++) {
            assertEquals(0, ledger.settlements.settle(List.of(ended("a", 10, 4, 50))));
            assertEquals("a 10 4 50 stop 78400", ledger.one("select generation_id, tokens_in, tokens_cached, tokens_out, finish_reason, money"
                    + " from usage_ledger where tenant_id = 'acme'"));
            assertEquals("1 10 4 50 78400", ledger.one("select generations, tokens_in, tokens_cached, tokens_out, money from usage_day where tenant_id = 'acme'"));
            assertEquals("60 0", ledger.one("select tokens_spent, tokens_reserved from usage_window where policy_id = 'tenant'"));
            assertEquals("78400 0", ledger.one("select money_spent, money_reserved from usage_window where policy_id = 'keyk1'"));
            assertEquals("0", ledger.one("select running from usage_meter where policy_id = 'tenant'"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void callsNobodyDeadBeforeItHasItselfReachedTheDatabaseForAWhile(TestDatabase kind) {
        GatewayLease lease = new GatewayLease(new TestLedger(kind).database, "g1", () -> nanos);
        assertFalse(lease.mayBury());
        for (Duration passed = Duration.ZERO; passed.compareTo(GatewayLease.LIFE) <= 0; passed = passed.plus(GatewayLease.PERIOD)) {
            assertFalse(lease.mayBury());
            lease.renew(List.of());
            nanos += GatewayLease.PERIOD.toNanos();
        }
        assertTrue(lease.mayBury());
        nanos += GatewayLease.LIFE.toNanos();
        lease.renew(List.of());
        assertFalse(lease.mayBury(), "it was away for as long as a lease lives");
    }

    @ParameterizedTest
    @EnumSource
    void aGatewayThatCouldDoNothingForAWhileRenewsItsLeaseBeforeItReserves(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        GatewayLease lease = new GatewayLease(ledger.database, "frozen", () -> nanos);
        lease.renew(List.of());
        TestDatabase.execute(ledger.source, "update gateway_lease set expires_at = current_timestamp - interval '1' hour");
        lease.forgetTheDead();
        assertEquals("0", ledger.one("select count(*) from gateway_lease"));
        nanos += GatewayLease.LIFE.toNanos() - 1;
        lease.renewIfRunOut();
        assertEquals("0", ledger.one("select count(*) from gateway_lease"), "what it cannot know it does not ask the database for each time");
        nanos++;
        lease.renewIfRunOut();
        ledger.reserve("frozen", NOON, demand("a", 1, 1));
        assertEquals(List.of(), ledger.settlements.orphans(NOON, 9));
    }

    @ParameterizedTest
    @EnumSource
    void aDeadGatewayIsNotForgottenBeforeAllItHadIsSettled(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        runThreeTokens(ledger);
        letLeasesRunOut(ledger);
        GatewayLease other = new GatewayLease(ledger.database, "g2", () -> nanos);
        other.forgetTheDead();
        assertEquals("1", ledger.one("select count(*) from gateway_lease"));
        ledger.settlements.settle(ledger.settlements.orphans(NOON, 9));
        other.forgetTheDead();
        assertEquals("0", ledger.one("select count(*) from gateway_lease"));
    }

    /** Of a prompt of ten tokens. */
    private void runThreeTokens(TestLedger ledger) {
        RunningGeneration running = new RunningGeneration("a", true, NOON);
        ledger.reserve("dead", NOON, demand("a", 10, 90));
        running.accepted(10);
        running.produced(3);
        new GatewayLease(ledger.database, "dead", () -> nanos).renew(List.of(running));
    }

    private static void letLeasesRunOut(TestLedger ledger) {
        TestDatabase.execute(ledger.source, "update gateway_lease set expires_at = current_timestamp - interval '1' hour");
    }
}
