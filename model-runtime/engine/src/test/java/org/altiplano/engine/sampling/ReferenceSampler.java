package org.altiplano.engine.sampling;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.altiplano.contract.SamplingParams;

/** Temperature, top-k, top-p, min-p as their definitions read, in plain Java and double precision. */
final class ReferenceSampler {

    private ReferenceSampler() {
    }

    /**
     * The distribution in the order in which a uniform number runs through it.
     *
     * @param ids tokens, all of the vocabulary
     * @param probabilities theirs, 0 where filtered out
     */
    record Distribution(int[] ids, double[] probabilities) {

        /** The token at a place of [0, 1), or -1 where the place is too near a border to tell in single precision. */
        int at(double uniform, double margin) {
            double passed = 0;
            for (int i = 0; i < ids.length; i++) {
                if (probabilities[i] > 0 && uniform < passed + probabilities[i]) {
                    boolean clear = uniform - passed > margin && passed + probabilities[i] - uniform > margin;
                    return clear ? ids[i] : -1;
                }
                passed += probabilities[i];
            }
            return -1;
        }
    }

    static Distribution distribution(float[] logits, SamplingParams params) {
        double max = IntStream.range(0, logits.length).mapToDouble(i -> logits[i]).max().orElseThrow();
        double[] p = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp((logits[i] - max) / params.temperature())).toArray();
        normalise(p);
        boolean counted = params.topK() > 0 && params.topK() < p.length;
        if (!counted && params.topP() == 1 && params.minP() == 0) {
            return new Distribution(IntStream.range(0, p.length).toArray(), p);
        }
        int[] ids = IntStream.range(0, p.length).boxed().sorted(Comparator.comparingDouble(i -> -p[i])).mapToInt(i -> i).toArray();
        double[] sorted = Arrays.stream(ids).mapToDouble(id -> p[id]).toArray();
        if (counted) {
            Arrays.fill(sorted, params.topK(), sorted.length, 0);
            normalise(sorted);
        }
        double before = 0;
        double best = sorted[0];
        for (int i = 0; i < sorted.length; i++) {
            double own = sorted[i];
            if (params.topP() < 1 && before >= params.topP() || own < params.minP() * best) {
                sorted[i] = 0;
            }
            before += own;
        }
        normalise(sorted);
        return new Distribution(ids, sorted);
    }

    private static void normalise(double[] p) {
        double sum = Arrays.stream(p).sum();
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
    }
}
