package org.altiplano.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.Token;
import org.altiplano.engine.model.StepInput;
import org.altiplano.engine.model.StepOutput;
import org.altiplano.engine.scheduler.Sequence;
import org.altiplano.engine.scheduler.Step;

/** Owns one accepted generation on the engine's thread: what it asks of each step, and what it tells its listener. */
final class Ongoing {

    private static final int[] NONE = {};

    private final Intake.Work work;
    private final Sequence sequence;
    private final Answer answer;
    private final ModelText text;
    private final boolean continues;
    private final boolean scoresPrompt;
    private final GenerationListener listener;
    private final long seed;
    private final int[] forbidden;
    private final long submittedAt;
    private final WaitingRoom room;
    private final List<StepOutput.Logprobs> promptScores = new ArrayList<>();
    private Optional<Duration> queued = Optional.empty();
    private Optional<Duration> firstToken = Optional.empty();
    private volatile boolean unwanted;

    /**
     * @param listener must not block
     * @param seed for the draws
     * @param submittedAt in nanoseconds
     * @param room where it has a place until it starts or ends
     */
    Ongoing(Intake.Work work, ModelText text, GenerationListener listener, long seed, long submittedAt, WaitingRoom room) {
        this.work = work;
        this.text = text;
        this.continues = !(work.request().prompt() instanceof Prompt.Chat);
        this.listener = listener;
        this.seed = seed;
        this.submittedAt = submittedAt;
        this.room = room;
        this.scoresPrompt = work.request().output().echo() && work.request().output().logprobs().isPresent();
        this.sequence = new Sequence(work.prompt(), work.request().share(), work.request().salt(), !scoresPrompt);
        this.answer = new Answer(text.tokenizer(), continues, work.request().stop(), work.endIds(), work.maxTokens());
        this.forbidden = work.endIds().stream().mapToInt(Integer::intValue).toArray();
    }

    Sequence sequence() {
        return sequence;
    }

    String id() {
        return work.request().id();
    }

    /** Notes the wish to end it, from any thread: it may come before the loop knows the generation. */
    void unwant() {
        unwanted = true;
    }

    boolean isUnwanted() {
        return unwanted;
    }

    /** Tells that it is queued. */
    void accept() {
        listener.onAccepted(new Accepted(work.prompt()));
    }

    /** Notes that it is part of a step; the first time counts. */
    void start(long now) {
        if (queued.isEmpty()) {
            queued = Optional.of(since(now));
            room.leave();
        }
    }

    /** What a step computes for it. */
    StepInput.Row row(Step.Chunk chunk) {
        int[] tokens = sequence.tokens(chunk.position(), chunk.position() + chunk.count());
        return new StepInput.Row(sequence.table().orElseThrow().blocks(), chunk.position(), tokens,
                chunk.draws() ? Optional.of(draw()) : Optional.empty(), score(chunk));
    }

    /** Keeps log-probabilities of the prompt, which arrive in order. */
    void takeScores(List<StepOutput.Logprobs> scores) {
        promptScores.addAll(scores);
    }

    /** Tells of a drawn token; returns why the generation ends with it, if it does. */
    Optional<FinishReason> takeToken(int id, Optional<StepOutput.Logprobs> logprobs, long now) {
        if (firstToken.isEmpty()) {
            firstToken = Optional.of(since(now));
            echo();
        }
        boolean leading = !continues && answer.count() == 0;
        answer.append(text.token(id, leading, logprobs)).ifPresent(listener::onTokens);
        return answer.ended();
    }

    /** Tells the end. */
    void finish(FinishReason reason, long now) {
        start(now);
        answer.finish().ifPresent(listener::onTokens);
        listener.onFinished(new Finished(reason, sequence.promptLength(), sequence.cached(), answer.count(),
                queued.orElseThrow(), firstToken.orElse(Duration.ZERO), since(now)));
    }

    void fail(Failure failure, long now) {
        start(now);
        listener.onFailed(failure);
    }

    private Duration since(long now) {
        return Duration.ofNanos(now - submittedAt);
    }

    private StepInput.Draw draw() {
        SamplingParams params = work.request().sampling();
        boolean repetition = params.repetitionPenalty() != 1;
        boolean anyPenalty = repetition || params.frequencyPenalty() != 0 || params.presencePenalty() != 0;
        int begun = work.request().prompt() instanceof Prompt.Begun prompt ? prompt.answer().length : 0;
        int promptLength = sequence.promptLength() - begun;
        return new StepInput.Draw(params, Uniforms.at(seed, begun + sequence.generated()),
                repetition ? sequence.tokens(0, promptLength) : NONE,
                anyPenalty ? sequence.tokens(promptLength, sequence.length()) : NONE,
                sequence.generated() < work.request().stop().minTokens() ? forbidden : NONE,
                work.request().output().logprobs());
    }

    /** A prompt that is computed again after a preemption is not scored again. */
    private Optional<StepInput.Score> score(Step.Chunk chunk) {
        int firstUnscored = promptScores.size() + 1;
        int end = Math.min(chunk.position() + chunk.count() + 1, sequence.promptLength());
        if (!scoresPrompt || end <= firstUnscored) {
            return Optional.empty();
        }
        int[] targets = new int[chunk.count()];
        for (int i = 0; i < targets.length; i++) {
            int next = chunk.position() + i + 1;
            targets[i] = next >= firstUnscored && next < end ? sequence.token(next) : -1;
        }
        return Optional.of(new StepInput.Score(targets, work.request().output().logprobs().getAsInt()));
    }

    private void echo() {
        if (!work.request().output().echo()) {
            return;
        }
        int[] prompt = work.prompt();
        List<Token> tokens = new ArrayList<>(prompt.length);
        boolean leading = true;
        for (int i = 0; i < prompt.length; i++) {
            Optional<StepOutput.Logprobs> logprobs = i > 0 && !promptScores.isEmpty()
                    ? Optional.of(promptScores.get(i - 1)) : Optional.empty();
            tokens.add(text.token(prompt[i], leading, logprobs));
            leading &= text.isControl(prompt[i]);
        }
        listener.onPrompt(new PromptEcho(tokens, text.text(work.request().prompt(), prompt)));
    }
}
