// Products of quadruples of bytes for NEON, both signed.
#include "neon_tiles.h"

// Bytes 0, 2, 0, 2, ... of four, and 1, 3, 1, 3, ...
CK_INLINE int8x16_t even_first_of_four(const uint8_t *source) {
  static const uint8_t order[16] = {0, 2, 0, 2, 0, 2, 0, 2, 1, 3, 1, 3, 1, 3, 1, 3};
  return vqtbl1q_s8(vreinterpretq_s8_s32(four_bytes(source)), vld1q_u8(order));
}

CK_INLINE int8x16_t even_first(const int8_t *source) {
  static const uint8_t order[16] = {0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15};
  return vqtbl1q_s8(vld1q_s8(source), vld1q_u8(order));
}

// A step of some rows, in sums of pairs that begin with it or go on.
CK_INLINE void multiply_quadruples(const int rows, const int vectors, const bool begins,
                                   const int8_t *weights, const uint8_t *const *row,
                                   ptrdiff_t offset, int16x8_t partial[CK_TILE_ROWS][4]) {
  int8x16_t a[CK_TILE_ROWS];
  CK_UNROLL for (int r = 0; r < rows; r++) a[r] = even_first_of_four(row[r] + offset);
  CK_UNROLL for (int q = 0; q < 2 * vectors; q++) {
    const int8x16_t w = even_first(weights + 16 * q);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const int8x8_t w_even = vget_low_s8(w), a_even = vget_low_s8(a[r]);
      const int16x8_t even =
          begins ? vmull_s8(w_even, a_even) : vmlal_s8(partial[r][q], w_even, a_even);
      partial[r][q] = vmlal_high_s8(even, w, a[r]);
    }
  }
}

// Summed in 16 bits over a bin. Packing proved that its positive weights add up to 128 at most, and
// its negative ones too: sums of bytes of -128...127 lie in [-32640, 32640], as of 0...255.
CK_INLINE void tile_bytes(const int rows, const int vectors, const ck_panel *panel,
                          const uint8_t *const *row, int32_t *accumulators) {
  ck_tile sums;
  load_tile(rows, vectors, panel->block.bias, 0, sums);
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets;
  for (int bin = 0; bin < panel->bin_count; bin++) {
    int16x8_t partial[CK_TILE_ROWS][4];
    const int32_t *end = offsets + panel->bins[bin];
    multiply_quadruples(rows, vectors, true, weights, row, *offsets, partial);
    weights += 32 * vectors;
    for (offsets++; offsets < end; offsets++, weights += 32 * vectors)
      multiply_quadruples(rows, vectors, false, weights, row, *offsets, partial);
    CK_UNROLL for (int r = 0; r < rows; r++)
      CK_UNROLL for (int q = 0; q < 2 * vectors; q++)
        sums[r][q] = vpadalq_s16(sums[r][q], partial[r][q]);
  }
  store_tile(rows, vectors, sums, accumulators);
}

// Bins need as many registers again: two vectors leave three rows.
static void product_bytes(const ck_panel *panel, const uint8_t *const *rows, int count,
                          int32_t *accumulators) {
  const int vectors = panel->block.vectors, most = CK_TILE_ROWS / vectors;
  for (int r = 0; r < count; r += most, accumulators += most * 8 * vectors)
    if (vectors == 1) CK_TILES(tile_bytes, at_most(count - r, 6), 1, panel, rows + r, accumulators)
    else CK_TILES(tile_bytes, at_most(count - r, 3), 2, panel, rows + r, accumulators)
}

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

// By an instruction that sums in 32 bits; bins mean nothing to it.
CK_INLINE void tile_dot(const int rows, const int vectors, const ck_panel *panel,
                        const uint8_t *const *row, int32_t *accumulators) {
  ck_tile sums;
  load_tile(rows, vectors, panel->block.bias, 0, sums);
  const uint8_t *from[CK_TILE_ROWS];
  CK_UNROLL for (int r = 0; r < rows; r++) {
    from[r] = row[r];
    CK_KEEP_POINTER(from[r]);
  }
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets, *end = offsets + panel->steps;
  for (; offsets < end; offsets++, weights += 32 * vectors) {
    const ptrdiff_t offset = *offsets;
    int8x16_t w[4];
    CK_UNROLL for (int q = 0; q < 2 * vectors; q++) w[q] = vld1q_s8(weights + 16 * q);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      int8x16_t a = vreinterpretq_s8_s32(four_bytes(from[r] + offset));
      CK_KEEP(a);
      CK_UNROLL for (int q = 0; q < 2 * vectors; q++)
        sums[r][q] = vdotq_laneq_s32(sums[r][q], w[q], a, 0);
    }
  }
  store_tile(rows, vectors, sums, accumulators);
}

static void product_dot(const ck_panel *panel, const uint8_t *const *rows, int count,
                        int32_t *accumulators) {
  const int vectors = panel->block.vectors;
  for (int r = 0; r < count; r += CK_TILE_ROWS)
    CK_TILES(tile_dot, at_most(count - r, CK_TILE_ROWS), vectors, panel, rows + r,
             accumulators + r * 8 * vectors)
}

#pragma clang attribute pop
