package org.altiplano.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.model.ModelRunner;
import org.altiplano.engine.model.StepInput;
import org.altiplano.engine.model.StepOutput;
import org.altiplano.engine.model.StepOutput.Logprobs;

/**
 * A model whose next token is a function of all tokens before it, which it reads back from a KV arena of its own: a wrong
 * block or position shows as another answer or as a failed step. Also checks that nobody writes what others read, and that one
 * thread uses it.
 */
final class ScriptedModelRunner implements ModelRunner {

    private final int[] arena;
    private final int vocabulary;
    private final ToIntFunction<int[]> script;
    private final List<Integer> stepSizes = new ArrayList<>();
    private Consumer<StepInput> before = step -> { };
    private Optional<Thread> user = Optional.empty();
    private volatile boolean closed;

    /** @param script the likeliest token after the given ones */
    ScriptedModelRunner(int arenaTokens, int vocabulary, ToIntFunction<int[]> script) {
        this.arena = new int[arenaTokens / KvPool.BLOCK * KvPool.BLOCK];
        this.vocabulary = vocabulary;
        this.script = script;
        Arrays.fill(arena, -1);
    }

    /** Tokens that look random and depend on every one before; never a control token. */
    static ScriptedModelRunner hashing(int arenaTokens, int vocabulary) {
        return new ScriptedModelRunner(arenaTokens, vocabulary, tokens ->
                FixedTokenizer.FIRST_BYTE + Math.floorMod(Arrays.hashCode(tokens) * 0x9E3779B9 >>> 7, vocabulary - FixedTokenizer.FIRST_BYTE));
    }

    /** Recites the given tokens after a prompt of the given length, then ends. */
    static ScriptedModelRunner reciting(int promptLength, int vocabulary, int... answer) {
        return new ScriptedModelRunner(4096, vocabulary, tokens -> {
            int place = tokens.length - promptLength;
            return place < answer.length ? answer[place] : FixedTokenizer.EOS;
        });
    }

    /** What to do before each step, such as to wait or to throw; called on the engine's thread. */
    ScriptedModelRunner before(Consumer<StepInput> action) {
        before = action;
        return this;
    }

    boolean isClosed() {
        return closed;
    }

    /** Rows of each step; read it when the engine is closed. */
    List<Integer> stepSizes() {
        return stepSizes;
    }

    @Override
    public int arenaBlocks() {
        return arena.length / KvPool.BLOCK;
    }

    @Override
    public String computeProfile() {
        return "scripted";
    }

    @Override
    public StepOutput run(StepInput input) {
        requireSameThread();
        before.accept(input);
        stepSizes.add(input.rows().size());
        input.rows().forEach(row -> write(row, input.rows()));
        return new StepOutput(input.rows().stream().map(this::answer).toList());
    }

    @Override
    public void close() {
        closed = true;
    }

    private void write(StepInput.Row row, List<StepInput.Row> all) {
        for (int at = row.position(); at < row.position() + row.tokens().length; at++) {
            int block = row.blocks()[at / KvPool.BLOCK];
            if (all.stream().filter(other -> contains(other.blocks(), block)).count() > 1) {
                throw new AssertionError("block " + block + " is written and belongs to another sequence too");
            }
            arena[cell(row.blocks(), at)] = row.tokens()[at - row.position()];
        }
    }

    private StepOutput.Row answer(StepInput.Row row) {
        int[] tokens = read(row.blocks(), row.position() + row.tokens().length);
        List<Logprobs> scores = row.score().stream()
                .flatMap(score -> IntStream.range(0, score.targets().length).filter(i -> score.targets()[i] >= 0)
                        .mapToObj(i -> logprobs(Arrays.copyOf(tokens, row.position() + i + 1), score.targets()[i], score.top())))
                .toList();
        if (row.draw().isEmpty()) {
            return new StepOutput.Row(OptionalInt.empty(), Optional.empty(), scores);
        }
        StepInput.Draw draw = row.draw().get();
        int token = script.applyAsInt(tokens);
        if (draw.params().temperature() > 0) {
            token = (token + (int) (draw.uniform() * 100)) % vocabulary;
        }
        while (contains(draw.forbidden(), token)) {
            token = FixedTokenizer.FIRST_BYTE + '.';
        }
        int drawn = token;
        Optional<Logprobs> logprob = draw.logprobs().stream().mapToObj(top -> logprobs(tokens, drawn, top)).findFirst();
        return new StepOutput.Row(OptionalInt.of(token), logprob, scores);
    }

    /** Made up, but a function of the token and of everything before it. */
    static Logprobs logprobs(int[] before, int token, int top) {
        float value = -(1 + Math.floorMod(Arrays.hashCode(before) * 31 + token, 1000)) / 100f;
        int[] ids = IntStream.range(0, top).map(i -> FixedTokenizer.FIRST_BYTE + i).toArray();
        float[] values = new float[top];
        Arrays.fill(values, value);
        return new Logprobs(value, ids, values);
    }

    private int[] read(int[] blocks, int length) {
        int[] tokens = new int[length];
        for (int i = 0; i < length; i++) {
            tokens[i] = arena[cell(blocks, i)];
            if (tokens[i] < 0) {
                throw new AssertionError("the KV entry of token " + i + " is not in " + Arrays.toString(blocks));
            }
        }
        return tokens;
    }

    private static int cell(int[] blocks, int position) {
        return blocks[position / KvPool.BLOCK] * KvPool.BLOCK + position % KvPool.BLOCK;
    }

    private static boolean contains(int[] ids, int id) {
        return IntStream.of(ids).anyMatch(other -> other == id);
    }

    private void requireSameThread() {
        if (user.isEmpty()) {
            user = Optional.of(Thread.currentThread());
        }
        if (user.get() != Thread.currentThread() || closed) {
            throw new AssertionError("used by two threads, or after close");
        }
    }
}
