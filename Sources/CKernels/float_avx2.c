#if defined(__x86_64__)

#include "float_targets.h"

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define TILE_PATCHES 6
#define TARGET(name) name##_avx2
#include "float_kernels.h"
#pragma clang attribute pop

#endif
