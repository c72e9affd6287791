package org.altiplano.grid.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.CacheSalt;
import org.altiplano.contract.FairShare;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FinishReason;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationRequest;
import org.altiplano.contract.Message;
import org.altiplano.contract.OutputOptions;
import org.altiplano.contract.PinnedPrefix;
import org.altiplano.contract.Priority;
import org.altiplano.contract.Prompt;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.SamplingParams;
import org.altiplano.contract.StopConditions;
import org.altiplano.contract.Token;
import org.altiplano.contract.TokenBytes;
import org.altiplano.contract.TokenChunk;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Whatever the contract can say survives the way through bytes, whole and unchanged. */
class CodecTest {

    @RepeatedTest(200)
    void everyRequestComesBackEqual(RepetitionInfo repetition) throws InvalidProtocolBufferException {
        GenerationRequest request = new Sample(repetition.getCurrentRepetition()).request();
        byte[] bytes = RequestCodec.encode(request).toByteArray();
        assertEquals(request, RequestCodec.decode(Wire.Request.parseFrom(bytes)));
    }

    @RepeatedTest(20)
    void everySetOfPinsComesBackEqual(RepetitionInfo repetition) throws InvalidProtocolBufferException {
        Sample sample = new Sample(repetition.getCurrentRepetition());
        List<PinnedPrefix> prefixes = List.of(new PinnedPrefix(sample.text(), sample.text()), new PinnedPrefix("b", ""));
        Wire.PinRequest sent = Wire.PinRequest.parseFrom(RequestCodec.encode("m", prefixes).toByteArray());
        assertEquals("m", sent.getModel());
        assertEquals(prefixes, RequestCodec.decode(sent));
    }

    @RepeatedTest(100)
    void everyEventComesBackEqual(RepetitionInfo repetition) throws InvalidProtocolBufferException {
        Sample sample = new Sample(repetition.getCurrentRepetition());
        Accepted accepted = new Accepted(sample.ints());
        assertEquals(accepted, EventCodec.decode(sent(EventCodec.encode(accepted)).getAccepted()));
        TokenChunk chunk = new TokenChunk(sample.tokens(5), sample.text());
        assertEquals(chunk, EventCodec.decode(sent(EventCodec.encode(chunk)).getTokens()));
        Finished finished = sample.finished();
        assertEquals(finished, EventCodec.decode(sent(EventCodec.encode(finished)).getFinished()));
        Failure failure = new Failure(sample.one(Failure.Code.values()), sample.text());
        assertEquals(failure, EventCodec.decode(sent(EventCodec.failed(failure)).getFailed()));
    }

    @Test
    void anEchoedPromptOfAnyLengthComesBackEqual() {
        for (int length : new int[] {0, 1, EventCodec.PROMPT_SLICE - 1, EventCodec.PROMPT_SLICE, EventCodec.PROMPT_SLICE + 1, 10_000}) {
            PromptEcho echo = new PromptEcho(new Sample(length).tokens(length), "text");
            List<Wire.FromWorker> parts = EventCodec.encode(echo);
            assertEquals(echo, EventCodec.decode(parts.stream().map(Wire.FromWorker::getPrompt).toList()));
            assertTrue(parts.get(parts.size() - 1).getPrompt().getLast());
            parts.forEach(part -> assertTrue(part.getSerializedSize() < Limits.MESSAGE_BYTES / 2));
        }
    }

    @Test
    void aPromptOf128kTokensFitsOneMessage() {
        int[] ids = IntStream.range(0, 128 << 10).map(i -> 2_000_000_000 + i).toArray();
        assertTrue(RequestCodec.encode(new Prompt.Tokens(ids)).getSerializedSize() < Limits.MESSAGE_BYTES / 2);
    }

    @Test
    void halfACharacterBecomesTheReplacementCharacter() {
        Prompt prompt = RequestCodec.decode(RequestCodec.encode(new Prompt.Text("a\uD83Db \uDE00 \uD83D\uDE00\uD83D", false)));
        assertEquals(new Prompt.Text("a\uFFFDb \uFFFD \uD83D\uDE00\uFFFD", false), prompt);
    }

