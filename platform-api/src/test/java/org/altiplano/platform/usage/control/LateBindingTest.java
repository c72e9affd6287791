package org.altiplano.platform.usage.control;

import static org.altiplano.platform.usage.control.TestLedger.ANN;
import static org.altiplano.platform.usage.control.TestLedger.NOON;
import static org.altiplano.platform.usage.control.TestLedger.demand;
import static org.altiplano.platform.usage.control.TestLedger.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Policies that are set while generations run, on real databases. */
class LateBindingTest {

    @ParameterizedTest
    @EnumSource
    void aNewBudgetCountsWhatRanBeforeItWhenThatEnds(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.reserve("g1", NOON, demand("a", 0, 0));
        ledger.reserve("g1", NOON.minus(Duration.ofDays(1)), demand("yesterday", 0, 0));
        ledger.reserve("g1", new Spender("acme", "bob", "k2"), NOON, demand("bobs", 0, 0));
        ledger.policy(Scope.OWNER, "ann", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100));
        ledger.reserve("g1", NOON, demand("b", 0, 20));
        ledger.settlements.settle(List.of(ended("a", 10, 0, 30), ended("yesterday", 1, 0, 1), ended("bobs", 1, 0, 1)));
        assertEquals("40 20", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("c", 1, 40)));
        ledger.reserve("g1", NOON, demand("d", 0, 40));
    }

    @ParameterizedTest
    @EnumSource
    void aNewBudgetHoldsAtOnceWhatIsKnownToBeHeld(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 1_000));
        ledger.reserve("g1", NOON, demand("a", 10, 20));
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 40).with(Limit.MONEY_PER_MONTH, 1_000_000));
        assertEquals("2 30 35000", ledger.one("select count(*), min(tokens_reserved), min(money_reserved) from usage_window where policy_id = 'keyk1'"));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("b", 0, 11)));
        ledger.settlements.settle(List.of(ended("a", 5, 0, 5)));
        assertEquals("10 0", ledger.one("select tokens_spent, tokens_reserved from usage_window where policy_id = 'keyk1' and period = 'day'"));
        assertEquals("10 0", ledger.one("select tokens_spent, tokens_reserved from usage_window where policy_id = 'tenant'"));
    }

    @ParameterizedTest
    @EnumSource
    void aNewLimitOfGenerationsAtOnceCountsThoseThatRunAndLeavesTheRatesAlone(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.reserve("g1", NOON, demand("a", 0, 0), demand("b", 0, 0));
        UsagePolicy policy = ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.CONCURRENT_GENERATIONS, 2).with(Limit.TOKENS_PER_MINUTE, 100));
        assertEquals("concurrency_limit_exceeded", assertThrows(ProblemException.class, () -> ledger.reserve("g2", NOON, demand("c", 0, 0)))
                .problem().code().orElseThrow());
        assertTrue(ledger.policies.replace(new UsagePolicy(policy.id(), policy.tenant(), policy.scope(), policy.subject(),
                policy.limits().with(Limit.REQUESTS_PER_MINUTE, 60), Keeper.PLATFORM, 1), NOON));
        assertEquals("2", ledger.one("select running from usage_meter"), "counted once, however often the policy is changed");
        ledger.settlements.settle(List.of(ended("a", 0, 0, 5_000)));
        ledger.reserve("g2", NOON, demand("d", 10, 90));
        ledger.settlements.settle(List.of(ended("b", 0, 0, 9), ended("d", 10, 0, 90)));
        assertEquals("0", ledger.one("select running from usage_meter"));
    }

    @ParameterizedTest
    @EnumSource
    void aPolicyThatGetsLimitsCountsWhatRunsAndAKeyThatTookItsKeysPlace(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        TestDatabase.execute(ledger.source, "insert into api_key (id, replaced_by, tenant_id, name, last4, key_hash, created_at) values ('k1', 'k2', 'acme',"
                + " 'n', '1234', 'h', current_timestamp)");
        UsagePolicy policy = ledger.policy(Scope.KEY, "k1", UsageLimits.NONE);
        ledger.reserve("g1", ANN, NOON, demand("a", 0, 0));
        ledger.reserve("g1", new Spender("acme", "ann", "k2"), NOON, demand("b", 0, 0));
        ledger.reserve("g1", new Spender("acme", "ann", "k3"), NOON, demand("c", 0, 0));
        assertTrue(ledger.policies.replace(new UsagePolicy(policy.id(), "acme", Scope.KEY, "k1", UsageLimits.NONE.with(Limit.CONCURRENT_GENERATIONS, 3)
                .with(Limit.TOKENS_PER_DAY, 50), Keeper.PLATFORM, 1), NOON));
        assertEquals("2", ledger.one("select running from usage_meter"));
        ledger.settlements.settle(List.of(ended("a", 1, 0, 9), ended("b", 1, 0, 19), ended("c", 1, 0, 29)));
        assertEquals("30 0 0", ledger.one("select tokens_spent, tokens_reserved, (select running from usage_meter) from usage_window"));
    }

    @ParameterizedTest
    @EnumSource
    void whatEndsWhileTheBudgetIsSetIsCountedOnce(TestDatabase kind) throws Exception {
        TestLedger ledger = new TestLedger(kind);
        List<Ended> all = IntStream.range(0, 60).mapToObj(i -> {
            ledger.reserve("g1", NOON, demand("r" + i, 0, 0));
            return ended("r" + i, 1, 0, 9);
        }).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch some = new CountDownLatch(10);
        List<Future<?>> settling = new ArrayList<>();
        for (Ended one : all) {
            settling.add(threads.submit(() -> {
                ledger.settlements.settle(List.of(one));
                some.countDown();
            }));
        }
        some.await();
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 10_000).with(Limit.CONCURRENT_GENERATIONS, 1_000));
        for (Future<?> one : settling) {
            one.get();
        }
        threads.shutdown();
        ledger.reserve("g1", NOON, demand("last", 0, 1));
        assertEquals("600 1 1", ledger.one("select tokens_spent, tokens_reserved, (select running from usage_meter) from usage_window"));
    }
}
