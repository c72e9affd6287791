package org.altiplano.grid;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Finished;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenChunk;
import org.altiplano.grid.wire.RequestCodec;
import org.altiplano.grid.wire.Wire;

/**
 * Owns what the listener of one generation has been told so far, and from it makes the request by which another worker goes
 * on. Used on the generation's serial thread.
 */
final class GivenOut {

    private final List<Integer> tokens = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(); // what the tokens stand for
    private final StringBuilder text = new StringBuilder();
    private Optional<Accepted> accepted = Optional.empty();
    private Optional<Duration> firstToken = Optional.empty();
    private boolean echoed;
    private boolean lastIsSilent;

    void accepted(Accepted event) {
        accepted = Optional.of(event);
    }

    void echoed() {
        echoed = true;
    }

    /** @param sinceSubmission time that has passed since the generation was submitted */
    void add(TokenChunk chunk, Duration sinceSubmission) {
        if (firstToken.isEmpty()) {
            firstToken = Optional.of(sinceSubmission);
        }
        for (Token token : chunk.tokens()) {
            tokens.add(token.id());
            bytes.writeBytes(token.bytes().value());
            lastIsSilent = token.bytes().value().length == 0;
        }
        text.append(chunk.text());
    }

    boolean isAccepted() {
        return accepted.isPresent();
    }

    int promptTokens() {
        return accepted.map(event -> event.promptTokens().length).orElse(0);
    }

    int completionTokens() {
        return tokens.size();
    }

    /**
     * The request for what is still to come; empty where it cannot be told exactly: text of a token was given out that was
     * not itself, or the last token may have been the end. Whoever reads both answers must not see the seam.
     */
    Optional<Wire.Request> rest(Wire.Request whole) {
        if (tokens.isEmpty()) {
            return Optional.of(echoed ? withoutEcho(whole).build() : whole);
        }
        Wire.Stop stop = whole.getStop();
        boolean mayHaveEnded = lastIsSilent && !stop.getIgnoreEos()
                || stop.getTokenIdsList().contains(tokens.get(tokens.size() - 1))
                || stop.hasMaxTokens() && stop.getMaxTokens() <= tokens.size();
        if (mayHaveEnded || text.isEmpty() || !Arrays.equals(bytes.toByteArray(), text.toString().getBytes(StandardCharsets.UTF_8))) {
            return Optional.empty();
        }
        Wire.Stop.Builder left = stop.toBuilder().setMinTokens(Math.max(0, stop.getMinTokens() - tokens.size()));
        if (stop.hasMaxTokens()) {
            left.setMaxTokens(stop.getMaxTokens() - tokens.size());
        }
        int[] answer = tokens.stream().mapToInt(Integer::intValue).toArray();
        return Optional.of(withoutEcho(whole).setStop(left)
                .setPrompt(RequestCodec.encode(new Prompt.Begun(accepted.orElseThrow().promptTokens(), answer))).build());
    }

    private static Wire.Request.Builder withoutEcho(Wire.Request whole) {
        return whole.toBuilder().setOutput(whole.getOutput().toBuilder().setEcho(false));
    }

    /**
     * The end of the whole, from what the last worker says of its part.
     *
     * @param earlier time between the submission and that worker's part
     */
    Finished whole(Finished part, Duration earlier) {
        Duration first = firstToken.orElse(earlier.plus(part.timeToFirstToken()));
        Duration queued = earlier.plus(part.queued());
        return new Finished(part.reason(), promptTokens(), Math.min(part.cachedTokens(), promptTokens()), completionTokens(),
                queued.compareTo(first) < 0 ? queued : first, first, earlier.plus(part.total()));
    }
}
