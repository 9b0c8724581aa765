// Products of channels with weights of their own. After `x86_products.h`.
#include "x86_vectors.h"

// Two taps interleaved give pairs of 16 bits in the order of the lanes.
CK_INLINE void tile_depthwise(const int rows, const ck_panel *panel, const int16_t *const *row,
                              int first, int32_t *accumulators) {
  __m256i sums[6][2];
  init_tile(rows, 2, panel, sums);
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets, *end = offsets + 2 * panel->steps;
  for (; offsets < end; offsets += 2, weights += 64) {
    const __m256i w0 = load(weights), w1 = load(weights + 32);
    const ptrdiff_t one = first + offsets[0], other = first + offsets[1];
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = load(row[r] + one), b = load(row[r] + other);
      sums[r][0] = CK_DOT_WORDS(sums[r][0], _mm256_unpacklo_epi16(a, b), w0);
      sums[r][1] = CK_DOT_WORDS(sums[r][1], _mm256_unpackhi_epi16(a, b), w1);
    }
  }
  store_tile(rows, 2, sums, accumulators);
}

static void product_depthwise(const ck_panel *panel, const int16_t *const *rows, int first,
                              int count, int32_t *accumulators) {
  int r = 0;
  for (; r + 4 <= count; r += 4)
    tile_depthwise(4, panel, rows + r, first, accumulators + r * CK_LANES);
  for (; r < count; r++) tile_depthwise(1, panel, rows + r, first, accumulators + r * CK_LANES);
}
