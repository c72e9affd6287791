package org.altiplano.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.altiplano.contract.ModelShape;

/**
 * What the CPU computes fast, found once at start: it decides how linear layers, KV memory and attention are computed.
 *
 * @param avx512 512-bit vectors with byte, word and double-word instructions
 * @param vnni integer dot products that cannot saturate, so that int8 weights use all 8 bits
 * @param bf16 bfloat16 dot products; without them bfloat16 attention is slower than float32
 */
public record ComputeProfile(boolean avx512, boolean vnni, boolean bf16) {

    /** The system property by which tests choose another profile; its value is a {@link #name}. */
    static final String OVERRIDE = "altiplano.compute-profile";

    static final ComputeProfile AVX2 = new ComputeProfile(false, false, false);
    static final ComputeProfile AVX512_VNNI_BF16 = new ComputeProfile(true, true, true);

    /** The profile of this machine. */
    public static ComputeProfile probe() {
        String override = System.getProperty(OVERRIDE, "");
        return override.isEmpty() ? ofFlags(cpuFlags()) : ofName(override);
    }

    /** @param flags as in {@code /proc/cpuinfo} */
    static ComputeProfile ofFlags(Set<String> flags) {
        if (!flags.contains("avx2") || !flags.contains("fma")) {
            throw new IllegalStateException("This CPU has no AVX2: the kernels of the inference engine need it.");
        }
        boolean avx512 = flags.containsAll(Set.of("avx512f", "avx512bw", "avx512vl", "avx512dq"));
        return new ComputeProfile(avx512, avx512 && flags.contains("avx512_vnni"),
                avx512 && (flags.contains("avx512_bf16") || flags.contains("amx_bf16")));
    }

    private static ComputeProfile ofName(String name) {
        Set<String> parts = Set.of(name.split("-"));
        return new ComputeProfile(parts.contains("avx512"), parts.contains("vnni"), parts.contains("bf16"));
    }

    private static Set<String> cpuFlags() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("flags")).findFirst()
                    .map(line -> Set.copyOf(Arrays.asList(line.substring(line.indexOf(':') + 1).trim().split("\\s+"))))
                    .orElse(Set.of());
        } catch (IOException e) {
            throw new IllegalStateException("The CPU's features cannot be read from /proc/cpuinfo.", e);
        }
    }

    /** Such as {@code avx512-vnni-bf16}, {@code avx512-vnni}, {@code avx2}. */
    public String name() {
        return (avx512 ? "avx512" : "avx2") + (vnni ? "-vnni" : "") + (bf16 ? "-bf16" : "");
    }

    /** How the linear layers of a model are computed here. */
    LinearKernel kernel(Dtype dtype) {
        return switch (dtype) {
            case FP32 -> LinearKernel.F32;
            case HALF -> bf16 ? LinearKernel.BF16 : LinearKernel.F16;
            case Q8 -> LinearKernel.Q8;
        };
    }

    /**
     * How its output projection is computed. Logits stay in float32: as bfloat16 they would come in steps of 1/8, which blurs
     * log-probabilities and ties near winners. In small models with large vocabularies the projection is much of the model
     * and its errors reach the tokens at once: there q8 leaves it in half precision.
     */
    LinearKernel headKernel(Dtype dtype, ModelShape shape) {
        boolean small = 8L * shape.vocabulary() * shape.dim() > shape.parameters();
        return dtype == Dtype.FP32 || dtype == Dtype.Q8 && !small ? kernel(dtype) : LinearKernel.F16;
    }

    /** Whether KV memory and attention are bfloat16; else float32. */
    boolean halfAttention(Dtype dtype) {
        return bf16 && dtype != Dtype.FP32;
    }

    /** Largest magnitude of an int8 weight: without VNNI fbgemm adds two products in 16 bits. */
    double q8Range() {
        return vnni ? 127 : 63;
    }
}
