package org.altiplano.engine.sampling;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/**
 * Gathers what one step's draws need on the native side, row by row, and reads what was drawn. Used once, by one thread.
 * Only places that penalties, bias and bans touch are sent: no loop here runs over the vocabulary.
 */
public final class SamplingPlan {

    /** Below this a temperature means greedy: dividing by it leaves nothing but the best token. */
    static final double COLDEST = 1e-5;

    private static final int GREEDY = 0;
    private static final int PLAIN = 1;
    private static final int FILTERED = 2;

    private final int vocabulary;
    private final TokenCounts counts;
    /** How each row is drawn: kind, temperature, top_k, top_p, min_p, uniform. */
    private final List<Double> numbers = new ArrayList<>();
    private final LogitEdits penalties = new LogitEdits();
    private final LogitEdits additions = new LogitEdits();
    private final LogitEdits bans = new LogitEdits();
    private final List<Integer> reported = new ArrayList<>();
    private final List<OptionalInt> tops = new ArrayList<>();

    /** @param vocabulary width of the logits */
    public SamplingPlan(int vocabulary) {
        this.vocabulary = vocabulary;
        this.counts = new TokenCounts(vocabulary);
    }

    /**
     * The text of the program's part that draws; its method is {@code sample(logits, ...)} with {@link #arguments}.
     *
     * @param device cpu or cuda
     */
    public static String programText(String device) {
        return Program.text(SamplingPlan.class, "sample-" + device + ".py");
    }

    /** Number of rows so far. */
    public int rows() {
        return tops.size();
    }

    /**
     * Adds the draw of the next row of logits.
     *
     * @param uniform in [0, 1)
     * @param prompt for the repetition penalty
     * @param output what was generated, for all penalties
     * @param forbidden ids that cannot be drawn
     * @param logprobs how many most likely tokens to report; empty: report nothing
     */
    public void add(SamplingParams params, double uniform, int[] prompt, int[] output, int[] forbidden, OptionalInt logprobs) {
        long row = (long) rows() * vocabulary;
        boolean filtered = params.topK() > 0 && params.topK() < vocabulary || params.topP() < 1 || params.minP() > 0;
        int kind = params.temperature() < COLDEST ? GREEDY : filtered ? FILTERED : PLAIN;
        numbers.addAll(List.of((double) kind, Math.max(params.temperature(), COLDEST), (double) params.topK(), params.topP(), params.minP(),
                uniform));
        if (params.repetitionPenalty() != 1) {
            counts.visit((id, count) -> penalties.add(row + id, params.repetitionPenalty()), prompt, output);
        }
        if (params.frequencyPenalty() != 0 || params.presencePenalty() != 0) {
            counts.visit((id, count) -> additions.add(row + id,
                    -params.frequencyPenalty() * count - params.presencePenalty()), output);
        }
        params.logitBias().forEach((id, bias) -> additions.add(row + known(id), bias));
        for (int id : forbidden) {
            bans.add(row + known(id), 0);
        }
        if (logprobs.isPresent()) {
            reported.add(tops.size());
        }
        tops.add(logprobs);
    }

    /** A bias or ban outside the vocabulary would fall on another row. */
    private int known(int id) {
        if (id < 0 || id >= vocabulary) {
            throw new IllegalArgumentException("Token id " + id + " is outside the vocabulary of " + vocabulary + ".");
        }
        return id;
    }

    /** The arguments of the program's {@code sample}, after the logits. */
    public List<IValue> arguments(NativeScope scope) {
        return List.of(scope.bytes(draws()), scope.integers(reported.stream().mapToLong(i -> i).toArray()), scope.number(top()));
    }

    /** All numbers in one tensor, as {@code sampling.c} of the operators describes it. */
    private ByteBuffer draws() {
        int edits = penalties.size() + additions.size() + bans.size();
        ByteBuffer bytes = ByteBuffer.allocateDirect(Double.BYTES * (4 + numbers.size() + 2 * edits - bans.size()))
                .order(ByteOrder.nativeOrder());
        DoubleBuffer draws = bytes.asDoubleBuffer();
        draws.put(rows()).put(penalties.size()).put(additions.size()).put(bans.size());
        numbers.forEach(draws::put);
        for (LogitEdits each : List.of(penalties, additions, bans)) {
            for (long place : each.places()) {
                draws.put(place);
            }
        }
        draws.put(penalties.numbers()).put(additions.numbers());
        return bytes;
    }

    /** What was drawn for a row. @param matrix the program's answer, float64 [rows, 3 + 2 * top] */
    public Drawn read(double[] matrix, int row) {
        int top = top();
        int at = row * (3 + 2 * top);
        int wanted = Math.min(top, tops.get(row).orElse(0));
        int[] ids = new int[wanted];
        float[] values = new float[wanted];
        for (int i = 0; i < wanted; i++) {
            ids[i] = (int) matrix[at + 3 + i];
            values[i] = (float) matrix[at + 3 + top + i];
        }
        return new Drawn(matrix[at] == 1, (int) matrix[at + 1], (float) matrix[at + 2], ids, values);
    }

    /** Whether a row asked for log-probabilities. */
    public boolean reports(int row) {
        return tops.get(row).isPresent();
    }

    private int top() {
        return Math.min(vocabulary, tops.stream().mapToInt(top -> top.orElse(0)).max().orElse(0));
    }
}
