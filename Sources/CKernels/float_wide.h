// Tiles of one panel of 16 columns in vectors as wide, of up to WIDE_PATCHES patches. After `store` and
// `clamped` of `float_kernels.h`, which includes it.

typedef float wide_lanes __attribute__((ext_vector_type(16), aligned(4), may_alias));

/// As `tile`.
INLINE void wide_tile(
    const int patch_count, const float *const *patches, const struct ck_float_product *p,
    const float *panel, int64_t column, float *output) {
  wide_lanes sums[WIDE_PATCHES];
  const float *patch[WIDE_PATCHES];
  UNROLL for (int i = 0; i < patch_count; ++i) {
    sums[i] = 0;
    patch[i] = patches[i];
  }
  for (int64_t run = 0; run < p->run_count; ++run) {
    const int64_t begin = p->run_offsets[run], end = begin + p->run_length;
    for (int64_t k = begin; k < end; ++k, panel += 16) {
      const wide_lanes weights = *(const wide_lanes *)panel;
      UNROLL for (int i = 0; i < patch_count; ++i) {
        const wide_lanes product = patch[i][k] * weights;
        sums[i] += product;
      }
    }
  }
  const lanes low_bias = *(const lanes *)(p->bias + column);
  const lanes high_bias = *(const lanes *)(p->bias + column + 8);
  UNROLL for (int i = 0; i < patch_count; ++i) {
    float *place = output + i * p->output_step + column;
    store(place, clamped(sums[i].lo + low_bias, p), 8);
    store(place + 8, clamped(sums[i].hi + high_bias, p), p->columns - column - 8);
  }
}

#define WIDE_TILE(count)                                          \
  case count:                                                     \
    wide_tile(count, patches, p, panel, column, output);          \
    break;

INLINE void wide_tile_of(
    int64_t patch_count, const float *const *patches, const struct ck_float_product *p,
    const float *panel, int64_t column, float *output) {
  switch (patch_count) {
    WIDE_TILE(1)
    WIDE_TILE(2)
    WIDE_TILE(3)
    WIDE_TILE(4)
    WIDE_TILE(5)
    WIDE_TILE(6)
    WIDE_TILE(7)
    WIDE_TILE(8)
  }
}

/// As `multiply_panel`, of more than 8 columns.
static void multiply_wide_panel(
    const struct ck_float_product *p, const float *activations, const float *panel, int64_t column,
    float *output) {
  const int64_t total = p->patch_rows * p->patch_columns;
  struct patch_walk walk = first_patch(activations);
  for (int64_t patch = 0; patch < total; patch += WIDE_PATCHES) {
    const int64_t count = total - patch < WIDE_PATCHES ? total - patch : WIDE_PATCHES;
    const float *patches[WIDE_PATCHES];
    for (int64_t i = 0; i < count; ++i) patches[i] = next_patch(&walk, p);
    wide_tile_of(count, patches, p, panel, column, output + patch * p->output_step);
  }
}
