// The Walsh-Hadamard transform of consecutive inputs. Rows and weights are both rounded to integers in it: their product is the same,
// for the transform is orthogonal but for a factor, how many they are, while no number stands out any more, so that a common scale
// is fine enough for all of them.
#pragma once
#include "vector.h"

// Each number's sum with the one whose place differs in this bit, or, where the bit is set, that one's difference to it.
#define BUTTERFLY(v, bit)                                                                                                              \
  fused(v, (Floats){SIGN(0, bit), SIGN(1, bit), SIGN(2, bit), SIGN(3, bit), SIGN(4, bit), SIGN(5, bit), SIGN(6, bit), SIGN(7, bit),      \
                    SIGN(8, bit), SIGN(9, bit), SIGN(10, bit), SIGN(11, bit), SIGN(12, bit), SIGN(13, bit), SIGN(14, bit),               \
                    SIGN(15, bit)},                                                                                                      \
        __builtin_shufflevector(v, v, 0 ^ bit, 1 ^ bit, 2 ^ bit, 3 ^ bit, 4 ^ bit, 5 ^ bit, 6 ^ bit, 7 ^ bit, 8 ^ bit, 9 ^ bit,          \
                                10 ^ bit, 11 ^ bit, 12 ^ bit, 13 ^ bit, 14 ^ bit, 15 ^ bit))
#define SIGN(place, bit) ((place) & (bit) ? -1.0f : 1.0f)

// The transform of each lane's numbers, one in each of so many vectors, a power of two.
INLINE void butterflies(Floats *v, int64_t vectors) {
  for (int64_t bit = vectors / 2; bit > 0; bit /= 2) {
    for (int64_t i = 0; i < vectors; i++) {
      if (!(i & bit)) {
        Floats sum = v[i] + v[i | bit];
        v[i | bit] = v[i] - v[i | bit], v[i] = sum;
      }
    }
  }
}

// In place, of so many vectors, a power of two.
INLINE void spectrum(Floats *v, int64_t vectors) {
  butterflies(v, vectors);
  for (int64_t i = 0; i < vectors; i++) {
    v[i] = BUTTERFLY(v[i], 8);
    v[i] = BUTTERFLY(v[i], 4);
    v[i] = BUTTERFLY(v[i], 2);
    v[i] = BUTTERFLY(v[i], 1);
  }
}

// The bits of the largest magnitude of so many vectors.
INLINE int32_t most_bits(const Floats *v, int64_t vectors) {
  Ints most = {0};
  for (int64_t i = 0; i < vectors; i++) {
    most = __builtin_elementwise_max(most, (Ints)v[i] & 0x7fffffff);
  }
  return __builtin_reduce_max(most);
}
