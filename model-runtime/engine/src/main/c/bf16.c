// bfloat16 weights, for CPUs with bfloat16 dot products:
//   a header of 64 bytes, then the panels. A panel holds, for each two consecutive inputs, the two weights of its first channel, of
//   its second, and so on: 128 bytes.
// n is filled up to whole panels and k to whole groups, with weights of zero. A row's products are added in the order of the
// inputs, the second of each two first, as the instruction does; it takes numbers below 2^-126 for zero.
#ifdef __AVX512VNNI__
static void bf16_put(uint8_t *to, float (*turned)[PANEL]) {
  for (int i = 0; i < GROUP; i += 2) {
    for (int c = 0; c < PANEL; c += WIDTH) {
      Words pairs = uppers_of(floats_at(turned[i] + c)) >> 16 | uppers_of(floats_at(turned[i + 1] + c));
      __builtin_memcpy(to + (i * PANEL + c * 2) * 2, &pairs, sizeof pairs);
    }
  }
}

static void bf16_pack_panels(const void *job, int64_t begin, int64_t end) { pack_half_panels(job, begin, end, bf16_put); }

INLINE Reals bf16_dot(Reals sum, Integers w, Integers pairs) {
  __asm__ volatile("vdpbf16ps %[pairs], %[w], %[sum]" : [sum] "+v"(sum) : [w] "v"(w), [pairs] "v"(pairs));
  return sum;
}

// Adds the products of a panel's group and so many rows, which lie so many groups apart, to the rows' sums.
INLINE void bf16_add_group(int rows, const uint8_t *weights, const BfloatGroup *row, int64_t stride, Reals (*sums)[VECTORS], int stream) {
  _Pragma("clang loop unroll_count(16)") for (int i = 0; i < GROUP; i += 2) { // more would be slower
    load_anew();
    Integers w[VECTORS];
    UNROLL for (int v = 0; v < VECTORS; v++) { w[v] = integers_at(weights + (i * PANEL + v * LANES * 2) * 2); }
    if (stream) {
      ahead_of(weights + i * PANEL * 2), ahead_of(weights + i * PANEL * 2 + 64);
    }
    UNROLL for (int r = 0; r < rows; r++) {
      Integers pairs = four_at(row[r * stride].values + i);
      UNROLL for (int v = 0; v < VECTORS; v++) { sums[r][v] = bf16_dot(sums[r][v], w[v], pairs); }
    }
  }
}
#endif
