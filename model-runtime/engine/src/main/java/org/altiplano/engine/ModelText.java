package org.altiplano.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.Message;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.engine.model.StepOutput.Logprobs;
import org.altiplano.engine.store.ModelManifest;
import org.altiplano.engine.text.ChatTemplate;
import org.altiplano.engine.text.Tokenizer;

/** Turns prompts into a model's tokens and its tokens into words for people, as far as the model has a tokenizer. Any thread. */
final class ModelText {

    private final String model;
    private final int vocabulary;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<ChatTemplate> template;

    ModelText(ModelManifest manifest, Optional<Tokenizer> tokenizer) {
        this.model = manifest.name();
        this.vocabulary = manifest.config().shape().vocabulary();
        this.tokenizer = tokenizer;
        this.template = ChatTemplate.named(manifest.chatTemplate());
    }

    Optional<Tokenizer> tokenizer() {
        return tokenizer;
    }

    /**
     * The tokens of a prompt, at least one.
     *
     * @throws FailureException INVALID_PROMPT, SPECIAL_TOKENS_IN_PROMPT, TEXT_NOT_SUPPORTED or CHAT_NOT_SUPPORTED
     */
    int[] encode(Prompt prompt) {
        int[] ids = tokens(prompt);
        if (ids.length == 0) {
            throw new FailureException(Failure.Code.INVALID_PROMPT, "The prompt is empty; it needs at least one token.");
        }
        requireKnown(ids);
        return ids;
    }

    /**
     * The tokens that every chat with this system prompt begins with.
     *
     * @throws FailureException SPECIAL_TOKENS_IN_PROMPT, TEXT_NOT_SUPPORTED or CHAT_NOT_SUPPORTED
     */
    int[] chatBeginning(String system) {
        // Where what the user says begins is seen by two who say different things.
        int[] one = encode(chat(system, "a"));
        int[] other = encode(chat(system, "7"));
        int different = Arrays.mismatch(one, other);
        return Arrays.copyOf(one, different < 0 ? one.length : different);
    }

    private static Prompt chat(String system, String user) {
        return new Prompt.Chat(List.of(new Message(Message.Role.SYSTEM, system), new Message(Message.Role.USER, user)));
    }

    /**
     * The text of tokens.
     *
     * @throws FailureException INVALID_PROMPT for unknown ids, TEXT_NOT_SUPPORTED without a tokenizer
     */
    String decode(int[] ids) {
        Tokenizer words = requireTokenizer();
        requireKnown(ids);
        return words.decode(IntStream.of(ids).filter(id -> id < words.size()).toArray());
    }

    /** The text of a prompt; empty if it came as tokens and there is no tokenizer. */
    String text(Prompt prompt, int[] ids) {
        if (prompt instanceof Prompt.Text text) {
            return text.text();
        }
        return tokenizer.isPresent() ? decode(ids) : "";
    }

    /** Whether a token shows in no text. */
    boolean isControl(int id) {
        return tokenizer.filter(words -> id < words.size() && words.isControl(id)).isPresent();
    }

    /** @param leading whether the token begins a text */
    Token token(int id, boolean leading, Optional<Logprobs> logprobs) {
        return new Token(id, bytes(id, leading), logprobs.map(known -> {
            List<Token.Candidate> top = new ArrayList<>(known.topIds().length);
            for (int i = 0; i < known.topIds().length; i++) {
                int candidate = known.topIds()[i];
                top.add(new Token.Candidate(candidate, bytes(candidate, leading), known.topValues()[i]));
            }
            return new Token.Logprob(known.value(), top);
        }));
    }

    private int[] tokens(Prompt prompt) {
        if (prompt instanceof Prompt.Tokens tokens) {
            return tokens.ids();
        }
        if (prompt instanceof Prompt.Begun begun) {
            return begun.ids();
        }
        if (prompt instanceof Prompt.Text text) {
            return encode(text);
        }
        Tokenizer words = requireTokenizer();
        return template.orElseThrow(() -> new FailureException(Failure.Code.CHAT_NOT_SUPPORTED,
                "The model " + model + " has no chat template; use text completions."))
                .encode(words, ((Prompt.Chat) prompt).messages());
    }

    private int[] encode(Prompt.Text text) {
        Tokenizer words = requireTokenizer();
        int[] ids = words.encode(text.text());
        if (!text.addSpecialTokens() || words.bos().isEmpty()) {
            return ids;
        }
        return IntStream.concat(IntStream.of(words.bos().getAsInt()), IntStream.of(ids)).toArray();
    }

    private TokenBytes bytes(int id, boolean leading) {
        // A model may have more rows than its tokenizer has words: padding that it can, in principle, draw.
        return tokenizer.filter(words -> id < words.size())
                .map(words -> leading ? words.leadingBytes(id) : words.bytes(id)).orElse(TokenBytes.EMPTY);
    }

    private void requireKnown(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new FailureException(Failure.Code.INVALID_PROMPT,
                        "Token id " + id + " is not in the vocabulary of " + model + ", which has " + vocabulary + " tokens.");
            }
        }
    }

    private Tokenizer requireTokenizer() {
        return tokenizer.orElseThrow(() -> new FailureException(Failure.Code.TEXT_NOT_SUPPORTED, "The model " + model
                + " was imported without a tokenizer: it takes and gives token ids only."));
    }
}
