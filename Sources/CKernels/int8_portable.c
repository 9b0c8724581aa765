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

static void add_taps(const int8_t *source, int32_t *sums, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += source[i];
}

static void max_taps(const int8_t *source, int8_t *largest, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (source[i] > largest[i]) largest[i] = source[i];
}

const ck_variant ck_portable = {
    .name = "portable",
    .is_supported = always,
    .product_s16 = product_s16,
    .product_u8 = product_u8,
    .product_codes = ck_product_codes,
    .product_depthwise = product_depthwise,
    .rescale = ck_rescale_rows,
    .widen = widen,
    .flip = flip,
    .add = add,
    .add_taps = add_taps,
    .max_taps = max_taps,
    .sparse = &ck_sparse_portable,
    .floats = &ck_float_portable,
};
