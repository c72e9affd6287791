// The arithmetic of attention: a tile of a few query rows against one chunk of a sequence's entries.
//
// A row's result is the same bits whatever tile it is in, since each of its numbers is computed by one chain of operations in
// one order: a score is a sum over the dimensions, the weights of a chunk are relative to the greatest of its scores, and a
// chunk's mix of values is a sum over its entries. Chunks begin at multiples of CHUNK positions and are merged in order.
#pragma once
#include "attention-vector.h"
#include "attention.h"

enum {
  CHUNK = 256, // positions
  CHUNK_BLOCKS = CHUNK / BLOCK,
  WIDEST_HEAD = 256,
  STRIDE = CHUNK + 16, // of scratch rows: no power of two, which would put all rows into the same few sets of the cache
#ifdef __AVX512F__
  ROWS = 12, // 12 x 2 sums, 2 factors and a broadcast in 32 registers
#else
  ROWS = 6, // 6 x 2 sums in 16 registers
#endif
};

// One row of scratch: a query, scores or weights of a chunk's entries, a mix of values.
typedef float Row[STRIDE];

// Vectors that a tile of so many rows takes at once: enough sums to hide the latency of fma, not more than there are registers.
// Few rows are what decoding has: whole rows of values at once read memory in order.
INLINE int width(const int R) {
#ifdef __AVX512F__
  return R <= 3 ? 8 : R <= 6 ? 4 : 2;
#else
  return R <= 1 ? 8 : R <= 3 ? 4 : 2;
#endif
}

// sums[R][V] += rows[R][count] * factors[count][V]. Factors come in pairs of vectors, each pair from a place of its own, a row
// every `step` bytes. Meanwhile what lies `ahead` bytes behind them is fetched: memory is slower than arithmetic.
INLINE void accumulate(const int R, const int V, const bool half, const bool low, Floats (*sums)[8], const float *rows,
                       const char *const *factors, const int64_t *ahead, int64_t step, int count) {
  const int vector = LANES * (half ? 2 : 4);
  int64_t at = 0;
  for (int i = 0; i < count; i++, at += step) {
    Floats x[ROWS];
    if (V > 2) {
#pragma unroll
      for (int r = 0; r < R; r++) {
        x[r] = all(rows[r * STRIDE + i]);
      }
    }
    Floats factor[8];
#pragma unroll
    for (int v = 0; v < V; v++) {
      const char *from = factors[v / 2] + at + v % 2 * vector;
      if (low) {
        factor[v] = half ? low_halves_at(from) : low_floats_at((const float *)from);
      } else {
        factor[v] = half ? halves_at(from) : floats_at((const float *)from);
      }
      if (v % 2 == 0 || vector == 64) {
        _mm_prefetch(from + ahead[v / 2], _MM_HINT_T1);
      }
      if (V > 2) {
#pragma unroll
        for (int r = 0; r < R; r++) {
          sums[r][v] = fused(x[r], factor[v], sums[r][v]);
        }
      }
    }
    if (V <= 2) {
#pragma unroll
      for (int r = 0; r < R; r++) {
        Floats y = all(rows[r * STRIDE + i]);
#pragma unroll
        for (int v = 0; v < V; v++) {
          sums[r][v] = fused(y, factor[v], sums[r][v]);
        }
      }
    }
  }
}

INLINE void store_sums(const int R, const int V, Floats (*sums)[8], float *to) {
#pragma unroll
  for (int r = 0; r < R; r++) {
#pragma unroll
    for (int v = 0; v < V; v++) {
      put_floats(to + r * STRIDE + v * LANES, sums[r][v]);
    }
  }
}

// Columns of scores[R][blocks * BLOCK] = queries[R][D] * keys[D][BLOCK] of each block
INLINE int score_columns(const int R, const int V, const bool half, const Row *queries, const char *const *keys,
                         const char *const *ahead, int column, int end, int D, Row *scores) {
  const int size = half ? 2 : 4;
  for (; column + V * LANES <= end; column += V * LANES) {
    Floats sums[ROWS][8] = {};
    const char *factors[4];
    int64_t distance[4];
#pragma unroll
    for (int pair = 0; pair < V / 2; pair++) {
      int at = column + pair * 2 * LANES, block = at / BLOCK;
      factors[pair] = keys[block] + at % BLOCK * size;
      distance[pair] = ahead[block] - keys[block];
    }
    accumulate(R, V, half, false, sums, *queries, factors, distance, BLOCK * size, D);
    store_sums(R, V, sums, *scores + column);
  }
  return column;
}

