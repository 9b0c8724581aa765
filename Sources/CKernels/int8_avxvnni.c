// The AVX-VNNI variant: AVX2 with products of bytes that do not saturate.
#include "int8_kernels.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
#define CK_DOT_BYTES(sum, a, w) _mm256_dpbusd_avx_epi32(sum, a, w)
#define CK_DOT_WORDS(sum, a, w) _mm256_dpwssd_avx_epi32(sum, a, w)
#include "x86_variant.h"
#pragma clang attribute pop

static bool is_supported(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avxvnni");
}

CK_X86_VARIANT(ck_avx_vnni, "avxvnni");

#endif
