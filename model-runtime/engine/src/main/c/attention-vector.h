// Vectors of float32 as attention needs them: as wide as a register, whose last one a row may fill by half.
#pragma once
#ifdef __AVX512F__
#define VECTOR_WIDTH 16
#else
#define VECTOR_WIDTH 8
#endif
#include "vector.h"
#include <stdbool.h>

enum { LANES = WIDTH };

#ifdef __AVX512F__
INLINE Floats low_floats_at(const float *from) { return _mm512_zextps256_ps512(_mm256_loadu_ps(from)); }
INLINE Floats halves_at(const void *from) { return _mm512_cvtph_ps(_mm256_loadu_si256(from)); }
INLINE Floats low_halves_at(const void *from) { return _mm512_zextps256_ps512(_mm256_cvtph_ps(_mm_loadu_si128(from))); }
#else
INLINE Floats low_floats_at(const float *from) { return floats_at(from); } // rows are whole vectors of 8
INLINE Floats halves_at(const void *from) { return _mm256_cvtph_ps(_mm_loadu_si128(from)); }
INLINE Floats low_halves_at(const void *from) { return halves_at(from); }
#endif

// Where x or y is no number: y.
INLINE Floats greater(Floats x, Floats y) { return pick(x > y, x, y); }

// The first lanes of x, other in the rest.
INLINE Floats first_lanes(Floats x, int lanes, Floats other) {
  Ints lane;
  UNROLL for (int i = 0; i < LANES; i++) { lane[i] = i; }
  return pick(lane < lanes, x, other);
}

// Of lanes that are numbers.
INLINE float greatest_lane(Floats x) {
  float s[LANES];
  __builtin_memcpy(s, &x, sizeof s);
  UNROLL for (int half = LANES / 2; half > 0; half /= 2) {
    UNROLL for (int i = 0; i < half; i++) { s[i] = s[i + half] > s[i] ? s[i + half] : s[i]; }
  }
  return s[0];
}
