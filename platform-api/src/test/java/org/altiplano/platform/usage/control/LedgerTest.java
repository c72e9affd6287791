package org.altiplano.platform.usage.control;

import static org.altiplano.platform.usage.control.TestLedger.ANN;
import static org.altiplano.platform.usage.control.TestLedger.NOON;
import static org.altiplano.platform.usage.control.TestLedger.demand;
import static org.altiplano.platform.usage.control.TestLedger.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reservations and settlements on real databases. */
class LedgerTest {

    @ParameterizedTest
    @EnumSource
    void writesOneRowPerGenerationAndNoneTwice(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.reserve("g1", NOON, demand("a", 10, 20), demand("b", 0, 20));
        assertEquals(2, ledger.settlements.settle(List.of(ended("a", 10, 4, 7), ended("b", 0, 0, 20))));
        assertEquals(0, ledger.settlements.settle(List.of(ended("a", 10, 4, 7), ended("b", 0, 0, 20))), "settled already");
        assertEquals("a acme ann k1 m 10 4 7 50 stop 13900", ledger.one("select generation_id, tenant_id, owner, key_id, model, tokens_in,"
                + " tokens_cached, tokens_out, ttft_ms, finish_reason, money from usage_ledger where generation_id = 'a'"));
        assertEquals("2 10 4 27 43900", ledger.one("select generations, tokens_in, tokens_cached, tokens_out, money from usage_day"));
        assertEquals("0", ledger.one("select count(*) from usage_reservation"));
    }

