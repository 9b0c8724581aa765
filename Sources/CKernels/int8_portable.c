// The portable variant: plain loops over the packed layouts.
#include "codebook_kernels.h"

static bool always(void) { return true; }

static void product_s16(const ck_panel *panel, const int16_t *const *rows, int count,
                        int32_t *accumulators) {
  const int lanes = 8 * panel->block.vectors;
  for (int r = 0; r < count; r++, accumulators += lanes) {
    uint32_t sums[CK_LANES];
    for (int lane = 0; lane < lanes; lane++) sums[lane] = (uint32_t)panel->block.bias[lane];
    for (int s = 0; s < panel->steps; s++) {
      const int16_t *a = rows[r] + panel->offsets[s];
      const int8_t *w = panel->weights + (size_t)s * (size_t)lanes * 2;
      for (int lane = 0; lane < lanes; lane++)
        sums[lane] += (uint32_t)(a[0] * w[2 * lane] + a[1] * w[2 * lane + 1]);
    }
    memcpy(accumulators, sums, (size_t)lanes * sizeof *sums);
  }
}

static void product_u8(const ck_panel *panel, const uint8_t *const *rows, int count,
                       int32_t *accumulators) {
  const int lanes = 8 * panel->block.vectors;
  for (int r = 0; r < count; r++, accumulators += lanes) {
    uint32_t sums[CK_LANES];
    for (int lane = 0; lane < lanes; lane++) sums[lane] = (uint32_t)panel->block.bias[lane];
    for (int s = 0; s < panel->steps; s++) {
      const uint8_t *a = rows[r] + panel->offsets[s];
      const int8_t *w = panel->weights + (size_t)s * (size_t)lanes * 4;
      for (int lane = 0; lane < lanes; lane++) {
        int sum = 0;
        for (int i = 0; i < 4; i++) sum += a[i] * w[4 * lane + i];
        sums[lane] += (uint32_t)sum;
      }
    }
    memcpy(accumulators, sums, (size_t)lanes * sizeof *sums);
  }
}

static void product_depthwise(const ck_panel *panel, const int16_t *const *rows, int first,
                              int count, int32_t *accumulators) {
  const int16_t *weights = (const int16_t *)(const void *)panel->weights;
  for (int r = 0; r < count; r++, accumulators += CK_LANES) {
    uint32_t sums[CK_LANES];
    for (int lane = 0; lane < CK_LANES; lane++) sums[lane] = (uint32_t)panel->block.bias[lane];
    for (int tap = 0; tap < 2 * panel->steps; tap++) {
      const int16_t *a = rows[r] + first + panel->offsets[tap];
      const int16_t *w = weights + (ptrdiff_t)(tap / 2) * CK_LANES * 2 + tap % 2;
      for (int lane = 0; lane < CK_LANES; lane++)
        sums[lane] += (uint32_t)(a[ck_lane_channel(2, lane)] * w[2 * lane]);
    }
    memcpy(accumulators, sums, sizeof sums);
  }
}

static void winograd_input(const int16_t *const *patches, int count, ptrdiff_t row_elements,
                           int channels, int16_t *transformed) {
  const ptrdiff_t plane = (ptrdiff_t)count * channels;
  for (int t = 0; t < count; t++)
    for (int c = 0; c < channels; c++) {
      int d[4][4];
      for (int y = 0; y < 4; y++) {
        const int16_t *row = patches[t] + y * row_elements + c;
        const int a = row[0], b = row[channels], e = row[2 * channels], f = row[3 * channels];
        d[y][0] = a - e;
        d[y][1] = b + e;
        d[y][2] = e - b;
        d[y][3] = b - f;
      }
      int16_t *place = transformed + (ptrdiff_t)t * channels + c;
      for (int x = 0; x < 4; x++) {
        place[x * plane] = (int16_t)(d[0][x] - d[2][x]);
        place[(4 + x) * plane] = (int16_t)(d[1][x] + d[2][x]);
        place[(8 + x) * plane] = (int16_t)(d[2][x] - d[1][x]);
        place[(12 + x) * plane] = (int16_t)(d[1][x] - d[3][x]);
      }
    }
}

// B^T d of a row or column of six.
static void wide_input_line(const int *d, int *t) {
  const int c = d[4] - d[2], f = d[3] - d[1];
  const int a = d[4] - 4 * d[2], b = d[3] - 4 * d[1];
  t[0] = 4 * (d[0] - d[2]) + c;
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + 2 * f;
  t[4] = c - 2 * f;
  t[5] = d[5] - d[3] - 4 * f;
}

static void wide_input(const int16_t *const *patches, int count, ptrdiff_t row_elements,
                       int channels, int16_t *transformed) {
  const ptrdiff_t plane = (ptrdiff_t)count * channels;
  for (int t = 0; t < count; t++)
    for (int c = 0; c < channels; c++) {
      int half[6][6];  // [column][row]
      for (int x = 0; x < 6; x++) {
        int column[6];
        for (int y = 0; y < 6; y++) column[y] = patches[t][y * row_elements + x * channels + c];
        wide_input_line(column, half[x]);
      }
      int16_t *place = transformed + (ptrdiff_t)t * channels + c;
      for (int y = 0; y < 6; y++) {
        int row[6], result[6];
        for (int x = 0; x < 6; x++) row[x] = half[x][y];
        wide_input_line(row, result);
        for (int x = 0; x < 6; x++) place[(6 * y + x) * plane] = (int16_t)result[x];
      }
    }
}