    @Test
    void whatIsOutOfRangeIsNamed() {
        Wire.Request request = RequestCodec.encode(new Sample(1).request());
        Wire.Request spoilt = request.toBuilder().setSampling(request.getSampling().toBuilder().setTemperature(7)).build();
        assertEquals("temperature is out of range: 7.0",
                assertThrows(IllegalArgumentException.class, () -> RequestCodec.decode(spoilt)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> RequestCodec.decode(request.toBuilder().clearPrompt().build()));
    }

    @Test
    void aRequestThatNamesNoPriorityIsInteractive() {
        Wire.Request request = RequestCodec.encode(new Sample(1).request());
        Wire.Request old = request.toBuilder().setShare(request.getShare().toBuilder().clearPriority()).build();
        assertEquals(Priority.INTERACTIVE, RequestCodec.decode(old).share().priority());
    }

    @Test
    void aFailureCodeOfALaterVersionIsThePlatformsFailure() {
        assertEquals(new Failure(Failure.Code.ENGINE_FAILED, "on fire"),
                EventCodec.decode(Wire.Failure.newBuilder().setCode("ON_FIRE").setMessage("on fire").build()));
    }

    private static Wire.FromWorker sent(Wire.FromWorker message) throws InvalidProtocolBufferException {
        return Wire.FromWorker.parseFrom(message.toByteArray());
    }

    /** Random values over the contract's whole ranges. */
    private static final class Sample {
        private final Random random;

        Sample(long seed) {
            random = new Random(seed);
        }

        GenerationRequest request() {
            return new GenerationRequest(text(), text(), prompt(), sampling(), stop(),
                    new OutputOptions(random.nextBoolean() ? OptionalInt.of(random.nextInt(21)) : OptionalInt.empty(),
                            random.nextBoolean()),
                    new CacheSalt(text()), new FairShare(text(), random.nextDouble() + 0.001, one(Priority.values())));
        }

        Finished finished() {
            return new Finished(one(FinishReason.values()), random.nextInt(), random.nextInt(), random.nextInt(),
                    Duration.ofNanos(random.nextLong()), Duration.ofNanos(random.nextLong()), Duration.ofNanos(random.nextLong()));
        }

        List<Token> tokens(int count) {
            return IntStream.range(0, count).mapToObj(i -> new Token(random.nextInt(), bytes(), random.nextBoolean()
                    ? Optional.empty()
                    : Optional.of(new Token.Logprob(logprob(), IntStream.range(0, random.nextInt(4))
                            .mapToObj(k -> new Token.Candidate(random.nextInt(), bytes(), logprob())).toList())))).toList();
        }

        int[] ints() {
            return random.ints(random.nextInt(20)).toArray();
        }

        /** Any characters, some of them outside the basic plane, none of them half. */
        String text() {
            return random.ints(random.nextInt(12), 0, Character.MAX_CODE_POINT + 1)
                    .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                    .mapToObj(Character::toString).collect(Collectors.joining());
        }

        <T> T one(T[] values) {
            return values[random.nextInt(values.length)];
        }

        private Prompt prompt() {
            return switch (random.nextInt(4)) {
                case 0 -> new Prompt.Text(text(), random.nextBoolean());
                case 1 -> new Prompt.Tokens(ints());
                case 2 -> new Prompt.Begun(ints(), ints());
                default -> new Prompt.Chat(IntStream.range(0, random.nextInt(5))
                        .mapToObj(i -> new Message(one(Message.Role.values()), text())).toList());
            };
        }

        private SamplingParams sampling() {
            Map<Integer, Float> bias = new TreeMap<>();
            random.ints(random.nextInt(5)).forEach(id -> bias.put(id, random.nextFloat() * 200 - 100));
            return new SamplingParams(random.nextDouble() * 2, random.nextDouble() + Double.MIN_VALUE,
                    random.nextInt(Integer.MAX_VALUE), random.nextDouble(), random.nextDouble() * 4 - 2,
                    random.nextDouble() * 4 - 2, random.nextDouble() * 2 + Double.MIN_VALUE, bias,
                    random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty());
        }

        private StopConditions stop() {
            int most = 1 + random.nextInt(Integer.MAX_VALUE - 1);
            List<String> strings = IntStream.range(0, random.nextInt(4)).mapToObj(i -> text() + "x").toList();
            return new StopConditions(random.nextBoolean() ? OptionalInt.of(most) : OptionalInt.empty(), random.nextInt(most),
                    strings, Set.copyOf(random.ints(random.nextInt(5)).boxed().collect(Collectors.toSet())),
                    random.nextBoolean());
        }

        private TokenBytes bytes() {
            byte[] bytes = new byte[random.nextInt(5)];
            random.nextBytes(bytes);
            return new TokenBytes(bytes);
        }

        private float logprob() {
            return random.nextInt(10) == 0 ? Float.NEGATIVE_INFINITY : -random.nextFloat() * 30;
        }
    }
}
