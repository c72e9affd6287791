package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.altiplano.engine.Golden;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What independent programs computed, through import, worker and public API. Tolerances are those of golden/README.md;
 * a log-probability is off by at most twice what a logit is.
 */
@ExtendWith(SharedPlatform.class)
class GoldenIT {

    private static final double LOGIT = 1e-3;
    /** Greedy paths are compared until the two best tokens are closer than this: beyond, either is right. */
    private static final double NEAR_TIE = 0.01;

    @ParameterizedTest
    @ValueSource(strings = {"tiny/gqa", "tiny/mha", "tiny/mqa", "tiny/hd128", "tiny/tied-theta", "tiny/sharded",
            "tiny/linear2", "gguf/gqa-F16.gguf", "gguf/gqa-Q8_0.gguf", "gguf/gqa-Q4_0.gguf", "gguf/gqa-Q4_1.gguf",
            "gguf/mha-F32.gguf", "gguf/mha-Q4_1+Q8_0.gguf"})
    void aCheckpointAnswersAsRecorded(String checkpoint, Platform platform) throws Exception {
        Path path = Golden.path(checkpoint);
        boolean folder = checkpoint.startsWith("tiny");
        String stem = checkpoint.replaceAll("\\.gguf$", "");
        Path golden = Golden.path(folder ? checkpoint + "/golden.json" : stem + ".golden.json");
        Logits logits = new Logits(Golden.path(folder ? checkpoint + "/golden.safetensors" : stem + ".golden.safetensors"));
        String name = "golden-" + stem.substring(stem.indexOf('/') + 1).toLowerCase(Locale.ROOT).replace('+', '-');
        serve(platform, path, name);
        try {
            int compared = 0;
            for (JsonNode prompt : Platform.tree(Files.readString(golden)).path("prompts")) {
                compared += compare(platform.api(), name, prompt, logits);
            }
            assertTrue(compared > 50, "only " + compared + " positions were compared");
        } finally {
            remove(platform, name);
        }
    }

    @Test
    void smolLm2ContinuesChatsAsRecorded(Platform platform) throws Exception {
        String name = "smollm2-fp32";
        serve(platform, SmolLm2.gguf(), name);
        try {
            int tokens = 0;
            for (JsonNode chat : Platform.tree(Files.readString(Golden.path("smollm2/chat.json"))).path("chats")) {
                tokens += continues(platform.api(), name, chat);
            }
            assertTrue(tokens > 200, "only " + tokens + " tokens were compared");
        } finally {
            remove(platform, name);
        }
    }

    /** Log-probabilities of the prompt's own tokens against the recorded logits, then the greedy path. */
    private static int compare(Api api, String model, JsonNode prompt, Logits logits) {
        List<Integer> ids = ids(prompt.path("ids"));
        List<Integer> path = new ArrayList<>();
        prompt.path("greedy").forEach(step -> path.add(step.path("id").asInt()));
        ObjectNode request = Api.object().put("model", model).put("temperature", 0).put("echo", true).put("logprobs", 5)
                .put("max_tokens", path.size()).put("ignore_eos", true).put("return_token_ids", true);
        request.set("prompt", prompt.path("ids"));
        JsonNode choice = api.post("/v1/completions", request).ok().path("choices").path(0);
        JsonNode scores = choice.path("logprobs").path("token_logprobs");
        assertEquals(ids.size() + path.size(), scores.size(), choice::toString);
        assertTrue(scores.path(0).isNull(), scores::toString);
        ArrayNode positions = (ArrayNode) prompt.path("positions");
        int compared = 0;
        for (int row = 0; row < positions.size(); row++) {
            int position = positions.path(row).asInt();
            if (position + 1 < ids.size()) {
                double expected = logits.logprob(prompt.path("logits").asText(), row, ids.get(position + 1));
                assertEquals(expected, scores.path(position + 1).asDouble(), 2 * LOGIT, "position " + (position + 1));
                compared++;
            }
        }
        assertEquals(path, ids(choice.path("token_ids")), "greedy path");
        for (int step = 0; step < path.size(); step++) {
            assertEquals(prompt.path("greedy").path(step).path("logprob").asDouble(),
                    scores.path(ids.size() + step).asDouble(), 2 * LOGIT, "step " + step);
        }
        return compared + path.size();
    }

    private static int continues(Api api, String model, JsonNode chat) {
        JsonNode recorded = chat.path("greedy");
        ObjectNode request = Api.object().put("model", model).put("temperature", 0).put("max_tokens", recorded.size())
                .put("return_token_ids", true);
        request.set("messages", chat.path("messages"));
        JsonNode answer = api.post("/v1/chat/completions", request).ok();
        assertEquals(ids(chat.path("prompt_ids")), ids(answer.path("prompt_token_ids")));
        JsonNode choice = answer.path("choices").path(0);
        List<Integer> said = ids(choice.path("token_ids"));
        int agreed = 0;
        while (agreed < recorded.size() && agreed < said.size()
                && recorded.path(agreed).path("id").asInt() == said.get(agreed)) {
            agreed++;
        }
        if (agreed < recorded.size()) {
            assertTrue(recorded.path(agreed).path("gap").asDouble() < NEAR_TIE,
                    "differs at step " + agreed + " of " + chat.path("prompt").asText() + ": " + said);
        } else {
            assertEquals(chat.path("text").asText(), choice.path("message").path("content").asText());
            assertEquals(chat.path("stopped_by_eos").asBoolean() ? "stop" : "length",
                    choice.path("finish_reason").asText());
        }
        return agreed;
    }

    private static void serve(Platform platform, Path path, String name) throws IOException {
        platform.must("models", "import", path.toString(), "--name", name, "--dtype", "fp32");
        platform.must("models", "serve", name);
    }

    private static void remove(Platform platform, String name) {
        platform.must("models", "unserve", name);
        platform.must("models", "remove", name);
        assertFalse(platform.must("models", "list").out().contains(name));
    }

    private static List<Integer> ids(JsonNode array) {
        List<Integer> ids = new ArrayList<>();
        array.forEach(id -> ids.add(id.asInt()));
        return ids;
    }
}
