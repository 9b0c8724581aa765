#include "ck_training.h"

#include "float_targets.h"

#pragma STDC FP_CONTRACT OFF

// Elements do not depend on each other here, so that any vector length gives the same bits.
#if defined(__x86_64__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

void ck_float_weight_gradient(
    const ck_variant *variant, const struct ck_float_product *product, const float *activations,
    const float *upstream, float *gradient) {
  variant->floats->weight_gradient(product, activations, upstream, gradient);
}

void ck_float_depthwise_weight_gradient(
    const ck_variant *variant, const struct ck_float_product *product, const float *activations,
    const float *upstream, float *gradient) {
  variant->floats->depthwise_weight_gradient(product, activations, upstream, gradient);
}

void ck_float_scatter(
    const ck_variant *variant, const struct ck_float_product *product, const float *patches,
    float *target) {
  variant->floats->scatter(product, patches, target);
}

void ck_float_depthwise_scatter(
    const ck_variant *variant, const struct ck_float_product *product, const float *weights,
    const float *upstream, float *target) {
  variant->floats->depthwise_scatter(product, weights, upstream, target);
}

WIDE void ck_accumulate(float *target, const float *source, int64_t count) {
  for (int64_t i = 0; i < count; ++i) target[i] += source[i];
}

WIDE void ck_accumulate_scaled(
    float *target, const float *source, float factor, int64_t count) {
  for (int64_t i = 0; i < count; ++i) target[i] += factor * source[i];
}

// In blocks, so that lines of both sides stay in the first cache.
void ck_accumulate_transposed(
    float *target, const float *source, int64_t rows, int64_t columns) {
  for (int64_t first = 0; first < rows; first += 16) {
    const int64_t end = first + 16 < rows ? first + 16 : rows;
    for (int64_t column = 0; column < columns; ++column) {
      for (int64_t row = first; row < end; ++row) {
        target[column * rows + row] += source[row * columns + column];
      }
    }
  }
}

// Explicit vectors, as compilers give up where input and output are one buffer.
typedef float eight __attribute__((ext_vector_type(8), aligned(4), may_alias));

INLINE float clamped(float value, float low, float high) {
  value = low > value ? low : value;
  return high < value ? high : value;
}

WIDE void ck_clamp(const float *input, float low, float high, float *output, int64_t count) {
  const eight lows = low, highs = high;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    eight value = *(const eight *)(input + i);
    value = lows > value ? lows : value;
    *(eight *)(output + i) = highs < value ? highs : value;
  }
  for (; i < count; ++i) output[i] = clamped(input[i], low, high);
}

WIDE void ck_clamp_gradient(
    const float *output, float low, float high, const float *upstream, float *gradient,
    int64_t count) {
  const eight lows = low, highs = high, none = 0;
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const eight value = *(const eight *)(output + i), slope = *(const eight *)(upstream + i);
    const eight above = value > lows ? slope : none;
    *(eight *)(gradient + i) = value < highs ? above : none;
  }
  for (; i < count; ++i) {
    const float slope = upstream[i];
    gradient[i] = output[i] > low && output[i] < high ? slope : 0;
  }
}

WIDE void ck_channel_sums(const float *values, int64_t rows, int64_t channels, double *sums) {
  for (int64_t row = 0; row < rows; ++row, values += channels) {
    for (int64_t c = 0; c < channels; ++c) sums[c] += (double)values[c];
  }
}

WIDE void ck_channel_squares(
    const float *values, const float *means, int64_t rows, int64_t channels, double *sums) {
  for (int64_t row = 0; row < rows; ++row, values += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const double difference = (double)(values[c] - means[c]);
      sums[c] += difference * difference;
    }
  }
}

WIDE void ck_channel_affine(
    const float *input, const float *means, const float *factors, const float *shifts,
    int64_t rows, int64_t channels, float *output) {
  for (int64_t row = 0; row < rows; ++row, input += channels, output += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      output[c] = (input[c] - means[c]) * factors[c] + shifts[c];
    }
  }
}

WIDE void ck_channel_products(
    const float *input, const float *upstream, const float *means, int64_t rows, int64_t channels,
    double *sums, double *products) {
  for (int64_t row = 0; row < rows; ++row, input += channels, upstream += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      sums[c] += (double)upstream[c];
      products[c] += (double)upstream[c] * (double)(input[c] - means[c]);
    }
  }
}

WIDE void ck_normalization_gradient(
    const float *input, const float *upstream, const float *means, const float *factors,
    const float *offsets, const float *slopes, int64_t rows, int64_t channels, float *gradient) {
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t c = 0; c < channels; ++c) {
      const float centered = (input[c] - means[c]) * slopes[c];
      gradient[c] = factors[c] * (upstream[c] - offsets[c] - centered);
    }
    input += channels, upstream += channels, gradient += channels;
  }
}
