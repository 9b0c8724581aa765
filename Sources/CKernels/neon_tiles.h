// What the loops for NEON share.
//
// Accumulators are fixed arrays under fully unrolled loops, so that they stay in registers: of 32,
// six rows of four vectors take 24.
#ifndef CK_NEON_TILES_H
#define CK_NEON_TILES_H

#include "int8_kernels.h"

#include <arm_neon.h>

#define CK_INLINE static inline __attribute__((always_inline))
#define CK_UNROLL _Pragma("clang loop unroll(full)")

enum { CK_TILE_ROWS = 6 };
typedef int32x4_t ck_tile[CK_TILE_ROWS][4];

// Calls `tile` with up to CK_TILE_ROWS rows and one vector of eight lanes or two, as constants.
#define CK_TILE(tile, rows, vectors, ...)         \
  case rows:                                      \
    if (vectors == 1) tile(rows, 1, __VA_ARGS__); \
    else tile(rows, 2, __VA_ARGS__);              \
    break;
#define CK_TILES(tile, rows, vectors, ...) \
  switch (rows) {                          \
    CK_TILE(tile, 1, vectors, __VA_ARGS__) \
    CK_TILE(tile, 2, vectors, __VA_ARGS__) \
    CK_TILE(tile, 3, vectors, __VA_ARGS__) \
    CK_TILE(tile, 4, vectors, __VA_ARGS__) \
    CK_TILE(tile, 5, vectors, __VA_ARGS__) \
    CK_TILE(tile, 6, vectors, __VA_ARGS__) \
  }

CK_INLINE int at_most(int count, int most) { return count < most ? count : most; }

// Keep a vector, or a pointer, in a register as it is: the compiler would take it apart, or make it
// anew in every step.
#define CK_KEEP(x) __asm__("" : "+w"(x))
#define CK_KEEP_POINTER(x) __asm__("" : "+r"(x))

// Four bytes of a row, and zeros.
CK_INLINE int32x4_t four_bytes(const void *source) {
  int32_t value;
  memcpy(&value, source, sizeof value);
  return vsetq_lane_s32(value, vdupq_n_s32(0), 0);
}

// As a float: those are loaded to where vectors are.
CK_INLINE int16x4_t two_words(const int16_t *source) {
  float value;
  memcpy(&value, source, sizeof value);
  return vreinterpret_s16_f32(vdup_n_f32(value));
}

// source: of each row, `step` numbers on; all rows begin alike when it is 0.
CK_INLINE void load_tile(const int rows, const int vectors, const int32_t *source, int step,
                         ck_tile sums) {
  CK_UNROLL for (int r = 0; r < rows; r++)
    CK_UNROLL for (int q = 0; q < 2 * vectors; q++)
      sums[r][q] = vld1q_s32(source + r * step + 4 * q);
}

CK_INLINE void store_tile(const int rows, const int vectors, const ck_tile sums,
                          int32_t *accumulators) {
  CK_UNROLL for (int r = 0; r < rows; r++)
    CK_UNROLL for (int q = 0; q < 2 * vectors; q++)
      vst1q_s32(accumulators + (r * vectors * 2 + q) * 4, sums[r][q]);
}

// Adds the products of a pair with weights of eight lanes each.
CK_INLINE void multiply_pair(const int vectors, int16x4_t pair, const int16x8_t first[2],
                             const int16x8_t second[2], int32x4_t sums[4]) {
  CK_UNROLL for (int v = 0; v < vectors; v++) {
    int32x4_t low = sums[2 * v], high = sums[2 * v + 1];
    low = vmlal_lane_s16(low, vget_low_s16(first[v]), pair, 0);
    high = vmlal_high_lane_s16(high, first[v], pair, 0);
    sums[2 * v] = vmlal_lane_s16(low, vget_low_s16(second[v]), pair, 1);
    sums[2 * v + 1] = vmlal_high_lane_s16(high, second[v], pair, 1);
  }
}

#endif
