// How many inferences a second this machine makes: speed THREADS reads cases from "inputs.bin", runs the model on as many threads,
// each with a context and an arena of its own, and prints the median of some rounds by the wall clock.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model_glue.h"

enum { kMostThreads = 64, kRounds = 7, kHeaderBytes = 16 };
static const double kWarmUp = 0.05, kRound = 0.15;  // seconds

static double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned char* cases;  // all inputs of each, one behind another
static long case_bytes, case_count;

struct Worker {
  pthread_t thread;
  double rate;  // inferences a second; 0: it failed
};

// Inferences a second over some time; 0: one failed.
static double rate_of(MODEL(ctx) * context, double seconds) {
  const double begin = now();
  double at = begin;
  long done = 0;
  while (at < begin + seconds) {
    for (int again = 0; again < 16; ++again, ++done) {
      const unsigned char* from = cases + done % case_count * case_bytes;
      for (int i = 0; i < MODEL_INPUTS; ++i) {
        memcpy(MODEL(ctx_input)(context, i), from, kInputBytes[i]);
        from += kInputBytes[i];
      }
      if (MODEL(ctx_invoke)(context) != 0) return 0;
    }
    at = now();
  }
  return (double)done / (at - begin);
}

static void* work(void* given) {
  Worker* worker = (Worker*)given;
  worker->rate = 0;
  MODEL(ctx) context;
  void* arena = 0;
  const size_t bytes = MODEL_ARENA_BYTES > 0 ? MODEL_ARENA_BYTES : 16;
  if (posix_memalign(&arena, 64, bytes) != 0) return 0;
  if (MODEL(ctx_init)(&context, arena, bytes) == 0 && rate_of(&context, kWarmUp) > 0)
    worker->rate = rate_of(&context, kRound);
  free(arena);
  return 0;
}

// The sum of the threads' rates; 0: one failed.
static double rate_of_threads(int threads) {
  static Worker workers[kMostThreads];
  int begun = 0;
  while (begun < threads && pthread_create(&workers[begun].thread, 0, work, &workers[begun]) == 0) ++begun;
  double sum = 0;
  int well = begun == threads;
  for (int i = 0; i < begun; ++i) {
    pthread_join(workers[i].thread, 0);
    sum += workers[i].rate;
    well = well && workers[i].rate > 0;
  }
  return well ? sum : 0;
}

static int compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return x < y ? -1 : x > y ? 1 : 0;
}

static int read_cases() {
  FILE* file = fopen("inputs.bin", "rb");
  if (file == 0) return 0;
  uint32_t header[kHeaderBytes / 4];
  int well = fread(header, 1, sizeof header, file) == sizeof header;
  case_count = well ? (long)header[1] : 0;
  for (int i = 0; i < MODEL_INPUTS; ++i) case_bytes += (long)kInputBytes[i];
  const size_t bytes = (size_t)(case_count * case_bytes);
  cases = (unsigned char*)malloc(bytes + 1);
  well = well && case_count > 0 && cases != 0 && fread(cases, 1, bytes, file) == bytes;
  fclose(file);
  return well;
}

int main(int count, char** words) {
  const int threads = count > 1 ? atoi(words[1]) : 1;
  if (threads < 1 || threads > kMostThreads) return 2;
  if (!read_cases()) return 3;
  double rates[kRounds];
  for (int round = 0; round < kRounds; ++round) {
    rates[round] = rate_of_threads(threads);
    if (rates[round] <= 0) return 6;
  }
  qsort(rates, kRounds, sizeof rates[0], compare);
  printf("inferences_per_second=%.0f\n", rates[kRounds / 2]);
  free(cases);
  return 0;
}
