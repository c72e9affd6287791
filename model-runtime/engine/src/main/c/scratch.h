// Memory of an operator's call, kept for the next one: calls repeat layer after layer, and fresh pages are slow.
#pragma once
#include <stddef.h>
#include <stdint.h>

extern void *malloc(size_t);
extern void free(void *);

typedef struct Scratch {
  struct Scratch *fuller; // what came before and had no room any more
  int64_t size, used;     // bytes
} Scratch;

// At most one is kept for whoever comes next.
static Scratch *spare_scratch;

static Scratch *take_scratch(void) { return __atomic_exchange_n(&spare_scratch, NULL, __ATOMIC_ACQ_REL); }

static void give_scratch_back(Scratch *scratch) {
  if (scratch == NULL) {
    return;
  }
  for (Scratch *fuller = scratch->fuller; fuller != NULL;) {
    Scratch *next = fuller->fuller;
    free(fuller);
    fuller = next;
  }
  scratch->fuller = NULL;
  scratch->used = sizeof *scratch;
  free(__atomic_exchange_n(&spare_scratch, scratch, __ATOMIC_ACQ_REL));
}

// Room for some elements, beginning at a cache line, not initialised.
static void *room(Scratch **scratch, int64_t elements, int64_t size) {
  int64_t bytes = elements * size + 128;
  if (*scratch == NULL || (*scratch)->size - (*scratch)->used < bytes) {
    int64_t larger = 2 * (bytes + (*scratch == NULL ? 1 << 19 : (*scratch)->size));
    Scratch *fresh = malloc((size_t)larger);
    *fresh = (Scratch){*scratch, larger, sizeof *fresh};
    *scratch = fresh;
  }
  uintptr_t from = ((uintptr_t)*scratch + (uintptr_t)(*scratch)->used + 63) / 64 * 64;
  (*scratch)->used = (int64_t)(from - (uintptr_t)*scratch) + elements * size;
  return (void *)from;
}
