// Loops of sparse products for NEON.
#include "sparse_kernels.h"

#if defined(__aarch64__)

#include "neon_tiles.h"

// Columns of two vectors next to each other, of numbers of 16, 32 or 64 bits.
CK_INLINE void zip_columns(const int bits, int16x8_t *a, int16x8_t *b) {
  const int16x8_t x = *a, y = *b;
  if (bits == 16) {
    *a = vtrn1q_s16(x, y);
    *b = vtrn2q_s16(x, y);
  } else if (bits == 32) {
    const int32x4_t p = vreinterpretq_s32_s16(x), q = vreinterpretq_s32_s16(y);
    *a = vreinterpretq_s16_s32(vtrn1q_s32(p, q));
    *b = vreinterpretq_s16_s32(vtrn2q_s32(p, q));
  } else {
    const int64x2_t p = vreinterpretq_s64_s16(x), q = vreinterpretq_s64_s16(y);
    *a = vreinterpretq_s16_s64(vtrn1q_s64(p, q));
    *b = vreinterpretq_s16_s64(vtrn2q_s64(p, q));
  }
}

// Eight vectors of eight, rows to columns: halves of ever larger squares change places.
CK_INLINE void transpose(int16x8_t rows[8]) {
  CK_UNROLL for (int i = 0; i < 8; i += 2) zip_columns(16, &rows[i], &rows[i + 1]);
  CK_UNROLL for (int i = 0; i < 8; i++)
    if ((i & 2) == 0) zip_columns(32, &rows[i], &rows[i + 2]);
  CK_UNROLL for (int i = 0; i < 4; i++) zip_columns(64, &rows[i], &rows[i + 4]);
}

// Eight pairs: first numbers, then second ones, as products take them.
CK_INLINE void store_pairs(ck_pair *line, int16x8_t first, int16x8_t second) {
  int16_t *place = (int16_t *)(void *)line;
  vst1q_s16(place, first);
  vst1q_s16(place + 8, second);
}

// Lines of one group for eight rows, from its four columns.
CK_INLINE void store_group(const int lines, const int16x8_t a[4], ck_pair *table) {
  store_pairs(table, a[0], a[1]);
  store_pairs(table + CK_ROWS, a[2], a[3]);
  if (lines != CK_FULL_LINES) return;
  store_pairs(table + 2 * CK_ROWS, a[0], a[2]);
  store_pairs(table + 3 * CK_ROWS, a[1], a[3]);
  store_pairs(table + 4 * CK_ROWS, a[0], a[3]);
  store_pairs(table + 5 * CK_ROWS, a[2], a[1]);
}

// Rows may be read up to a multiple of 16 activations.
CK_INLINE void fill_table(const int lines, const int16_t *const *rows, int vectors, int depth,
                          ck_pair *table) {
  for (int v = 0; v < vectors; v++)
    for (int k = 0; k < depth; k += 8) {
      int16x8_t columns[8];
      CK_UNROLL for (int i = 0; i < 8; i++) columns[i] = vld1q_s16(rows[8 * v + i] + k);
      transpose(columns);
      ck_pair *place = table + (k / 4) * lines * CK_ROWS + 8 * v;
      store_group(lines, columns, place);
      if (k + 4 < depth) store_group(lines, columns + 4, place + lines * CK_ROWS);
    }
}

CK_INLINE void channel_product(const int vectors, const ck_piece *piece, int channel, bool begins,
                               const ck_pair *table, int32_t *sums) {
  int32x4_t s[CK_ROWS / 4];
  CK_UNROLL for (int q = 0; q < 2 * vectors; q++)
    s[q] = begins ? vdupq_n_s32(0) : vld1q_s32(sums + 4 * q);
  const int end = piece->starts[channel + 1];
  for (int i = piece->starts[channel]; i < end; i++) {
    const ck_pair *line = table + (size_t)piece->lines_of_products[i] * CK_ROWS;
    const int16_t *pairs = (const int16_t *)(const void *)line;
    const int16x4_t w = two_words(&piece->weights[i].first);
    CK_UNROLL for (int v = 0; v < vectors; v++) {
      const int16x8_t a = vld1q_s16(pairs + 16 * v), b = vld1q_s16(pairs + 16 * v + 8);
      s[2 * v] = vmlal_lane_s16(s[2 * v], vget_low_s16(a), w, 0);
      s[2 * v + 1] = vmlal_high_lane_s16(s[2 * v + 1], a, w, 0);
      s[2 * v] = vmlal_lane_s16(s[2 * v], vget_low_s16(b), w, 1);
      s[2 * v + 1] = vmlal_high_lane_s16(s[2 * v + 1], b, w, 1);
    }
  }
  CK_UNROLL for (int q = 0; q < 2 * vectors; q++) vst1q_s32(sums + 4 * q, s[q]);
}

#include "sparse_dispatch.h"

// Four rows and the lanes of four channels.
CK_INLINE void turn_square(const int32_t *sums, int32x4_t bias, int lanes, int32_t *accumulators) {
  int32x4_t a[4];
  CK_UNROLL for (int i = 0; i < 4; i++) a[i] = vld1q_s32(sums + i * CK_ROWS);
  const int32x4x2_t low = vtrnq_s32(a[0], a[1]), high = vtrnq_s32(a[2], a[3]);
  CK_UNROLL for (int i = 0; i < 2; i++) {
    const int64x2_t x = vreinterpretq_s64_s32(low.val[i]), y = vreinterpretq_s64_s32(high.val[i]);
    vst1q_s32(accumulators + i * lanes,
              vaddq_s32(vreinterpretq_s32_s64(vtrn1q_s64(x, y)), bias));
    vst1q_s32(accumulators + (i + 2) * lanes,
              vaddq_s32(vreinterpretq_s32_s64(vtrn2q_s64(x, y)), bias));
  }
}

// Sums of a block, by channel, to accumulators by row, in lanes.
static void turn(const ck_block *block, const int32_t *sums, int vectors, int32_t *accumulators) {
  const int lanes = 8 * block->vectors;
  for (int row = 0; row < 8 * vectors; row += 4)
    for (int lane = 0; lane < lanes; lane += 4)
      turn_square(sums + ck_lane_channel(block->vectors, lane) * CK_ROWS + row,
                  vld1q_s32(block->bias + lane), lanes, accumulators + row * lanes + lane);
}

const struct ck_sparse_loops ck_sparse_neon = {
    .make_table = sparse_table, .product = sparse_product, .turn = turn};

#endif