INLINE void score_rows(const int R, const bool half, const Row *queries, const char *const *keys, const char *const *ahead, int blocks, int D,
                       Row *scores) {
  int column = score_columns(R, width(R), half, queries, keys, ahead, 0, blocks * BLOCK, D, scores);
  if (width(R) > 4) {
    column = score_columns(R, 4, half, queries, keys, ahead, column, blocks * BLOCK, D, scores);
  }
  if (width(R) > 2) {
    score_columns(R, 2, half, queries, keys, ahead, column, blocks * BLOCK, D, scores);
  }
}

// Columns of mixes[R][D] += weights[R][from .. to - 1] * values[entries][D], or = where from is 0.
INLINE int mix_columns(const int R, const int V, const bool half, const bool low, const Row *weights, const char *const *values,
                       const char *const *ahead, int from, int to, int column, int D, Row *mixes) {
  const int64_t size = half ? 2 : 4;
  for (; column + (low ? 1 : V * LANES) <= D; column += V * LANES) {
    Floats sums[ROWS][8] = {};
    if (from > 0) {
#pragma unroll
      for (int r = 0; r < R; r++) {
#pragma unroll
        for (int v = 0; v < V; v++) {
          sums[r][v] = floats_at(mixes[r] + column + v * LANES);
        }
      }
    }
    for (int i = from; i < to;) {
      int block = i / BLOCK, end = block * BLOCK + BLOCK < to ? block * BLOCK + BLOCK : to;
      const char *factors[4];
      int64_t distance[4];
#pragma unroll
      for (int pair = 0; pair < (V + 1) / 2; pair++) {
        factors[pair] = values[block] + (i % BLOCK * D + column + pair * 2 * LANES) * size;
        distance[pair] = ahead[block] - values[block];
      }
      accumulate(R, V, half, low, sums, *weights + i, factors, distance, D * size, end - i);
      i = end;
    }
    store_sums(R, V, sums, *mixes + column);
  }
  return column;
}

INLINE void mix_rows(const int R, const bool half, const Row *weights, const char *const *values, const char *const *ahead, int from, int to,
                     int D, Row *mixes) {
  int column = mix_columns(R, width(R), half, false, weights, values, ahead, from, to, 0, D, mixes);
  if (width(R) > 4) {
    column = mix_columns(R, 4, half, false, weights, values, ahead, from, to, column, D, mixes);
  }
  if (width(R) > 2) {
    column = mix_columns(R, 2, half, false, weights, values, ahead, from, to, column, D, mixes);
  }
  column = mix_columns(R, 1, half, false, weights, values, ahead, from, to, column, D, mixes);
  mix_columns(R, 1, half, true, weights, values, ahead, from, to, column, D, mixes);
}

#ifdef __AVX512F__
#define EACH_ROW_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#else
#define EACH_ROW_COUNT(X) X(1) X(2) X(3) X(4) X(5) X(6)
#endif

#define SCORE(R, kind, half)                                                                                                        \
  static void score_##kind##_##R(const Row *q, const char *const *k, const char *const *ahead, int blocks, int D, Row *s) {         \
    score_rows(R, half, q, k, ahead, blocks, D, s);                                                                                 \
  }
#define MIX(R, kind, half)                                                                                                          \
  static void mix_##kind##_##R(const Row *p, const char *const *v, const char *const *ahead, int from, int to, int D, Row *o) {     \
    mix_rows(R, half, p, v, ahead, from, to, D, o);                                                                                 \
  }
#define KERNELS(R) SCORE(R, half, true) SCORE(R, full, false) MIX(R, half, true) MIX(R, full, false)
EACH_ROW_COUNT(KERNELS)