static void product_matrix(const int16_t *rows, int count, int depth, const int16_t *weights,
                           int32_t *accumulators) {
  for (int r = 0; r < count; r++, rows += depth, accumulators += CK_LANES) {
    uint32_t sums[CK_LANES] = {0};
    for (int s = 0; s < depth / 2; s++) {
      const int16_t *w = weights + (ptrdiff_t)s * 2 * CK_LANES;
      for (int lane = 0; lane < CK_LANES; lane++)
        sums[lane] += (uint32_t)(rows[2 * s] * w[2 * lane] + rows[2 * s + 1] * w[2 * lane + 1]);
    }
    memcpy(accumulators, sums, sizeof sums);
  }
}

static void winograd_output(const int32_t *products, int count, const int32_t *bias,
                            int32_t *accumulators) {
  const ptrdiff_t plane = (ptrdiff_t)count * CK_LANES;
  for (int t = 0; t < count; t++)
    for (int lane = 0; lane < CK_LANES; lane++) {
      const int32_t *m = products + (ptrdiff_t)t * CK_LANES + lane;
      uint32_t half[2][4];
      for (int x = 0; x < 4; x++) {
        const uint32_t a = (uint32_t)m[x * plane], b = (uint32_t)m[(4 + x) * plane];
        const uint32_t e = (uint32_t)m[(8 + x) * plane], f = (uint32_t)m[(12 + x) * plane];
        half[0][x] = a + b + e;
        half[1][x] = b - e - f;
      }
      int32_t *place = accumulators + (ptrdiff_t)t * 4 * CK_LANES + lane;
      for (int y = 0; y < 2; y++) {
        const int32_t left = (int32_t)(half[y][0] + half[y][1] + half[y][2]);
        const int32_t right = (int32_t)(half[y][1] - half[y][2] - half[y][3]);
        place[2 * y * CK_LANES] = (int32_t)((uint32_t)(left >> 2) + (uint32_t)bias[lane]);
        place[(2 * y + 1) * CK_LANES] = (int32_t)((uint32_t)(right >> 2) + (uint32_t)bias[lane]);
      }
    }
}

// 3 * 2^shift times A^T m, modulo 2^32.
static void wide_output_line(const uint32_t *m, uint32_t *y) {
  const uint32_t p = m[1] + m[2], q = m[3] + m[4], d = m[2] - m[1], e = m[3] - m[4];
  y[0] = 6 * m[0] - 4 * p + q;
  y[1] = 2 * d + e;
  y[2] = q - p;
  y[3] = d + 2 * e + 6 * m[5];
}

static void wide_output(const int32_t *products, int count, const int32_t *bias,
                        int32_t *accumulators) {
  const ptrdiff_t plane = (ptrdiff_t)count * CK_LANES;
  for (int t = 0; t < count; t++)
    for (int lane = 0; lane < CK_LANES; lane++) {
      uint32_t half[6][4];  // [column][row]
      for (int x = 0; x < 6; x++) {
        uint32_t column[6];
        for (int y = 0; y < 6; y++)
          column[y] = (uint32_t)products[(6 * y + x) * plane + t * CK_LANES + lane];
        wide_output_line(column, half[x]);
      }
      int32_t *place = accumulators + (ptrdiff_t)t * 16 * CK_LANES + lane;
      for (int y = 0; y < 4; y++) {
        uint32_t row[6], result[4];
        for (int x = 0; x < 6; x++) row[x] = half[x][y];
        wide_output_line(row, result);
        for (int x = 0; x < 4; x++) {
          const int32_t scaled = (int32_t)(result[x] * CK_INVERSE_OF_9);
          place[(4 * y + x) * CK_LANES] =
              (int32_t)((uint32_t)(scaled >> (ck_winograd_shift[y] + ck_winograd_shift[x]))
                        + (uint32_t)bias[lane]);
        }
      }
    }
}

static void widen(const int8_t *source, int16_t *target, size_t count, int32_t zero_point) {
  for (size_t i = 0; i < count; i++) target[i] = (int16_t)(source[i] - zero_point);
}

static void flip(const int8_t *source, uint8_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = (uint8_t)source[i] ^ 0x80;
}

static void add(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                size_t count) {
  for (size_t i = 0; i < count; i++)
    output[i] = ck_add_one(add, left[i], right[i]);
}

void ck_add_taps(const int8_t *source, int32_t *sums, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += source[i];
}

void ck_max_taps(const int8_t *source, int8_t *largest, size_t count) {
  for (size_t i = 0; i < count; i++) largest[i] = source[i] > largest[i] ? source[i] : largest[i];
}

const ck_variant ck_portable = {
    .name = "portable",
    .is_supported = always,
    .byte_offset = 128,
    .product_s16 = product_s16,
    .product_u8 = product_u8,
    .product_codes = ck_product_codes,
    .product_depthwise = product_depthwise,
    .winograd = {{winograd_input, winograd_output}, {wide_input, wide_output}},
    .product_matrix = product_matrix,
    .rescale = ck_rescale_rows,
    .widen = widen,
    .flip = flip,
    .add = add,
    .add_taps = ck_add_taps,
    .max_taps = ck_max_taps,
    .sparse = &ck_sparse_portable,
    .floats = &ck_float_portable,
};
