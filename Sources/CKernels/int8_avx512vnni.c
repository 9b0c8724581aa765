// The AVX-512 VNNI variant, on 256-bit vectors.
#include "int8_kernels.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512vl,avx512vnni"))), apply_to = function)
#define CK_DOT_BYTES(sum, a, w) _mm256_dpbusd_epi32(sum, a, w)
#include "int8_x86.h"
#include "codebook_x86.h"
#pragma clang attribute pop

static bool is_supported(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512vl")
         && __builtin_cpu_supports("avx512vnni");
}

const ck_variant ck_avx512_vnni = {
    .name = "avx512vnni",
    .is_supported = is_supported,
    .multiplies_bytes = true,
    .product_s16 = product_s16,
    .product_u8 = product_u8,
    .product_codes = product_codes,
    .product_depthwise = product_depthwise,
    .winograd_input = winograd_input,
    .product_matrix = product_matrix,
    .winograd_output = winograd_output,
    .rescale = rescale,
    .widen = widen,
    .flip = flip,
    .add = add,
    .add_taps = add_taps,
    .max_taps = max_taps,
    .sparse = &ck_sparse_avx2,
    .floats = &ck_float_avx2,
};

#endif
