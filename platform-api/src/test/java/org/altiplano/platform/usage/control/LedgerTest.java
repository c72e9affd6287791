package org.altiplano.platform.usage.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.altiplano.contract.Failure;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reservations and settlements on real databases. */
class LedgerTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Spender ANN = new Spender("acme", "ann", "k1");
    private static final Price PRICE = new Price(500, 100, 1_500);

    private DataSource source;
    private Database database;
    private Settlements settlements;
    private final List<UsagePolicy> policies = new ArrayList<>();

    @ParameterizedTest
    @EnumSource
    void writesOneRowPerGenerationAndNoneTwice(TestDatabase kind) {
        open(kind);
        gateway("g1").reserve(order(NOON, demand("a", 10, 20), demand("b", 0, 20)));
        assertEquals(2, settlements.settle(List.of(ended("a", 10, 4, 7), ended("b", 0, 0, 20))));
        assertEquals(0, settlements.settle(List.of(ended("a", 10, 4, 7), ended("b", 0, 0, 20))), "settled already");
        assertEquals("a acme ann k1 m 10 4 7 50 stop 13900", one("select generation_id, tenant_id, owner, key_id, model, tokens_in,"
                + " tokens_cached, tokens_out, ttft_ms, finish_reason, money from usage_ledger where generation_id = 'a'"));
        assertEquals("2 10 4 27 43900", one("select generations, tokens_in, tokens_cached, tokens_out, money from usage_day"));
        assertEquals("0", one("select count(*) from usage_reservation"));
    }

    @ParameterizedTest
    @EnumSource
    void writesNothingForAGenerationThatNeverBeganButGivesBackWhatItHeld(TestDatabase kind) {
        open(kind);
        policy(Scope.TENANT, "", tokensPerDay(100));
        gateway("g1").reserve(order(NOON, demand("a", 10, 90)));
        assertEquals(1, settlements.settle(List.of(new Ended("a", false, 0, 0, 0, Optional.empty(), Duration.ZERO, "no_worker"))));
        assertEquals("0 0", one("select tokens_spent, tokens_reserved from usage_window"));
        assertEquals("0", one("select count(*) from usage_ledger"));
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredRequestsAtOnceNeverOverspendByOneToken(TestDatabase kind) throws Exception {
        open(kind);
        policy(Scope.TENANT, "", tokensPerDay(1_000));
        policy(Scope.KEY, "k1", tokensPerDay(700));
        List<Reservations> gateways = List.of(gateway("g1"), gateway("g2"));
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
                    gateways.get(request % 2).reserve(new Order(spender, "m", PRICE, List.of(demand("r" + request, 5, most)), binding(spender), NOON));
                } catch (ProblemException full) {
                    assertEquals("insufficient_quota", full.problem().type());
                    refused.incrementAndGet();
                    return;
                }
                long used = 5 + (request % 2 == 0 ? most : most / 2);
                settlements.settle(List.of(ended("r" + request, 5, 0, used - 5)));
                spent.addAndGet(used);
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();
        assertEquals(spent.get() + " 0", one("select tokens_spent, tokens_reserved from usage_window where policy_id = 'tenant'"));
        assertTrue(Long.parseLong(one("select tokens_spent from usage_window where policy_id = 'tenant'")) <= 1_000);
        assertTrue(Long.parseLong(one("select tokens_spent from usage_window where policy_id = 'keyk1'")) <= 700);
        assertEquals(Long.toString(spent.get()), one("select sum(tokens_in + tokens_out) from usage_ledger"));
        assertEquals(Long.toString(200 - refused.get()), one("select count(*) from usage_ledger"));
        assertEquals(one("select tokens_spent from usage_window where policy_id = 'tenant'"), one("select sum(tokens_in + tokens_out) from usage_day"));
        assertTrue(refused.get() > 0 && spent.get() > 900, "the budget is used up: " + spent + " of 1000, " + refused + " refused");
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetOfMoneyHoldsThePromptAndTheLongestAnswerAtThePrice(TestDatabase kind) {
        open(kind);
        policy(Scope.OWNER, "ann", new Limits().moneyPerMonth(10 * 500 + 20 * 1_500));
        gateway("g1").reserve(order(NOON, demand("a", 10, 20)));
        ProblemException full = assertThrows(ProblemException.class, () -> gateway("g1").reserve(order(NOON, demand("b", 0, 1))));
        assertEquals("insufficient_quota", full.problem().code().orElseThrow());
        assertEquals(Duration.between(NOON, Instant.parse("2026-12-01T00:00:00Z")), full.problem().retryAfter().orElseThrow());
        settlements.settle(List.of(ended("a", 10, 10, 0)));
        assertEquals("1000 0", one("select money_spent, money_reserved from usage_window"));
        gateway("g1").reserve(order(NOON, demand("c", 0, 22)));
    }

    @ParameterizedTest
    @EnumSource
    void aBudgetCountsWhatWasUsedBeforeItWasSet(TestDatabase kind) {
        open(kind);
        gateway("g1").reserve(order(NOON, demand("a", 10, 20)));
        settlements.settle(List.of(ended("a", 10, 0, 20)));
        policy(Scope.KEY, "k1", tokensPerDay(40));
        assertThrows(ProblemException.class, () -> gateway("g1").reserve(order(NOON, demand("b", 5, 6))));
        gateway("g1").reserve(order(NOON, demand("c", 5, 5)));
        gateway("g1").reserve(order(NOON.plus(Duration.ofDays(1)), demand("d", 5, 35)));
    }

    @ParameterizedTest
    @EnumSource
    void limitsRequestsPerMinuteAndTellsWhenTheNextOneFits(TestDatabase kind) {
        open(kind);
        policy(Scope.KEY, "k1", new Limits().requestsPerMinute(3));
        Standing standing = gateway("g1").reserve(order(NOON, demand("a", 0, 0)));
        assertEquals("{x-ratelimit-limit-requests=3, x-ratelimit-remaining-requests=2, x-ratelimit-reset-requests=20s}", standing.headers().toString());
        gateway("g2").reserve(order(NOON, demand("b", 0, 0)));
        gateway("g1").reserve(order(NOON, demand("c", 0, 0), demand("d", 0, 0)));
        ProblemException refused = assertThrows(ProblemException.class, () -> gateway("g2").reserve(order(NOON.plusSeconds(5), demand("e", 0, 0))));
        assertEquals("rate_limit_exceeded", refused.problem().code().orElseThrow());
        assertEquals(Duration.ofSeconds(15), refused.problem().retryAfter().orElseThrow());
        assertEquals("0", ProblemException.headers(refused).get("x-ratelimit-remaining-requests"));
        gateway("g1").reserve(order(NOON.plusSeconds(20), demand("f", 0, 0)));
    }

    @ParameterizedTest
    @EnumSource
    void givesTokensOfTheMinuteBackThatWereReservedAndNotUsed(TestDatabase kind) {
        open(kind);
        policy(Scope.TENANT, "", new Limits().tokensPerMinute(100));
        gateway("g1").reserve(order(NOON, demand("a", 10, 90)));
        assertEquals(Duration.ofSeconds(12), assertThrows(ProblemException.class, () -> gateway("g1").reserve(order(NOON, demand("b", 10, 10))))
                .problem().retryAfter().orElseThrow());
        settlements.settle(List.of(ended("a", 10, 0, 30)));
        gateway("g1").reserve(order(NOON, demand("c", 10, 50)));
        ProblemException never = assertThrows(ProblemException.class, () -> gateway("g1").reserve(order(NOON, demand("d", 10, 91))));
        assertTrue(never.problem().retryAfter().isEmpty());
        assertEquals("false", ProblemException.headers(never).get("x-should-retry"));
    }

    @ParameterizedTest
    @EnumSource
    void limitsGenerationsAtOnce(TestDatabase kind) {
        open(kind);
        policy(Scope.TENANT, "", new Limits().concurrentGenerations(2));
        gateway("g1").reserve(order(NOON, demand("a", 0, 0), demand("b", 0, 0)));
        assertEquals("concurrency_limit_exceeded", assertThrows(ProblemException.class, () -> gateway("g2").reserve(order(NOON, demand("c", 0, 0))))
                .problem().code().orElseThrow());
        settlements.settle(List.of(ended("a", 0, 0, 9)));
        gateway("g2").reserve(order(NOON, demand("d", 0, 0)));
    }

    @ParameterizedTest
    @EnumSource
    void reservesUnderAllPoliciesOrUnderNone(TestDatabase kind) {
        open(kind);
        policy(Scope.TENANT, "", tokensPerDay(100));
        policy(Scope.KEY, "k1", tokensPerDay(10));
        gateway("g1").reserve(order(NOON, demand("a", 5, 5)));
        assertThrows(ProblemException.class, () -> gateway("g1").reserve(order(NOON, demand("b", 1, 0))));
        assertEquals("10", one("select tokens_reserved from usage_window where policy_id = 'tenant'"));
        assertEquals("1", one("select count(*) from usage_reservation"));
    }

    @ParameterizedTest
    @EnumSource
    void settlesWhatADeadGatewayLeftBehindOnceAsOfItsLastCheckpoint(TestDatabase kind) {
        open(kind);
        policy(Scope.TENANT, "", tokensPerDay(100));
        GatewayLease dead = new GatewayLease(database, "dead");
        RunningGeneration running = new RunningGeneration("a", true, NOON);
        gateway("dead").reserve(order(NOON, demand("a", 10, 90)));
        running.accepted(10);
        running.produced(3);
        dead.renew(List.of(running), NOON);
        assertEquals(List.of(), settlements.orphans(NOON.plusSeconds(14)), "its lease still runs");
        List<Ended> orphans = settlements.orphans(NOON.plusSeconds(16));
        assertEquals(1, settlements.settle(orphans));
        assertEquals(0, settlements.settle(orphans));
        assertEquals(0, settlements.settle(List.of(running.failed(Failure.Code.WORKER_LOST, NOON))), "the gateway comes back too late");
        assertEquals("10 3 gateway_lost", one("select tokens_in, tokens_out, finish_reason from usage_ledger"));
        assertEquals("13 0", one("select tokens_spent, tokens_reserved from usage_window"));
    }

    @ParameterizedTest
    @EnumSource
    void callsNobodyDeadBeforeItHasItselfReachedTheDatabaseForAWhile(TestDatabase kind) {
        open(kind);
        GatewayLease lease = new GatewayLease(database, "g1");
        Instant now = NOON;
        while (now.isBefore(NOON.plus(GatewayLease.LIFE))) {
            assertFalse(lease.mayBury());
            lease.renew(List.of(), now);
            now = now.plus(GatewayLease.PERIOD);
        }
        assertTrue(lease.mayBury());
    }

    @ParameterizedTest
    @EnumSource
    void twoSettlersOfTheSameGenerationsWriteThemOnce(TestDatabase kind) throws Exception {
        open(kind);
        policy(Scope.TENANT, "", tokensPerDay(1_000_000));
        List<Ended> all = IntStream.range(0, 40).mapToObj(i -> {
            gateway("g1").reserve(order(NOON, demand("r" + i, 1, 9)));
            return ended("r" + i, 1, 0, 9);
        }).toList();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> settled = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            settled.add(threads.submit(() -> all.stream().mapToInt(one -> settlements.settle(List.of(one))).sum()));
        }
        int sum = 0;
        for (Future<Integer> one : settled) {
            sum += one.get();
        }
        threads.shutdown();
        assertEquals(40, sum);
        assertEquals("400 0", one("select tokens_spent, tokens_reserved from usage_window"));
        assertEquals("40 400", one("select count(*), sum(tokens_in + tokens_out) from usage_ledger"));
    }

    private Reservations gateway(String id) {
        return new Reservations(database, id);
    }

    private void open(TestDatabase kind) {
        source = kind.migrated();
        database = new Database(source);
        settlements = new Settlements(database);
    }

    private void policy(Scope scope, String subject, Limits limits) {
        String id = (scope + subject).toLowerCase(Locale.ROOT);
        TestDatabase.execute(source, "insert into usage_policy (id, tenant_id, scope, subject, version) values ('" + id + "', 'acme', '" + scope + "', '"
                + subject + "', 1)");
        database.transact(connection -> {
            Meter.create(connection, id);
            return id;
        });
        policies.add(new UsagePolicy(id, "acme", scope, subject, limits.limits(), 1));
    }

    private List<UsagePolicy> binding(Spender spender) {
        return policies.stream().filter(policy -> policy.binds(spender)).toList();
    }

    private Order order(Instant time, Order.Demand... demands) {
        return new Order(ANN, "m", PRICE, List.of(demands), binding(ANN), time);
    }

    private static Order.Demand demand(String id, long in, long out) {
        return new Order.Demand(id, in, out);
    }

    private static Ended ended(String id, long in, long cached, long out) {
        return new Ended(id, true, in, cached, out, Optional.of(Duration.ofMillis(50)), Duration.ofSeconds(1), "stop");
    }

    private static Limits tokensPerDay(long tokens) {
        return new Limits().tokensPerDay(tokens);
    }

    private String one(String sql) {
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            StringBuilder text = new StringBuilder();
            row.next();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                text.append(i == 1 ? "" : " ").append(row.getString(i));
            }
            return text.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Limits by name. */
    private static final class Limits {
        private UsageLimits limits = UsageLimits.NONE;

        Limits requestsPerMinute(long value) {
            limits = new UsageLimits(OptionalLong.of(value), limits.tokensPerMinute(), limits.concurrentGenerations(), limits.maxContext(),
                    limits.tokensPerDay(), limits.tokensPerMonth(), limits.moneyPerDay(), limits.moneyPerMonth());
            return this;
        }

        Limits tokensPerMinute(long value) {
            limits = new UsageLimits(limits.requestsPerMinute(), OptionalLong.of(value), limits.concurrentGenerations(), limits.maxContext(),
                    limits.tokensPerDay(), limits.tokensPerMonth(), limits.moneyPerDay(), limits.moneyPerMonth());
            return this;
        }

        Limits concurrentGenerations(long value) {
            limits = new UsageLimits(limits.requestsPerMinute(), limits.tokensPerMinute(), OptionalLong.of(value), limits.maxContext(),
                    limits.tokensPerDay(), limits.tokensPerMonth(), limits.moneyPerDay(), limits.moneyPerMonth());
            return this;
        }

        Limits tokensPerDay(long value) {
            limits = new UsageLimits(limits.requestsPerMinute(), limits.tokensPerMinute(), limits.concurrentGenerations(), limits.maxContext(),
                    OptionalLong.of(value), limits.tokensPerMonth(), limits.moneyPerDay(), limits.moneyPerMonth());
            return this;
        }

        Limits moneyPerMonth(long value) {
            limits = new UsageLimits(limits.requestsPerMinute(), limits.tokensPerMinute(), limits.concurrentGenerations(), limits.maxContext(),
                    limits.tokensPerDay(), limits.tokensPerMonth(), limits.moneyPerDay(), OptionalLong.of(value));
            return this;
        }

        UsageLimits limits() {
            return limits;
        }
    }
}
