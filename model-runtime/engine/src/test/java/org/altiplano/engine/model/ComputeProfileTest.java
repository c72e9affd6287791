package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.altiplano.contract.ModelShape;
import org.junit.jupiter.api.Test;

class ComputeProfileTest {

    private static final Set<String> AVX512 = Set.of("fma", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512dq");

    @Test
    void namesWhatTheCpuHas() {
        assertEquals("avx2", ComputeProfile.ofFlags(Set.of("fma", "avx2")).name());
        assertEquals("avx512", ComputeProfile.ofFlags(AVX512).name());
        assertEquals("avx512-vnni", ComputeProfile.ofFlags(with(AVX512, "avx512_vnni")).name());
        assertEquals("avx512-vnni-bf16", ComputeProfile.ofFlags(with(with(AVX512, "avx512_vnni"), "avx512_bf16")).name());
    }

    @Test
    void vnniWithoutWideVectorsIsNotUsed() {
        assertEquals("avx2", ComputeProfile.ofFlags(Set.of("fma", "avx2", "avx_vnni", "avx512_vnni")).name());
    }

    @Test
    void withoutBfloat16HalfPrecisionIsFloat16WeightsAndAttentionIsFloat32() {
        assertEquals(LinearKernel.F16, ComputeProfile.AVX2.kernel(Dtype.HALF));
        assertFalse(ComputeProfile.AVX2.halfAttention(Dtype.Q8));
        assertEquals(LinearKernel.BF16, ComputeProfile.AVX512_VNNI_BF16.kernel(Dtype.HALF));
        assertTrue(ComputeProfile.AVX512_VNNI_BF16.halfAttention(Dtype.Q8));
        assertFalse(ComputeProfile.AVX512_VNNI_BF16.halfAttention(Dtype.FP32));
    }

    @Test
    void q8LeavesTheOutputProjectionOfSmallModelsInHalfPrecision() {
        ModelShape small = new ModelShape(30, 576, 9, 3, 64, 1536, 49_152, 2048, true);
        ModelShape large = new ModelShape(32, 4096, 32, 32, 128, 11_008, 32_000, 4096, false);
        assertEquals(LinearKernel.F16, ComputeProfile.AVX512_VNNI_BF16.headKernel(Dtype.Q8, small));
        assertEquals(LinearKernel.F16, ComputeProfile.AVX2.headKernel(Dtype.Q8, small));
        assertEquals(LinearKernel.Q8, ComputeProfile.AVX2.headKernel(Dtype.Q8, large));
        assertEquals(LinearKernel.F32, ComputeProfile.AVX2.headKernel(Dtype.FP32, small));
        assertEquals(LinearKernel.F16, ComputeProfile.AVX512_VNNI_BF16.headKernel(Dtype.HALF, large), "logits are never bfloat16");
    }

    @Test
    void aBitIsTakenFromTheWeightsWhereProductsCouldSaturate() {
        assertEquals(63, ComputeProfile.AVX2.q8Range());
        assertEquals(127, ComputeProfile.AVX512_VNNI_BF16.q8Range());
    }

    @Test
    void aCpuWithoutAvx2IsRefused() {
        assertThrows(IllegalStateException.class, () -> ComputeProfile.ofFlags(Set.of("sse4_2")));
    }

    @Test
    void testsChooseAProfileByItsName() {
        System.setProperty(ComputeProfile.OVERRIDE, "avx512-vnni");
        try {
            assertEquals("avx512-vnni", ComputeProfile.probe().name());
        } finally {
            System.clearProperty(ComputeProfile.OVERRIDE);
        }
    }

    private static Set<String> with(Set<String> flags, String more) {
        return java.util.stream.Stream.concat(flags.stream(), java.util.stream.Stream.of(more))
                .collect(java.util.stream.Collectors.toSet());
    }
}
