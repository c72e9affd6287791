package org.altiplano.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.Wire;

/**
 * Owns the events of one generation that its stream has not taken yet; filled by the engine thread, which never waits,
 * and emptied by the pump. Tokens that wait are coalesced into one chunk. What waits is bounded: when a reader falls
 * too far behind, the tokens are dropped and only the end is still told.
 */
final class Outlet {

    private final int limit;
    private Optional<Accepted> accepted = Optional.empty();
    private Optional<PromptEcho> prompt = Optional.empty();
    private List<Token> tokens = new ArrayList<>();
    private StringBuilder text = new StringBuilder();
    private Optional<Wire.FromWorker> end = Optional.empty();
    private boolean ended;

    /** @param limit most tokens that may wait */
    Outlet(int limit) {
        this.limit = limit;
    }

    synchronized void accepted(Accepted event) {
        accepted = Optional.of(event);
    }

    synchronized void prompt(PromptEcho event) {
        prompt = Optional.of(event);
    }

    /** @return false if there was no room; then the outlet takes no tokens any more */
    synchronized boolean tokens(TokenChunk chunk) {
        if (ended) {
            return false;
        }
        if (tokens.size() + chunk.tokens().size() > limit) {
            tokens = List.of();
            text = new StringBuilder();
            return false;
        }
        tokens.addAll(chunk.tokens());
        text.append(chunk.text());
        return true;
    }

    /** The first end counts: after it nothing more is said. */
    synchronized void end(Wire.FromWorker event) {
        if (!ended) {
            ended = true;
            end = Optional.of(event);
        }
    }

    /** What is to be sent next, in order; empty if nothing waits. */
    List<Wire.FromWorker> next() {
        Optional<Accepted> toAccept;
        Optional<PromptEcho> toEcho;
        TokenChunk chunk;
        Optional<Wire.FromWorker> toEnd;
        synchronized (this) {
            toAccept = accepted;
            toEcho = prompt;
            chunk = new TokenChunk(tokens, text.toString());
            toEnd = end;
            accepted = Optional.empty();
            prompt = Optional.empty();
            tokens = new ArrayList<>();
            text = new StringBuilder();
            end = Optional.empty();
        }
        List<Wire.FromWorker> messages = new ArrayList<>();
        toAccept.ifPresent(event -> messages.add(EventCodec.encode(event)));
        toEcho.ifPresent(event -> messages.addAll(EventCodec.encode(event)));
        if (!chunk.tokens().isEmpty() || !chunk.text().isEmpty()) {
            messages.add(EventCodec.encode(chunk));
        }
        toEnd.ifPresent(messages::add);
        return messages;
    }
}
