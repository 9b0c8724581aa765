#if defined(__x86_64__)

#include "float_targets.h"

#pragma clang attribute push(                                                   \
    __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#define TILE_PATCHES 6
// Sums of 8 patches hide an addition's latency, and their pointers stay in registers.
#define WIDE_PATCHES 8
#include "float_kernels.h"
#include "training_kernels.h"
#pragma clang attribute pop

const struct ck_float_loops ck_float_avx512 = CK_FLOAT_LOOPS;

#endif
