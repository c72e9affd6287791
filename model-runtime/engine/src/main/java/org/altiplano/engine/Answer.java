package org.altiplano.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenChunk;
import org.altiplano.engine.text.Detokenizer;
import org.altiplano.engine.text.StopStrings;
import org.altiplano.engine.text.Tokenizer;

/**
 * Owns one generation's answer on the engine's thread: its text, what is held back of it (half a character, the possible
 * beginning of a stop string) and whether it has ended. A token is given out together with the last of its text.
 */
final class Answer {

    /**
     * @param whole whether its last character is complete
     * @param end length of the text up to and with it
     */
    private record Held(Token token, boolean whole, int end) {
    }

    private final Optional<Detokenizer> words;
    private final StopStrings stops;
    private final Set<Integer> endIds;
    private final int minTokens;
    private final int maxTokens;
    private final List<Held> held = new ArrayList<>();
    private final StringBuilder releasable = new StringBuilder();
    private int count;
    private int length;
    private int cleared;
    private Optional<FinishReason> ended = Optional.empty();

    /**
     * @param continues whether the answer goes on after the prompt's text, rather than being a text of its own
     * @param endIds tokens that end it
     * @param maxTokens most tokens, at least 1
     */
    Answer(Optional<Tokenizer> tokenizer, boolean continues, StopConditions stop, Set<Integer> endIds, int maxTokens) {
        this.words = tokenizer.map(known -> new Detokenizer(known, continues));
        this.stops = new StopStrings(stop.strings());
        this.endIds = endIds;
        this.minTokens = stop.minTokens();
        this.maxTokens = maxTokens;
    }

    /** Takes the next token; returns what can be given out by now. */
    Optional<TokenChunk> append(Token token) {
        count++;
        if (endIds.contains(token.id())) {
            ended = Optional.of(FinishReason.STOP);
            held.add(new Held(token, true, length));
            return flush();
        }
        String text = words.map(decoder -> decoder.append(token.id())).orElse("");
        length += text.length();
        held.add(new Held(token, words.filter(Detokenizer::endsInsideCharacter).isEmpty(), length));
        release(count <= minTokens ? text : stops.append(text));
        if (stops.matched()) {
            ended = Optional.of(FinishReason.STOP);
            return take(held.size());
        }
        if (count == maxTokens) {
            ended = Optional.of(FinishReason.LENGTH);
            return flush();
        }
        int ready = 0;
        for (int i = 0; i < held.size() && held.get(i).end() <= cleared; i++) {
            ready = held.get(i).whole() ? i + 1 : ready;
        }
        return take(ready);
    }

    /** Gives out all that is still held back: it ends here, if it has not ended already. */
    Optional<TokenChunk> finish() {
        return ended.isPresent() ? Optional.empty() : flush();
    }

    private Optional<TokenChunk> flush() {
        release(stops.append(words.map(Detokenizer::flush).orElse("")));
        release(stops.flush());
        return take(held.size());
    }

    /** Why it ended; empty as long as it goes on. */
    Optional<FinishReason> ended() {
        return ended;
    }

    /** Tokens so far. */
    int count() {
        return count;
    }

    private void release(String text) {
        releasable.append(text);
        cleared += text.length();
    }

    private Optional<TokenChunk> take(int tokens) {
        if (tokens == 0) {
            return Optional.empty();
        }
        List<Held> ready = held.subList(0, tokens);
        TokenChunk chunk = new TokenChunk(ready.stream().map(Held::token).toList(), releasable.toString());
        ready.clear();
        releasable.setLength(0);
        return Optional.of(chunk);
    }
}
