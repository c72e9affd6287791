package org.altiplano.platform.usage.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.contract.TokenizationBackend.Tokenization;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.platform.tenants.entity.TenantAccount;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Decides whether a request may begin, and reserves what it may use. Owns nothing; any thread, which it blocks: the
 * database answers, and a worker where the prompt's tokens must be counted because a limit depends on them.
 */
@ApplicationScoped
public class Admissions {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * What asks to begin.
     *
     * @param id of the request
     * @param choices answers per prompt
     * @param maxTokens longest answer, if the caller says
     * @param promptParameter what the caller calls the prompt
     */
    public record Request(String id, Spender spender, String model, List<Prompt> prompts, int choices, OptionalInt maxTokens,
                          String promptParameter) {
    }

    /**
     * What may begin.
     *
     * @param generations one per choice, those of one prompt side by side
     * @param maxTokens longest answer of each
     * @param weight of the tenant
     * @param headers told with the answer
     */
    public record Admission(List<RunningGeneration> generations, List<OptionalInt> maxTokens, double weight, Map<String, String> headers) {
    }

    private final Tenants tenants;
    private final UsagePolicies policies;
    private final Prices prices;
    private final TokenizationBackend tokens;
    private final UsageLedger ledger;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected Admissions() {
        this(null, null, null, null, null, null);
    }

    @Inject
    public Admissions(Tenants tenants, UsagePolicies policies, Prices prices, TokenizationBackend tokens, UsageLedger ledger,
                      InstantSource clock) {
        this.tenants = tenants;
        this.policies = policies;
        this.prices = prices;
        this.tokens = tokens;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** @throws ProblemException if the tenant is not served, may not use the model, or has no room */
    public Admission admit(Request request) {
        TenantAccount tenant = tenants.serving(request.spender().tenant(), request.model());
        List<UsagePolicy> binding = policies.binding(request.spender());
        boolean counts = binding.stream().anyMatch(policy -> policy.limits().countsTokens());
        Instant now = clock.instant();
        List<Order.Demand> demands = new ArrayList<>();
        List<RunningGeneration> generations = new ArrayList<>();
        List<OptionalInt> maxTokens = new ArrayList<>();
        for (Prompt prompt : request.prompts()) {
            Size size = counts ? size(request, prompt, binding) : new Size(0, 0, request.maxTokens());
            for (int choice = 0; choice < request.choices(); choice++) {
                String id = request.id() + "-" + generations.size();
                demands.add(new Order.Demand(id, choice == 0 ? size.in() : 0, size.out()));
                generations.add(new RunningGeneration(id, choice == 0, now));
                maxTokens.add(size.maxTokens());
            }
        }
        Order order = new Order(request.spender(), request.model(), prices.of(request.model()), demands, binding, now);
        return new Admission(generations, maxTokens, tenant.weight(), ledger.reserve(order, generations).headers());
    }

    private record Size(long in, long out, OptionalInt maxTokens) {
    }

    /** How much a prompt's answers may use each: where the caller does not say, all that the context holds. */
    private Size size(Request request, Prompt prompt, List<UsagePolicy> binding) {
        Tokenization counted = count(request, prompt);
        int in = counted.tokens().length;
        Optional<UsagePolicy> tightest = binding.stream().min(Comparator.comparing(Admissions::context));
        long allowed = tightest.map(Admissions::context).orElse(Long.MAX_VALUE);
        long out = request.maxTokens().isPresent() ? request.maxTokens().getAsInt() : Math.max(1, Math.min(counted.maxModelLen(), allowed) - in);
        if (in + out > allowed) {
            throw Refusals.context(tightest.get(), allowed, in + out, request.promptParameter());
        }
        // The context ends every answer, however long the caller would have it.
        return new Size(in, Math.min(out, counted.maxModelLen()), OptionalInt.of((int) out));
    }

    private static long context(UsagePolicy policy) {
        return policy.limits().of(Limit.MAX_CONTEXT).orElse(Long.MAX_VALUE);
    }

    private Tokenization count(Request request, Prompt prompt) {
        try {
            return tokens.tokenize(request.model(), prompt).toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw ProblemException.find(e).map(problem -> new ProblemException(problem.about(request.promptParameter())))
                    .orElseThrow(() -> new IllegalStateException(e.getCause()));
        } catch (TimeoutException e) {
            throw new ProblemException(Problem.of(new Failure(Failure.Code.NO_WORKER, "No worker counted the prompt's tokens in time.")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a prompt's tokens were counted", e);
        }
    }
}
