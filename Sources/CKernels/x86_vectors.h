// Vectors of the x86 variants; each includes these headers under its own target attribute.
#ifndef CK_X86_VECTORS_H
#define CK_X86_VECTORS_H

#include "int8_kernels.h"

#include <immintrin.h>

#define CK_INLINE static inline __attribute__((always_inline))
#define CK_UNROLL _Pragma("clang loop unroll(full)")

// Four bytes of a row in every lane.
CK_INLINE __m256i broadcast(const void *source) {
  int32_t value;
  memcpy(&value, source, sizeof value);
  return _mm256_set1_epi32(value);
}

CK_INLINE __m256i load(const void *source) { return _mm256_loadu_si256(source); }

CK_INLINE __m256i widened(const int8_t *source) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)source));
}

CK_INLINE __m256i add16(__m256i a, __m256i b) { return _mm256_add_epi16(a, b); }
CK_INLINE __m256i sub16(__m256i a, __m256i b) { return _mm256_sub_epi16(a, b); }
CK_INLINE __m256i add32(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }
CK_INLINE __m256i sub32(__m256i a, __m256i b) { return _mm256_sub_epi32(a, b); }

enum { EVEN_FIRST = 0xd8 };  // 0, 2, 1, 3

// The second for each 64 bits whose sign is set, else the first.
CK_INLINE __m256i by_sign(__m256i first, __m256i second, __m256i sign) {
  return _mm256_castpd_si256(_mm256_blendv_pd(_mm256_castsi256_pd(first),
                                              _mm256_castsi256_pd(second),
                                              _mm256_castsi256_pd(sign)));
}

// The upper halves, even lanes first.
CK_INLINE __m256i upper_halves(__m256i even, __m256i odd) {
  return _mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castsi256_ps(even), _mm256_castsi256_ps(odd), 0xdd));
}

#endif
