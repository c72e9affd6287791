package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;

/** Greedy paths under penalties and bias, all in one batch, against the reference's. */
class PenalisedPathsTest {

    @Test
    void sixDifferentlyPenalisedSequencesGoTheirOwnWaysTogether() throws IOException {
        JsonNode penalties = new ObjectMapper().readTree(Golden.path("tiny/gqa/sampling.json").toFile()).get("penalties");
        int[] prompt = GoldenModel.ints(penalties.get("ids"));
        List<Map.Entry<String, JsonNode>> runs = List.copyOf(penalties.get("runs").properties());
        List<int[]> outputs = new ArrayList<>(runs.stream().map(run -> new int[0]).toList());
        int steps = runs.get(0).getValue().get("greedy").size();
        try (GoldenModel golden = GoldenModel.tiny("gqa"); TorchModelRunner runner = golden.load(Dtype.FP32, ComputeProfile.probe())) {
            for (int step = 0; step < steps; step++) {
                List<StepInput.Row> rows = IntStream.range(0, runs.size())
                        .mapToObj(run -> row(run, runs.get(run).getValue(), prompt, outputs.get(run))).toList();
                List<StepOutput.Row> answers = runner.run(new StepInput(rows)).rows();
                for (int run = 0; run < runs.size(); run++) {
                    int[] output = Arrays.copyOf(outputs.get(run), step + 1);
                    output[step] = answers.get(run).token().orElseThrow();
                    outputs.set(run, output);
                    double expected = runs.get(run).getValue().get("greedy").get(step).get("logprob").asDouble();
                    assertEquals(expected, answers.get(run).logprob().orElseThrow().value(), 1e-3, runs.get(run).getKey());
                }
            }
        }
        for (int run = 0; run < runs.size(); run++) {
            JsonNode greedy = runs.get(run).getValue().get("greedy");
            assertArrayEquals(IntStream.range(0, steps).map(step -> greedy.get(step).get("id").asInt()).toArray(), outputs.get(run),
                    runs.get(run).getKey());
        }
    }

    private static StepInput.Row row(int run, JsonNode settings, int[] prompt, int[] output) {
        Map<Integer, Float> bias = new HashMap<>();
        settings.get("logit_bias").properties()
                .forEach(each -> bias.put(Integer.valueOf(each.getKey()), (float) each.getValue().asDouble()));
        SamplingParams params = new SamplingParams(0, 1, 0, 0, settings.get("frequency_penalty").asDouble(),
                settings.get("presence_penalty").asDouble(), 1, bias, OptionalLong.empty());
        StepInput.Draw draw = new StepInput.Draw(params, 0, new int[0], output, new int[0], OptionalInt.of(0));
        int[] tokens = output.length == 0 ? prompt : new int[] {output[output.length - 1]};
        return new StepInput.Row(Steps.blocks(64 * run, 64), output.length == 0 ? 0 : prompt.length + output.length - 1, tokens,
                Optional.of(draw), Optional.empty());
    }
}
