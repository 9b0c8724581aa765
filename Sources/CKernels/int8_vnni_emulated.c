// The VNNI variants on machines without them, for tests: their loops with the product emulated.
#include "int8_kernels.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include <immintrin.h>

static inline __m256i dot_bytes(__m256i sum, __m256i a, __m256i w) {
  const __m256i low = _mm256_set1_epi16(0xff);
  const __m256i even = _mm256_madd_epi16(_mm256_and_si256(a, low),
                                         _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8));
  const __m256i odd = _mm256_madd_epi16(_mm256_srli_epi16(a, 8), _mm256_srai_epi16(w, 8));
  return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}

#define CK_DOT_BYTES(sum, a, w) dot_bytes(sum, a, w)
#include "x86_variant.h"
#pragma clang attribute pop

static bool is_supported(void) {
  return __builtin_cpu_supports("avx2");
}

CK_X86_VARIANT(ck_vnni_emulated, "vnni-emulated");

#endif
