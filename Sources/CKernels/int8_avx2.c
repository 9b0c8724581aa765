// The AVX2 variant.
#include "int8_kernels.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "x86_variant.h"
#pragma clang attribute pop

static bool is_supported(void) {
  return __builtin_cpu_supports("avx2");
}

CK_X86_VARIANT(ck_avx2, "avx2");

#endif
