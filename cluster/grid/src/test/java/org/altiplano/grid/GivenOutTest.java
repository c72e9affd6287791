package org.altiplano.grid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.wire.RequestCodec;
import org.junit.jupiter.api.Test;

/** What is left of a generation whose worker is lost, and when nothing may follow. */
class GivenOutTest {

    private static final OutputOptions ECHO = new OutputOptions(OptionalInt.of(2), true);
    private static final StopConditions TEN = new StopConditions(OptionalInt.of(10), 4, List.of("END"), Set.of(99), false);

    private final GivenOut given = new GivenOut();

    @Test
    void beforeTheFirstTokenTheRequestIsSentAgain() {
        assertEquals(Optional.of(request(TEN, ECHO)), rest(TEN));
        given.accepted(new Accepted(new int[] {7, 8}));
        assertEquals(Optional.of(request(TEN, ECHO)), rest(TEN));
        given.echoed();
        assertEquals(Optional.of(request(TEN, new OutputOptions(OptionalInt.of(2), false))), rest(TEN));
    }

    @Test
    void anAnswerGoesOnBehindItsTokensWithWhatIsLeftOfItsLimits() {
        say("Hel", "lo");
        GenerationRequest rest = rest(TEN).orElseThrow();
        assertEquals(new Prompt.Begun(new int[] {7, 8}, new int[] {0, 1}), rest.prompt());
        assertEquals(new StopConditions(OptionalInt.of(8), 2, List.of("END"), Set.of(99), false), rest.stop());
        assertEquals(false, rest.output().echo());
        assertEquals(request(TEN, ECHO).sampling(), rest.sampling());
    }

    @Test
    void nothingFollowsWhereTextOfATokenThatIsNotKnownWasGivenOut() {
        say("Hel", "lo");
        given.add(new TokenChunk(List.of(token(2, " the")), " the E"), Duration.ZERO); // " E" may begin "END"
        assertEquals(Optional.empty(), rest(TEN));
        given.add(new TokenChunk(List.of(token(3, " Eel")), "el"), Duration.ZERO);
        assertEquals(4, ((Prompt.Begun) rest(TEN).orElseThrow().prompt()).answer().length);
    }

    @Test
    void nothingFollowsAfterWhatMayHaveBeenTheEnd() {
        say("a", "b");
        assertEquals(Optional.empty(), rest(StopConditions.after(2)));
        assertEquals(Optional.empty(), rest(new StopConditions(OptionalInt.empty(), 0, List.of(), Set.of(1), false)));
        given.add(new TokenChunk(List.of(token(2, "")), ""), Duration.ZERO); // perhaps an end-of-sequence token
        assertEquals(Optional.empty(), rest(TEN));
        assertEquals(3, ((Prompt.Begun) rest(new StopConditions(OptionalInt.empty(), 0, List.of(), Set.of(), true))
                .orElseThrow().prompt()).answer().length);
    }

    @Test
    void theEndTellsOfTheWhole() {
        say("a", "b", "c");
        Finished part = new Finished(FinishReason.STOP, 4, 3, 1, Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
        assertEquals(new Finished(FinishReason.STOP, 2, 2, 3, Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofSeconds(13)),
                given.whole(part, Duration.ofSeconds(10)));
    }

    private void say(String... pieces) {
        given.accepted(new Accepted(new int[] {7, 8}));
        for (int id = 0; id < pieces.length; id++) {
            given.add(new TokenChunk(List.of(token(id, pieces[id])), pieces[id]), Duration.ofMillis(5));
        }
    }

    private static Token token(int id, String text) {
        return new Token(id, TokenBytes.of(text), Optional.empty());
    }

    private Optional<GenerationRequest> rest(StopConditions stop) {
        return given.rest(RequestCodec.encode(request(stop, ECHO))).map(RequestCodec::decode);
    }

    private static GenerationRequest request(StopConditions stop, OutputOptions output) {
        return new GenerationRequest("id", "m", new Prompt.Text("hi", false), SamplingParams.GREEDY, stop, output,
                CacheSalt.PUBLIC, FairShare.SINGLE);
    }
}
