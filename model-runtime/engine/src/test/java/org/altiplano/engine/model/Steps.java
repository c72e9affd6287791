package org.altiplano.engine.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.kvcache.KvPool;

/** Builds steps for tests and reads logits back through log-probabilities. */
final class Steps {

    static final StepInput.Draw GREEDY = greedy(OptionalInt.empty());

    private Steps() {
    }

    /** Consecutive blocks for so many tokens, from the one that begins at a place of the arena on. */
    static int[] blocks(int start, int tokens) {
        return IntStream.range(start / KvPool.BLOCK, start / KvPool.BLOCK + KvPool.blocksFor(tokens)).toArray();
    }

    static StepInput.Draw greedy(OptionalInt logprobs) {
        return new StepInput.Draw(SamplingParams.GREEDY, 0, new int[0], new int[0], new int[0], logprobs);
    }

    static StepInput.Row fill(int[] blocks, int position, int... tokens) {
        return new StepInput.Row(blocks, position, tokens, Optional.empty(), Optional.empty());
    }

    static StepInput.Row draw(int[] blocks, int position, int... tokens) {
        return new StepInput.Row(blocks, position, tokens, Optional.of(GREEDY), Optional.empty());
    }

    /** Scores every token of the row with the whole vocabulary. */
    static StepInput.Row score(int[] blocks, int position, int vocabulary, int... tokens) {
        return new StepInput.Row(blocks, position, tokens, Optional.empty(),
                Optional.of(new StepInput.Score(new int[tokens.length], vocabulary)));
    }

    static StepOutput run(ModelRunner runner, StepInput.Row... rows) {
        return runner.run(new StepInput(List.of(rows)));
    }

    static int token(StepOutput output, int row) {
        return output.rows().get(row).token().orElseThrow();
    }

    /** Log-probabilities of the whole vocabulary by id, where all were reported. */
    static float[] byId(StepOutput.Logprobs logprobs) {
        float[] values = new float[logprobs.topIds().length];
        for (int rank = 0; rank < values.length; rank++) {
            values[logprobs.topIds()[rank]] = logprobs.topValues()[rank];
        }
        return values;
    }

    /** Natural log-softmax of logits. */
    static float[] logSoftmax(float[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        float[] logprobs = Arrays.copyOf(logits, logits.length);
        for (int i = 0; i < logits.length; i++) {
            logprobs[i] = (float) (logits[i] - max - Math.log(sum));
        }
        return logprobs;
    }

    static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    static double maxDifference(float[] a, float[] b) {
        double max = 0;
        for (int i = 0; i < a.length; i++) {
            max = Math.max(max, Math.abs(a[i] - b[i]));
        }
        return max;
    }
}
