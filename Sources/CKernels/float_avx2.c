#if defined(__x86_64__)

#include "float_targets.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define TILE_PATCHES 6
#include "float_kernels.h"
#include "training_kernels.h"
#pragma clang attribute pop

const struct ck_float_loops ck_float_avx2 = CK_FLOAT_LOOPS;

#endif