typedef void (*Score)(const Row *queries, const char *const *keys, const char *const *ahead, int blocks, int D, Row *scores);
typedef void (*Mix)(const Row *weights, const char *const *values, const char *const *ahead, int from, int to, int D, Row *mixes);
#define NAME_SCORE_HALF(R) score_half_##R,
#define NAME_SCORE_FULL(R) score_full_##R,
#define NAME_MIX_HALF(R) mix_half_##R,
#define NAME_MIX_FULL(R) mix_full_##R,
// By element type (float16, float32) and rows.
static const Score SCORES[2][ROWS] = {{EACH_ROW_COUNT(NAME_SCORE_HALF)}, {EACH_ROW_COUNT(NAME_SCORE_FULL)}};
static const Mix MIXES[2][ROWS] = {{EACH_ROW_COUNT(NAME_MIX_HALF)}, {EACH_ROW_COUNT(NAME_MIX_FULL)}};

// Turns the scores of the entries that a row sees into weights. What lies behind them in the last vector may be anything.
static Weight soften(float *scores, int seen) {
  int whole = seen / LANES * LANES;
  Floats greatest = all(-__builtin_inff());
  for (int i = 0; i < whole; i += LANES) {
    greatest = greater(floats_at(scores + i), greatest);
  }
  if (whole < seen) {
    Floats last = first_lanes(floats_at(scores + whole), seen - whole, all(-__builtin_inff()));
    put_floats(scores + whole, last);
    greatest = greater(last, greatest);
  }
  Weight weight = {greatest_lane(greatest), 0};
  Floats sum = all(0), origin = all(weight.greatest);
  for (int i = 0; i < seen; i += LANES) {
    Floats x = exponential(floats_at(scores + i) - origin);
    put_floats(scores + i, x);
    sum += x;
  }
  weight.sum = sum_of(sum);
  return weight;
}

// The blocks of a sequence's chunk; behind its last block, that again.
typedef struct {
  const char *keys[CHUNK_BLOCKS], *values[CHUNK_BLOCKS];
} Chunk;

// The attention of 1 .. ROWS queries to a chunk, of which they see the first entries, later rows as many as earlier ones or
// more. What lies behind is never touched by a row: it may be no number at all. The keys of the next chunk are fetched
// meanwhile.
static void attend_chunk(int type, int rows, const int *seen, const Row *queries, const Chunk *chunk, const Chunk *next, int D, Row *weights,
                         Row *mixes, Weight *sums) {
  int most = seen[rows - 1];
  SCORES[type][rows - 1](queries, chunk->keys, chunk->values, (most + BLOCK - 1) / BLOCK, D, weights);
  for (int r = 0; r < rows; r++) {
    sums[r] = soften(weights[r], seen[r]);
  }
  MIXES[type][rows - 1](weights, chunk->values, next->keys, 0, seen[0], D, mixes);
  for (int first = 0, at = seen[0]; at < most; at = seen[first]) {
    while (seen[first] <= at) {
      first++;
    }
    MIXES[type][rows - first - 1](weights + first, chunk->values, next->keys, at, seen[first], D, mixes + first);
  }
}

// Adds the next chunk's contribution to what a row has of those before. Both mixes have room for whole vectors.
static void merge(Weight *total, float *mix, Weight next, const float *next_mix, int D) {
  float greatest = next.greatest > total->greatest ? next.greatest : total->greatest;
  Floats old = exponential(all(total->greatest - greatest)), new = exponential(all(next.greatest - greatest));
  for (int d = 0; d < D; d += LANES) {
    put_floats(mix + d, fused(floats_at(next_mix + d), new, floats_at(mix + d) * old));
  }
  float sums[LANES];
  put_floats(sums, fused(all(next.sum), new, all(total->sum) * old));
  *total = (Weight){greatest, sums[0]};
}

// A row's result: the mix of all values, weighted.
static void finish(Weight total, const float *mix, int D, float *out) {
  float inverse = 1 / total.sum;
  for (int d = 0; d < D; d++) {
    out[d] = mix[d] * inverse;
  }
}
