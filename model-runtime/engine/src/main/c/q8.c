// 8-bit weights: the spectra (spectrum.h) of each 32 inputs of an output channel as integers -127 .. 127; SPAN consecutive groups
// share a scale (bfloat16, rounded up from the largest magnitude / 127):
//   a header of 64 bytes, then the panels. A panel holds, for each SPAN groups, the scales of its channels and then, for each four
//   consecutive inputs, the four weights of its first channel, of its second, and so on: 128 bytes.
// Weights have 128 added, because the dot products of AVX-512 VNNI take one unsigned factor; the rows know the difference that
// makes. n is filled up to whole panels and k to whole groups, with weights of zero.
enum { SPAN = 2, Q8_SCALES_BYTES = PANEL * 2, Q8_GROUP_BYTES = PANEL * GROUP };

// Where a group's weights begin in a panel; its scales lie before those of the first group that has them.
INLINE int64_t q8_offset(int64_t group) { return group * Q8_GROUP_BYTES + (group / SPAN + 1) * Q8_SCALES_BYTES; }
INLINE int64_t q8_panel_bytes(int64_t groups) { return groups * Q8_GROUP_BYTES + (groups + SPAN - 1) / SPAN * Q8_SCALES_BYTES; }
INLINE int64_t q8_bytes(int64_t n, int64_t k) { return (int64_t)sizeof(Header) + panels_of(n) * q8_panel_bytes(groups_of(k)); }

// The weights of a channel that share a scale, so many of them from w on, are written from `to` on in steps of a panel's width.
static void q8_pack_span(const float *w, int64_t count, int64_t groups, uint8_t *scale_to, uint8_t *to) {
  Floats numbers[SPAN * 2] = {{0}};
  Ints bits = {0};
  for (int64_t part = 0; part < groups * 2; part++) {
    int64_t i = part * WIDTH;
    numbers[part] = i + WIDTH <= count ? floats_at(w + i) : first_floats_at(w + i, count - i);
    if (part % 2 == 1) {
      Floats *group = numbers + part - 1;
      spectrum(group[0], group[1], group, group + 1);
      bits = __builtin_elementwise_max(bits, __builtin_elementwise_max((Ints)group[0] & 0x7fffffff, (Ints)group[1] & 0x7fffffff));
    }
  }
  int32_t most_bits = __builtin_reduce_max(bits);
  float most, scale;
  __builtin_memcpy(&most, &most_bits, sizeof most);
  most /= 127.0f;
  uint32_t scale_bits;
  __builtin_memcpy(&scale_bits, &most, sizeof most);
  int finite = most_bits < 0x7f000000;
  scale_bits = finite ? (scale_bits + 0xffff) & 0xffff0000 : 0x7fc00000;
  __builtin_memcpy(&scale, &scale_bits, sizeof scale);
  uint16_t upper = (uint16_t)(scale_bits >> 16);
  __builtin_memcpy(scale_to, &upper, sizeof upper);
  Floats factor = all(finite && scale >= 1e-30f ? 1.0f / scale : 0.0f);
  for (int64_t i = 0; i < groups * 2; i++) {
    Ints integers = {0};
    if (finite) {
      integers = __builtin_convertvector(__builtin_elementwise_roundeven(numbers[i] * factor), Ints);
    }
    Bytes bytes = __builtin_convertvector(integers + 128, Bytes);
    UNROLL for (int four = 0; four < 4; four++) { __builtin_memcpy(to + (i * 4 + four) * PANEL * 4, (char *)&bytes + four * 4, 4); }
  }
}

static void q8_pack_panels(const void *data, int64_t begin, int64_t end) {
  const PackJob *job = data;
  const Header *header = (const Header *)job->packed;
  int64_t n = header->n, k = header->k, groups = groups_of(k);
  for (int64_t channel = begin * PANEL; channel < end * PANEL; channel++) {
    uint8_t *panel = job->packed + sizeof(Header) + channel / PANEL * q8_panel_bytes(groups);
    for (int64_t g = 0; g < groups; g += SPAN) {
      int64_t from = g * GROUP, count = channel < n ? (k - from < SPAN * GROUP ? k - from : SPAN * GROUP) : 0;
      uint8_t *to = panel + q8_offset(g);
      q8_pack_span(job->w + channel * k + from, count, groups - g < SPAN ? groups - g : SPAN, to - Q8_SCALES_BYTES + channel % PANEL * 2,
                   to + channel % PANEL * 4);
    }
  }
}

