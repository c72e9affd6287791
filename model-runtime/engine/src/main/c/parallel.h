// Work shared by the threads that libtorch's own operators use: its OpenMP runtime, called directly.
#pragma once
#include <stddef.h>
#include <stdint.h>

extern void GOMP_parallel(void (*)(void *), void *, unsigned, unsigned);
extern long syscall(long, ...);
extern int omp_get_thread_num(void);
extern int omp_get_num_threads(void);
extern int omp_get_max_threads(void);

// Computes the items begin .. end - 1.
typedef void (*Work)(const void *job, int64_t begin, int64_t end);

// More threads than this would wait for memory only.
enum { MOST_THREADS = 128, RUNS = 4 };

// Each thread has an equal share of the items, which it takes in order, a run at a time; then it helps those that are not done
// yet: items may cost more than others, and a neighbour may slow a thread. What an item computes must not depend on who does it.
typedef struct {
  Work work;
  const void *job;
  int64_t items;
  int64_t taken[MOST_THREADS]; // of each thread's share
} Queue;

static void serve_queue(void *data) {
  Queue *queue = data;
  int64_t threads = omp_get_num_threads(), me = omp_get_thread_num();
  for (int64_t i = 0; i < threads; i++) {
    int64_t owner = (me + i) % threads, share = queue->items * owner / threads, end = queue->items * (owner + 1) / threads;
    int64_t run = (end - share + RUNS - 1) / RUNS;
    while (__atomic_load_n(&queue->taken[owner], __ATOMIC_RELAXED) < end - share) {
      int64_t begin = share + __atomic_fetch_add(&queue->taken[owner], run, __ATOMIC_RELAXED);
      if (begin < end) {
        queue->work(queue->job, begin, begin + run < end ? begin + run : end);
      }
    }
  }
}

static inline unsigned threads_for(int64_t items) {
  int64_t threads = omp_get_max_threads();
  threads = threads < MOST_THREADS ? threads : MOST_THREADS;
  return (unsigned)(threads < items ? threads : items);
}

static inline void parallel(int64_t items, Work work, const void *job) {
  if (threads_for(items) > 1) {
    Queue queue = {.work = work, .job = job, .items = items};
    GOMP_parallel(serve_queue, &queue, threads_for(items), 0);
  } else if (items > 0) {
    work(job, 0, items);
  }
}

// Where the threads of a parallel region wait for each other. libgomp's own barrier gives up its core at once when the process has
// more teams of threads than cores, as it has with several models, and to be woken takes longer than most stages.
typedef struct {
  int arrived, round, sleepers;
} Meeting;

// Turns at a meeting before a thread sleeps: some ten microseconds.
enum { PATIENCE = 1500, FUTEX = 202, FUTEX_WAIT_PRIVATE = 128, FUTEX_WAKE_PRIVATE = 129 };

static inline void meet(Meeting *meeting) {
  int round = __atomic_load_n(&meeting->round, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&meeting->arrived, 1, __ATOMIC_ACQ_REL) == omp_get_num_threads()) {
    meeting->arrived = 0;
    __atomic_store_n(&meeting->round, round + 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&meeting->sleepers, __ATOMIC_SEQ_CST) > 0) {
      syscall(FUTEX, &meeting->round, FUTEX_WAKE_PRIVATE, MOST_THREADS);
    }
    return;
  }
  for (int turn = 0; turn < PATIENCE; turn++) {
    if (__atomic_load_n(&meeting->round, __ATOMIC_ACQUIRE) != round) {
      return;
    }
    __builtin_ia32_pause();
  }
  __atomic_add_fetch(&meeting->sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(&meeting->round, __ATOMIC_SEQ_CST) == round) {
    syscall(FUTEX, &meeting->round, FUTEX_WAIT_PRIVATE, round, NULL);
  }
  __atomic_sub_fetch(&meeting->sleepers, 1, __ATOMIC_RELAXED);
}
