// The Walsh-Hadamard transform of 32 consecutive inputs. Rows and weights are both rounded to integers in it: their product is the
// same, for the transform is orthogonal but for its factor of 32, while no number of a group stands out any more, so that the
// group's common scale is fine enough for all of them.
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

INLINE Floats half_spectrum(Floats v) {
  v = BUTTERFLY(v, 8);
  v = BUTTERFLY(v, 4);
  v = BUTTERFLY(v, 2);
  return BUTTERFLY(v, 1);
}

INLINE void spectrum(Floats first, Floats second, Floats *low, Floats *high) {
  *low = half_spectrum(first + second), *high = half_spectrum(first - second);
}

// The same of 32 vectors, of which each lane is a group.
INLINE void spectra(Floats *v) {
  for (int bit = 16; bit > 0; bit /= 2) {
    for (int i = 0; i < 32; i++) {
      if (!(i & bit)) {
        Floats sum = v[i] + v[i | bit];
        v[i | bit] = v[i] - v[i | bit], v[i] = sum;
      }
    }
  }
}