#ifdef __AVX512VNNI__
typedef Integers Q8Weights;
INLINE Q8Weights q8_weights_at(const uint8_t *from) { return integers_at(from); }
INLINE Integers q8_start(const Group *group) { return all_integers(group->offset); }
INLINE Integers q8_dot(Integers sum, Q8Weights w, Integers fours) { return dot(sum, w, fours); }
#else
// Without such dot products the signs go to the row's values: |w| * +-a is unsigned times signed, and two products of at most
// 127 * 127 fit 16 bits.
typedef struct {
  Integers sizes, signs;
} Q8Weights;
INLINE Q8Weights q8_weights_at(const uint8_t *from) {
  Integers w = _mm256_xor_si256(integers_at(from), _mm256_set1_epi8(-128));
  return (Q8Weights){_mm256_abs_epi8(w), w};
}
INLINE Integers q8_start(const Group *group) { return (void)group, _mm256_setzero_si256(); }
INLINE Integers q8_dot(Integers sum, Q8Weights w, Integers fours) {
  Integers product;
  __asm__ volatile("vpsignb %[signs], %[fours], %[product]\n\t"
                   "vpmaddubsw %[product], %[sizes], %[product]\n\t"
                   "vpmaddwd %[ones], %[product], %[product]\n\t"
                   "vpaddd %[product], %[sum], %[sum]"
                   : [sum] "+x"(sum), [product] "=&x"(product)
                   : [signs] "x"(w.signs), [sizes] "x"(w.sizes), [fours] "x"(fours), [ones] "x"(_mm256_set1_epi16(1)));
  return sum;
}
#endif

// Adds the products of a panel's group and so many rows, which lie so many groups apart, to the rows' sums.
INLINE void q8_add_group(int rows, const uint8_t *scales, const uint8_t *weights, const Group *row, int64_t stride, Reals (*sums)[VECTORS],
                         int stream) {
  UNROLL for (int r0 = 0; r0 < rows; r0 += PASS) {
    int pass = rows - r0 < PASS ? rows - r0 : PASS;
    UNROLL for (int v0 = 0; v0 < VECTORS; v0 += ABREAST) {
      Integers products[PASS][ABREAST];
      UNROLL for (int r = 0; r < pass; r++) {
        UNROLL for (int v = 0; v < ABREAST; v++) { products[r][v] = q8_start(row + (r0 + r) * stride); }
      }
      UNROLL for (int i = 0; i < GROUP; i += 4) {
        load_anew();
        Q8Weights w[ABREAST];
        UNROLL for (int v = 0; v < ABREAST; v++) { w[v] = q8_weights_at(weights + i * PANEL + (v0 + v) * LANES * 4); }
        if (stream && r0 == 0 && v0 == 0) {
          ahead_of(weights + i * PANEL), ahead_of(weights + i * PANEL + 64);
        }
        UNROLL for (int r = 0; r < pass; r++) {
          Integers fours = four_of(row + (r0 + r) * stride, i);
          UNROLL for (int v = 0; v < ABREAST; v++) { products[r][v] = q8_dot(products[r][v], w[v], fours); }
        }
      }
      Reals scale[ABREAST];
      UNROLL for (int v = 0; v < ABREAST; v++) { scale[v] = uppers_at(scales + (v0 + v) * LANES * 2); }
      UNROLL for (int r = 0; r < pass; r++) {
        Reals row_scale = all_reals(row[(r0 + r) * stride].scale);
        UNROLL for (int v = 0; v < ABREAST; v++) {
          sums[r0 + r][v0 + v] = scaled(products[r][v], times(row_scale, scale[v]), sums[r0 + r][v0 + v]);
        }
      }
    }
  }
}
