package org.altiplano.platform.completions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.platform.completions.entity.ChatCommand;
import org.altiplano.platform.completions.entity.CommonOptions;
import org.altiplano.platform.completions.entity.CompletionCommand;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.identity.Caller;

/** Turns valid commands into generations on behalf of a caller. Owns nothing; any thread. */
@ApplicationScoped
public class Completions {

    private final InferenceBackend backend;
    private final Pepper pepper;
    private final Settlement settlement;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected Completions() {
        this(null, null, null, null);
    }

    @Inject
    public Completions(InferenceBackend backend, Pepper pepper, Settlement settlement, InstantSource clock) {
        this.backend = backend;
        this.pepper = pepper;
        this.settlement = settlement;
        this.clock = clock;
    }

    /**
     * Starts the generations of a chat completion.
     *
     * @param id of the request; names it in the answer and in logs
     * @param sink takes their events
     * @throws ProblemException 404 if the caller may not use the model
     */
    public CompletionRun start(String id, Caller caller, ChatCommand command, EventSink sink) {
        return start(id, "chat", caller, command.options(), List.of(command.prompt()),
                new OutputOptions(command.logprobs(), false), sink);
    }

    /** Starts the generations of text completions. */
    public CompletionRun start(String id, Caller caller, CompletionCommand command, EventSink sink) {
        return start(id, "text", caller, command.options(), command.prompts(),
                new OutputOptions(command.logprobs(), command.echo()), sink);
    }

    private CompletionRun start(String id, String kind, Caller caller, CommonOptions options, List<Prompt> prompts,
                                OutputOptions output, EventSink sink) {
        if (!caller.mayUse(options.model())) {
            throw new ProblemException(Problem.modelNotFound(options.model()));
        }
        // A tenant's prefixes are shared within the tenant only; neither hash tells a worker who it is.
        CacheSalt salt = new CacheSalt(pepper.derive("cache-salt", caller.tenant()));
        FairShare share = new FairShare(pepper.derive("fair-share", caller.tenant()), 1);
        List<GenerationRequest> requests = new ArrayList<>();
        for (Prompt prompt : prompts) {
            for (int choice = 0; choice < options.choices(); choice++) {
                requests.add(new GenerationRequest(id + "-" + requests.size(), options.model(), prompt,
                        seeded(options.sampling(), choice), options.stop(), output, salt, share));
            }
        }
        Settlement.Request settled = new Settlement.Request(id, kind, caller, options.model(), clock.instant());
        return CompletionRun.start(backend, requests, options.choices(), kind.equals("chat") ? "messages" : "prompt", sink,
                (outcome, usage, firstToken) -> settlement.settle(settled, outcome, usage, firstToken));
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
