// Work shared by the threads that libtorch's own operators use: its OpenMP runtime, called directly.
#pragma once
#include <stdint.h>

extern void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);

// Computes the items begin .. end - 1.
typedef void (*Work)(const void *job, int64_t begin, int64_t end);

typedef struct {
  Work work;
  const void *job;
  int64_t items;
} Share;

static void take_share(void *data) {
  const Share *share = data;
  int64_t threads = omp_get_num_threads(), me = omp_get_thread_num();
  int64_t begin = share->items * me / threads, end = share->items * (me + 1) / threads;
  if (begin < end) {
    share->work(share->job, begin, end);
  }
}

// Shares items out evenly, in order. What an item computes must not depend on who computes it.
static inline void parallel(int64_t items, Work work, const void *job) {
  int threads = omp_get_max_threads();
  if (threads > items) {
    threads = (int)items;
  }
  if (threads <= 1) {
    if (items > 0) {
      work(job, 0, items);
    }
    return;
  }
  Share share = {work, job, items};
  GOMP_parallel(take_share, &share, (unsigned)threads, 0);
}
