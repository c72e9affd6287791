// Grouped-query attention over paged keys and values, with rotary positions (Touvron et al. 2023, section 2.2).
#include "torch.h"
#include "parallel.h"
#include "attention.h"
#include "attention-tile.h"
#include "rotary.h"

// Rows of a part.
enum { PART = 48 };

INLINE int last_position(const Attention *x, int s) { return x->step.positions[x->step.rows[s][0] + x->step.rows[s][1] - 1]; }
INLINE int chunks_of(const Attention *x, int s) { return last_position(x, s) / CHUNK + 1; }
INLINE bool is_short(const Attention *x, int s) { return x->step.rows[s][1] * x->group <= PART; }
INLINE const int32_t *table_of(const Attention *x, int s) { return x->step.tables + x->step.rows[s][2]; }
// Of scratch and partial mixes: whole vectors.
INLINE int mix_floats(const Attention *x) { return (x->entries.head_dim + 15) / 16 * 16; }

INLINE const float *query_of(const Attention *x, int token, int kv, int g) {
  return x->queries + ((int64_t)token * x->heads + kv * x->group + g) * x->entries.head_dim;
}

INLINE float *out_of(const Attention *x, int token, int kv, int g) {
  return x->out + ((int64_t)token * x->heads + kv * x->group + g) * x->entries.head_dim;
}

INLINE void copy_floats(float *to, const float *from, int count) {
  for (int i = 0; i < count; i++) {
    to[i] = from[i];
  }
}

static Chunk chunk_of(const Attention *x, int s, int chunk, int kv) {
  Chunk blocks;
  int last = last_position(x, s) / BLOCK;
  for (int b = 0; b < CHUNK_BLOCKS; b++) {
    int at = chunk * CHUNK_BLOCKS + b;
    int32_t block = table_of(x, s)[at < last ? at : last];
    blocks.keys[b] = keys_of(&x->entries, block, kv);
    blocks.values[b] = values_of(&x->entries, block, kv);
  }
  return blocks;
}

INLINE int seen_of(const Attention *x, int token, int chunk) {
  int seen = x->step.positions[token] + 1 - chunk * CHUNK;
  return seen < CHUNK ? seen : CHUNK;
}

static void attend_part(const Attention *x, Part part, int kv) {
  int D = x->entries.head_dim, G = x->group, type = x->entries.size == 2 ? 0 : 1;
  int start = x->step.rows[part.sequence][0];
  Row queries[PART], mixes[PART], weights[ROWS], partial[ROWS];
  Weight sums[PART], partial_sums[ROWS];
  for (int r = 0; r < part.rows; r++) {
    int row = part.first + r;
    copy_floats(queries[r], query_of(x, start + row / G, kv, row % G), D);
  }
  int last_chunk = x->step.positions[start + (part.first + part.rows - 1) / G] / CHUNK;
  for (int c = 0; c <= last_chunk; c++) {
    Chunk chunk = chunk_of(x, part.sequence, c, kv), next = c < last_chunk ? chunk_of(x, part.sequence, c + 1, kv) : chunk;
    for (int tile = 0; tile < part.rows; tile += ROWS) {
      int rows = 0, first = 0, end = tile + ROWS < part.rows ? tile + ROWS : part.rows, seen[ROWS];
      for (int r = tile; r < end; r++) {
        int entries = seen_of(x, start + (part.first + r) / G, c);
        if (entries > 0) {
          first = rows == 0 ? r : first;
          seen[rows++] = entries;
        }
      }
      if (rows == 0) {
        continue;
      }
      if (c == 0) {
        attend_chunk(type, rows, seen, queries + first, &chunk, &next, D, weights, mixes + first, sums + first);
      } else {
        attend_chunk(type, rows, seen, queries + first, &chunk, &next, D, weights, partial, partial_sums);
        for (int r = 0; r < rows; r++) {
          merge(&sums[first + r], mixes[first + r], partial_sums[r], partial[r], D);
        }
      }
    }
  }
  for (int r = 0; r < part.rows; r++) {
    int row = part.first + r;
    finish(sums[r], mixes[r], D, out_of(x, start + row / G, kv, row % G));
  }
}

// Index of the first partial result of a sequence's row.
INLINE int64_t partial_of(const Attention *x, int s, int row, int kv, int g) {
  return x->partials_from[s] + ((int64_t)row * x->heads + kv * x->group + g) * chunks_of(x, s);
}

static void merge_chunks(const Attention *x, int s, int kv) {
  int D = x->entries.head_dim, stride = mix_floats(x);
  for (int row = 0; row < x->step.rows[s][1]; row++) {
    int token = x->step.rows[s][0] + row;
    for (int g = 0; g < x->group; g++) {
      int64_t partial = partial_of(x, s, row, kv, g);
      Weight *sums = x->partial_weights + partial;
      float *mixes = x->partial_mixes + partial * stride;
      for (int c = 1; c <= x->step.positions[token] / CHUNK; c++) {
        merge(sums, mixes, sums[c], mixes + (int64_t)c * stride, D);
      }
      finish(*sums, mixes, D, out_of(x, token, kv, g));
    }
  }
}

