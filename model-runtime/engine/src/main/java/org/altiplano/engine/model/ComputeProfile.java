package org.altiplano.engine.model;

import java.util.Optional;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.altiplano.engine.torch.TorchRuntime;

/**
 * What the machine computes fast, found once at start: it decides how linear layers and attention are computed.
 *
 * @param avx512 512-bit vectors with byte, word and double-word instructions
 * @param vnni integer dot products
 * @param bf16 bfloat16 dot products, beside the two others
 * @param cuda a GPU that libtorch can use: it then does all the work
 */
public record ComputeProfile(boolean avx512, boolean vnni, boolean bf16, boolean cuda) {

    /** The system property by which tests choose another profile; its value is a {@link #name}. */
    static final String OVERRIDE = "altiplano.compute-profile";

    static final ComputeProfile AVX2 = new ComputeProfile(false, false, false, false);
    static final ComputeProfile AVX512_VNNI_BF16 = new ComputeProfile(true, true, true, false);

    /** The profile of this machine. */
    public static ComputeProfile probe() {
        String override = System.getProperty(OVERRIDE, "");
        ComputeProfile cpu = override.isEmpty() ? ofFlags(cpuFlags()) : ofName(override);
        return override.isEmpty() && TorchRuntime.hasGpu() ? new ComputeProfile(cpu.avx512, cpu.vnni, cpu.bf16, true) : cpu;
    }

    /** @param flags as in {@code /proc/cpuinfo} */
    static ComputeProfile ofFlags(Set<String> flags) {
        if (!flags.contains("avx2") || !flags.contains("fma")) {
            throw new IllegalStateException("This CPU has no AVX2: the kernels of the inference engine need it.");
        }
        boolean avx512 = flags.containsAll(Set.of("avx512f", "avx512bw", "avx512vl", "avx512dq"));
        boolean vnni = avx512 && flags.contains("avx512_vnni");
        return new ComputeProfile(avx512, vnni, vnni && flags.contains("avx512_bf16"), false);
    }

    private static ComputeProfile ofName(String name) {
        Set<String> parts = Set.of(name.split("-"));
        return new ComputeProfile(parts.contains("avx512"), parts.contains("vnni"), parts.contains("bf16"), parts.contains("cuda"));
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

    /** Such as {@code avx512-vnni-bf16}, {@code avx512-vnni}, {@code avx2}, {@code cuda}. */
    public String name() {
        return cuda ? "cuda" : (avx512 ? "avx512" : "avx2") + (vnni ? "-vnni" : "") + (bf16 ? "-bf16" : "");
    }

    /** How the linear layers of a model are computed here. On CUDA the integer formats are computed from the stored 16 bits. */
    LinearKernel kernel(Dtype dtype) {
        if (cuda) {
            return dtype == Dtype.FP32 ? LinearKernel.CUDA32 : LinearKernel.CUDA;
        }
        return switch (dtype) {
            case FP32 -> LinearKernel.F32;
            case HALF -> bf16 ? LinearKernel.BF16 : LinearKernel.F16;
            case Q8 -> LinearKernel.Q8;
            case INT4 -> LinearKernel.INT4;
        };
    }

    /**
     * How its output projection is computed. Logits stay in float32: as bfloat16 they would come in steps of 1/8, which blurs
     * log-probabilities and ties near winners. Its errors reach the tokens at once, so that int4 keeps it in q8.
     */
    LinearKernel headKernel(Dtype dtype) {
        if (cuda) {
            return LinearKernel.CUDA32;
        }
        return switch (dtype) {
            case FP32 -> LinearKernel.F32;
            case HALF -> LinearKernel.F16;
            case Q8, INT4 -> LinearKernel.Q8;
        };
    }

    /** Names the form of packed weights; empty where a packed matrix of the model is not kept. */
    Optional<String> packedForm(Dtype dtype) {
        return headKernel(dtype).packedForm().flatMap(head -> kernel(dtype).packedForm());
    }

    /** Namespace of the operators built for this kind of CPU. */
    String operators() {
        return avx512 && vnni ? "altiplano_avx512" : "altiplano_avx2";
    }

    /** Where weights and KV memory are, in libtorch's words. */
    String device() {
        return cuda ? "cuda" : "cpu";
    }

    /** How KV entries are kept. */
    static KvType kvType(Dtype dtype) {
        return dtype == Dtype.FP32 ? KvType.FLOAT32 : KvType.FLOAT16;
    }
}
