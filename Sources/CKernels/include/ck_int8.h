// Int8 kernels with packed weights, in variants for the machine at hand.
//
// Every variant gives the same bytes: sums are exact modulo 2^32 (each shortcut states its bound
// where it is taken), and rescaling follows the arithmetic that the caller names, bit for bit.
//
// A kernel is made once (`_create`, which packs) and run many times (`_run`, which allocates
// nothing). Runs of one kernel on several threads are safe when each has a scratch of its own.
#ifndef CK_INT8_H
#define CK_INT8_H

#include <stddef.h>
#include <stdint.h>

// A set of inner loops: "portable"; "avx2", "avxvnni", "avx512vnni"; "neon", "neondot".
typedef struct ck_variant ck_variant;

// Null when there is no such variant or this machine cannot run it.
const ck_variant *ck_variant_named(const char *name);
// The fastest that this machine runs.
const ck_variant *ck_variant_best(void);
const char *ck_variant_name(const ck_variant *variant);

// How an accumulator is rounded when it is rescaled; see `Arithmetic` in Swift.
typedef enum ck_rounding {
  CK_ROUND_DOUBLE = 0,
  CK_ROUND_DOUBLE_HALF_UP = 1,
  CK_ROUND_SINGLE = 2,
} ck_rounding;

// A positive factor: significand * 2^(left_shift - right_shift - 31), or `factor` in floats.
typedef struct ck_scale {
  int32_t significand;  // in [2^30, 2^31), or 0
  int32_t left_shift;   // 0...30
  int32_t right_shift;  // 0...31
  float factor;
  int32_t rounding;  // a ck_rounding
} ck_scale;

// From accumulators to stored int8: rescale, add the zero point, clamp to [low, high].
typedef struct ck_stage {
  const ck_scale *scales;  // one for each output channel
  int32_t zero_point, low, high;
} ck_stage;

// Extents of a window that slides over NHWC activations; all at least 1, paddings at least 0.
typedef struct ck_window {
  int32_t input_height, input_width, input_channels;
  int32_t output_height, output_width, output_channels;
  int32_t filter_height, filter_width;
  int32_t stride_height, stride_width;
  int32_t dilation_height, dilation_width;
  int32_t padding_top, padding_left;
} ck_window;

// A convolution, or with extents of 1 a fully connected layer.
typedef struct ck_conv ck_conv;

// weights: [output channel][filter row][filter column][input channel]. bias: null for zeros.
// zero_point: of the input, which is what padding holds. Null when memory or a bound is exceeded.
ck_conv *ck_conv_create(const ck_variant *variant, const ck_window *window, const int8_t *weights,
                        const int32_t *bias, int32_t zero_point, const ck_stage *stage);
// With weights as 4-bit codes: null too when 16 output channels have more than 16 different weights
// (0 is one of them where channels or an even number of weights are missing).
ck_conv *ck_conv_create_codebook(const ck_variant *variant, const ck_window *window,
                                 const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                 const ck_stage *stage);
void ck_conv_destroy(ck_conv *conv);
// Of weights, or codes and codebooks, and their places.
size_t ck_conv_packed_bytes(const ck_conv *conv);
// Vector instructions that a row's products cost.
int64_t ck_conv_cost(const ck_conv *conv);
// Bytes that a run of so many samples needs.
size_t ck_conv_scratch_bytes(const ck_conv *conv, size_t samples);
// input: [samples][height][width][channels]; output likewise. scratch: aligned to 64 bytes.
void ck_conv_run(const ck_conv *conv, const int8_t *input, int8_t *output, size_t samples,
                 void *scratch);
// How the inner loop multiplies: "s16" (pairs of 16 bits), "u8" (quadruples of 8 bits) or
// "winograd".
const char *ck_conv_method(const ck_conv *conv);

// A depthwise convolution; output channel c reads input channel c / multiplier.
typedef struct ck_depthwise ck_depthwise;

// weights: [filter row][filter column][output channel].
ck_depthwise *ck_depthwise_create(const ck_variant *variant, const ck_window *window,
                                  const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                  const ck_stage *stage);
void ck_depthwise_destroy(ck_depthwise *depthwise);
size_t ck_depthwise_scratch_bytes(const ck_depthwise *depthwise, size_t samples);
void ck_depthwise_run(const ck_depthwise *depthwise, const int8_t *input, int8_t *output,
                      size_t samples, void *scratch);

// Average (half away from zero) or largest of the taps inside the input.
void ck_average_pool(const ck_variant *variant, const ck_window *window, int32_t low, int32_t high,
                     const int8_t *input, int8_t *output, size_t samples);
void ck_max_pool(const ck_variant *variant, const ck_window *window, int32_t low, int32_t high,
                 const int8_t *input, int8_t *output, size_t samples);

// Both inputs less their zero points, times 2^20, rescaled; the sum rescaled to the output.
// With CK_ROUND_SINGLE, as XNNPACK adds: each times its significand (at most 2^21 in magnitude), the
// sum shifted right by that of `sum` (13...30), rounded half up.
typedef struct ck_add {
  int32_t left_zero_point, right_zero_point;
  ck_scale left, right, sum;
  int32_t zero_point, low, high;
  struct ck_plain_sum {  // of `ck_add_prepare`; a shift of 0: none
    int32_t left, right, shift;
    int64_t offset;
  } plain;
} ck_add;

// Looks for (a * left + b * right + offset) >> shift that gives the same for each of the 65,536 pairs
// of stored inputs: it takes a third of the instructions. Without it results are the same.
void ck_add_prepare(const ck_variant *variant, ck_add *add);
void ck_add_run(const ck_variant *variant, const ck_add *add, const int8_t *left,
                const int8_t *right, int8_t *output, size_t count);

// output[i] = table[(uint8_t)input[i]].
void ck_table_run(const int8_t *table, const int8_t *input, int8_t *output, size_t count);

// Multiply-accumulates of so many iterations of an empty inner loop, for benchmarks: by pairs of 16
// bits, or by quadruples of 8 bits with the best instructions that the machine has for them. 0 where
// there is no such loop.
typedef enum ck_peak { CK_PEAK_S16 = 0, CK_PEAK_U8 = 1 } ck_peak;
uint64_t ck_int8_peak(ck_peak method, uint64_t iterations);

#endif
