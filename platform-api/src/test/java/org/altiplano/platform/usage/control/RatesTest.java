package org.altiplano.platform.usage.control;

import static org.altiplano.platform.usage.control.TestLedger.NOON;
import static org.altiplano.platform.usage.control.TestLedger.demand;
import static org.altiplano.platform.usage.control.TestLedger.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits per minute and of generations at once, on real databases. */
class RatesTest {

    @ParameterizedTest
    @EnumSource
    void limitsRequestsPerMinuteAndTellsWhenTheNextOneFits(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.KEY, "k1", UsageLimits.NONE.with(Limit.REQUESTS_PER_MINUTE, 3));
        Standing standing = ledger.reserve("g1", NOON, demand("a", 0, 0));
        assertEquals("{x-ratelimit-limit-requests=3, x-ratelimit-remaining-requests=2, x-ratelimit-reset-requests=20s}", standing.headers().toString());
        ledger.reserve("g2", NOON, demand("b", 0, 0));
        ledger.reserve("g1", NOON, demand("c", 0, 0), demand("d", 0, 0));
        ProblemException refused = assertThrows(ProblemException.class, () -> ledger.reserve("g2", NOON.plusSeconds(5), demand("e", 0, 0)));
        assertEquals("rate_limit_exceeded", refused.problem().code().orElseThrow());
        assertEquals(Duration.ofSeconds(15), refused.problem().retryAfter().orElseThrow());
        assertEquals("0", ProblemException.headers(refused).get("x-ratelimit-remaining-requests"));
        ledger.reserve("g1", NOON.plusSeconds(20), demand("f", 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void givesTokensOfTheMinuteBackThatWereReservedAndNotUsed(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_MINUTE, 100));
        ledger.reserve("g1", NOON, demand("a", 10, 90));
        assertEquals(Duration.ofSeconds(12), assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("b", 10, 10)))
                .problem().retryAfter().orElseThrow());
        ledger.settlements.settle(List.of(ended("a", 10, 0, 30)));
        ledger.reserve("g1", NOON, demand("c", 10, 50));
        ProblemException never = assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demand("d", 10, 91)));
        assertTrue(never.problem().retryAfter().isEmpty());
        assertEquals("false", ProblemException.headers(never).get("x-should-retry"));
    }

    @ParameterizedTest
    @EnumSource
    void limitsGenerationsAtOnce(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.CONCURRENT_GENERATIONS, 2));
        ledger.reserve("g1", NOON, demand("a", 0, 0), demand("b", 0, 0));
        assertEquals("concurrency_limit_exceeded", assertThrows(ProblemException.class, () -> ledger.reserve("g2", NOON, demand("c", 0, 0)))
                .problem().code().orElseThrow());
        ledger.settlements.settle(List.of(ended("a", 0, 0, 9)));
        ledger.reserve("g2", NOON, demand("d", 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void limitsTokensOfPromptsAndOfAnswersApartToTheLastOne(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_IN_PER_MINUTE, 60).with(Limit.TOKENS_OUT_PER_MINUTE, 120));
        assertTrue(refused(ledger, demand("a", 61, 1)).problem().retryAfter().isEmpty(), "more than a minute ever gives");
        assertTrue(refused(ledger, demand("b", 1, 121)).problem().message().contains("output tokens per minute: limit 120, remaining 120, requested 121"));
        assertEquals("{x-ratelimit-limit-input-tokens=60, x-ratelimit-remaining-input-tokens=0, x-ratelimit-reset-input-tokens=60s,"
                + " x-ratelimit-limit-output-tokens=120, x-ratelimit-remaining-output-tokens=20, x-ratelimit-reset-output-tokens=50s}",
                ledger.reserve("g1", NOON, demand("c", 60, 100)).headers().toString());
        ProblemException noPrompt = refused(ledger, demand("d", 1, 0));
        assertEquals("tokens", noPrompt.problem().type());
        assertEquals(Duration.ofSeconds(1), noPrompt.problem().retryAfter().orElseThrow());
        assertEquals(Duration.ofSeconds(1), refused(ledger, demand("e", 0, 21)).problem().retryAfter().orElseThrow());
        assertEquals(Duration.ofSeconds(10), refused(ledger, demand("e", 1, 40)).problem().retryAfter().orElseThrow(), "until both fit");
        assertTrue(refused(ledger, demand("e", 1, 121)).problem().retryAfter().isEmpty(), "one of both never fits");
        ledger.reserve("g2", NOON, demand("f", 0, 20));
        ledger.settlements.settle(List.of(ended("c", 59, 0, 70)));
        ledger.reserve("g1", NOON, demand("g", 1, 30));
        refused(ledger, demand("h", 0, 1));
        refused(ledger, demand("i", 1, 0));
        assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON.plusMillis(999), demand("j", 1, 0)));
        ledger.reserve("g1", NOON.plusMillis(1_000), demand("k", 1, 2));
    }

    @ParameterizedTest
    @EnumSource
    void tellsARequestThatItNeverFitsAmongTheGenerationsAtOnce(TestDatabase kind) {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.CONCURRENT_GENERATIONS, 2));
        ProblemException never = refused(ledger, demand("a", 0, 0), demand("b", 0, 0), demand("c", 0, 0));
        assertTrue(never.problem().retryAfter().isEmpty());
        assertEquals("false", ProblemException.headers(never).get("x-should-retry"));
        ledger.reserve("g1", NOON, demand("a", 0, 0), demand("b", 0, 0));
        assertEquals(Duration.ofSeconds(1), refused(ledger, demand("d", 0, 0)).problem().retryAfter().orElseThrow());
    }

    private static ProblemException refused(TestLedger ledger, Order.Demand... demands) {
        return assertThrows(ProblemException.class, () -> ledger.reserve("g1", NOON, demands));
    }
}
