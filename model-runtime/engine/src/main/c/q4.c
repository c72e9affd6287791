// 4-bit weights: the spectra (spectrum.h) of an output channel's spans as integers -8 .. 7; each half of a group has a scale (float16),
// chosen for the least squared error:
//   a header of 64 bytes, then the panels. A panel holds, for each half of a group, the scales of its channels and then, for each four
//   inputs, 64 bytes: in their low halves the weights of its first 16 channels, in their high halves those of the others.
// Weights have 8 added. n is filled up to whole panels and k to whole groups, with weights of zero.
enum { HALF = GROUP / 2, Q4_SCALES_BYTES = PANEL * 2, Q4_HALF_BYTES = Q4_SCALES_BYTES + PANEL * HALF / 2, Q4_GROUP_BYTES = 2 * Q4_HALF_BYTES };

INLINE int64_t q4_bytes(int64_t n, int64_t k) { return (int64_t)sizeof(Header) + panels_of(n) * groups_of(k) * Q4_GROUP_BYTES; }

// Of 16 channels at once, each in a lane of its own:
INLINE Floats q4_nearest(Floats w, Floats factor) {
  Floats nearest = __builtin_elementwise_roundeven(w * factor);
  return __builtin_elementwise_max(__builtin_elementwise_min(nearest, all(7.0f)), all(-8.0f));
}

// The scale for which the nearest integers leave the least squared error: of those that put the largest weight between 6.8 and 9.2
// steps from zero, on the side with more room, each then fitted to its integers.
INLINE Floats q4_scale(const Floats *w) {
  Floats furthest = {0};
  for (int i = 0; i < HALF; i++) {
    furthest = pick(w[i] * w[i] > furthest * furthest, w[i], furthest);
  }
  Floats most_saved = {0}, scale = {0}, reciprocal = pick(furthest * furthest > all(1e-12f), all(-1.0f) / furthest, all(0.0f));
  for (int tried = 0; tried < 13; tried++) {
    Floats factor = all(6.8f + 0.2f * (float)tried) * reciprocal, products = {0}, squares = {0};
    for (int i = 0; i < HALF; i++) {
      Floats q = q4_nearest(w[i], factor);
      products = fused(q, w[i], products), squares = fused(q, q, squares);
    }
    Floats saved = products * products / squares; // the error's square is as much less than the weights'; NaN if all are zero
    Ints better = saved > most_saved;
    most_saved = pick(better, saved, most_saved), scale = pick(better, products / squares, scale);
  }
  return scale;
}

