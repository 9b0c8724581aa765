// The AVX-512 VNNI variant, on 256-bit vectors where 512 bits are not a block's width.
#include "int8_kernels.h"

#if defined(__x86_64__)

#pragma clang attribute push(                                                             \
    __attribute__((target("avx2,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))),        \
    apply_to = function)
#define CK_DOT_BYTES(sum, a, w) _mm256_dpbusd_epi32(sum, a, w)
#define CK_DOT_WORDS(sum, a, w) _mm256_dpwssd_epi32(sum, a, w)
#define CK_RUN_COLUMNS run_columns
#define CK_FLOATS ck_float_avx512
#include "x86_variant.h"
#include "x86_columns.h"
#pragma clang attribute pop

static bool is_supported(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512bw")
         && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
         && __builtin_cpu_supports("avx512vnni");
}

CK_X86_VARIANT(ck_avx512_vnni, "avx512vnni");

#endif
