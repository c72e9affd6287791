package org.altiplano.grid.wire;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.contract.TokenChunk;

/** The events of a generation as messages and back, without loss. */
public final class EventCodec {

    /** Tokens in one slice of an echoed prompt: with 20 alternatives each about 1 MB. */
    static final int PROMPT_SLICE = 2_048;

    private EventCodec() {
    }

    public static Wire.FromWorker received() {
        return Wire.FromWorker.newBuilder().setReceived(Wire.Received.getDefaultInstance()).build();
    }

    public static Wire.FromWorker encode(Accepted accepted) {
        return Wire.FromWorker.newBuilder().setAccepted(RequestCodec.encode(accepted.promptTokens())).build();
    }

    public static Accepted decode(Wire.TokenIds accepted) {
        return new Accepted(RequestCodec.decode(accepted));
    }

    /** The slices of an echoed prompt, in order; the last one carries its text. */
    public static List<Wire.FromWorker> encode(PromptEcho prompt) {
        int slices = Math.max(1, (prompt.tokens().size() + PROMPT_SLICE - 1) / PROMPT_SLICE);
        return IntStream.range(0, slices).mapToObj(slice -> {
            int end = Math.min(prompt.tokens().size(), (slice + 1) * PROMPT_SLICE);
            Wire.PromptPart.Builder part = Wire.PromptPart.newBuilder();
            prompt.tokens().subList(slice * PROMPT_SLICE, end).forEach(token -> part.addTokens(encode(token)));
            if (slice == slices - 1) {
                part.setText(UnicodeText.of(prompt.text())).setLast(true);
            }
            return Wire.FromWorker.newBuilder().setPrompt(part).build();
        }).toList();
    }

    public static PromptEcho decode(List<Wire.PromptPart> parts) {
        return new PromptEcho(parts.stream().flatMap(part -> part.getTokensList().stream()).map(EventCodec::decode).toList(),
                parts.get(parts.size() - 1).getText());
    }

    public static Wire.FromWorker encode(TokenChunk chunk) {
        Wire.Chunk.Builder message = Wire.Chunk.newBuilder().setText(UnicodeText.of(chunk.text()));
        chunk.tokens().forEach(token -> message.addTokens(encode(token)));
        return Wire.FromWorker.newBuilder().setTokens(message).build();
    }

    public static TokenChunk decode(Wire.Chunk chunk) {
        return new TokenChunk(chunk.getTokensList().stream().map(EventCodec::decode).toList(), chunk.getText());
    }

    public static Wire.FromWorker encode(Finished finished) {
        return Wire.FromWorker.newBuilder().setFinished(Wire.Finished.newBuilder()
                .setReason(Wire.Finished.Reason.valueOf(finished.reason().name()))
                .setPromptTokens(finished.promptTokens()).setCachedTokens(finished.cachedTokens())
                .setCompletionTokens(finished.completionTokens())
                .setQueuedNanos(finished.queued().toNanos()).setFirstTokenNanos(finished.timeToFirstToken().toNanos())
                .setTotalNanos(finished.total().toNanos())).build();
    }

    /** @throws IllegalArgumentException if the reason is not known here */
    public static Finished decode(Wire.Finished finished) {
        return new Finished(FinishReason.valueOf(finished.getReason().name()), finished.getPromptTokens(),
                finished.getCachedTokens(), finished.getCompletionTokens(), Duration.ofNanos(finished.getQueuedNanos()),
                Duration.ofNanos(finished.getFirstTokenNanos()), Duration.ofNanos(finished.getTotalNanos()));
    }

    public static Wire.FromWorker failed(Failure failure) {
        return Wire.FromWorker.newBuilder().setFailed(encode(failure)).build();
    }

    public static Wire.Failure encode(Failure failure) {
        return Wire.Failure.newBuilder().setCode(failure.code().name()).setMessage(UnicodeText.of(failure.message())).build();
    }

    /** A code that this side does not know, from a worker of another version, is the platform's failure. */
    public static Failure decode(Wire.Failure failure) {
        for (Failure.Code code : Failure.Code.values()) {
            if (code.name().equals(failure.getCode())) {
                return new Failure(code, failure.getMessage());
            }
        }
        return new Failure(Failure.Code.ENGINE_FAILED, failure.getMessage());
    }

    private static Wire.Token encode(Token token) {
        Wire.Token.Builder message = Wire.Token.newBuilder().setId(token.id()).setBytes(bytes(token.bytes()));
        token.logprob().ifPresent(logprob -> {
            Wire.Token.Logprob.Builder scores = Wire.Token.Logprob.newBuilder().setValue(logprob.value());
            logprob.top().forEach(candidate -> scores.addTop(Wire.Token.Candidate.newBuilder()
                    .setId(candidate.id()).setBytes(bytes(candidate.bytes())).setLogprob(candidate.logprob())));
            message.setLogprob(scores);
        });
        return message.build();
    }

    private static Token decode(Wire.Token token) {
        Optional<Token.Logprob> logprob = token.hasLogprob()
                ? Optional.of(new Token.Logprob(token.getLogprob().getValue(), token.getLogprob().getTopList().stream()
                        .map(candidate -> new Token.Candidate(candidate.getId(), bytes(candidate.getBytes()),
                                candidate.getLogprob())).toList()))
                : Optional.empty();
        return new Token(token.getId(), bytes(token.getBytes()), logprob);
    }

    private static ByteString bytes(TokenBytes bytes) {
        return ByteString.copyFrom(bytes.value());
    }

    private static TokenBytes bytes(ByteString bytes) {
        return new TokenBytes(bytes.toByteArray());
    }
}
