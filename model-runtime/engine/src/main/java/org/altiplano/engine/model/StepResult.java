package org.altiplano.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.sampling.Drawn;

/**
 * The program's answer, brought back into the order of the step's rows.
 *
 * @param rows number of rows
 * @param drawn float64 [draws, 3 + 2 * top], see the program's {@code sample}
 * @param scored float64 [scores, 2 + 2 * top], see the program's {@code score}
 */
record StepResult(int rows, StepPlan plan, double[] drawn, double[] scored) {

    /** Rows whose logits are not numbers. */
    List<Integer> broken() {
        Stream<Integer> draws = IntStream.range(0, plan.drawn().size())
                .filter(i -> !plan.sampling().read(drawn, i).sound()).mapToObj(plan.drawn()::get);
        Stream<Integer> scores = IntStream.range(0, plan.scored().size())
                .filter(i -> scored[i * width()] != 1).mapToObj(plan.scored()::get);
        return Stream.concat(draws, scores).distinct().sorted().toList();
    }

    StepOutput output() {
        OptionalInt[] tokens = new OptionalInt[rows];
        Arrays.fill(tokens, OptionalInt.empty());
        List<Optional<StepOutput.Logprobs>> logprobs = new ArrayList<>();
        List<List<StepOutput.Logprobs>> scores = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            logprobs.add(Optional.empty());
            scores.add(new ArrayList<>());
        }
        for (int i = 0; i < plan.drawn().size(); i++) {
            Drawn draw = plan.sampling().read(drawn, i);
            int row = plan.drawn().get(i);
            tokens[row] = OptionalInt.of(draw.token());
            if (plan.sampling().reports(i)) {
                logprobs.set(row, Optional.of(new StepOutput.Logprobs(draw.logprob(), draw.topIds(), draw.topLogprobs())));
            }
        }
        for (int i = 0; i < plan.scored().size(); i++) {
            scores.get(plan.scored().get(i)).add(score(i));
        }
        return new StepOutput(IntStream.range(0, rows)
                .mapToObj(row -> new StepOutput.Row(tokens[row], logprobs.get(row), List.copyOf(scores.get(row)))).toList());
    }

    private int width() {
        return 2 + 2 * plan.top();
    }

    private StepOutput.Logprobs score(int i) {
        int at = i * width();
        int wanted = plan.top(i);
        int[] ids = new int[wanted];
        float[] values = new float[wanted];
        for (int rank = 0; rank < wanted; rank++) {
            ids[rank] = (int) scored[at + 2 + rank];
            values[rank] = (float) scored[at + 2 + plan.top() + rank];
        }
        return new StepOutput.Logprobs((float) scored[at + 1], ids, values);
    }
}
