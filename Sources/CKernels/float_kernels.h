// Float32 kernels in vectors of eight output channels.
//
// Included once for each instruction set. Each output is one
// sum in the order of the reference kernel, and no product is fused with its sum: every instruction
// set gives the bits of the plain loops. `TILE_PATCHES` is how many sums of 16 columns fit in the
// registers.

#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((ext_vector_type(8), aligned(4), may_alias));

/// As the reference: what is not a number stays so.
INLINE lanes clamped(lanes value, const struct ck_float_product *p) {
  const lanes low = p->low, high = p->high;
  value = low > value ? low : value;
  return high < value ? high : value;
}

/// The first `count` of the lanes, or all.
INLINE void store(float *output, lanes value, int64_t count) {
  if (count >= 8) {
    *(lanes *)output = value;
  } else {
    for (int64_t lane = 0; lane < count; ++lane) output[lane] = value[lane];
  }
}

/// Where the next patch begins: they are walked row by row.
struct patch_walk {
  const float *row, *patch;
  int64_t column;
};

INLINE struct patch_walk first_patch(const float *activations) {
  return (struct patch_walk){activations, activations, 0};
}

INLINE const float *next_patch(struct patch_walk *walk, const struct ck_float_product *p) {
  const float *patch = walk->patch;
  walk->patch += p->column_step;
  if (++walk->column == p->patch_columns) {
    walk->row += p->row_step;
    walk->patch = walk->row;
    walk->column = 0;
  }
  return patch;
}

/// Patches against columns of adjacent panels, `width` each. All counts are constants of the caller.
INLINE void tile(
    const int patch_count, const int vectors, const int width, const float *const *patches,
    const struct ck_float_product *p, const float *panel, int64_t column, float *output) {
  const int64_t panel_size = p->run_count * p->run_length * width;
  lanes sums[TILE_PATCHES][8];
  UNROLL for (int i = 0; i < patch_count; ++i) {
    UNROLL for (int j = 0; j < vectors; ++j) sums[i][j] = 0;
  }
  for (int64_t run = 0; run < p->run_count; ++run) {
    const int64_t begin = p->run_offsets[run], end = begin + p->run_length;
    for (int64_t k = begin; k < end; ++k, panel += width) {
      lanes weights[8];
      UNROLL for (int j = 0; j < vectors; ++j) {
        const int place = 8 * j;
        weights[j] = *(const lanes *)(panel + place / width * panel_size + place % width);
      }
      UNROLL for (int i = 0; i < patch_count; ++i) {
        const lanes value = patches[i][k];
        UNROLL for (int j = 0; j < vectors; ++j) {
          const lanes product = value * weights[j];
          sums[i][j] += product;
        }
      }
    }
  }
  UNROLL for (int j = 0; j < vectors; ++j) {
    const int64_t first = column + 8 * j;
    const lanes bias = *(const lanes *)(p->bias + first);
    UNROLL for (int i = 0; i < patch_count; ++i) {
      float *place = output + i * p->output_step + first;
      store(place, clamped(sums[i][j] + bias, p), p->columns - first);
    }
  }
}

INLINE void tile_of(
    int64_t patch_count, const int vectors, const int width, const float *const *patches,
    const struct ck_float_product *p, const float *panel, int64_t column, float *output) {
  switch (patch_count) {
  case 1: tile(1, vectors, width, patches, p, panel, column, output); break;
  case 2: tile(2, vectors, width, patches, p, panel, column, output); break;
  case 3: tile(3, vectors, width, patches, p, panel, column, output); break;
#if TILE_PATCHES == 6
  case 4: tile(4, vectors, width, patches, p, panel, column, output); break;
  case 5: tile(5, vectors, width, patches, p, panel, column, output); break;
  case 6: tile(6, vectors, width, patches, p, panel, column, output); break;
#endif
  }
}

/// All patches against one panel.
static void multiply_panel(
    const struct ck_float_product *p, const float *activations, const float *panel, int64_t column,
    float *output) {
  const int64_t total = p->patch_rows * p->patch_columns;
  struct patch_walk walk = first_patch(activations);
  for (int64_t patch = 0; patch < total; patch += TILE_PATCHES) {
    const int64_t count = total - patch < TILE_PATCHES ? total - patch : TILE_PATCHES;
    const float *patches[TILE_PATCHES];
    for (int64_t i = 0; i < count; ++i) patches[i] = next_patch(&walk, p);
    float *place = output + patch * p->output_step;
    if (p->columns - column > 8) {
      tile_of(count, 2, 16, patches, p, panel, column, place);
    } else {
      tile_of(count, 1, 8, patches, p, panel, column, place);
    }
  }
}