// Rows of a band that are computed together, and where their results go.
typedef struct {
  int rows, seen[ROWS];
  int64_t partial[ROWS];
  Row queries[ROWS];
} Tile;

static void attend_tile(const Attention *x, Tile *tile, const Chunk *chunk, const Chunk *next) {
  int D = x->entries.head_dim, stride = mix_floats(x);
  if (tile->rows > 0) {
    Row weights[ROWS], mixes[ROWS];
    Weight sums[ROWS];
    attend_chunk(x->entries.size == 2 ? 0 : 1, tile->rows, tile->seen, tile->queries, chunk, next, D, weights, mixes, sums);
    for (int r = 0; r < tile->rows; r++) {
      x->partial_weights[tile->partial[r]] = sums[r];
      copy_floats(x->partial_mixes + tile->partial[r] * stride, mixes[r], stride);
    }
    tile->rows = 0;
  }
}

// A chunk of the sequences that share it, of which the first is named, and a kv head.
typedef struct {
  int chunk, sequence, kv;
} Band;

static void attend_band(const Attention *x, Band band, Band following) {
  int c = band.chunk, kv = band.kv;
  Chunk chunk = chunk_of(x, band.sequence, c, kv), ahead = chunk_of(x, following.sequence, following.chunk, following.kv);
  const int *next = x->next + (int64_t)c * x->step.sequences;
  Tile tile;
  tile.rows = 0;
  for (int s = band.sequence; s >= 0; s = next[s]) {
    for (int row = 0; row < x->step.rows[s][1]; row++) {
      int token = x->step.rows[s][0] + row, seen = seen_of(x, token, c);
      for (int g = 0; g < x->group && seen > 0; g++) {
        tile.seen[tile.rows] = seen;
        tile.partial[tile.rows] = partial_of(x, s, row, kv, g) + c;
        copy_floats(tile.queries[tile.rows], query_of(x, token, kv, g), x->entries.head_dim);
        if (++tile.rows == ROWS) {
          attend_tile(x, &tile, &chunk, &ahead);
        }
      }
    }
  }
  attend_tile(x, &tile, &chunk, &ahead);
  for (int s = band.sequence; s >= 0; s = next[s]) {
    if (__atomic_sub_fetch(&x->missing[s * x->entries.kv_heads + kv], 1, __ATOMIC_ACQ_REL) == 0) {
      x->missing[s * x->entries.kv_heads + kv] = chunks_of(x, s);
      merge_chunks(x, s, kv);
    }
  }
}

// Items are first the parts of long sequences, then the bands chunk by chunk; bands of one chunk and kv head side by side.
static Band band_of(const Attention *x, int64_t item) {
  int64_t K = x->entries.kv_heads, at = item - x->parts * K;
  int c = 0;
  while (at >= x->bands_from[c + 1] * K) {
    c++;
  }
  int from = x->bands_from[c], bands = x->bands_from[c + 1] - from;
  at -= from * K;
  return (Band){c, x->band[from + at % bands], (int)(at / bands)};
}

void attend_items(const void *job, int64_t begin, int64_t end) {
  const Attention *x = job;
  int K = x->entries.kv_heads;
  for (int64_t i = begin; i < end; i++) {
    if (i < (int64_t)x->parts * K) {
      attend_part(x, x->part[i / K], (int)(i % K));
    } else {
      Band band = band_of(x, i);
      attend_band(x, band, i + 1 < end ? band_of(x, i + 1) : band);
    }
  }
}

// Whether all rows of a sequence see all of a chunk.
INLINE bool is_whole(const Attention *x, int s, int chunk) {
  return x->step.positions[x->step.rows[s][0]] + 1 >= (chunk + 1) * CHUNK;
}

static bool share_chunk(const Attention *x, int s, int t, int chunk) {
  const int32_t *a = table_of(x, s) + chunk * CHUNK_BLOCKS, *b = table_of(x, t) + chunk * CHUNK_BLOCKS;
  for (int i = 0; i < CHUNK_BLOCKS; i++) {
    if (a[i] != b[i]) {
      return false;
    }
  }
  return is_whole(x, s, chunk) && is_whole(x, t, chunk);
}

// Puts a sequence's chunk into a band with those that share it, or into one of its own.
static void join_band(Attention *x, int s, int c, int *bands) {
  int *next = x->next + (int64_t)c * x->step.sequences;
  for (int b = x->bands_from[c]; b < *bands; b++) {
    int other = x->band[b];
    if (share_chunk(x, s, other, c)) {
      next[s] = next[other];
      next[other] = s;
      return;
    }
  }
  next[s] = -1;
  x->band[(*bands)++] = s;
}

static void *behind(char **at, int64_t elements, int64_t size) {
  void *place = *at;
  *at += (elements * size + 63) / 64 * 64;
  return place;
}

