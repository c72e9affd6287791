package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.altiplano.contract.ModelShape;
import org.junit.jupiter.api.Test;

/** Without a GPU the program for CUDA can be compiled: libtorch checks every operator's name and arguments. */
class CudaProgramTest {

    private static final ComputeProfile CUDA = new ComputeProfile(true, true, true, true);

    @Test
    void theProgramForCudaCompiles() {
        ModelConfig config = new ModelConfig(new ModelShape(2, 64, 4, 2, 16, 128, 320, 512, false), 1e-5, 10_000, 1);
        for (Dtype dtype : List.of(Dtype.HALF, Dtype.FP32)) {
            assertDoesNotThrow(() -> ModelProgram.load(config, dtype, CUDA).close());
        }
    }

    @Test
    void aGpuDoesAllTheWorkAndComputesIntegerFormatsFromTheStoredHalves() {
        assertEquals("cuda", CUDA.name());
        assertEquals(LinearKernel.CUDA, CUDA.kernel(Dtype.Q8));
        assertEquals(LinearKernel.CUDA32, CUDA.headKernel(Dtype.HALF));
    }
}
