package org.altiplano.platform.completions.boundary;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.Token;
import org.altiplano.platform.completions.entity.CompletionCommand;
import org.altiplano.platform.completions.entity.RunEvent;
import org.altiplano.platform.completions.entity.Transcript;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.http.control.Json;

/** The OpenAI API's {@code text_completion}, whole and in chunks, with vLLM's token ids where asked for. */
final class TextShape implements AnswerShape {

    private static final String OBJECT = "text_completion";

    private final Envelope envelope;
    private final CompletionCommand command;
    private final boolean tokenIds;
    /** Where the next token of each choice begins, in characters. */
    private final int[] offsets;

    TextShape(Envelope envelope, CompletionCommand command) {
        this.envelope = envelope;
        this.command = command;
        this.tokenIds = command.options().returnTokenIds();
        this.offsets = new int[command.prompts().size() * command.options().choices()];
    }

    @Override
    public List<JsonObject> chunks(RunEvent.OfChoice event) {
        if (event instanceof RunEvent.Began began && tokenIds) {
            return List.of(chunk(choice(began.choice(), "", List.of(), JsonValue.NULL)
                    .add("prompt_token_ids", Envelope.ids(began.accepted().promptTokens()))));
        }
        if (event instanceof RunEvent.Echoed echoed) {
            // The prompt's ids are told as prompt_token_ids, not as tokens of the answer.
            return List.of(chunk(choice(echoed.choice(), echoed.prompt().text(), List.of(),
                    logprobs(echoed.choice(), echoed.prompt().tokens()))));
        }
        if (event instanceof RunEvent.Said said && !command.promptOnly()) {
            List<Token> tokens = said.chunk().tokens();
            if (said.chunk().text().isEmpty() && (tokens.isEmpty() || command.logprobs().isEmpty() && !tokenIds)) {
                return List.of();
            }
            return List.of(chunk(choice(said.choice(), said.chunk().text(), tokens, logprobs(said.choice(), tokens))));
        }
        if (event instanceof RunEvent.Ended ended) {
            return List.of(chunk(choice(ended.choice(), "", List.of(), JsonValue.NULL)
                    .add("finish_reason", finishReason(ended.finished().reason()))));
        }
        return List.of();
    }

    @Override
    public JsonObject usageChunk(Usage usage) {
        return envelope.open(OBJECT).add("choices", Json.array()).add("usage", usage(usage)).build();
    }

    @Override
    public JsonObject whole(List<Transcript> transcripts, Usage usage) {
        JsonArrayBuilder choices = Json.array();
        for (int index = 0; index < transcripts.size(); index++) {
            Transcript transcript = transcripts.get(index);
            List<Token> answer = command.promptOnly() ? List.of() : transcript.tokens();
            List<Token> told = new ArrayList<>(transcript.echo().map(PromptEcho::tokens).orElse(List.of()));
            told.addAll(answer);
            String text = transcript.echo().map(PromptEcho::text).orElse("") + (command.promptOnly() ? "" : transcript.text());
            JsonObjectBuilder choice = choice(index, text, answer, logprobs(index, told))
                    .add("finish_reason", finishReason(transcript.reason()));
            if (tokenIds) {
                choice.add("prompt_token_ids", Envelope.ids(transcript.accepted().promptTokens()));
            }
            choices.add(choice);
        }
        return envelope.open(OBJECT).add("choices", choices).add("usage", usage(usage)).build();
    }

    private JsonObject usage(Usage usage) {
        return Envelope.usage(command.promptOnly() ? new Usage(usage.prompt(), usage.cached(), 0) : usage);
    }

    private String finishReason(FinishReason reason) {
        return Envelope.finishReason(command.promptOnly() ? FinishReason.LENGTH : reason);
    }

    private JsonObject chunk(JsonObjectBuilder choice) {
        JsonObjectBuilder chunk = envelope.open(OBJECT).add("choices", Json.array().add(choice));
        if (command.options().includeUsage()) {
            chunk.addNull("usage");
        }
        return chunk.build();
    }

    private JsonObjectBuilder choice(int index, String text, List<Token> answer, JsonValue logprobs) {
        JsonObjectBuilder choice = Json.object().add("index", index).add("text", text).add("logprobs", logprobs)
                .addNull("finish_reason");
        if (tokenIds) {
            choice.add("token_ids", Envelope.ids(answer));
        }
        return choice;
    }

    private JsonValue logprobs(int choice, List<Token> told) {
        if (command.logprobs().isEmpty()) {
            return JsonValue.NULL;
        }
        JsonArrayBuilder tokens = Json.array();
        JsonArrayBuilder values = Json.array();
        JsonArrayBuilder alternatives = Json.array();
        JsonArrayBuilder textOffsets = Json.array();
        for (Token token : told) {
            String text = token.bytes().text();
            tokens.add(text);
            textOffsets.add(offsets[choice]);
            offsets[choice] += text.length();
            Optional<Token.Logprob> logprob = token.logprob();
            logprob.ifPresentOrElse(known -> {
                values.add(Envelope.logprob(known.value()));
                alternatives.add(alternatives(known.top()));
            }, () -> {
                values.addNull();
                alternatives.addNull();
            });
        }
        return Json.object().add("tokens", tokens).add("token_logprobs", values).add("top_logprobs", alternatives)
                .add("text_offset", textOffsets).build();
    }

    /** Keyed by text, as the OpenAI API has it; of tokens with the same text the likeliest stays. */
    private static JsonObject alternatives(List<Token.Candidate> candidates) {
        JsonObjectBuilder alternatives = Json.object();
        for (int i = candidates.size() - 1; i >= 0; i--) {
            alternatives.add(candidates.get(i).bytes().text(), Envelope.logprob(candidates.get(i).logprob()));
        }
        return alternatives.build();
    }
}
