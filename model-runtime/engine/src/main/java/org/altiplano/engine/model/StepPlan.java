package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.kvcache.KvRegion;
import org.altiplano.engine.sampling.SamplingPlan;
import org.altiplano.engine.torch.NativeScope;

/**
 * A step as the program wants it: the tokens of decoding rows first, side by side where their regions are, then the runs of
 * rows in prefill. Used once, by the engine's thread.
 */
final class StepPlan {

    private final ModelShape shape;
    private final List<StepInput.Row> rows;
    private final LongStream.Builder ids = LongStream.builder();
    private final LongStream.Builder positions = LongStream.builder();
    private final LongStream.Builder runs = LongStream.builder();
    private final LongStream.Builder drawAt = LongStream.builder();
    private final LongStream.Builder scoreAt = LongStream.builder();
    private final LongStream.Builder targets = LongStream.builder();
    private final List<Integer> decoding;
    private final List<Integer> drawn = new ArrayList<>();
    private final List<Integer> scored = new ArrayList<>();
    private final SamplingPlan sampling;
    private final int arenaTokens;
    private final long bytesPerToken;
    private final boolean dense;
    private int tokens;

    /**
     * @param bytesPerToken of keys and values on one layer
     * @param dense whether attention reads whole regions faster than parts
     */
    StepPlan(StepInput input, ModelShape shape, int arenaTokens, long bytesPerToken, boolean dense) {
        this.shape = shape;
        this.arenaTokens = arenaTokens;
        this.rows = input.rows();
        this.bytesPerToken = bytesPerToken;
        this.dense = dense;
        this.sampling = new SamplingPlan(shape.vocabulary());
        this.decoding = IntStream.range(0, rows.size()).filter(row -> rows.get(row).tokens().length == 1).boxed()
                .sorted(Comparator.comparing(row -> rows.get(row).region(), DecodeGroups.ORDER)).toList();
        decoding.forEach(this::place);
        IntStream.range(0, rows.size()).filter(row -> rows.get(row).tokens().length != 1).forEach(row -> {
            KvRegion region = rows.get(row).region();
            int first = tokens;
            place(row);
            LongStream.of(first, tokens, region.start(), region.capacity(), rows.get(row).position()).forEach(runs::add);
        });
    }

    private void place(int index) {
        StepInput.Row row = rows.get(index);
        check(row);
        for (int i = 0; i < row.tokens().length; i++) {
            ids.add(row.tokens()[i]);
            positions.add(row.position() + i);
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
        KvRegion region = row.region();
        if (region.start() < 0 || region.start() + region.capacity() > arenaTokens) {
            throw new IllegalArgumentException(region + " lies outside the arena of " + arenaTokens + " tokens.");
        }
        if (row.tokens().length == 0 || end > region.capacity() || end > shape.context()) {
            throw new IllegalArgumentException("A row of tokens " + row.position() + " to " + end + " does not fit its region of "
                    + region.capacity() + " tokens and the context of " + shape.context() + ".");
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
        List<KvRegion> regions = decoding.stream().map(row -> rows.get(row).region()).toList();
        int[] lengths = decoding.stream().mapToInt(row -> rows.get(row).position() + 1).toArray();
        LongStream groups = DecodeGroups.of(regions, lengths, bytesPerToken, dense).groups().stream().flatMapToLong(group ->
                LongStream.of(group.first(), group.last(), group.start(), group.capacity(), group.padded()));
        long[] entries = new long[lengths.length * shape.kvHeads()];
        for (int i = 0; i < lengths.length; i++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                KvRegion region = regions.get(i);
                entries[i * shape.kvHeads() + head] = (long) region.start() * shape.kvHeads()
                        + (long) head * region.capacity() + lengths[i] - 1;
            }
        }
        List<IValue> first = List.of(scope.integers(ids.build().toArray()), scope.integers(positions.build().toArray()),
                scope.integers(groups.toArray()), scope.integers(IntStream.of(lengths).asLongStream().toArray()),
                scope.integers(entries), scope.integers(runs.build().toArray()), scope.integers(drawAt.build().toArray()));
        List<IValue> last = List.of(scope.integers(scoreAt.build().toArray()), scope.integers(targets.build().toArray()),
                scope.number(top()));
        return Stream.of(first, sampling.arguments(scope), last).flatMap(List::stream).toList();
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
