// Prints how fast this machine reads memory, in GB/s:  bandwidth THREADS [PASSES]
// Every thread sums a gigabyte of its own, on huge pages as the worker's weights are, in eight chains of additions.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { CHAINS = 8 };
static const size_t BYTES = 1UL << 30;
typedef int64_t lane __attribute__((vector_size(64)));

static int passes;
static pthread_barrier_t barrier;
static volatile int64_t sink;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

static int64_t sum(const lane *data) {
    lane chains[CHAINS] = {{0}};
    for (size_t i = 0; i < BYTES / sizeof(lane); i += CHAINS) {
        for (int chain = 0; chain < CHAINS; chain++) {
            chains[chain] += data[i + chain];
        }
    }
    int64_t all = 0;
    for (int chain = 0; chain < CHAINS; chain++) {
        for (size_t part = 0; part < sizeof(lane) / sizeof(int64_t); part++) {
            all += chains[chain][part];
        }
    }
    return all;
}

static void *reader(void *unused) {
    (void) unused;
    lane *data = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        perror("bandwidth");
        exit(1);
    }
    madvise(data, BYTES, MADV_HUGEPAGE);
    memset(data, 1, BYTES);
    for (int pass = 0; pass < passes; pass++) {
        pthread_barrier_wait(&barrier);
        sink += sum(data);
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

int main(int count, char **words) {
    int threads = count > 1 ? atoi(words[1]) : 1;
    passes = count > 2 ? atoi(words[2]) : 20;
    pthread_barrier_init(&barrier, NULL, threads + 1);
    for (int i = 0; i < threads; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, reader, NULL);
    }
    double best = 0, all = 0;
    for (int pass = 0; pass < passes; pass++) {
        pthread_barrier_wait(&barrier);
        double began = now();
        pthread_barrier_wait(&barrier);
        double rate = 1e-9 * threads * BYTES / (now() - began);
        best = rate > best ? rate : best;
        all += rate;
    }
    printf("{\"best\": %.1f, \"mean\": %.1f}\n", best, all / passes);
    return 0;
}
