// float16 weights, computed with in float32:
//   a header of 64 bytes, then the panels. A panel holds, for each input, the weights of its channels: 64 bytes.
// n is filled up to whole panels and k to whole groups, with weights of zero. A row's products are added in the order of the
// inputs by fused multiply-adds.

// The nearest float16 numbers; the largest there are of what is beyond these.
INLINE void put_halves(uint8_t *to, Floats v) {
  const Floats most = all(65504.0f);
  Floats limited = __builtin_elementwise_max(__builtin_elementwise_min(v, most), -most), finite = pick(v - v == all(0.0f), limited, v);
  __m256 parts[2];
  __builtin_memcpy(parts, &finite, sizeof parts);
  for (int i = 0; i < 2; i++) {
    __m128i halves = _mm256_cvtps_ph(parts[i], _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __builtin_memcpy(to + i * sizeof halves, &halves, sizeof halves);
  }
}

static void f16_put(uint8_t *to, float (*turned)[PANEL]) {
  for (int i = 0; i < GROUP * PANEL; i += WIDTH) {
    put_halves(to + i * 2, floats_at(turned[0] + i));
  }
}

static void f16_pack_panels(const void *job, int64_t begin, int64_t end) { pack_half_panels(job, begin, end, f16_put); }

// The weights of so many groups as float32, for more rows than one pass takes.
static void f16_widen(const uint8_t *weights, int64_t groups, float *to) {
  for (int64_t i = 0; i < groups * GROUP * PANEL; i += PANEL) {
    UNROLL for (int v = 0; v < VECTORS; v++) { put_reals(to + i + v * LANES, halves_at(weights + (i + v * LANES) * 2)); }
  }
}

// As many sums as registers hold beside what is multiplied, and the rows of a pass over half a panel with AVX2, a whole one with
// AVX-512.
enum { F16_SUMS = LANES, F16_PASS = F16_SUMS / ABREAST };

// Adds the products of a panel's group, which is wide or not, and so many rows, which lie so many groups apart, to the rows'
// sums.
INLINE void f16_add_group(int wide, int rows, const uint8_t *weights, const FloatGroup *row, int64_t stride, Reals (*sums)[VECTORS], int stream) {
  const int abreast = rows * VECTORS <= F16_SUMS ? VECTORS : ABREAST;
  if (abreast < VECTORS) {
    keep_in_memory(sums);
  }
  UNROLL for (int v0 = 0; v0 < VECTORS; v0 += abreast) {
    Reals kept[F16_PASS][VECTORS];
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < abreast; v++) { kept[r][v] = sums[r][v0 + v]; }
    }
    UNROLL for (int i = 0; i < GROUP; i++) {
      load_anew();
      Reals w[VECTORS];
      UNROLL for (int v = 0; v < abreast; v++) {
        int at = i * PANEL + (v0 + v) * LANES;
        w[v] = wide ? reals_at((const float *)weights + at) : halves_at(weights + at * 2);
      }
      if (stream && v0 == 0) {
        ahead_of(weights + i * PANEL * 2);
      }
      UNROLL for (int r = 0; r < rows; r++) {
        Reals x = all_reals(row[r * stride].values[i]);
        UNROLL for (int v = 0; v < abreast; v++) { kept[r][v] = plus_product(kept[r][v], x, w[v]); }
      }
    }
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < abreast; v++) { sums[r][v0 + v] = kept[r][v]; }
    }
  }
}
