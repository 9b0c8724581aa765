// Winograd's transforms for NEON, and the products between; see `int8_winograd.c`.
#include "neon_tiles.h"

CK_INLINE void tile_matrix(const int rows, const int vectors, const int16_t *begin, int depth,
                           const int16_t *weights, int32_t *accumulators) {
  ck_tile sums;
  const int16_t *row[CK_TILE_ROWS];
  CK_UNROLL for (int r = 0; r < rows; r++) {
    row[r] = begin + r * (ptrdiff_t)depth;
    CK_KEEP_POINTER(row[r]);
    CK_UNROLL for (int q = 0; q < 2 * vectors; q++) sums[r][q] = vdupq_n_s32(0);
  }
  for (ptrdiff_t k = 0; k < depth; k += 2, weights += 32) {
    const int16x8x2_t w = vld2q_s16(weights), x = vld2q_s16(weights + 16);
    const int16x8_t first[2] = {w.val[0], x.val[0]}, second[2] = {w.val[1], x.val[1]};
    CK_UNROLL for (int r = 0; r < rows; r++)
      multiply_pair(vectors, two_words(row[r] + k), first, second, sums[r]);
  }
  store_tile(rows, vectors, sums, accumulators);
}

static void product_matrix(const int16_t *rows, int count, int depth, const int16_t *weights,
                           int32_t *accumulators) {
  for (int r = 0; r < count; r += CK_TILE_ROWS)
    CK_TILES(tile_matrix, at_most(count - r, CK_TILE_ROWS), 2, rows + (ptrdiff_t)r * depth, depth,
             weights, accumulators + r * CK_LANES)
}

CK_INLINE int16x8_t add16(int16x8_t a, int16x8_t b) { return vaddq_s16(a, b); }
CK_INLINE int16x8_t sub16(int16x8_t a, int16x8_t b) { return vsubq_s16(a, b); }
CK_INLINE int16x8_t four_times(int16x8_t a) { return vshlq_n_s16(a, 2); }

// B^T d B of eight channels.
CK_INLINE void input_patch(const int16_t *patch, ptrdiff_t row_elements, int channels,
                           int16_t *place, ptrdiff_t plane) {
  CK_KEEP_POINTER(patch);
  CK_KEEP_POINTER(place);
  int16x8_t d[4][4];
  CK_UNROLL for (int x = 0; x < 4; x++) {
    const int16_t *column = patch + x * (ptrdiff_t)channels;
    const int16x8_t a = vld1q_s16(column), b = vld1q_s16(column + row_elements);
    const int16x8_t e = vld1q_s16(column + 2 * row_elements);
    const int16x8_t f = vld1q_s16(column + 3 * row_elements);
    d[0][x] = sub16(a, e);
    d[1][x] = add16(b, e);
    d[2][x] = sub16(e, b);
    d[3][x] = sub16(b, f);
  }
  CK_UNROLL for (int y = 0; y < 4; y++) {
    const int16x8_t v[4] = {sub16(d[y][0], d[y][2]), add16(d[y][1], d[y][2]),
                            sub16(d[y][2], d[y][1]), sub16(d[y][1], d[y][3])};
    CK_UNROLL for (int x = 0; x < 4; x++, place += plane) vst1q_s16(place, v[x]);
  }
}

static void winograd_input(const int16_t *const *patches, int count, ptrdiff_t row_elements,
                           int channels, int16_t *transformed) {
  const ptrdiff_t plane = (ptrdiff_t)count * channels;
  for (int t = 0; t < count; t++)
    for (int c = 0; c < channels; c += 8)
      input_patch(patches[t] + c, row_elements, channels,
                  transformed + (ptrdiff_t)t * channels + c, plane);
}

CK_INLINE void wide_input_line(const int16x8_t d[6], int16x8_t t[6]) {
  const int16x8_t c = sub16(d[4], d[2]), f = sub16(d[3], d[1]), e = add16(f, f);
  const int16x8_t a = sub16(d[4], four_times(d[2])), b = sub16(d[3], four_times(d[1]));
  t[0] = add16(four_times(sub16(d[0], d[2])), c);
  t[1] = add16(a, b);
  t[2] = sub16(a, b);
  t[3] = add16(c, e);
  t[4] = sub16(c, e);
  t[5] = sub16(sub16(d[5], d[3]), add16(e, e));
}

// As `input_patch`, of 6 x 6.
CK_INLINE void wide_input_patch(const int16_t *patch, ptrdiff_t row_elements, int channels,
                                int16_t *place, ptrdiff_t plane) {
  CK_KEEP_POINTER(patch);
  CK_KEEP_POINTER(place);
  int16x8_t half[6][6];  // [column][row]
  CK_UNROLL for (int x = 0; x < 6; x++) {
    int16x8_t column[6];
    CK_UNROLL for (int y = 0; y < 6; y++)
      column[y] = vld1q_s16(patch + y * row_elements + x * (ptrdiff_t)channels);
    wide_input_line(column, half[x]);
  }
  CK_UNROLL for (int y = 0; y < 6; y++) {
    int16x8_t row[6], result[6];
    CK_UNROLL for (int x = 0; x < 6; x++) row[x] = half[x][y];
    wide_input_line(row, result);
    CK_UNROLL for (int x = 0; x < 6; x++, place += plane) vst1q_s16(place, result[x]);
  }
}

