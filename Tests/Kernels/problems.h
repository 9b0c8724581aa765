// Random problems for kernels, each solved by a variant and by the portable one.
#ifndef PROBLEMS_H
#define PROBLEMS_H

#include "int8_kernels.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct dice {
  uint64_t state;
} dice;

static inline uint32_t roll(dice *dice) {
  dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(dice->state >> 32);
}

// One of low...high.
static inline int within(dice *dice, int low, int high) {
  return low + (int)(roll(dice) % (uint32_t)(high - low + 1));
}

static inline bool chance(dice *dice, int percent) { return within(dice, 0, 99) < percent; }

// What came out of a problem. `kernel` is the loop that the variant chose.
typedef struct outcome {
  const char *kernel;
  bool agrees;
  uint64_t digest;  // of the output of the portable kernel
  char problem[240];
} outcome;

typedef outcome (*problem)(dice *dice, const ck_variant *variant, const ck_variant *portable);

// A family of problems, and how many of them each variant gets.
typedef struct family {
  problem solve;
  int count;
} family;

extern const family int8_families[], loop_families[], float_families[];  // ended by null

// Whole memory, aligned to vectors and filled with 0x55, so that what is not written shows.
static inline void *memory(size_t bytes) {
  const size_t rounded = (bytes + 2 * CK_ALIGNMENT) / CK_ALIGNMENT * CK_ALIGNMENT;
  void *result = aligned_alloc(CK_ALIGNMENT, rounded);
  if (!result) abort();
  return memset(result, 0x55, rounded);
}

// Any number of 8 bits, or often the lowest and the highest when `is_extreme`.
static inline void roll_bytes(dice *dice, int8_t *bytes, size_t count, bool is_extreme) {
  for (size_t i = 0; i < count; i++) {
    bytes[i] = (int8_t)within(dice, -128, 127);
    if (is_extreme && chance(dice, 80)) bytes[i] = chance(dice, 50) ? 127 : -128;
  }
}

enum { GUARD = 64 };  // bytes behind an output, which must stay as they are

// Compares what a variant and the portable one have written, and frees both.
static inline outcome outcome_of(const char *kernel, void *a, void *portable, size_t bytes) {
  outcome result = {.kernel = kernel, .agrees = memcmp(a, portable, bytes + GUARD) == 0};
  const uint8_t *byte = portable;
  result.digest = 14695981039346656037u;  // FNV-1a
  for (size_t i = 0; i < bytes; i++) result.digest = (result.digest ^ byte[i]) * 1099511628211u;
  free(a);
  free(portable);
  return result;
}

#endif
