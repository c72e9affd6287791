// What a step computes, as Java lays it out for every operator that needs it: 32-bit integers in one byte tensor.
//   tokens N, sequences S,
//   position of each token [N], in the order of the rows of the step's matrices,
//   per sequence [S, 3]: its first row, its rows, where its block table begins (counted from the beginning of the tables),
//   block tables.
// A sequence's rows are consecutive tokens. Its entries of position p lie in block table[p / BLOCK], at slot p % BLOCK.
#pragma once
#include <stdint.h>

// Tokens of a KV block.
enum { BLOCK = 32 };

typedef struct {
  int32_t tokens, sequences;
  const int32_t *positions;
  const int32_t (*rows)[3];
  const int32_t *tables;
} Step;

static inline Step step_of(const void *data) {
  const int32_t *words = data;
  int32_t tokens = words[0], sequences = words[1];
  const int32_t *positions = words + 2;
  const int32_t(*rows)[3] = (const int32_t(*)[3])(positions + tokens);
  return (Step){tokens, sequences, positions, rows, (const int32_t *)(rows + sequences)};
}
