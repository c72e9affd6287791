// What packed weights have in common, and the vectors that panels are read in.
#pragma once
#include <stdint.h>

enum {
  Q8 = 0x31385141,   // "AQ81"
  Q4 = 0x31345141,   // "AQ41"
  BF16 = 0x36314241, // "AB16"
  F16 = 0x36314641   // "AF16"
};

// The first bytes of packed weights [n, k]. What follows is the same for all kinds of CPU.
typedef struct {
  uint32_t format, reserved;
  int64_t n, k;
  uint8_t unused[40];
} Header;

// The header of a tensor that may or may not be packed weights: zeros if it cannot be.
static Header header_of(Tensor packed) {
  Header header = {0};
  if (type_of(packed) == UINT8 && size_of(packed, 0) >= (int64_t)sizeof header) {
    __builtin_memcpy(&header, data_of(packed), sizeof header);
  }
  return header;
}

// Output channels whose weights are interleaved; n is filled up to whole panels, with weights of zero.
enum { PANEL = 32 };

INLINE int64_t panels_of(int64_t n) { return (n + PANEL - 1) / PANEL; }

typedef struct {
  const float *w;
  uint8_t *packed;
} PackJob;

// Of weights of 16 bits: a panel is their groups, and nothing else.
enum { HALF_GROUP_BYTES = PANEL * GROUP * 2 };

static int64_t half_bytes(int64_t n, int64_t k) { return (int64_t)sizeof(Header) + panels_of(n) * groups_of(k) * HALF_GROUP_BYTES; }

// A panel's weights of a group of inputs, by inputs; zeros where there are none.
static void turn_group(const PackJob *job, int64_t panel, int64_t group, float (*to)[PANEL]) {
  const Header *header = (const Header *)job->packed;
  for (int c = 0; c < PANEL; c++) {
    int64_t channel = panel * PANEL + c;
    for (int i = 0; i < GROUP; i++) {
      int64_t input = group * GROUP + i;
      to[i][c] = channel < header->n && input < header->k ? job->w[channel * header->k + input] : 0;
    }
  }
}

// Panels of 16 bits, each group written as `put` does it.
INLINE void pack_half_panels(const PackJob *job, int64_t begin, int64_t end, void put(uint8_t *to, float (*turned)[PANEL])) {
  int64_t groups = groups_of(((const Header *)job->packed)->k);
  for (int64_t g = begin * groups; g < end * groups; g++) {
    float turned[GROUP][PANEL] __attribute__((aligned(64)));
    turn_group(job, g / groups, g % groups, turned);
    put(job->packed + sizeof(Header) + g * HALF_GROUP_BYTES, turned);
  }
}

#ifdef __AVX512VNNI__
typedef __m512i Integers;
typedef __m512 Reals;
enum { LANES = 16 };
INLINE Integers integers_at(const uint8_t *from) { return _mm512_loadu_si512(from); }
INLINE Integers all_integers(int32_t value) { return _mm512_set1_epi32(value); }
INLINE Reals scaled(Integers sum, Reals scale, Reals to) { return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, to); }
INLINE Reals times(Reals a, Reals b) { return _mm512_mul_ps(a, b); }
INLINE Reals all_reals(float value) { return _mm512_set1_ps(value); }
INLINE Reals reals_at(const float *from) { return _mm512_loadu_ps(from); }
// Of bfloat16 numbers, which are the upper halves of floats.
INLINE Reals uppers_at(const uint8_t *from) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)from)), 16));
}
INLINE Reals halves_at(const uint8_t *from) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from)); }
INLINE void put_reals(float *to, Reals v) { _mm512_storeu_ps(to, v); }
// Four products of unsigned weights and a row's values, added. Written as an instruction, as all that is done for each weight: of
// intrinsics the compiler begins more at a time than registers hold.
INLINE Integers dot(Integers sum, Integers w, Integers fours) {
  __asm__ volatile("vpdpbusd %[fours], %[w], %[sum]" : [sum] "+v"(sum) : [w] "v"(w), [fours] "v"(fours));
  return sum;
}
#else
typedef __m256i Integers;
typedef __m256 Reals;
enum { LANES = 8 };
INLINE Integers integers_at(const uint8_t *from) { return _mm256_loadu_si256((const __m256i *)from); }
INLINE Integers all_integers(int32_t value) { return _mm256_set1_epi32(value); }
INLINE Reals scaled(Integers sum, Reals scale, Reals to) { return _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), scale, to); }
INLINE Reals times(Reals a, Reals b) { return _mm256_mul_ps(a, b); }
INLINE Reals all_reals(float value) { return _mm256_set1_ps(value); }
INLINE Reals reals_at(const float *from) { return _mm256_loadu_ps(from); }
INLINE Reals uppers_at(const uint8_t *from) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)from)), 16));
}
INLINE Reals halves_at(const uint8_t *from) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from)); }
INLINE void put_reals(float *to, Reals v) { _mm256_storeu_ps(to, v); }
#endif

enum {
  VECTORS = PANEL / LANES, // of a panel's channels
  ROWS = 8,                // of a block whose sums are kept in registers while a panel passes
  ABREAST = 2,             // vectors that are multiplied at once
  PASS = LANES == 16 ? 6 : 4 // by at most so many rows: as many integer sums as registers hold beside what is multiplied
};

// Four consecutive bytes of a row, for all channels.
INLINE Integers four_at(const void *from) {
  int32_t four;
  __builtin_memcpy(&four, from, sizeof four);
  return all_integers(four);
}
INLINE Integers four_of(const Group *group, int i) { return four_at(group->values + i); }

INLINE Reals plus_product(Reals sum, Reals a, Reals b) {
  __asm__ volatile("vfmadd231ps %[a], %[b], %[sum]" : [sum] "+v"(sum) : [a] "v"(a), [b] "v"(b));
  return sum;
}

// Loads stay behind this: what one pass has loaded the next loads again, rather than that it is kept on the stack.
INLINE void load_anew(void) { __asm__ volatile("" ::: "memory"); }

// From here on the sums are in memory, from where those are taken whose turn it is: left to itself the compiler gives registers to
// the others.
INLINE void keep_in_memory(Reals (*sums)[VECTORS]) { __asm__ volatile("" ::"r"(sums) : "memory"); }

// Weights are read from memory once and in order: the line is asked for that is needed 8192 bytes later.
INLINE void ahead_of(const uint8_t *weights) { _mm_prefetch((const char *)weights + 8192, _MM_HINT_T0); }

// A line that is needed soon, from memory; an address behind the weights is allowed.
enum { LINE = 64 };
INLINE void fetch(const uint8_t *weights) { _mm_prefetch((const char *)weights, _MM_HINT_T0); }
