package org.altiplano.platform.usage.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.junit.jupiter.api.Test;

/** What is reserved for a request; a text has as many tokens as characters, and the model a context of 100. */
class AdmissionsTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Spender ANN = new Spender("acme", "ann", "k1");

    private final List<Order> reserved = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private final DataSource source = TestDatabase.H2.migrated();
    private final Tenants tenants = new Tenants(new Database(source));
    private final UsagePolicies policies = new UsagePolicies(new Database(source));
    private final Prices prices = new Prices(new Database(source));

    private final UsageLedger ledger = new UsageLedger() {
        @Override
        Standing reserve(Order order, List<RunningGeneration> generations) {
            reserved.add(order);
            return Standing.FREE;
        }
    };

    private final TokenizationBackend tokens = new TokenizationBackend() {
        @Override
        public CompletionStage<Tokenization> tokenize(String model, Prompt prompt) {
            counted.add(((Prompt.Text) prompt).text());
            return CompletableFuture.completedFuture(new Tokenization(new int[((Prompt.Text) prompt).text().length()], 100));
        }

        @Override
        public CompletionStage<String> detokenize(String model, int[] tokens) {
            throw new AssertionError("nobody asks for this");
        }
    };

    private final Admissions admissions = new Admissions(tenants, policies, prices, tokens, ledger, () -> NOON);

    @Test
    void countsNothingWhereNoLimitDependsOnIt() {
        policy(OptionalLong.empty(), OptionalLong.empty());
        assertEquals(List.of(OptionalInt.empty()), admit(OptionalInt.empty(), 1, "abc").maxTokens());
        assertEquals(List.of(), counted);
        assertEquals(0, reserved.get(0).tokens());
    }

    @Test
    void anAnswerOfAnyLengthReservesWhatTheContextHolds() {
        policy(OptionalLong.empty(), OptionalLong.of(1_000));
        assertEquals(List.of(OptionalInt.of(97)), admit(OptionalInt.empty(), 1, "abc").maxTokens());
        assertEquals(100, reserved.get(0).tokens());
    }

    @Test
    void anAnswerOfAnyLengthIsAsLongAsThePolicysContext() {
        policy(OptionalLong.of(10), OptionalLong.empty());
        assertEquals(List.of(OptionalInt.of(7)), admit(OptionalInt.empty(), 1, "abc").maxTokens());
        assertThrows(ProblemException.class, () -> admit(OptionalInt.of(8), 1, "abc"));
        assertThrows(ProblemException.class, () -> admit(OptionalInt.empty(), 1, "0123456789"));
    }

    @Test
    void severalAnswersToOnePromptReserveThePromptOnce() {
        policy(OptionalLong.empty(), OptionalLong.of(1_000));
        prices.set("m", new Price(2, 1, 3), OptionalLong.empty());
        Admissions.Admission admission = admit(OptionalInt.of(5), 2, "abc", "de");
        assertEquals(List.of("r-0", "r-1", "r-2", "r-3"), admission.generations().stream().map(RunningGeneration::id).toList());
        assertEquals(5 + 4 * 5, reserved.get(0).tokens());
        assertEquals(5 * 2 + 4 * 5 * 3, reserved.get(0).money());
    }

    @Test
    void reservesNoMoreForALongAnswerThanTheContextHolds() {
        policy(OptionalLong.empty(), OptionalLong.of(1_000));
        assertEquals(List.of(OptionalInt.of(Integer.MAX_VALUE)), admit(OptionalInt.of(Integer.MAX_VALUE), 1, "abc").maxTokens());
        assertEquals(103, reserved.get(0).tokens());
    }

    @Test
    void tellsTheTenantsWeight() {
        TenantAccount acme = tenants.find("acme").orElseThrow();
        tenants.replace(new TenantAccount("acme", "Acme", acme.status(), 2.5, Optional.empty(), Optional.empty(), acme.createdAt(), acme.version()));
        assertEquals(2.5, admit(OptionalInt.of(1), 1, "a").weight());
    }

    private void policy(OptionalLong maxContext, OptionalLong tokensPerDay) {
        UsageLimits limits = UsageLimits.NONE.with(Limit.REQUESTS_PER_MINUTE, 100);
        limits = maxContext.isPresent() ? limits.with(Limit.MAX_CONTEXT, maxContext.getAsLong()) : limits;
        limits = tokensPerDay.isPresent() ? limits.with(Limit.TOKENS_PER_DAY, tokensPerDay.getAsLong()) : limits;
        policies.create(new UsagePolicy("p", "acme", Scope.TENANT, "", limits, Keeper.PLATFORM, 1), NOON);
    }

    private Admissions.Admission admit(OptionalInt maxTokens, int choices, String... prompts) {
        return admissions.admit(new Admissions.Request("r", ANN, "m", List.of(prompts).stream().map(text -> (Prompt) new Prompt.Text(text, true)).toList(),
                choices, maxTokens, "prompt"));
    }
}
