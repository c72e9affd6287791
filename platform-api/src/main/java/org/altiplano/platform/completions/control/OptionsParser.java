package org.altiplano.platform.completions.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.platform.completions.entity.CommonOptions;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Range;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * Reads what both kinds of completions ask for: the OpenAI API's parameters and vLLM's extensions of it. Parameters
 * that are unknown or change nothing (user, metadata, store, ...) are passed over; those that would change the answer
 * in a way that the models here cannot are refused by name.
 */
final class OptionsParser {

    private static final int LONGEST_MODEL = 200;
    private static final int MOST_STOPS = 16;
    private static final int MOST_STOP_TOKENS = 128;
    private static final int MOST_BIASES = 1024;
    private static final int MOST_CHOICES = 8;
    private static final Range WHOLE = new Range(0, Integer.MAX_VALUE, "of at least 0");
    private static final Range PENALTY = Range.of(-2, 2);
    private static final Range TEMPERATURE = Range.of(0, 2);
    private static final Range SHARE = Range.of(0, 1);
    private static final Range TOP_P = Range.positive(1);
    private static final Range REPETITION = Range.positive(2);
    private static final Range CHOICES = Range.of(1, MOST_CHOICES);
    private static final Range BIAS = Range.of(-100, 100);

    private static final List<String> UNSUPPORTED = List.of("audio", "functions", "prediction", "web_search_options",
            "reasoning_effort", "use_beam_search", "prompt_logprobs", "bad_words", "guided_json", "guided_regex",
            "guided_choice", "guided_grammar", "structured_outputs");

    private OptionsParser() {
    }

    /** @param maxTokens read by the caller, since its name and default differ */
    static CommonOptions parse(Fields fields, OptionalInt maxTokens) {
        refuseUnsupported(fields);
        boolean stream = fields.flag("stream", false);
        Optional<Fields> streamOptions = fields.object("stream_options");
        if (streamOptions.isPresent() && !stream) {
            throw Fields.problem("stream_options", "'stream_options' is only allowed when 'stream' is true.");
        }
        return new CommonOptions(model(fields), sampling(fields), stop(fields, maxTokens),
                fields.integer("n", CHOICES).orElse(1), stream,
                streamOptions.map(options -> options.flag("include_usage", false)).orElse(false),
                fields.flag("return_token_ids", false));
    }

    /** What no model can be called is refused here: it would go into logs and answers. */
    static String model(Fields fields) {
        String model = fields.text("model", LONGEST_MODEL);
        if (model.isEmpty() || model.chars().anyMatch(Character::isISOControl)) {
            throw Fields.problem("model", "'model' must name a model.");
        }
        return model;
    }

    private static void refuseUnsupported(Fields fields) {
        for (String name : UNSUPPORTED) {
            fields.value(name).filter(value -> !isEmpty(value)).ifPresent(value -> {
                throw unsupported(fields.path(name), "'" + name + "' is not supported by the models here.");
            });
        }
        fields.value("tools").filter(value -> !isEmpty(value)).ifPresent(value -> {
            throw unsupported("tools", "'tools' is not supported: the models here do not call tools.");
        });
        for (String name : List.of("tool_choice", "function_call")) {
            fields.value(name).filter(value -> !(value instanceof JsonString choice
                    && Set.of("none", "auto").contains(choice.getString()))).ifPresent(value -> {
                        throw unsupported(name, "'" + name + "' is not supported: the models here do not call tools.");
                    });
        }
        fields.array("modalities").stream().filter(value -> !(value instanceof JsonString kind && kind.getString().equals("text")))
                .findFirst().ifPresent(value -> {
                    throw unsupported("modalities", "'modalities' must be [\"text\"]: the models here answer in text only.");
                });
        fields.object("response_format").filter(format -> !format.text("type").equals("text")).ifPresent(format -> {
            throw unsupported("response_format",
                    "'response_format' must be {\"type\": \"text\"}: the models here are not bound to a format.");
        });
    }

    private static boolean isEmpty(JsonValue value) {
        return value == JsonValue.FALSE || value instanceof JsonArray array && array.isEmpty();
    }

    private static SamplingParams sampling(Fields fields) {
        // -1 is vLLM's word for "all".
        int topK = fields.integer("top_k", new Range(-1, Integer.MAX_VALUE, "of at least -1")).orElse(0);
        Optional<Long> seed = fields.longInteger("seed");
        return new SamplingParams(
                fields.number("temperature", TEMPERATURE).orElse(1.0),
                fields.number("top_p", TOP_P).orElse(1.0),
                Math.max(topK, 0),
                fields.number("min_p", SHARE).orElse(0.0),
                fields.number("frequency_penalty", PENALTY).orElse(0.0),
                fields.number("presence_penalty", PENALTY).orElse(0.0),
                fields.number("repetition_penalty", REPETITION).orElse(1.0),
                biases(fields),
                seed.map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    private static Map<Integer, Float> biases(Fields fields) {
        Map<Integer, Float> biases = new HashMap<>();
        fields.object("logit_bias").ifPresent(members -> {
            if (members.names().size() > MOST_BIASES) {
                throw Fields.problem("logit_bias", "'logit_bias' may name at most " + MOST_BIASES + " tokens.");
            }
            for (String name : members.names()) {
                if (!name.matches("[0-9]{1,9}")) {
                    throw Fields.problem("logit_bias", "'logit_bias' must map token ids to numbers, but has a key that is no token id.");
                }
                members.number(name, BIAS).ifPresent(bias -> biases.put(Integer.valueOf(name), bias.floatValue()));
            }
        });
        return biases;
    }

    private static StopConditions stop(Fields fields, OptionalInt maxTokens) {
        int minTokens = fields.integer("min_tokens", WHOLE).orElse(0);
        if (maxTokens.isPresent() && minTokens > maxTokens.getAsInt()) {
            throw Fields.problem("min_tokens", "'min_tokens' is " + minTokens + ", which is more than the "
                    + maxTokens.getAsInt() + " tokens that the answer may have.");
        }
        return new StopConditions(maxTokens, minTokens, stopStrings(fields), stopTokens(fields), fields.flag("ignore_eos", false));
    }

    private static List<String> stopStrings(Fields fields) {
        List<JsonValue> values = fields.value("stop")
                .map(value -> value instanceof JsonString ? List.of(value) : fields.array("stop")).orElse(List.of());
        if (values.size() > MOST_STOPS) {
            throw Fields.problem("stop", "'stop' may hold at most " + MOST_STOPS + " strings.");
        }
        List<String> strings = new ArrayList<>();
        for (JsonValue value : values) {
            String string = Fields.text("stop", value);
            if (string.isEmpty()) {
                throw Fields.problem("stop", "'stop' must not hold an empty string.");
            }
            strings.add(string);
        }
        return strings;
    }

    private static Set<Integer> stopTokens(Fields fields) {
        List<JsonValue> values = fields.array("stop_token_ids");
        if (values.size() > MOST_STOP_TOKENS) {
            throw Fields.problem("stop_token_ids", "'stop_token_ids' may hold at most " + MOST_STOP_TOKENS + " tokens.");
        }
        Set<Integer> tokens = new HashSet<>();
        for (JsonValue value : values) {
            tokens.add(Fields.integer("stop_token_ids", value, WHOLE));
        }
        return tokens;
    }

    private static ProblemException unsupported(String param, String message) {
        return new ProblemException(Problem.unsupported(param, message));
    }
}
