package org.altiplano.platform.completions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.platform.completions.entity.ChatCommand;
import org.altiplano.platform.completions.entity.CommonOptions;
import org.altiplano.platform.completions.entity.CompletionCommand;
import org.altiplano.platform.contentlog.control.ContentLog;
import org.altiplano.platform.contentlog.control.ContentWriter;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.control.Admissions.Admission;
import org.altiplano.platform.usage.control.Admissions;
import org.altiplano.platform.usage.control.UsageLedger;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.secrets.SaltKey;

/** Turns valid commands into generations on behalf of a caller. Owns nothing; any thread. */
@ApplicationScoped
public class Completions {

    /** A request under way. @param headers told with its answer */
    public record Started(CompletionRun run, Map<String, String> headers) {
    }

    private final InferenceBackend backend;
    private final SaltKey saltKey;
    private final Admissions admissions;
    private final UsageLedger ledger;
    private final Settlement settlement;
    private final ContentLog contentLog;
    private final ContentWriter contents;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected Completions() {
        this(null, null, null, null, null, null, null, null);
    }

    @Inject
    public Completions(InferenceBackend backend, SaltKey saltKey, Admissions admissions, UsageLedger ledger, Settlement settlement,
                       ContentLog contentLog, ContentWriter contents, InstantSource clock) {
        this.backend = backend;
        this.saltKey = saltKey;
        this.admissions = admissions;
        this.ledger = ledger;
        this.settlement = settlement;
        this.contentLog = contentLog;
        this.contents = contents;
        this.clock = clock;
    }

    /**
     * Starts the generations of a chat completion. Blocks until the request is admitted.
     *
     * @param id of the request; names it in the answer and in logs
     * @param sink takes their events
     * @throws ProblemException 404 if the caller may not use the model
     */
    public Started start(String id, Caller caller, ChatCommand command, EventSink sink) {
        return start(id, "chat", caller, command.options(), List.of(command.prompt()),
                new OutputOptions(command.logprobs(), false), sink);
    }

    /** Starts the generations of text completions. */
    public Started start(String id, Caller caller, CompletionCommand command, EventSink sink) {
        return start(id, "text", caller, command.options(), command.prompts(),
                new OutputOptions(command.logprobs(), command.echo()), sink);
    }

    private Started start(String id, String kind, Caller caller, CommonOptions options, List<Prompt> prompts,
                                OutputOptions output, EventSink sink) {
        if (!caller.mayUse(options.model())) {
            throw new ProblemException(Problem.modelNotFound(options.model()));
        }
        String parameter = kind.equals("chat") ? "messages" : "prompt";
        Admission admission = admissions.admit(new Admissions.Request(id, Spender.of(caller), options.model(), prompts, options.choices(),
                options.stop().maxTokens(), parameter));
        try {
            return new Started(submit(id, kind, caller, options, prompts, output, parameter, admission, sink), admission.headers());
        } catch (RuntimeException e) {
            ledger.settle(admission.generations().stream().map(one -> one.dropped(clock.instant())).toList());
            throw e;
        }
    }

    private CompletionRun submit(String id, String kind, Caller caller, CommonOptions options, List<Prompt> prompts,
                                 OutputOptions output, String parameter, Admission admission, EventSink sink) {
        // A tenant's prefixes are shared within the tenant only; neither hash tells a worker who it is.
        CacheSalt salt = new CacheSalt(saltKey.derive("cache-salt", caller.tenant()));
        FairShare share = new FairShare(saltKey.derive("fair-share", caller.tenant()), admission.weight());
        List<GenerationRequest> requests = new ArrayList<>();
        for (Prompt prompt : prompts) {
            for (int choice = 0; choice < options.choices(); choice++) {
                int index = requests.size();
                requests.add(new GenerationRequest(admission.generations().get(index).id(), options.model(), prompt,
                        seeded(options.sampling(), choice), atMost(admission.maxTokens().get(index), options.stop()), output, salt, share));
            }
        }
        Settlement.Request request = new Settlement.Request(id, kind, caller, options.model(), clock.instant());
        Bill bill = new Bill(settlement, ledger, clock, request, admission.generations());
        EventSink heard = contentLog.isOn(caller.tenant()) ? new ContentTap(sink, request, prompts, requests.size(), contents::keep) : sink;
        return CompletionRun.start(backend, requests, options.choices(), parameter, heard, bill);
    }

    /** No generation may use more than was reserved for it. */
    private static StopConditions atMost(OptionalInt maxTokens, StopConditions stop) {
        if (stop.minTokens() > maxTokens.orElse(Integer.MAX_VALUE)) {
            throw new ProblemException(Problem.parameter("min_tokens", "'min_tokens' is " + stop.minTokens() + ", which is more than the "
                    + maxTokens.getAsInt() + " tokens that the answer may have."));
        }
        return new StopConditions(maxTokens, stop.minTokens(), stop.strings(), stop.tokenIds(), stop.ignoreEos());
    }

    /** Each choice of a seeded request has its own seed, so that the choices differ and can be repeated. */
    private static SamplingParams seeded(SamplingParams sampling, int choice) {
        if (sampling.seed().isEmpty() || choice == 0) {
            return sampling;
        }
        return new SamplingParams(sampling.temperature(), sampling.topP(), sampling.topK(), sampling.minP(),
                sampling.frequencyPenalty(), sampling.presencePenalty(), sampling.repetitionPenalty(),
                sampling.logitBias(), OptionalLong.of(sampling.seed().getAsLong() + choice));
    }
}
