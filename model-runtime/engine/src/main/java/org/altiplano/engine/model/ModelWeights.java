package org.altiplano.engine.model;

import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.weights.Weights;
import org.altiplano.engine.torch.NativeScope;
import org.altiplano.engine.torch.Program;

/**
 * Owns a model's weights in native memory, packed for their kernels: written by the loading thread, then read-only.
 * Nothing in it refers to the stored model.
 */
final class ModelWeights implements AutoCloseable {

    private final IValue embedding;
    private final IValue gains;
    private final IValue layers;
    private final IValue head;
    /** Guarded by this. */
    private boolean closed;
    private volatile Optional<Thread> keeper = Optional.empty();

    private ModelWeights(IValue embedding, IValue gains, IValue layers, IValue head) {
        this.embedding = embedding;
        this.gains = gains;
        this.layers = layers;
        this.head = head;
    }

    /**
     * Packs every layer, on all cores: packing a matrix uses one core. Where this fails, or {@code progress} throws, no thread
     * is inside libtorch any more and nothing is kept.
     *
     * @param packed has the matrices ready, so that only the rest of the weights is read
     */
    static ModelWeights load(Program program, ModelShape shape, Weights weights, Optional<PackedFile> packed,
                             Consumer<String> progress) {
        StoredMatrices stored = new StoredMatrices(program, shape, weights);
        Matrices matrices = packed.<Matrices>map(file -> new KeptMatrices(program, file)).orElse(stored);
        List<IValue> kept = new ArrayList<>();
        try (Packing packing = new Packing(matrices, shape.layers(), weights)) {
            IValue layers = keep(kept, program.call("no_tensors"));
            for (int layer = 0; layer < shape.layers(); layer++) {
                program.call("append_weights", layers, packing.layer(layer)).close();
                progress.accept((packed.isPresent() ? "read layer " : "packed layer ") + (layer + 1) + " of " + shape.layers());
            }
            return new ModelWeights(keep(kept, stored.embedding()), keep(kept, stored.gains()), layers, matrices.head());
        } catch (RuntimeException | Error e) {
            kept.forEach(IValue::close);
            throw e;
        }
    }

    private static IValue keep(List<IValue> kept, IValue value) {
        kept.add(value);
        return value;
    }

    IValue embedding() {
        return embedding;
    }

    /** Gains of RMSNorm: two a layer, then the last. */
    IValue gains() {
        return gains;
    }

    /** Four matrices a layer: q|k|v, o, gate|up, down. */
    IValue layers() {
        return layers;
    }

    IValue head() {
        return head;
    }

    /**
     * Begins to keep the matrices in a file and returns; each is written in a pause between steps, which it would slow. The thread that
     * writes it ends, with nothing kept, when the weights are freed before it has read all.
     */
    void keep(Program program, Path file, int layers, Pauses pauses) {
        Thread keeper = new Thread(() -> PackedFile.write(file, layers, (scope, place) -> {
            await(pauses);
            return view(scope, () -> place < 4 * layers ? scope.keep(program.call("matrix", this.layers, scope.number(place))) : head);
        }), "packed-weights");
        keeper.setDaemon(true);
        keeper.start();
        this.keeper = Optional.of(keeper);
    }

    private static void await(Pauses pauses) {
        try {
            pauses.await();
        } catch (InterruptedException e) {
            throw new CancellationException();
        }
    }

    /** The scope's view of a matrix outlives these weights. */
    private synchronized ByteBuffer view(NativeScope scope, Supplier<IValue> matrix) {
        if (closed) {
            throw new CancellationException();
        }
        return scope.view(matrix.get());
    }

    /** Whoever closes may delete the model's folder afterwards: nothing is written any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            List.of(embedding, gains, layers, head).forEach(IValue::close);
        }
        keeper.ifPresent(ModelWeights::awaitEnd);
    }

    private static void awaitEnd(Thread keeper) {
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Owns the threads that pack the layers and the packed layers' handles, from creation to close. */
    private static final class Packing implements AutoCloseable {

        private final ExecutorService packers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        private final List<CompletableFuture<IValue>> packed = new ArrayList<>();
        private volatile boolean ending;

        Packing(Matrices matrices, int layers, Weights weights) {
            for (int layer = 0; layer < layers; layer++) {
                int l = layer;
                int source = weights.matricesOf(layer);
                packed.add(source < layer ? packed.get(source) : CompletableFuture.supplyAsync(() -> pack(matrices, l), packers));
            }
        }

        private IValue pack(Matrices matrices, int layer) {
            if (ending) {
                throw new CancellationException();
            }
            return matrices.layer(layer);
        }

        /** Waits for a layer. */
        IValue layer(int layer) {
            try {
                return packed.get(layer).join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
            }
        }

        @Override
        public void close() {
            // Not by interrupting: that would close the files which the weights are read from. A thread inside libtorch cannot be
            // stopped, and must outlive neither what it works on nor the process.
            ending = true;
            packers.shutdown();
            boolean interrupted = false;
            while (!packers.isTerminated()) {
                try {
                    packers.awaitTermination(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            // Closing a shared one again does nothing.
            packed.stream().filter(layer -> layer.isDone() && !layer.isCompletedExceptionally())
                    .forEach(layer -> layer.join().close());
        }
    }
}
