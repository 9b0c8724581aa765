#ifndef CK_TRAINING_H
#define CK_TRAINING_H

#include <stdint.h>

#include "ck_float.h"

// What training needs besides `ck_float.h`. Sums have one order on every instruction set, and no
// product is fused with its sum. Vectors read up to 7 floats beyond the last element of a buffer.

/// `gradient[k][column] += sum over patches, in order, of patch[k] * upstream[patch][column]`: what a
/// product's weights get. k counts through the runs; `output_step` is that of `upstream`.
void ck_float_weight_gradient(
    const ck_variant *variant, const struct ck_float_product *product, const float *activations,
    const float *upstream, float *gradient);

/// `gradient[tap][channel] += sum over patches of patch[tap][channel] * upstream[patch][channel]`.
void ck_float_depthwise_weight_gradient(
    const ck_variant *variant, const struct ck_float_product *product, const float *activations,
    const float *upstream, float *gradient);

/// Adds `patches[patch][k]` to the elements that a product would read as patch[k].
void ck_float_scatter(
    const ck_variant *variant, const struct ck_float_product *product, const float *patches,
    float *target);

/// Adds `upstream[patch][channel] * weights[tap][channel]` to the elements that a depthwise product
/// would read.
void ck_float_depthwise_scatter(
    const ck_variant *variant, const struct ck_float_product *product, const float *weights,
    const float *upstream, float *target);

/// `target[i] += source[i]`.
void ck_accumulate(float *target, const float *source, int64_t count);

/// `target[i] += factor * source[i]`.
void ck_accumulate_scaled(float *target, const float *source, float factor, int64_t count);

/// `target[column][row] += source[row][column]`.
void ck_accumulate_transposed(
    float *target, const float *source, int64_t rows, int64_t columns);

/// `output[i]` is `input[i]`, or the nearest of the limits.
void ck_clamp(const float *input, float low, float high, float *output, int64_t count);

/// `gradient[i]` is `upstream[i]` where `output[i]` lies between the limits, or else 0.
void ck_clamp_gradient(
    const float *output, float low, float high, const float *upstream, float *gradient,
    int64_t count);

// Rows of channels. Sums are of double precision.

/// `sums[c] += sum over rows of values[row][c]`.
void ck_channel_sums(const float *values, int64_t rows, int64_t channels, double *sums);

/// `sums[c] += sum over rows of (values[row][c] - means[c])^2`.
void ck_channel_squares(
    const float *values, const float *means, int64_t rows, int64_t channels, double *sums);

/// `output = (input - mean) * factor + shift`.
void ck_channel_affine(
    const float *input, const float *means, const float *factors, const float *shifts,
    int64_t rows, int64_t channels, float *output);

/// `sums[c] += sum over rows of upstream`, and in `products[c]` of `upstream * (input - mean)`.
void ck_channel_products(
    const float *input, const float *upstream, const float *means, int64_t rows, int64_t channels,
    double *sums, double *products);

/// The gradient of a batch norm: `factor * (upstream - offset - (input - mean) * slope)`.
void ck_normalization_gradient(
    const float *input, const float *upstream, const float *means, const float *factors,
    const float *offsets, const float *slopes, int64_t rows, int64_t channels, float *gradient);

#endif
