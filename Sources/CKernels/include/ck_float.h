#ifndef CK_FLOAT_H
#define CK_FLOAT_H

#include <stdint.h>

#include "ck_int8.h"

/// Patches of activations against columns of packed weights.
///
/// Patch (y, x) begins at `y * row_step + x * column_step` and consists of `run_count` runs of
/// `run_length` floats, which begin at `run_offsets` from there: a convolution without a copy of its
/// patches. Steps, offsets and lengths are in floats.
struct ck_float_product {
  int64_t patch_rows, patch_columns;
  int64_t row_step, column_step;
  int64_t run_count, run_length;
  const int64_t *run_offsets;
  /// Output channels; floats from one patch's output to the next.
  int64_t columns, output_step;
  /// As many as `columns`, rounded up to 8.
  const float *bias;
  float low, high;
};

/// Floats that `depth` rows of `columns` take when packed.
int64_t ck_float_packed_count(int64_t depth, int64_t columns);

/// Packs weights into panels of 16 columns, `[panel][depth][16]`, the last one of 8 if that is enough.
/// The weight of (k, column) is `weights[k * depth_step + column * column_step]`.
void ck_float_pack(
    const float *weights, int64_t depth, int64_t columns, int64_t depth_step, int64_t column_step,
    float *packed);

/// `output[patch][column] = clamp(sum over k of patch[k] * weight[k][column] + bias[column])`.
void ck_float_multiply(
    const ck_variant *variant, const struct ck_float_product *product,
    const float *activations, const float *packed, float *output);

/// As `ck_float_product`, with a channel's own weights: run k holds the k-th tap of all `columns`
/// channels, and `weights` are `[tap][channel]`, as in a model. `run_length` has no meaning.
void ck_float_depthwise(
    const ck_variant *variant, const struct ck_float_product *product,
    const float *activations, const float *weights, float *output);

/// A matrix product with any strides, in floats: `c = clamp(a * b + bias)`.
struct ck_float_matrices {
  int64_t rows, columns, depth;
  const float *a;
  int64_t a_row_step, a_column_step;
  const float *b;
  int64_t b_row_step, b_column_step;
  float *c;
  int64_t c_row_step;
  /// One for each column, or null.
  const float *bias;
  float low, high;
};

/// Floats of `scratch` that `ck_float_gemm` needs.
int64_t ck_float_gemm_scratch(const struct ck_float_matrices *matrices);

void ck_float_gemm(
    const ck_variant *variant, const struct ck_float_matrices *matrices, float *scratch);

#endif
