// What the core could multiply at best: inner loops without loads, stores and rescaling.
#include "ck_int8.h"

enum { CHAINS = 12 };  // independent sums, enough to hide the latency of any instruction here

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

// An empty instruction that may change the operand keeps products inside the loop.
#define CK_TOUCH(x) __asm__ volatile("" : "+x"(x))

static uint64_t peak_s16(uint64_t iterations) {
  __m256i sums[CHAINS] = {0}, a = _mm256_set1_epi16(3), w = _mm256_set1_epi16(5);
  for (uint64_t i = 0; i < iterations; i++)
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {
      CK_TOUCH(a);
      sums[c] = _mm256_add_epi32(sums[c], _mm256_madd_epi16(a, w));
    }
  for (int c = 0; c < CHAINS; c++) CK_TOUCH(sums[c]);
  return iterations * CHAINS * 16;
}

static uint64_t peak_u8(uint64_t iterations) {
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sums[CHAINS] = {0}, a = _mm256_set1_epi8(3), w = _mm256_set1_epi8(5);
  for (uint64_t i = 0; i < iterations; i++)
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {
      CK_TOUCH(a);
      const __m256i pairs = _mm256_maddubs_epi16(a, w);
      sums[c] = _mm256_add_epi32(sums[c], _mm256_madd_epi16(pairs, ones));
    }
  for (int c = 0; c < CHAINS; c++) CK_TOUCH(sums[c]);
  return iterations * CHAINS * 32;
}

#pragma clang attribute pop

// Quadruples multiplied and added by one instruction.
#define CK_PEAK_DOT(name, instructions, dot)                                            \
  __attribute__((target(instructions))) static uint64_t name(uint64_t iterations) {     \
    __m256i sums[CHAINS] = {0}, a = _mm256_set1_epi8(3), w = _mm256_set1_epi8(5);       \
    for (uint64_t i = 0; i < iterations; i++)                                           \
      _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {             \
        CK_TOUCH(a);                                                                    \
        sums[c] = dot(sums[c], a, w);                                                   \
      }                                                                                 \
    for (int c = 0; c < CHAINS; c++) CK_TOUCH(sums[c]);                                 \
    return iterations * CHAINS * 32;                                                    \
  }
CK_PEAK_DOT(peak_avx512_vnni, "avx512vl,avx512vnni", _mm256_dpbusd_epi32)
CK_PEAK_DOT(peak_avx_vnni, "avxvnni", _mm256_dpbusd_avx_epi32)

uint64_t ck_int8_peak(ck_peak method, uint64_t iterations) {
  if (!__builtin_cpu_supports("avx2")) return 0;
  if (method == CK_PEAK_S16) return peak_s16(iterations);
  if (ck_variant_named("avx512vnni")) return peak_avx512_vnni(iterations);
  return ck_variant_named("avxvnni") ? peak_avx_vnni(iterations) : peak_u8(iterations);
}

#elif defined(__aarch64__)
#include <arm_neon.h>

#define CK_TOUCH(x) __asm__ volatile("" : "+w"(x))

static uint64_t peak_s16(uint64_t iterations) {
  int32x4_t sums[CHAINS] = {0};
  int16x4_t a = vdup_n_s16(3), w = vdup_n_s16(5);
  for (uint64_t i = 0; i < iterations; i++)
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {
      CK_TOUCH(a);
      sums[c] = vmlal_s16(sums[c], a, w);
    }
  for (int c = 0; c < CHAINS; c++) CK_TOUCH(sums[c]);
  return iterations * CHAINS * 4;
}

static uint64_t peak_u8(uint64_t iterations) {
  int32x4_t sums[CHAINS] = {0};
  int8x16_t a = vdupq_n_s8(3), w = vdupq_n_s8(5);
  for (uint64_t i = 0; i < iterations; i++)
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {
      CK_TOUCH(a);
      const int16x8_t pairs = vmull_s8(vget_low_s8(a), vget_low_s8(w));
      sums[c] = vpadalq_s16(sums[c], vmlal_high_s8(pairs, a, w));
    }
  for (int c = 0; c < CHAINS; c++) CK_TOUCH(sums[c]);
  return iterations * CHAINS * 16;
}

__attribute__((target("dotprod"))) static uint64_t peak_dot(uint64_t iterations) {
  int32x4_t sums[CHAINS] = {0};
  int8x16_t a = vdupq_n_s8(3), w = vdupq_n_s8(5);
  for (uint64_t i = 0; i < iterations; i++)
    _Pragma("clang loop unroll(full)") for (int c = 0; c < CHAINS; c++) {
      CK_TOUCH(a);
      sums[c] = vdotq_s32(sums[c], a, w);
    }
  for (int c = 0; c < CHAINS; c++) CK_TOUCH(sums[c]);
  return iterations * CHAINS * 16;
}

uint64_t ck_int8_peak(ck_peak method, uint64_t iterations) {
  if (method == CK_PEAK_S16) return peak_s16(iterations);
  return ck_variant_named("neondot") ? peak_dot(iterations) : peak_u8(iterations);
}

#else

uint64_t ck_int8_peak(ck_peak method, uint64_t iterations) {
  (void)method;
  (void)iterations;
  return 0;
}

#endif
