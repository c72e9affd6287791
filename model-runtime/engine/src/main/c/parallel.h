// Work shared by the threads that libtorch's own operators use: its OpenMP runtime, called directly.
#pragma once
#include <stdbool.h>
#include <stdint.h>

extern void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);
extern void GOMP_barrier(void);
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

// Items of unequal cost, or for threads of unequal speed. What an item computes must not depend on who computes it.
typedef struct {
  Work work;
  const void *job;
  int64_t items, next;
} Queue;

// Takes items in order, a run of them at a time, shorter and shorter: a thread that a neighbour slows does fewer of them.
static void serve_queue(void *data) {
  Queue *queue = data;
  int64_t begin = __atomic_load_n(&queue->next, __ATOMIC_RELAXED), shares = 2 * omp_get_num_threads();
  while (begin < queue->items) {
    int64_t left = queue->items - begin, end = begin + (left < shares ? 1 : left / shares);
    if (__atomic_compare_exchange_n(&queue->next, &begin, end, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      queue->work(queue->job, begin, end);
      begin = __atomic_load_n(&queue->next, __ATOMIC_RELAXED);
    }
  }
}

static inline void hand_out(Queue *queue) {
  int64_t threads = omp_get_max_threads();
  threads = threads > queue->items ? queue->items : threads;
  if (threads > 1) {
    GOMP_parallel(serve_queue, queue, (unsigned)threads, 0);
  } else if (queue->items > 0) {
    queue->work(queue->job, 0, queue->items);
  }
}