    @ParameterizedTest
    @EnumSource
    void writesNothingForAGenerationThatNeverBeganButGivesBackWhatItHeld(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100));
        ledger.reserve("g1", NOON, demand("a", 10, 90));
        assertEquals(1, ledger.settlements.settle(List.of(new Ended("a", false, 0, 0, 0, Optional.empty(), Duration.ZERO, "no_worker"))));
        assertEquals("0 0", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
        assertEquals("0", ledger.one("select count(*) from usage_ledger"));
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredRequestsAtOnceNeverOverspendByOneToken(TestDatabase kind) throws Exception {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 1_000));
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 700));
        Random random = new Random(7);
        List<Integer> sizes = IntStream.range(0, 200).mapToObj(i -> 1 + random.nextInt(40)).toList();
        AtomicLong spent = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(32);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            int request = i;
            int most = sizes.get(i);
            all.add(threads.submit(() -> {
                Spender spender = request % 3 == 0 ? new Spender("acme", "bob", "k2") : ANN;
                try {
                    ledger.reserve(request % 2 == 0 ? "g1" : "g2", spender, NOON, demand("r" + request, 5, most));
                } catch (ProblemException full) {
                    assertEquals("insufficient_quota", full.problem().type());
                    refused.incrementAndGet();
                    return;
                }
                long used = 5 + (request % 2 == 0 ? most : most / 2);
                ledger.settlements.settle(List.of(ended("r" + request, 5, 0, used - 5)));
                spent.addAndGet(used);
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        assertEquals(spent.get() + " 0", ledger.one("select tokens_spent, tokens_reserved from usage_window where policy_id = 'tenant'"));
        assertTrue(Long.parseLong(ledger.one("select tokens_spent from usage_window where policy_id = 'tenant'")) <= 1_000);
        assertTrue(Long.parseLong(ledger.one("select tokens_spent from usage_window where policy_id = 'keyk1'")) <= 700);
        assertEquals(Long.toString(spent.get()), ledger.one("select sum(tokens_in + tokens_out) from usage_ledger"));
        assertEquals(Long.toString(200 - refused.get()), ledger.one("select count(*) from usage_ledger"));
        assertEquals(ledger.one("select tokens_spent from usage_window where policy_id = 'tenant'"), ledger.one("select sum(tokens_in + tokens_out) from usage_day"));
        assertTrue(refused.get() > 0 && spent.get() > 900, "the budget is used up: " + spent + " of 1000, " + refused + " refused");
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetOfMoneyHoldsThePromptAndTheLongestAnswerAtThePrice(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.OWNER, "ann", UsageLimits.NONE.with(Limit.MONEY_PER_MONTH, 10 * 500 + 20 * 1_500));
        ledger.reserve("g1", NOON, demand("a", 10, 20));
        ProblemException full = assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("b", 0, 1)));
        assertEquals("insufficient_quota", full.problem().code().orElseThrow());
        assertEquals(Duration.between(NOON, Instant.parse("2026-12-01T00:00:00Z")), full.problem().retryAfter().orElseThrow());
        ledger.settlements.settle(List.of(ended("a", 10, 10, 0)));
        assertEquals("1000 0", ledger.one("select money_spent, money_reserved from usage_window"));
        ledger.reserve("g1", NOON, demand("c", 0, 22));
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetCountsWhatWasUsedBeforeItWasSet(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.reserve("g1", NOON, demand("a", 10, 20));
        ledger.settlements.settle(List.of(ended("a", 10, 0, 20)));
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 40));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("b", 5, 6)));
        ledger.reserve("g1", NOON, demand("c", 5, 5));
        ledger.reserve("g1", NOON.plus(Duration.ofDays(1)), demand("d", 5, 35));
    }

    @ParameterizedTest
    @EnumSource
    void reservesUnderAllPoliciesOrUnderNone(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100));
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 10));
        ledger.reserve("g1", NOON, demand("a", 5, 5));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("b", 1, 0)));
        assertEquals("10", ledger.one("select tokens_reserved from usage_window where policy_id = 'tenant'"));
        assertEquals("1", ledger.one("select count(*) from usage_reservation"));
    }

    @ParameterizedTest
    @EnumSource
    void twoSettlersOfTheSameGenerationsWriteThemOnce(TestDatabase kind) throws Exception {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 1_000_000));
        List<Ended> all = IntStream.range(0, 40).mapToObj(i -> {
            ledger.reserve("g1", NOON, demand("r" + i, 1, 9));
            return ended("r" + i, 1, 0, 9);
        }).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> settled = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            settled.add(threads.submit(() -> all.stream().mapToInt(one -> ledger.settlements.settle(List.of(one))).sum()));
        }
        int sum = 0;
        for (Future<Integer> one : settled) {
            sum += one.get();
        }
        threads.shutdown();
        assertEquals(40, sum);
        assertEquals("400 0", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
        assertEquals("40 400", ledger.one("select count(*), sum(tokens_in + tokens_out) from usage_ledger"));
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetHoldsItsLastTokenAndNotOneMore(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_MONTH, 30));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("a", 10, 21)));
        ledger.reserve("g1", NOON, demand("b", 10, 20));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("c", 1, 0)));
        ledger.settlements.settle(List.of(ended("b", 10, 0, 19)));
        ledger.reserve("g1", NOON, demand("d", 0, 1));
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetThatIsTakenAwayAndSetAgainCountsWhatWasUsedMeanwhile(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        UsagePolicy policy = ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100));
        ledger.reserve("g1", NOON, demand("a", 10, 20));
        assertTrue(ledger.policies.replace(changed(policy, 1, UsageLimits.NONE), NOON));
        ledger.reserve("g1", NOON, demand("b", 10, 20));
        ledger.settlements.settle(List.of(ended("a", 10, 0, 20), ended("b", 10, 0, 20)));
        assertTrue(ledger.policies.replace(changed(policy, 2, policy.limits()), NOON));
        assertFalse(ledger.policies.replace(changed(policy, 2, UsageLimits.NONE), NOON), "somebody else was faster");
        assertEquals("60 0", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("c", 20, 21)));
        ledger.reserve("g1", NOON, demand("d", 20, 20));
    }

    @ParameterizedTest
    @EnumSource
    void aPolicyThatWasDeletedAMomentAgoLimitsNothing(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100).with(Limit.REQUESTS_PER_MINUTE, 1));
        Order seenBefore = ledger.order(ANN, NOON, demand("a", 10, 20));
        assertTrue(ledger.policies.delete("tenant", 1));
        ledger.reserve("g2", seenBefore);
        assertEquals(1, ledger.settlements.settle(List.of(ended("a", 10, 0, 20))));
    }

    @ParameterizedTest
    @EnumSource
    void aKeyThatTookTheirPlaceIsBoundByTheLimitsOfThoseBeforeIt(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        for (String key : List.of("k1', 'k2", "k2', 'k3", "k3', 'k4")) {
            TestDatabase.execute(ledger.source, "insert into api_key (id, replaced_by, tenant_id, name, last4, key_hash, created_at) values ('" + key
                    + "', 'acme', 'n', '1234', 'h', current_timestamp)");
        }
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 30));
        ledger.policy(Scope.KEY, "k3", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 20));
        ledger.reserve("g1", new Spender("acme", "ann", "k1"), NOON, demand("a", 0, 20));
        Spender third = new Spender("acme", "ann", "k3");
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", third, NOON, demand("b", 0, 11)));
        ledger.reserve("g1", third, NOON, demand("c", 0, 10));
        assertEquals(1, ledger.policies.binding(new Spender("acme", "ann", "k2")).size(), "not by those after it");
        assertEquals(0, ledger.policies.binding(new Spender("acme", "ann", "")).size());
    }

    private static UsagePolicy changed(UsagePolicy policy, long version, UsageLimits limits) {
        return new UsagePolicy(policy.id(), policy.tenant(), policy.scope(), policy.subject(), limits, Keeper.PLATFORM, version);
    }
}
