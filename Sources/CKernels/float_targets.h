// The instances of `float_kernels.h`.

#include "ck_float.h"

// Vectors are arguments of inlined functions only: no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

void ck_float_multiply_portable(
    const struct ck_float_product *, const float *, const float *, float *);
void ck_float_depthwise_portable(
    const struct ck_float_product *, const float *, const float *, float *);
void ck_float_multiply_avx2(
    const struct ck_float_product *, const float *, const float *, float *);
void ck_float_depthwise_avx2(
    const struct ck_float_product *, const float *, const float *, float *);
