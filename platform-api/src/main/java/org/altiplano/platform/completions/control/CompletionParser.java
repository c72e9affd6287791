package org.altiplano.platform.completions.control;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.altiplano.contract.Prompt;
import org.altiplano.platform.completions.entity.CommonOptions;
import org.altiplano.platform.completions.entity.CompletionCommand;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Range;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/** Reads a request of {@code POST /v1/completions}. */
public final class CompletionParser {

    /** What the OpenAI API generates where {@code max_tokens} is absent. */
    private static final int DEFAULT_TOKENS = 16;
    private static final int MOST_PROMPTS = 128;
    private static final Range COUNT = new Range(0, Integer.MAX_VALUE, "of at least 0");
    private static final Range TOKEN = COUNT;
    private static final Range ALTERNATIVES = Range.of(0, 20);

    private CompletionParser() {
    }

    /** @throws ProblemException that names the parameter at fault */
    public static CompletionCommand parse(Fields fields) {
        boolean echo = fields.flag("echo", false);
        int maxTokens = fields.integer("max_tokens", COUNT).orElse(DEFAULT_TOKENS);
        boolean promptOnly = maxTokens == 0;
        if (promptOnly && !echo) {
            throw Fields.problem("max_tokens", "'max_tokens' may be 0 only when 'echo' is true.");
        }
        CommonOptions options = OptionsParser.parse(fields, OptionalInt.of(Math.max(maxTokens, 1)));
        refuseOtherSearches(fields, options);
        Optional<Integer> logprobs = fields.integer("logprobs", ALTERNATIVES);
        return new CompletionCommand(options, prompts(fields, fields.flag("add_special_tokens", true)),
                logprobs.map(OptionalInt::of).orElse(OptionalInt.empty()), echo, promptOnly);
    }

    private static void refuseOtherSearches(Fields fields, CommonOptions options) {
        fields.integer("best_of", Range.of(1, 20)).filter(best -> best != options.choices()).ifPresent(best -> {
            throw new ProblemException(Problem.unsupported("best_of", "'best_of' is supported only where it equals 'n'."));
        });
        fields.optionalText("suffix").filter(suffix -> !suffix.isEmpty()).ifPresent(suffix -> {
            throw new ProblemException(Problem.unsupported("suffix", "'suffix' is not supported: the models here only continue a text."));
        });
    }

    private static List<Prompt> prompts(Fields fields, boolean addSpecialTokens) {
        JsonValue value = fields.value("prompt").orElseThrow(() -> Fields.problem("prompt", "'prompt' is required."));
        if (value instanceof JsonString) {
            return List.of(new Prompt.Text(Fields.text("prompt", value), addSpecialTokens));
        }
        if (!(value instanceof JsonArray array)) {
            throw Fields.problem("prompt", "'prompt' must be a string, a list of strings, a list of token ids or a list of such "
                    + "lists, but is " + Fields.shown(value) + ".");
        }
        if (array.isEmpty()) {
            throw Fields.problem("prompt", "'prompt' must not be empty.");
        }
        if (array.get(0) instanceof JsonNumber) {
            return List.of(tokens("prompt", array));
        }
        if (array.size() > MOST_PROMPTS) {
            throw Fields.problem("prompt", "'prompt' may hold at most " + MOST_PROMPTS + " prompts.");
        }
        List<Prompt> prompts = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            String path = "prompt[" + i + "]";
            prompts.add(array.get(i) instanceof JsonArray ids ? tokens(path, ids)
                    : new Prompt.Text(Fields.text(path, array.get(i)), addSpecialTokens));
        }
        return prompts;
    }

    static Prompt.Tokens tokens(String path, List<JsonValue> values) {
        if (values.isEmpty()) {
            throw Fields.problem(path, "'" + path + "' must hold at least one token id.");
        }
        int[] ids = new int[values.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = Fields.integer(path + "[" + i + "]", values.get(i), TOKEN);
        }
        return new Prompt.Tokens(ids);
    }
}
