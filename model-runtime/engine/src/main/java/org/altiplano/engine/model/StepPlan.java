package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.sampling.SamplingPlan;
import org.altiplano.engine.torch.NativeScope;

/** A step as the program wants it: decoding rows that share KV blocks side by side. Used once, by the engine's thread. */
final class StepPlan {

    private final ModelShape shape;
    private final int arenaBlocks;
    private final List<StepInput.Row> rows;
    private final List<Integer> order;
    private final LongStream.Builder ids = LongStream.builder();
    private final LongStream.Builder drawAt = LongStream.builder();
    private final LongStream.Builder scoreAt = LongStream.builder();
    private final LongStream.Builder targets = LongStream.builder();
    private final List<Integer> drawn = new ArrayList<>();
    private final List<Integer> scored = new ArrayList<>();
    private final SamplingPlan sampling;
    private int tokens;

    StepPlan(StepInput input, ModelShape shape, int arenaBlocks) {
        this.shape = shape;
        this.arenaBlocks = arenaBlocks;
        this.rows = input.rows();
        this.sampling = new SamplingPlan(shape.vocabulary());
        this.order = IntStream.range(0, rows.size()).boxed().sorted(Comparator
                .<Integer>comparingInt(row -> rows.get(row).tokens().length == 1 ? 0 : 1)
                .thenComparing(row -> rows.get(row).blocks(), Arrays::compare)).toList();
        order.forEach(this::place);
    }

    private void place(int index) {
        StepInput.Row row = rows.get(index);
        check(row);
        for (int id : row.tokens()) {
            ids.add(id);
        }
        row.score().ifPresent(score -> {
            for (int i = 0; i < score.targets().length; i++) {
                if (score.targets()[i] >= 0) {
                    scoreAt.add(tokens + i);
                    targets.add(known(score.targets()[i]));
                    scored.add(index);
                }
            }
        });
        tokens += row.tokens().length;
        row.draw().ifPresent(draw -> {
            drawAt.add(tokens - 1);
            drawn.add(index);
            sampling.add(draw.params(), draw.uniform(), draw.prompt(), draw.output(), draw.forbidden(), draw.logprobs());
        });
    }

    private void check(StepInput.Row row) {
        int end = row.position() + row.tokens().length;
        if (row.tokens().length == 0 || end > row.blocks().length * KvPool.BLOCK || end > shape.context()) {
            throw new IllegalArgumentException("A row of tokens " + row.position() + " to " + end + " does not fit its "
                    + row.blocks().length + " blocks and the context of " + shape.context() + ".");
        }
        for (int block : row.blocks()) {
            if (block < 0 || block >= arenaBlocks) {
                throw new IllegalArgumentException("KV block " + block + " lies outside the arena of " + arenaBlocks + " blocks.");
            }
        }
        for (int id : row.tokens()) {
            known(id);
        }
    }

    private int known(int id) {
        if (id < 0 || id >= shape.vocabulary()) {
            throw new IllegalArgumentException("Token id " + id + " is outside the vocabulary of " + shape.vocabulary() + ".");
        }
        return id;
    }

    /** The arguments of the program's {@code step}, up to those that live as long as the model. */
    List<IValue> arguments(NativeScope scope) {
        List<IValue> first = List.of(scope.integers(ids.build().toArray()), scope.bytes(layout()),
                scope.integers(drawAt.build().toArray()));
        List<IValue> last = List.of(scope.integers(scoreAt.build().toArray()), scope.integers(targets.build().toArray()),
                scope.number(top()));
        return Stream.of(first, sampling.arguments(scope), last).flatMap(List::stream).toList();
    }

    /** Positions, sequences and block tables, as {@code step.h} of the operators describes them. */
    private ByteBuffer layout() {
        int tables = rows.stream().mapToInt(row -> row.blocks().length).sum();
        ByteBuffer bytes = ByteBuffer.allocateDirect(4 * (2 + tokens + 3 * rows.size() + tables)).order(ByteOrder.nativeOrder());
        IntBuffer words = bytes.asIntBuffer();
        words.put(tokens).put(rows.size());
        for (int index : order) {
            StepInput.Row row = rows.get(index);
            for (int i = 0; i < row.tokens().length; i++) {
                words.put(row.position() + i);
            }
        }
        int first = 0;
        int table = 0;
        for (int index : order) {
            StepInput.Row row = rows.get(index);
            words.put(first).put(row.tokens().length).put(table);
            first += row.tokens().length;
            table += row.blocks().length;
        }
        order.forEach(index -> words.put(rows.get(index).blocks()));
        return bytes;
    }

    SamplingPlan sampling() {
        return sampling;
    }

    /** For each draw in the program's order the row that asked. */
    List<Integer> drawn() {
        return drawn;
    }

    /** For each score in the program's order the row that asked. */
    List<Integer> scored() {
        return scored;
    }

    /** Most likely tokens computed with every score. */
    int top() {
        return top(rows.stream().flatMap(row -> row.score().stream()));
    }

    /** Most likely tokens wanted with one score. */
    int top(int score) {
        return top(rows.get(scored.get(score)).score().stream());
    }

    private int top(Stream<StepInput.Score> scores) {
        return Math.min(shape.vocabulary(), scores.mapToInt(StepInput.Score::top).max().orElse(0));
    }
}
