// 8-bit weights: the spectra (spectrum.h) of an output channel's spans as integers -127 .. 127; each group has a scale (bfloat16,
// rounded up from the largest magnitude / 127):
//   a header of 64 bytes, then the panels. A panel holds, for each group, the scales of its channels and then, for each
//   four inputs, the four weights of its first channel, of its second, and so on: 128 bytes.
// Weights have 128 added, because the dot products of AVX-512 VNNI take one unsigned factor; the rows know the difference that
// makes. n is filled up to whole panels and k to whole groups, with weights of zero.
enum { Q8_SCALES_BYTES = PANEL * 2, Q8_GROUP_BYTES = Q8_SCALES_BYTES + PANEL * GROUP };

INLINE int64_t q8_bytes(int64_t n, int64_t k) { return (int64_t)sizeof(Header) + panels_of(n) * groups_of(k) * Q8_GROUP_BYTES; }

// Of a channel's spectrum, a group; scale and integers are written in steps of a panel's width.
static void q8_pack_group(const Floats *numbers, uint8_t *scale_to, uint8_t *to) {
  int32_t bits = most_bits(numbers, PARTS);
  float most, scale;
  __builtin_memcpy(&most, &bits, sizeof most);
  most /= 127.0f;
  uint32_t scale_bits;
  __builtin_memcpy(&scale_bits, &most, sizeof most);
  int finite = bits < 0x7f000000;
  scale_bits = finite ? (scale_bits + 0xffff) & 0xffff0000 : 0x7fc00000;
  __builtin_memcpy(&scale, &scale_bits, sizeof scale);
  uint16_t upper = (uint16_t)(scale_bits >> 16);
  __builtin_memcpy(scale_to, &upper, sizeof upper);
  Floats factor = all(finite && scale >= 1e-30f ? 1.0f / scale : 0.0f);
  for (int i = 0; i < PARTS; i++) {
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
    for (int64_t g = 0, span; g < groups; g += span) {
      Floats numbers[SPAN * PARTS];
      span = span_of(groups - g);
      groups_at(job->w + channel * k + g * GROUP, channel < n ? k - g * GROUP : 0, span, numbers);
      spectrum(numbers, span * PARTS);
      for (int64_t i = 0; i < span; i++) {
        uint8_t *to = job->packed + sizeof(Header) + (channel / PANEL * groups + g + i) * Q8_GROUP_BYTES;
        q8_pack_group(numbers + i * PARTS, to + channel % PANEL * 2, to + Q8_SCALES_BYTES + channel % PANEL * 4);
      }
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

// Adds to a tile of sums the products of a panel's group, in vectors from v0 on, and of so many rows, which lie so many groups apart.
INLINE void q8_add_group(int rows, int v0, const uint8_t *group, const Group *row, int64_t stride, Reals (*sums)[ABREAST], int stream) {
  const uint8_t *weights = group + Q8_SCALES_BYTES;
  if (stream) {
    ahead_of(group);
  }
  Integers products[PASS][ABREAST];
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int v = 0; v < ABREAST; v++) { products[r][v] = q8_start(row + r * stride); }
  }
  UNROLL for (int i = 0; i < GROUP; i += 4) {
    load_anew();
    Q8Weights w[ABREAST];
    UNROLL for (int v = 0; v < ABREAST; v++) { w[v] = q8_weights_at(weights + i * PANEL + (v0 + v) * LANES * 4); }
    if (stream) {
      ahead_of(weights + i * PANEL), ahead_of(weights + i * PANEL + 64);
    }
    UNROLL for (int r = 0; r < rows; r++) {
      Integers fours = four_of(row + r * stride, i);
      UNROLL for (int v = 0; v < ABREAST; v++) { products[r][v] = q8_dot(products[r][v], w[v], fours); }
    }
  }
  UNROLL for (int v = 0; v < ABREAST; v++) {
    Reals scale = uppers_at(group + (v0 + v) * LANES * 2);
    UNROLL for (int r = 0; r < rows; r++) { sums[r][v] = scaled(products[r][v], scale, sums[r][v]); }
  }
}