// The integers of 16 channels' halves of a group, with 8 added, and the scales that they have as float16.
INLINE void q4_halves(const Floats *w, Ints *integers, uint8_t *scales) {
  Ints finite = ~(Ints){0};
  for (int i = 0; i < HALF; i++) {
    finite &= (Ints)(w[i] - w[i] == all(0.0f));
  }
  Floats scale = pick(finite, q4_scale(w), all(__builtin_nanf("")));
  for (int c = 0; c < WIDTH; c++) {
    uint16_t half = (uint16_t)_cvtss_sh(scale[c], _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __builtin_memcpy(scales + 2 * c, &half, sizeof half);
    scale[c] = _cvtsh_ss(half);
  }
  Floats factor = pick(finite & (scale != all(0.0f)), all(1.0f) / scale, all(0.0f));
  for (int i = 0; i < HALF; i++) {
    integers[i] = __builtin_convertvector(q4_nearest(pick(finite, w[i], all(0.0f)), factor), Ints) + 8;
  }
}

// The same for the spectrum of a span of a panel's channels, so many inputs of w [channels, k].
static void q4_pack_span(const float *w, int64_t channels, int64_t k, int64_t inputs, int64_t span, uint8_t *to) {
  Ints integers[2][SPAN * GROUP]; // of the first 16 channels, of the others
  for (int c0 = 0; c0 < PANEL; c0 += WIDTH) {
    Floats turned[SPAN * GROUP] = {{0}};
    for (int c = 0; c < WIDTH && c0 + c < channels; c++) {
      for (int64_t i = 0; i < span * GROUP && i < inputs; i++) {
        turned[i][c] = w[(c0 + c) * k + i];
      }
    }
    butterflies(turned, span * GROUP);
    for (int64_t i = 0; i < span * GROUP; i += HALF) {
      q4_halves(turned + i, integers[c0 / WIDTH] + i, to + i / HALF * Q4_HALF_BYTES + c0 * 2);
    }
  }
  for (int64_t i = 0; i < span * GROUP; i += 4) {
    Ints bytes = {0};
    for (int j = 0; j < 4; j++) {
      bytes |= (integers[0][i + j] | integers[1][i + j] << 4) << 8 * j;
    }
    __builtin_memcpy(to + (i / HALF + 1) * Q4_SCALES_BYTES + i / 4 * 64, &bytes, sizeof bytes);
  }
}

static void q4_pack_panels(const void *data, int64_t begin, int64_t end) {
  const PackJob *job = data;
  const Header *header = (const Header *)job->packed;
  int64_t n = header->n, k = header->k, groups = groups_of(k);
  for (int64_t panel = begin; panel < end; panel++) {
    for (int64_t g = 0, span; g < groups; g += span) {
      span = span_of(groups - g);
      q4_pack_span(job->w + panel * PANEL * k + g * GROUP, n - panel * PANEL, k, k - g * GROUP, span,
                   job->packed + sizeof(Header) + (panel * groups + g) * Q4_GROUP_BYTES);
    }
  }
}

#ifdef __AVX512VNNI__
INLINE Integers q4_low(Integers pairs) { return _mm512_and_si512(pairs, _mm512_set1_epi8(15)); }
INLINE Integers q4_high(Integers pairs) { return _mm512_and_si512(_mm512_srli_epi16(pairs, 4), _mm512_set1_epi8(15)); }
INLINE Integers q4_start(void) { return _mm512_setzero_si512(); }
INLINE Integers q4_dot(Integers sum, Integers w, Integers fours) { return dot(sum, w, fours); }
INLINE Integers q4_end(Integers sum, int32_t offset) { return _mm512_add_epi32(sum, all_integers(offset)); }
#else
INLINE Integers q4_low(Integers pairs) { return _mm256_and_si256(pairs, _mm256_set1_epi8(15)); }
INLINE Integers q4_high(Integers pairs) { return _mm256_and_si256(_mm256_srli_epi16(pairs, 4), _mm256_set1_epi8(15)); }
INLINE Integers q4_start(void) { return _mm256_setzero_si256(); }
// The 16 products of half a group, each of at most 15 * 127 fit 16 bits.
INLINE Integers q4_dot(Integers sum, Integers w, Integers fours) {
  Integers product;
  __asm__ volatile("vpmaddubsw %[fours], %[w], %[product]\n\t"
                   "vpaddw %[product], %[sum], %[sum]"
                   : [sum] "+x"(sum), [product] "=&x"(product)
                   : [w] "x"(w), [fours] "x"(fours));
  return sum;
}
INLINE Integers q4_end(Integers sum, int32_t offset) {
  return _mm256_add_epi32(_mm256_madd_epi16(sum, _mm256_set1_epi16(1)), all_integers(offset));
}
#endif

// Adds to a tile of sums the products of a panel's group, in vectors from v0 on, and of so many rows, which lie so many groups apart.
INLINE void q4_add_group(int rows, int v0, const uint8_t *group, const Group *row, int64_t stride, Reals (*sums)[ABREAST], int stream) {
  UNROLL for (int half = 0; half < 2; half++, group += Q4_HALF_BYTES) {
    const uint8_t *weights = group + Q4_SCALES_BYTES;
    Integers products[PASS][ABREAST];
    UNROLL for (int r = 0; r < rows; r++) {
      UNROLL for (int v = 0; v < ABREAST; v++) { products[r][v] = q4_start(); }
    }
    UNROLL for (int i = 0; i < HALF; i += 4) {
      load_anew();
      Integers w[ABREAST];
      UNROLL for (int v = 0; v < ABREAST; v++) {
        int channel = (v0 + v) * LANES, high = channel >= PANEL / 2;
        Integers pairs = integers_at(weights + i / 4 * 64 + channel % (PANEL / 2) * 4);
        w[v] = high ? q4_high(pairs) : q4_low(pairs);
      }
      if (stream) {
        ahead_of(weights + i / 4 * 64);
      }
      UNROLL for (int r = 0; r < rows; r++) {
        Integers fours = four_of(row + r * stride, half * HALF + i);
        UNROLL for (int v = 0; v < ABREAST; v++) { products[r][v] = q4_dot(products[r][v], w[v], fours); }
      }
    }
    UNROLL for (int v = 0; v < ABREAST; v++) {
      Reals scale = halves_at(group + (v0 + v) * LANES * 2);
      UNROLL for (int r = 0; r < rows; r++) { sums[r][v] = scaled(q4_end(products[r][v], row[r * stride].halves[half]), scale, sums[r][v]); }
    }
  }
}
