// The symbol that libFuzzer's main calls, and a memory allocator that counts: an input that makes
// its reader hold more than the reader's limit at one time, or compute for over a second, is
// reported as a crash. Processor time is what counts: other processes take none of it.

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int EdgeSimFuzzOneInput(const uint8_t *bytes, size_t count);
size_t EdgeSimFuzzMostHeapBytes(size_t count);

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

// Bytes held since the input began; memory from before may be freed, hence signed.
static int64_t held;
static int64_t most_held;
static int64_t most_allowed = INT64_MAX;

static void give_up(size_t size) {
  int64_t limit = most_allowed;
  most_allowed = INT64_MAX;
  fprintf(stderr, "heap limit of this input: %lld bytes held, %zu more asked for, %lld allowed\n",
          (long long)held, size, (long long)limit);
  abort();
}

// Before a block is made, so that a hostile size fails here and not in the machine's memory.
static void check(size_t size) {
  if (most_allowed == INT64_MAX) return;
  if (size > INT32_MAX || held + (int64_t)size > most_allowed) give_up(size);
}

static void *counted(void *block) {
  if (block) held += (int64_t)malloc_usable_size(block);
  if (held > most_held) most_held = held;
  return block;
}

void *malloc(size_t size) {
  check(size);
  return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size) {
  size_t product;
  if (!__builtin_mul_overflow(count, size, &product)) check(product);
  return counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size) {
  check(size);
  if (block) held -= (int64_t)malloc_usable_size(block);
  return counted(__libc_realloc(block, size));
}

void *memalign(size_t alignment, size_t size) {
  check(size);
  return counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
  void *made = memalign(alignment, size);
  if (!made) return 12;
  *block = made;
  return 0;
}

void free(void *block) {
  if (block) held -= (int64_t)malloc_usable_size(block);
  __libc_free(block);
}

static double processor_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  int64_t limit = (int64_t)EdgeSimFuzzMostHeapBytes(count);
  held = 0;
  most_held = 0;
  most_allowed = limit;
  double start = processor_seconds();
  EdgeSimFuzzOneInput(bytes, count);
  double taken = processor_seconds() - start;
  most_allowed = INT64_MAX;
  if (taken > 1) {
    fprintf(stderr, "time limit of this input: %.2f s\n", taken);
    abort();
  }
  if (getenv("FUZZ_SHOW_HEAP"))
    fprintf(stderr, "%zu bytes in, %lld on the heap, %lld allowed\n", count, (long long)most_held,
            (long long)limit);
  return 0;
}
