// Vectors of sixteen, unless whoever includes this says how wide: one register with AVX-512, two with AVX2, the same arithmetic in
// the same order on both.
#pragma once
#include <immintrin.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))
// Before a loop whose count is known where its function is inlined: what it indexes stays in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

#ifndef VECTOR_WIDTH
#define VECTOR_WIDTH 16
#endif
enum { WIDTH = VECTOR_WIDTH };

typedef float Floats __attribute__((vector_size(4 * VECTOR_WIDTH)));
typedef int32_t Ints __attribute__((vector_size(4 * VECTOR_WIDTH)));
typedef uint32_t Words __attribute__((vector_size(4 * VECTOR_WIDTH)));
typedef uint16_t Shorts __attribute__((vector_size(2 * VECTOR_WIDTH)));
typedef int8_t Bytes __attribute__((vector_size(VECTOR_WIDTH)));

INLINE Floats floats_at(const float *from) {
  Floats v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

// The first floats of a vector, the others zero.
INLINE Floats first_floats_at(const float *from, int64_t count) {
  Floats v = {0};
  for (int i = 0; i < WIDTH && i < count; i++) {
    v[i] = from[i];
  }
  return v;
}

INLINE void put_floats(float *to, Floats v) { __builtin_memcpy(to, &v, sizeof v); }

// The nearest bfloat16 numbers, to even, where floats have them: in their upper halves. NaN stays NaN.
INLINE Words uppers_of(Floats v) {
  Words bits = (Words)v, rounded = bits + 0x7fff + (bits >> 16 & 1), none = (Words)(v != v);
  return ((rounded & ~none) | (none & 0x7fc00000)) & 0xffff0000;
}

INLINE void put_bfloats(uint16_t *to, Floats v) {
  Shorts shorts = __builtin_convertvector(uppers_of(v) >> 16, Shorts);
  __builtin_memcpy(to, &shorts, sizeof shorts);
}

INLINE Floats all(float value) { return value - (Floats){0}; }

INLINE Floats fused(Floats a, Floats b, Floats c) { return __builtin_elementwise_fma(a, b, c); }

// The sum of the elements, by halves.
INLINE float sum_of(Floats v) {
  float s[WIDTH];
  __builtin_memcpy(s, &v, sizeof s);
  UNROLL for (int half = WIDTH / 2; half > 0; half /= 2) {
    UNROLL for (int i = 0; i < half; i++) { s[i] += s[i + half]; }
  }
  return s[0];
}

INLINE Floats pick(Ints mask, Floats yes, Floats no) { return (Floats)((mask & (Ints)yes) | (~mask & (Ints)no)); }

// e to the power of x within two units in the last place: 0 below -87, x above 88 counts as that; NaN of NaN.
INLINE Floats exponential(Floats x) {
  Ints tiny = x < all(-87.0f);
  x = pick(x > all(88.0f), all(88.0f), x);
  x = pick(tiny, all(-87.0f), x);
  const Floats shift = all(12582912.0f); // 1.5 * 2^23: the sum's last bits are the nearest integer
  Floats shifted = fused(x, all(1.44269504f), shift), n = shifted - shift;
  Floats r = fused(n, all(-0.693359375f), x);
  r = fused(n, all(2.12194440e-4f), r);
  Floats p = all(1.9875691500e-4f);
  p = fused(p, r, all(1.3981999507e-3f));
  p = fused(p, r, all(8.3334519073e-3f));
  p = fused(p, r, all(4.1665795894e-2f));
  p = fused(p, r, all(1.6666665459e-1f));
  p = fused(p, r, all(5.0000001201e-1f));
  p = fused(p, r * r, r) + all(1.0f);
  Floats power = (Floats)(((Words)shifted << 23) + 0x3f800000); // 2^n; of what is no number some number
  return (Floats)(~tiny & (Ints)(p * power));
}
