#include "ck_float.h"

#include "float_targets.h"

static const int64_t panel_width = 16;

int64_t ck_float_packed_count(int64_t depth, int64_t columns) {
  return depth * ((columns + 7) / 8 * 8);
}

void ck_float_pack(
    const float *weights, int64_t depth, int64_t columns, int64_t depth_step, int64_t column_step,
    float *packed) {
  for (int64_t first = 0; first < columns; first += panel_width) {
    const int64_t width = columns - first > 8 ? panel_width : 8;
    const int64_t used = columns - first < width ? columns - first : width;
    for (int64_t k = 0; k < depth; ++k, packed += width) {
      const float *row = weights + k * depth_step + first * column_step;
      for (int64_t column = 0; column < width; ++column) {
        packed[column] = column < used ? row[column * column_step] : 0;
      }
    }
  }
}

void ck_float_multiply(
    const ck_variant *variant, const struct ck_float_product *product, const float *activations,
    const float *packed, float *output) {
  variant->floats->multiply(product, activations, packed, output);
}

void ck_float_depthwise(
    const ck_variant *variant, const struct ck_float_product *product, const float *activations,
    const float *weights, float *output) {
  variant->floats->depthwise(product, activations, weights, output);
}

/// Bias of all columns, rounded up, then `b` packed, then `a` with its rows contiguous.
int64_t ck_float_gemm_scratch(const struct ck_float_matrices *m) {
  const int64_t copied = m->a_column_step == 1 ? 0 : m->rows * m->depth;
  return (m->columns + 7) / 8 * 8 + ck_float_packed_count(m->depth, m->columns) + copied;
}

static const float *contiguous_rows(const struct ck_float_matrices *m, float *copy) {
  if (m->a_column_step == 1) return m->a;
  for (int64_t row = 0; row < m->rows; ++row) {
    for (int64_t k = 0; k < m->depth; ++k) {
      copy[row * m->depth + k] = m->a[row * m->a_row_step + k * m->a_column_step];
    }
  }
  return copy;
}

void ck_float_gemm(
    const ck_variant *variant, const struct ck_float_matrices *m, float *scratch) {
  const int64_t rounded = (m->columns + 7) / 8 * 8, start = 0;
  for (int64_t column = 0; column < rounded; ++column) {
    scratch[column] = m->bias && column < m->columns ? m->bias[column] : 0;
  }
  float *packed = scratch + rounded;
  ck_float_pack(m->b, m->depth, m->columns, m->b_row_step, m->b_column_step, packed);
  const float *a = contiguous_rows(m, packed + ck_float_packed_count(m->depth, m->columns));
  const struct ck_float_product product = {
      .patch_rows = 1,
      .patch_columns = m->rows,
      .column_step = m->a_column_step == 1 ? m->a_row_step : m->depth,
      .run_count = 1,
      .run_length = m->depth,
      .run_offsets = &start,
      .columns = m->columns,
      .output_step = m->c_row_step,
      .bias = scratch,
      .low = m->low,
      .high = m->high,
  };
  ck_float_multiply(variant, &product, a, packed, m->c);
}
