package org.altiplano.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.wire.EventCodec;
import org.altiplano.grid.wire.Wire;
import org.junit.jupiter.api.Test;

class OutletTest {

    private static final Wire.FromWorker FINISHED = EventCodec.encode(new Finished(FinishReason.STOP, 1, 0, 3, Duration.ZERO,
            Duration.ZERO, Duration.ZERO));

    private final Outlet outlet = new Outlet(3);

    @Test
    void coalescesTheTokensThatWait() {
        outlet.tokens(chunk(1, "a"));
        outlet.tokens(chunk(2, "b"));
        assertEquals(List.of(EventCodec.encode(new TokenChunk(List.of(token(1), token(2)), "ab"))), outlet.next());
        assertEquals(List.of(), outlet.next());
    }

    @Test
    void keepsTheOrderOfTheContract() {
        PromptEcho echo = new PromptEcho(List.of(token(7)), "x");
        outlet.accepted(new Accepted(new int[] {7}));
        outlet.prompt(echo);
        outlet.tokens(chunk(1, "a"));
        outlet.end(FINISHED);
        assertEquals(List.of(EventCodec.encode(new Accepted(new int[] {7})), EventCodec.encode(echo).get(0),
                EventCodec.encode(chunk(1, "a")), FINISHED), outlet.next());
    }

    @Test
    void takesWhatFitsAgainOnceItIsEmptied() {
        assertTrue(outlet.tokens(chunk(1, "a")));
        assertTrue(outlet.tokens(chunk(2, "b")));
        assertTrue(outlet.tokens(chunk(3, "c")));
        outlet.next();
        assertTrue(outlet.tokens(chunk(4, "d")));
    }

    @Test
    void dropsTheTokensOfAReaderThatFellBehindAndTellsTheEndOnce() {
        for (int i = 0; i < 3; i++) {
            outlet.tokens(chunk(i, "x"));
        }
        assertFalse(outlet.tokens(chunk(3, "x")));
        Wire.FromWorker givenUp = EventCodec.received();
        outlet.end(givenUp);
        assertFalse(outlet.tokens(chunk(4, "x")));
        outlet.end(FINISHED);
        assertEquals(List.of(givenUp), outlet.next());
        outlet.end(FINISHED);
        assertEquals(List.of(), outlet.next());
    }

    @Test
    void carriesTextThatNoTokenOfItsOwnReleases() {
        outlet.tokens(new TokenChunk(List.of(), "held back"));
        assertEquals(List.of(EventCodec.encode(new TokenChunk(List.of(), "held back"))), outlet.next());
    }

    private static TokenChunk chunk(int id, String text) {
        return new TokenChunk(List.of(token(id)), text);
    }

    private static Token token(int id) {
        return new Token(id, TokenBytes.EMPTY, Optional.empty());
    }
}
