// Vectors of float32 as attention needs them: 16 lanes with AVX-512, 8 with AVX2.
#pragma once
#include <immintrin.h>
#include <stdbool.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

#ifdef __AVX512F__
typedef __m512 Floats;
enum { LANES = 16 };
INLINE Floats all(float x) { return _mm512_set1_ps(x); }
INLINE Floats load(const float *from) { return _mm512_loadu_ps(from); }
INLINE Floats load_low(const float *from) { return _mm512_zextps256_ps512(_mm256_loadu_ps(from)); }
INLINE Floats load_half(const void *from) { return _mm512_cvtph_ps(_mm256_loadu_si256(from)); }
INLINE Floats load_low_half(const void *from) { return _mm512_zextps256_ps512(_mm256_cvtph_ps(_mm_loadu_si128(from))); }
INLINE void store(float *to, Floats x) { _mm512_storeu_ps(to, x); }
INLINE Floats add(Floats x, Floats y) { return _mm512_add_ps(x, y); }
INLINE Floats subtract(Floats x, Floats y) { return _mm512_sub_ps(x, y); }
INLINE Floats multiply(Floats x, Floats y) { return _mm512_mul_ps(x, y); }
INLINE Floats fma(Floats x, Floats y, Floats z) { return _mm512_fmadd_ps(x, y, z); }
// Where x or y is no number: y.
INLINE Floats greater(Floats x, Floats y) { return _mm512_max_ps(x, y); }
INLINE Floats nearest(Floats x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// 2 to the power of whole numbers from -126 to 127; some number for what is not a number.
INLINE Floats power_of_two(Floats n) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23));
}
// 0 where x < limit, else y.
INLINE Floats zero_below(Floats x, Floats limit, Floats y) { return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, limit, _CMP_NLT_UQ), y); }
// The first lanes of x, other in the rest.
INLINE Floats first_lanes(Floats x, int lanes, Floats other) { return _mm512_mask_mov_ps(other, (__mmask16)((1u << lanes) - 1), x); }
INLINE __m256 upper(Floats x) { return _mm512_extractf32x8_ps(x, 1); }
INLINE __m256 lower(Floats x) { return _mm512_castps512_ps256(x); }
INLINE __m256 sum_of_halves(Floats x) { return _mm256_add_ps(lower(x), upper(x)); }
INLINE __m256 greatest_of_halves(Floats x) { return _mm256_max_ps(lower(x), upper(x)); }
#else
typedef __m256 Floats;
enum { LANES = 8 };
INLINE Floats all(float x) { return _mm256_set1_ps(x); }
INLINE Floats load(const float *from) { return _mm256_loadu_ps(from); }
INLINE Floats load_low(const float *from) { return load(from); } // rows are whole vectors of 8
INLINE Floats load_half(const void *from) { return _mm256_cvtph_ps(_mm_loadu_si128(from)); }
INLINE Floats load_low_half(const void *from) { return load_half(from); }
INLINE void store(float *to, Floats x) { _mm256_storeu_ps(to, x); }
INLINE Floats add(Floats x, Floats y) { return _mm256_add_ps(x, y); }
INLINE Floats subtract(Floats x, Floats y) { return _mm256_sub_ps(x, y); }
INLINE Floats multiply(Floats x, Floats y) { return _mm256_mul_ps(x, y); }
INLINE Floats fma(Floats x, Floats y, Floats z) { return _mm256_fmadd_ps(x, y, z); }
INLINE Floats greater(Floats x, Floats y) { return _mm256_max_ps(x, y); }
INLINE Floats nearest(Floats x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE Floats power_of_two(Floats n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
}
INLINE Floats zero_below(Floats x, Floats limit, Floats y) { return _mm256_and_ps(_mm256_cmp_ps(x, limit, _CMP_NLT_UQ), y); }
INLINE Floats first_lanes(Floats x, int lanes, Floats other) {
  __m256i mine = _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  return _mm256_blendv_ps(other, x, _mm256_castsi256_ps(mine));
}
INLINE __m256 sum_of_halves(Floats x) { return x; }
INLINE __m256 greatest_of_halves(Floats x) { return x; }
#endif

INLINE float sum_of_lanes(Floats x) {
  __m256 y = sum_of_halves(x);
  __m128 z = _mm_add_ps(_mm256_castps256_ps128(y), _mm256_extractf128_ps(y, 1));
  z = _mm_add_ps(z, _mm_movehl_ps(z, z));
  return _mm_cvtss_f32(_mm_add_ss(z, _mm_movehdup_ps(z)));
}

// Of lanes that are numbers.
INLINE float greatest_lane(Floats x) {
  __m256 y = greatest_of_halves(x);
  __m128 z = _mm_max_ps(_mm256_castps256_ps128(y), _mm256_extractf128_ps(y, 1));
  z = _mm_max_ps(z, _mm_movehl_ps(z, z));
  return _mm_cvtss_f32(_mm_max_ss(z, _mm_movehdup_ps(z)));
}

// e to the power of x <= 0, to 1 unit in the last place; 0 below the least normal number; what is not a number stays so.
INLINE Floats exponential(Floats x) {
  const Floats least = all(-87.3365402f);
  Floats bounded = greater(least, x);
  Floats n = nearest(multiply(bounded, all(1.44269504f)));
  Floats r = fma(n, all(-0.693359375f), bounded); // ln 2 in two parts (Cody, Waite): the first has few digits
  r = fma(n, all(2.12194440e-4f), r);
  Floats y = all(1.9875691500e-4f); // Moshier's polynomial (Cephes, expf) on +-ln 2 / 2
  y = fma(y, r, all(1.3981999507e-3f));
  y = fma(y, r, all(8.3334519073e-3f));
  y = fma(y, r, all(4.1665795894e-2f));
  y = fma(y, r, all(1.6666665459e-1f));
  y = fma(y, r, all(5.0000001201e-1f));
  y = add(fma(y, multiply(r, r), r), all(1));
  return zero_below(x, least, multiply(y, power_of_two(n)));
}
