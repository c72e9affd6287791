package org.altiplano.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
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
    void bfloat16WithoutIntegerDotProductsIsNotUsed() {
        assertEquals("avx512", ComputeProfile.ofFlags(with(AVX512, "avx512_bf16")).name());
    }

    @Test
    void vnniWithoutWideVectorsIsNotUsed() {
        assertEquals("avx2", ComputeProfile.ofFlags(Set.of("fma", "avx2", "avx_vnni", "avx512_vnni")).name());
    }

    @Test
    void withoutBfloat16HalfPrecisionIsFloat16Weights() {
        assertEquals(LinearKernel.F16, ComputeProfile.AVX2.kernel(Dtype.HALF));
        assertEquals(LinearKernel.BF16, ComputeProfile.AVX512_VNNI_BF16.kernel(Dtype.HALF));
    }

    @Test
    void logitsAreNeverComputedInBfloat16NorFromFourBits() {
        assertEquals(LinearKernel.F16, ComputeProfile.AVX512_VNNI_BF16.headKernel(Dtype.HALF));
        assertEquals(LinearKernel.Q8, ComputeProfile.AVX512_VNNI_BF16.headKernel(Dtype.INT4));
        assertEquals(LinearKernel.F32, ComputeProfile.AVX2.headKernel(Dtype.FP32));
    }

    @Test
    void wideOperatorsAreForCpusWithIntegerDotProducts() {
        assertEquals("altiplano_avx512", ComputeProfile.AVX512_VNNI_BF16.operators());
        assertEquals("altiplano_avx512", new ComputeProfile(true, true, false, false).operators());
        assertEquals("altiplano_avx2", new ComputeProfile(true, false, false, false).operators());
        assertEquals("altiplano_avx2", ComputeProfile.AVX2.operators());
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
