package org.altiplano.engine.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Optional;

/**
 * Owns libtorch in this process: loaded once, by the thread that comes first, and never unloaded.
 *
 * <p>DJL finds the library by the environment variables PYTORCH_LIBRARY_PATH (a flat folder), PYTORCH_VERSION and
 * PYTORCH_FLAVOR. A native call has at most OMP_NUM_THREADS threads; see {@link ComputeThreads}.
 */
public final class TorchRuntime {

    /** TorchScript's optimiser pays only for programs that run thousands of times in one shape; its switch is per thread. */
    private static final ThreadLocal<Boolean> OPTIMISER_OFF = ThreadLocal.withInitial(() -> {
        JniUtils.setGraphExecutorOptimize(false);
        return true;
    });

    private static final class Loaded {
        private static final PtNDManager ROOT = load();

        private static PtNDManager load() {
            if (Optional.ofNullable(System.getenv("PYTORCH_LIBRARY_PATH")).isEmpty()
                    && System.getProperty("PYTORCH_LIBRARY_PATH") == null) {
                throw new IllegalStateException("PYTORCH_LIBRARY_PATH is not set: it must name the folder of libtorch.");
            }
            System.setProperty("ai.djl.offline", "true"); // neither downloads nor DJL's usage report
            Engine.getEngine("PyTorch");
            return (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        }
    }

    private TorchRuntime() {
    }

    /**
     * Loads the library now, which takes a second or two, rather than with the first model.
     *
     * @throws LinkageError if it cannot be loaded; the cause says why
     */
    public static void load() {
        enter();
    }

    /** Whether libtorch can compute on a GPU. */
    public static boolean hasGpu() {
        enter();
        return Engine.getEngine("PyTorch").getGpuCount() > 0;
    }

    /** Makes this thread ready for native calls, loading the library if it is the first. */
    static PtNDManager enter() {
        PtNDManager root = Loaded.ROOT;
        OPTIMISER_OFF.get();
        return root;
    }
}