#ifdef WIDE_PATCHES
#include "float_wide.h"
#endif

/// Four panels at a time keep enough sums in flight for a single patch.
static void multiply(
    const struct ck_float_product *p, const float *activations, const float *packed,
    float *output) {
  const int64_t depth = p->run_count * p->run_length;
  int64_t column = 0;
  if (p->patch_rows * p->patch_columns == 1) {
    for (; p->columns - column > 56; column += 64) {
      tile(1, 8, 16, &activations, p, packed + column * depth, column, output);
    }
  }
  for (; column < p->columns; column += 16) {
#ifdef WIDE_PATCHES
    if (p->columns - column > 8) {
      multiply_wide_panel(p, activations, packed + column * depth, column, output);
      continue;
    }
#endif
    multiply_panel(p, activations, packed + column * depth, column, output);
  }
}

/// Patches against the `vectors` * 8 channels from `channel` on.
INLINE void depthwise_tile(
    const int patch_count, const int vectors, const float *const *patches,
    const struct ck_float_product *p, const float *weights, int64_t channel, float *output) {
  lanes sums[4][2];
  UNROLL for (int i = 0; i < patch_count; ++i) {
    UNROLL for (int j = 0; j < vectors; ++j) sums[i][j] = 0;
  }
  for (int64_t tap = 0; tap < p->run_count; ++tap) {
    const float *row = weights + tap * p->columns + channel;
    const int64_t offset = p->run_offsets[tap] + channel;
    UNROLL for (int j = 0; j < vectors; ++j) {
      const lanes weight = *(const lanes *)(row + 8 * j);
      UNROLL for (int i = 0; i < patch_count; ++i) {
        const lanes product = *(const lanes *)(patches[i] + offset + 8 * j) * weight;
        sums[i][j] += product;
      }
    }
  }
  UNROLL for (int j = 0; j < vectors; ++j) {
    const int64_t first = channel + 8 * j;
    const lanes bias = *(const lanes *)(p->bias + first);
    UNROLL for (int i = 0; i < patch_count; ++i) {
      *(lanes *)(output + i * p->output_step + first) = clamped(sums[i][j] + bias, p);
    }
  }
}

static void depthwise_channel(
    const float *patch, const struct ck_float_product *p, const float *weights, int64_t channel,
    float *output) {
  float sum = 0;
  for (int64_t tap = 0; tap < p->run_count; ++tap) {
    const float product =
        patch[p->run_offsets[tap] + channel] * weights[tap * p->columns + channel];
    sum += product;
  }
  store(output + channel, clamped(sum + p->bias[channel], p), 1);
}

INLINE void depthwise_patches(
    const int patch_count, const float *const *patches, const struct ck_float_product *p,
    const float *weights, float *output) {
  int64_t channel = 0;
  for (; channel + 16 <= p->columns; channel += 16) {
    depthwise_tile(patch_count, 2, patches, p, weights, channel, output);
  }
  if (channel + 8 <= p->columns) {
    depthwise_tile(patch_count, 1, patches, p, weights, channel, output);
    channel += 8;
  }
  for (; channel < p->columns; ++channel) {
    for (int i = 0; i < patch_count; ++i) {
      depthwise_channel(patches[i], p, weights, channel, output + i * p->output_step);
    }
  }
}

static void depthwise(
    const struct ck_float_product *p, const float *activations, const float *weights,
    float *output) {
  const int64_t total = p->patch_rows * p->patch_columns;
  struct patch_walk walk = first_patch(activations);
  for (int64_t patch = 0; patch < total;) {
    const int64_t count = total - patch < 4 ? 1 : 4;
    const float *patches[4];
    for (int64_t i = 0; i < count; ++i) patches[i] = next_patch(&walk, p);
    float *place = output + patch * p->output_step;
    if (count == 4) {
      depthwise_patches(4, patches, p, weights, place);
    } else {
      depthwise_patches(1, patches, p, weights, place);
    }
    patch += count;
  }
}
