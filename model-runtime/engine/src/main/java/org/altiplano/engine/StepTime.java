package org.altiplano.engine;

/**
 * Owns what is known of how long a step with answers in it takes, on the engine's thread: a time for any step, for each answer in it, for each
 * token of a prompt and for each earlier token that one attends to. Learnt by least squares in which older steps count less
 * and less; what the last steps do not tell apart, because all were alike, stays as it was.
 */
final class StepTime {

    /** How much a step counts when the next is seen. */
    private static final double REMEMBERED = 0.985;

    /** A step that took this much longer than expected was disturbed from outside. */
    private static final double DISTURBED = 3;

    /** Steps before which nothing is expected. */
    private static final int FIRST = 8;

    /** How firmly it keeps to what it knew where the steps say nothing. */
    private static final double FIRMNESS = 1e-3;

    /** Answers, tokens and tokens attended to in units that make the four times of one size. */
    private static final double[] UNITS = {1, 8, 128, 128 * 1024};

    private final double[][] seen = new double[UNITS.length][UNITS.length];
    private final double[] took = new double[UNITS.length];
    private double[] known = new double[UNITS.length];
    private int steps;

    /** Nanoseconds for a step that decodes so many answers. */
    double ofAnswers(int answers) {
        return of(0) + of(1) * answers;
    }

    /** Nanoseconds for a token of a prompt with so many before it; never nothing. */
    double ofPromptToken(double before) {
        return Math.max(of(2) + of(3) * before, 1e-4 * of(0));
    }

    /**
     * Learns from a step.
     *
     * @param answers sequences in it that decoded
     * @param prompt tokens of prompts in it
     * @param attended tokens that these have before them, in all
     */
    void observe(int answers, int prompt, double attended, double nanos) {
        double[] step = {1, answers / UNITS[1], prompt / UNITS[2], attended / UNITS[3]};
        double expected = 0;
        for (int i = 0; i < step.length; i++) {
            expected += step[i] * Math.max(0, known[i]);
        }
        double counted = steps < FIRST ? nanos : Math.min(nanos, DISTURBED * expected);
        for (int i = 0; i < step.length; i++) {
            for (int j = 0; j < step.length; j++) {
                seen[i][j] = REMEMBERED * seen[i][j] + step[i] * step[j];
            }
            took[i] = REMEMBERED * took[i] + step[i] * counted;
        }
        known = solve();
        steps++;
    }

    private double of(int part) {
        return Math.max(0, known[part]) / UNITS[part];
    }

    /** The normal equations of least squares, by elimination; with a little of what was known, they always have a solution. */
    private double[] solve() {
        int size = known.length;
        double[][] rows = new double[size][size + 1];
        for (int i = 0; i < size; i++) {
            System.arraycopy(seen[i], 0, rows[i], 0, size);
            rows[i][i] += FIRMNESS;
            rows[i][size] = took[i] + FIRMNESS * known[i];
            for (int above = 0; above < i; above++) {
                double factor = rows[i][above] / rows[above][above];
                for (int column = above; column <= size; column++) {
                    rows[i][column] -= factor * rows[above][column];
                }
            }
        }
        double[] solution = new double[size];
        for (int i = size - 1; i >= 0; i--) {
            double rest = rows[i][size];
            for (int column = i + 1; column < size; column++) {
                rest -= rows[i][column] * solution[column];
            }
            solution[i] = rest / rows[i][i];
        }
        return solution;
    }
}
