package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.altiplano.contract.ModelShape;
import org.altiplano.contract.SamplingParams;
import org.altiplano.engine.kvcache.KvPool;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.torch.ComputeThreads;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/**
 * Owns a model on libtorch: its program, its packed weights and its KV arena. Loaded by any thread, then used by one, the
 * engine's. A step is one native call.
 */
public final class TorchModelRunner implements ModelRunner {

    /** What the attention operators compute: whole vectors, in the registers that there are. */
    private static final int HEAD_DIM_STEP = 8;
    private static final int WIDEST_HEAD = 256;

    private final ComputeProfile profile;
    private final ModelShape shape;
    private final Program program;
    private final ModelWeights weights;
    private final KvArena arena;
    private final IValue rotary;
    /** The layers' tensors in the hands of operators of our own. */
    private final IValue held;
    private final ComputeThreads threads = ComputeThreads.ofThisMachine();
    private final Pauses pauses = new Pauses(System::nanoTime);
    /** Where packed weights are to be kept that were not kept yet. */
    private final Optional<Path> toKeep;

    private TorchModelRunner(ModelConfig config, Dtype dtype, ComputeProfile profile, Weights stored, long kvBytes,
                             Consumer<String> progress) {
        this.profile = profile;
        this.shape = config.shape();
        if (shape.headDim() % HEAD_DIM_STEP != 0 || shape.headDim() > WIDEST_HEAD) {
            throw new IllegalArgumentException("Attention heads of width " + shape.headDim() + " cannot be computed: it must be a "
                    + "multiple of " + HEAD_DIM_STEP + " up to " + WIDEST_HEAD + ".");
        }
        KvType kv = ComputeProfile.kvType(dtype);
        long bytesPerBlock = KvArena.bytesPerBlock(shape, kv);
        long blocks = Math.min(Integer.MAX_VALUE / KvPool.BLOCK, kvBytes / bytesPerBlock);
        if (blocks < 1) {
            throw new IllegalArgumentException("KV memory of " + kvBytes + " bytes holds no block of " + bytesPerBlock + " bytes.");
        }
        this.program = ModelProgram.load(config, dtype, profile);
        Optional<Path> file = profile.packedForm(dtype).flatMap(stored::packedFile);
        Optional<PackedFile> packed = file.flatMap(path -> PackedFile.open(path, shape.layers()));
        try {
            this.weights = ModelWeights.load(program, shape, stored, packed, progress);
        } finally {
            packed.ifPresent(PackedFile::close);
        }
        program.call("give_back").close(); // what packing needed, before a step's memory comes to lie among it
        this.toKeep = packed.isPresent() ? Optional.empty() : file;
        this.arena = new KvArena(program, (int) blocks);
        try (NativeScope scope = new NativeScope()) {
            this.rotary = program.call("rotary_tables", scope.number(shape.context()));
        }
        this.held = program.call("hold_layers", weights.gains(), weights.layers(), arena.keys(), arena.values());
    }

    /**
     * Packs a model's weights for this CPU, on all cores, and reserves its KV memory. The weights may be closed afterwards; what
     * was packed is kept for the next time in the pauses of the model, which serves already.
     *
     * @param kvBytes KV memory; see {@link #defaultKvBytes}
     * @param progress told what is being done, in a few words
     * @throws IllegalArgumentException if the weights are not all numbers or do not fit the model's dimensions, its heads are of
     *     a width that cannot be computed, or the memory holds no block
     * @throws java.util.NoSuchElementException if a weight is missing
     */
    public static TorchModelRunner load(ModelConfig config, Dtype dtype, Weights weights, long kvBytes,
                                        Consumer<String> progress) {
        return load(config, dtype, ComputeProfile.probe(), weights, kvBytes, progress);
    }

    static TorchModelRunner load(ModelConfig config, Dtype dtype, ComputeProfile profile, Weights weights, long kvBytes,
                                 Consumer<String> progress) {
        TorchModelRunner runner = new TorchModelRunner(config, dtype, profile, weights, kvBytes, progress);
        try {
            progress.accept("warming up");
            runner.warmUp();
        } catch (NonFiniteLogitsException e) {
            runner.close();
            throw new IllegalArgumentException(blame(weights).orElse(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            runner.close();
            throw e;
        }
        runner.toKeep.ifPresent(file -> runner.weights.keep(runner.program, file, runner.shape.layers(), runner.pauses));
        return runner;
    }

    /** What in the weights makes a model compute what is no number. */
    private static Optional<String> blame(Weights weights) {
        return weights.names().stream().sorted().map(weights::tensor).flatMap(tensor -> tensor.firstNotFinite().stream()
                .mapToObj(place -> "The stored model is damaged: its tensor " + tensor.name() + " holds what is no finite number at offset "
                        + (long) place * tensor.type().bytes() + ". Remove it and import it again.")).findFirst();
    }

    /**
     * KV memory for a model where the user names none: room for sixteen sequences of full length, but at most a quarter of
     * the memory that is free now.
     */
    public static long defaultKvBytes(ModelConfig config, Dtype dtype) {
        long blocks = KvPool.blocksFor(config.shape().context());
        return Math.min(16 * blocks * KvArena.bytesPerBlock(config.shape(), ComputeProfile.kvType(dtype)), availableBytes() / 4);
    }

    private static long availableBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .orElseThrow(() -> new IllegalStateException("/proc/meminfo names no available memory."));
        } catch (IOException e) {
            throw new IllegalStateException("The free memory cannot be read from /proc/meminfo.", e);
        }
    }

    /** A prefill and a decode: kernels are made, and damaged weights are found before anyone asks. */
    private void warmUp() {
        int length = Math.min(16, shape.context());
        int[] block = {0};
        StepInput.Draw draw = new StepInput.Draw(SamplingParams.GREEDY, 0, new int[0], new int[0], new int[0], OptionalInt.empty());
        if (length > 1) {
            run(new StepInput(List.of(new StepInput.Row(block, 0, new int[length - 1], Optional.of(draw), Optional.empty()))));
        }
        run(new StepInput(List.of(new StepInput.Row(block, length - 1, new int[1], Optional.of(draw), Optional.empty()))));
    }

    @Override
    public int arenaBlocks() {
        return arena.blocks();
    }

    @Override
    public String computeProfile() {
        return profile.name();
    }

    /** @throws NonFiniteLogitsException if the logits of a row that draws or scores are not numbers */
    @Override
    public StepOutput run(StepInput input) {
        threads.adjust(System.nanoTime());
        pauses.stepBegins();
        try {
            return compute(input);
        } finally {
            pauses.stepEnds();
        }
    }

    private StepOutput compute(StepInput input) {
        StepPlan plan = new StepPlan(input, shape, arena.blocks());
        try (NativeScope scope = new NativeScope()) {
            Stream<IValue> lasting = Stream.of(weights.embedding(), weights.gains(), weights.layers(), weights.head(),
                    arena.keys(), arena.values(), rotary, held);
            IValue[] arguments = Stream.concat(plan.arguments(scope).stream(), lasting).toArray(IValue[]::new);
            IValue[] results = scope.keep(program.call("step", arguments)).toIValueTuple();
            StepResult result = new StepResult(input.rows().size(), plan, scope.doubles(results[0]), scope.doubles(results[1]));
            List<Integer> broken = result.broken();
            if (!broken.isEmpty()) {
                throw new NonFiniteLogitsException(broken);
            }
            return result.output();
        }
    }

    @Override
    public void close() {
        pauses.end();
        program.call("let_go", held).close();
        held.close();
        rotary.close();
        arena.close();
        weights.close();
        program.call("give_back").close();
        program.close();
    }
}