static void wide_input(const int16_t *const *patches, int count, ptrdiff_t row_elements,
                       int channels, int16_t *transformed) {
  const ptrdiff_t plane = (ptrdiff_t)count * channels;
  for (int t = 0; t < count; t++)
    for (int c = 0; c < channels; c += 8)
      wide_input_patch(patches[t] + c, row_elements, channels,
                       transformed + (ptrdiff_t)t * channels + c, plane);
}

CK_INLINE int32x4_t add32(int32x4_t a, int32x4_t b) { return vaddq_s32(a, b); }
CK_INLINE int32x4_t sub32(int32x4_t a, int32x4_t b) { return vsubq_s32(a, b); }

// A^T m A / 4 + bias.
static void winograd_output(const int32_t *products, int count, const int32_t *bias,
                            int32_t *accumulators) {
  const ptrdiff_t plane = (ptrdiff_t)count * CK_LANES;
  for (int i = 0; i < 4 * count; i++) {
    const int32_t *m = products + i * 4;
    const int32x4_t offset = vld1q_s32(bias + (i & 3) * 4);
    int32x4_t half[2][4];
    CK_UNROLL for (int x = 0; x < 4; x++) {
      const int32x4_t a = vld1q_s32(m + x * plane), b = vld1q_s32(m + (4 + x) * plane);
      const int32x4_t e = vld1q_s32(m + (8 + x) * plane), f = vld1q_s32(m + (12 + x) * plane);
      half[0][x] = add32(add32(a, b), e);
      half[1][x] = sub32(sub32(b, e), f);
    }
    int32_t *place = accumulators + (i >> 2) * 4 * CK_LANES + (i & 3) * 4;
    CK_UNROLL for (int y = 0; y < 2; y++) {
      const int32x4_t left = add32(add32(half[y][0], half[y][1]), half[y][2]);
      const int32x4_t right = sub32(sub32(half[y][1], half[y][2]), half[y][3]);
      vst1q_s32(place + 2 * y * CK_LANES, vsraq_n_s32(offset, left, 2));
      vst1q_s32(place + (2 * y + 1) * CK_LANES, vsraq_n_s32(offset, right, 2));
    }
  }
}

// 3 * 2^shift times A^T m.
CK_INLINE void wide_output_line(const int32x4_t m[6], int32x4_t y[4]) {
  const int32x4_t p = add32(m[1], m[2]), q = add32(m[3], m[4]);
  const int32x4_t d = sub32(m[2], m[1]), e = sub32(m[3], m[4]), six = vdupq_n_s32(6);
  y[0] = sub32(vmlaq_s32(q, m[0], six), vshlq_n_s32(p, 2));
  y[1] = add32(add32(d, d), e);
  y[2] = sub32(q, p);
  y[3] = vmlaq_s32(add32(d, add32(e, e)), m[5], six);
}

// As `winograd_output`, of 4 x 4 pixels.
static void wide_output(const int32_t *products, int count, const int32_t *bias,
                        int32_t *accumulators) {
  const ptrdiff_t plane = (ptrdiff_t)count * CK_LANES;
  const int32x4_t inverse = vdupq_n_s32(CK_INVERSE_OF_9);
  for (int i = 0; i < 4 * count; i++) {
    const int32x4_t offset = vld1q_s32(bias + (i & 3) * 4);
    int32x4_t half[6][4];  // [column][row]
    CK_UNROLL for (int x = 0; x < 6; x++) {
      int32x4_t column[6];
      CK_UNROLL for (int y = 0; y < 6; y++)
        column[y] = vld1q_s32(products + (6 * y + x) * plane + i * 4);
      wide_output_line(column, half[x]);
    }
    int32_t *place = accumulators + (i >> 2) * 16 * CK_LANES + (i & 3) * 4;
    CK_UNROLL for (int y = 0; y < 4; y++) {
      int32x4_t row[6], result[4];
      CK_UNROLL for (int x = 0; x < 6; x++) row[x] = half[x][y];
      wide_output_line(row, result);
      CK_UNROLL for (int x = 0; x < 4; x++) {
        const int shift = ck_winograd_shift[y] + ck_winograd_shift[x];
        const int32x4_t scaled = vmulq_s32(result[x], inverse) >> shift;
        vst1q_s32(place + (4 * y + x) * CK_LANES, add32(scaled, offset));
      }
    }
  }
}
