// What the layers of a step know of attention: its plan, which is the same for all of them, and one layer's part of the work.
#pragma once
#include "step.h"
#include "torch.h"

// Where a layer's keys and values are: keys [blocks, K, D, BLOCK], so that tokens are the lanes of a vector, values
// [blocks, K, BLOCK, D], both float16 or both float32.
typedef struct {
  char *keys, *values;
  int kv_heads, head_dim, size;
} Entries;

typedef struct {
  int sequence, first, rows;
} Part;

// What a chunk contributes to a row beside its mix of values: the greatest score, and the sum of the weights relative to it.
typedef struct {
  float greatest, sum;
} Weight;

// Rows are pairs of a token and one of the G query heads that share a kv head, heads of one token side by side. Sequences are
// worked on in two ways:
// A long one (a prompt) in parts of PART rows, each from its first chunk to its last.
// Short ones (decoding, or the end of a prompt) chunk by chunk, so that all threads can work on one sequence, and a chunk of
// equal blocks is read once for all sequences that share it. Who completes the last chunk of a sequence merges them.
// The plan lies in a byte tensor, this struct first; a layer's job is a copy of it with the layer's own addresses.
typedef struct {
  Step step;
  Entries entries;      // the addresses are the layer's
  const float *queries; // the layer's
  float *out;           // the layer's
  int heads, group;
  int64_t items;
  // Long sequences.
  int parts;
  Part *part;
  // Short sequences. The bands of chunk c are band[bands_from[c] .. bands_from[c + 1] - 1]: each the first of the sequences that
  // share it; the next one is next[c * sequences + s], or -1.
  int chunks;
  int *bands_from, *band, *next;
  // Per sequence and kv head: chunks not done yet. Who does the last one sets it up for the next layer.
  int *missing;
  // Per sequence: where its partial results begin, [rows of the sequence, H, chunks of the sequence].
  int64_t *partials_from;
  Weight *partial_weights;
  float *partial_mixes;
} Attention;

typedef struct {
  const Attention *plan;
  Entries entries;
  const float *qkv, *cosine, *sine;
  float *queries;
} Rotation;

// Rotary positions of queries and keys, and the store of keys and values. An item is a kv head of a token, with its query heads.
static inline int64_t rotations(const Attention *plan) { return (int64_t)plan->step.tokens * plan->entries.kv_heads; }
void rotate_items(const void *rotation, int64_t begin, int64_t end);

// Items are of unequal cost: they are handed out.
void attend_items(const void *attention, int64_t begin, int64_t end);

static inline Entries entries_of(const Attention *plan, Tensor keys, Tensor values) {
  return (Entries){data_of(keys), data_of(values), plan->entries.kv_heads, plan->entries.head_dim, type_of(keys) == FLOAT16 ? 2 : 4};
}
