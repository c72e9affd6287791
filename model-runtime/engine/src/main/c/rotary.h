// Rotary positions and the store of a step's keys and values.
#pragma once
#include "attention-vector.h"
#include "attention.h"

INLINE int64_t block_bytes(const Entries *entries) { return (int64_t)entries->head_dim * BLOCK * entries->size; }
INLINE char *keys_of(const Entries *entries, int32_t block, int kv) {
  return entries->keys + ((int64_t)block * entries->kv_heads + kv) * block_bytes(entries);
}
INLINE char *values_of(const Entries *entries, int32_t block, int kv) {
  return entries->values + ((int64_t)block * entries->kv_heads + kv) * block_bytes(entries);
}

// x * cos + rotate_half(x) * sin, then scaled: pairs are dimensions d and d + D / 2.
static void rotate(const float *restrict x, const float *restrict cosine, const float *restrict sine, float scale, int D, float *restrict y) {
  int half = D / 2;
  for (int d = 0; d < half; d++) {
    y[d] = __builtin_fmaf(-x[d + half], sine[d], x[d] * cosine[d]) * scale;
    y[d + half] = __builtin_fmaf(x[d], sine[d + half], x[d + half] * cosine[d + half]) * scale;
  }
}

static void to_halves(const float *x, int count, uint16_t *y) {
  for (int i = 0; i < count; i += 8) {
    _mm_storeu_si128((__m128i *)(y + i), _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
  }
}

static void store_key(const Entries *entries, const float *key, char *block, int slot) {
  int D = entries->head_dim;
  if (entries->size == 4) {
    for (int d = 0; d < D; d++) {
      ((float *)block)[d * BLOCK + slot] = key[d];
    }
  } else {
    uint16_t halves[WIDEST_HEAD];
    to_halves(key, D, halves);
    for (int d = 0; d < D; d++) {
      ((uint16_t *)block)[d * BLOCK + slot] = halves[d];
    }
  }
}

static void store_value(const Entries *entries, const float *value, char *block, int slot) {
  int D = entries->head_dim;
  if (entries->size == 4) {
    __builtin_memcpy(block + (int64_t)slot * D * 4, value, (size_t)D * 4);
  } else {
    to_halves(value, D, (uint16_t *)block + slot * D);
  }
}

// A kv head of a token and the query heads that share it.
static void rotate_item(const Rotation *x, int token, int kv, const int32_t *table) {
  const Entries *entries = &x->entries;
  int H = x->plan->heads, G = x->plan->group, K = entries->kv_heads, D = entries->head_dim;
  int position = x->plan->step.positions[token], block = table[position / BLOCK], slot = position % BLOCK;
  const float *row = x->qkv + (int64_t)token * (H + 2 * K) * D;
  const float *cosine = x->cosine + (int64_t)position * D, *sine = x->sine + (int64_t)position * D;
  float scale = (float)(1 / __builtin_sqrt((double)D)), key[WIDEST_HEAD];
  for (int h = kv * G; h < (kv + 1) * G; h++) {
    rotate(row + h * D, cosine, sine, scale, D, x->queries + ((int64_t)token * H + h) * D);
  }
  rotate(row + (H + kv) * D, cosine, sine, 1, D, key);
  store_key(entries, key, keys_of(entries, block, kv), slot);
  store_value(entries, row + (H + K + kv) * D, values_of(entries, block, kv), slot);
}

// A sequence's items go head by head: neighbouring tokens' keys lie in the same cache lines, which two threads would take from
// each other.
void rotate_items(const void *rotation, int64_t begin, int64_t end) {
  const Rotation *x = rotation;
  const Step *step = &x->plan->step;
  int64_t K = x->entries.kv_heads;
  for (int s = 0; s < step->sequences; s++) {
    int64_t first = step->rows[s][0] * K, last = first + step->rows[s][1] * K;
    for (int64_t item = first > begin ? first : begin; item < last && item < end; item++) {
      int64_t rows = step->rows[s][1], kv = (item - first) / rows, row = (item - first) % rows;
      rotate_item(x, step->rows[s][0] + (int)row, (int)kv, step->tables + step->rows[s][2]);
    }
  }
}
