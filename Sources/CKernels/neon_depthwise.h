// Products of channels with weights of their own for NEON.
#include "neon_tiles.h"

// Activations of 16 channels; lanes 4...7 are channels 8...11, see `ck_lane_channel`.
CK_INLINE void multiply_taps(const int16_t *taps, int16x8_t low, int16x8_t high,
                             int32x4_t sums[4]) {
  const int16x8_t a = vld1q_s16(taps), b = vld1q_s16(taps + 8);
  sums[0] = vmlal_s16(sums[0], vget_low_s16(a), vget_low_s16(low));
  sums[1] = vmlal_s16(sums[1], vget_low_s16(b), vget_low_s16(high));
  sums[2] = vmlal_high_s16(sums[2], a, low);
  sums[3] = vmlal_high_s16(sums[3], b, high);
}

// Lanes 0...3 and 8...11 of both, or the others.
CK_INLINE int16x8_t lower_channels(int16x8_t a, int16x8_t b) {
  return vreinterpretq_s16_s64(vzip1q_s64(vreinterpretq_s64_s16(a), vreinterpretq_s64_s16(b)));
}

CK_INLINE int16x8_t upper_channels(int16x8_t a, int16x8_t b) {
  return vreinterpretq_s16_s64(vzip2q_s64(vreinterpretq_s64_s16(a), vreinterpretq_s64_s16(b)));
}

CK_INLINE void tile_depthwise(const int rows, const int vectors, const ck_panel *panel,
                              const int16_t *const *row, int first, int32_t *accumulators) {
  ck_tile sums;
  load_tile(rows, vectors, panel->block.bias, 0, sums);
  const int16_t *from[CK_TILE_ROWS];
  CK_UNROLL for (int r = 0; r < rows; r++) {
    from[r] = row[r] + first;
    CK_KEEP_POINTER(from[r]);
  }
  const int16_t *weights = (const int16_t *)(const void *)panel->weights;
  const int32_t *offsets = panel->offsets, *end = offsets + 2 * panel->steps;
  for (; offsets < end; offsets += 2, weights += 32) {
    const int16x8x2_t w = vld2q_s16(weights), x = vld2q_s16(weights + 16);
    CK_UNROLL for (int tap = 0; tap < 2; tap++) {
      int16x8_t low = lower_channels(w.val[tap], x.val[tap]);
      int16x8_t high = upper_channels(w.val[tap], x.val[tap]);
      CK_KEEP(low);
      CK_KEEP(high);
      CK_UNROLL for (int r = 0; r < rows; r++)
        multiply_taps(from[r] + offsets[tap], low, high, sums[r]);
    }
  }
  store_tile(rows, vectors, sums, accumulators);
}

enum { CK_DEPTHWISE_ROWS = 5 };  // six do not fit the registers

static void product_depthwise(const ck_panel *panel, const int16_t *const *rows, int first,
                              int count, int32_t *accumulators) {
  for (int r = 0; r < count; r += CK_DEPTHWISE_ROWS)
    CK_TILES(tile_depthwise, at_most(count - r, CK_DEPTHWISE_ROWS), 2, panel, rows + r, first,
             accumulators + r * CK_LANES)
}