// Counts the work and gives its arrays their places, from an address on. -> the address behind them
static char *place(Attention *x, char *at) {
  int S = x->step.sequences, K = x->entries.kv_heads;
  int64_t partials = 0;
  x->parts = x->chunks = 0;
  for (int s = 0; s < S; s++) {
    int rows = x->step.rows[s][1] * x->group;
    if (is_short(x, s)) {
      x->chunks = chunks_of(x, s) > x->chunks ? chunks_of(x, s) : x->chunks;
      partials += (int64_t)rows * K * chunks_of(x, s);
    } else {
      x->parts += (rows + PART - 1) / PART;
    }
  }
  x->part = behind(&at, x->parts, sizeof *x->part);
  x->bands_from = behind(&at, x->chunks + 1, sizeof *x->bands_from);
  x->band = behind(&at, (int64_t)x->chunks * S, sizeof *x->band);
  x->next = behind(&at, (int64_t)x->chunks * S, sizeof *x->next);
  x->missing = behind(&at, (int64_t)S * K, sizeof *x->missing);
  x->partials_from = behind(&at, S, sizeof *x->partials_from);
  x->partial_weights = behind(&at, partials, sizeof *x->partial_weights);
  x->partial_mixes = behind(&at, partials * mix_floats(x), sizeof *x->partial_mixes);
  return at;
}

// Lays the work out.
static void plan(Attention *x) {
  int S = x->step.sequences, K = x->entries.kv_heads, parts = 0, bands = 0;
  int64_t partials = 0;
  for (int s = 0; s < S; s++) {
    int rows = x->step.rows[s][1] * x->group;
    if (is_short(x, s)) {
      x->partials_from[s] = partials;
      partials += (int64_t)rows * K * chunks_of(x, s);
      for (int kv = 0; kv < K; kv++) {
        x->missing[s * K + kv] = chunks_of(x, s);
      }
    } else {
      // Late rows see more entries: the longest work first, so that threads end together.
      for (int first = (rows - 1) / PART * PART; first >= 0; first -= PART) {
        x->part[parts++] = (Part){s, first, rows - first < PART ? rows - first : PART};
      }
    }
  }
  for (int c = 0; c < x->chunks; c++) {
    x->bands_from[c] = bands;
    for (int s = 0; s < S; s++) {
      if (is_short(x, s) && chunks_of(x, s) > c) {
        join_band(x, s, c, &bands);
      }
    }
  }
  x->bands_from[x->chunks] = bands;
  x->items = (int64_t)(parts + bands) * K;
}

// The plan of a step's attention. It reads the step's tensor as long as it is used.
static void plan_attention(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Attention x = {.step = step_of(data_of(tensor_of(stack[0]))), .heads = (int)int_of(stack[1]),
                 .entries = {.kv_heads = (int)int_of(stack[2]), .head_dim = (int)int_of(stack[3])}};
  x.group = x.heads / x.entries.kv_heads;
  int64_t head = (sizeof x + 63) / 64 * 64;
  Tensor tensor = new_bytes(head + (int64_t)(intptr_t)place(&x, NULL));
  char *bytes = data_of(tensor);
  place(&x, bytes + head);
  plan(&x);
  __builtin_memcpy(bytes, &x, sizeof x);
  release(tensor_of(stack[0]));
  stack[0] = (Word)tensor;
}

// One layer's operators on their own, for linear layers that are not ours.

static void release_all(const Word *stack, int tensors) {
  for (int i = 0; i < tensors; i++) {
    release(tensor_of(stack[i]));
  }
}

// Fewer are not worth a second thread.
enum { PARALLEL_ROTATIONS = 16 };

static void rope_store(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  const Attention *plan = data_of(tensor_of(stack[3]));
  Tensor queries = new_matrix(plan->step.tokens, (int64_t)plan->heads * plan->entries.head_dim, FLOAT32);
  Rotation job = {plan, entries_of(plan, tensor_of(stack[4]), tensor_of(stack[5])), data_of(tensor_of(stack[0])),
                  data_of(tensor_of(stack[1])), data_of(tensor_of(stack[2])), data_of(queries)};
  if (rotations(plan) < PARALLEL_ROTATIONS) {
    rotate_items(&job, 0, rotations(plan));
  } else {
    parallel(rotations(plan), rotate_items, &job);
  }
  release_all(stack, 6);
  stack[0] = (Word)queries;
}

static void attend(Word *stack, uint64_t arguments, uint64_t results) {
  (void)arguments, (void)results;
  Attention job = *(const Attention *)data_of(tensor_of(stack[1]));
  job.entries = entries_of(&job, tensor_of(stack[2]), tensor_of(stack[3]));
  Tensor out = new_matrix(job.step.tokens, (int64_t)job.heads * job.entries.head_dim, FLOAT32);
  job.queries = data_of(tensor_of(stack[0])), job.out = data_of(out);
  parallel(job.items, attend_items, &job);
  release_all(stack, 4);
  stack[0] = (Word)out;
}

void define_attention(void *library, void *implementation) {
  OPERATOR(plan_attention, "(Tensor step, int heads, int kv_heads, int head_dim) -> Tensor");
  OPERATOR(rope_store, "(Tensor qkv, Tensor cosine, Tensor sine, Tensor plan, Tensor keys, Tensor values) -> Tensor");
  OPERATOR(attend, "(Tensor q, Tensor plan, Tensor keys, Tensor values) -> Tensor");
}
