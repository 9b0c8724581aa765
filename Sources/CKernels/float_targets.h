// The instances of `float_kernels.h`.

#include "ck_float.h"
#include "int8_kernels.h"

// Vectors are arguments of inlined functions only: no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

// The inner loops of a variant; see `ck_float.h`.
struct ck_float_loops {
  void (*multiply)(const struct ck_float_product *product, const float *activations,
                   const float *packed, float *output);
  void (*depthwise)(const struct ck_float_product *product, const float *activations,
                    const float *weights, float *output);
  void (*weight_gradient)(const struct ck_float_product *product, const float *activations,
                          const float *upstream, float *gradient);
  void (*depthwise_weight_gradient)(const struct ck_float_product *product,
                                    const float *activations, const float *upstream,
                                    float *gradient);
  void (*scatter)(const struct ck_float_product *product, const float *patches, float *target);
  void (*depthwise_scatter)(const struct ck_float_product *product, const float *weights,
                            const float *upstream, float *target);
};

#define CK_FLOAT_LOOPS                                                                            \
  {                                                                                               \
    .multiply = multiply, .depthwise = depthwise, .weight_gradient = weight_gradient,             \
    .depthwise_weight_gradient = depthwise_weight_gradient, .scatter = scatter,                   \
    .depthwise_scatter = depthwise_scatter,                                                       \
  }
