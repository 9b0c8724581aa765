// Widening and pooling.
#include "x86_vectors.h"

static void widen(const int8_t *source, int16_t *target, size_t count, int32_t zero_point) {
  const __m256i zero = _mm256_set1_epi16((int16_t)zero_point);
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm256_storeu_si256((__m256i *)(void *)(target + i),
                        _mm256_sub_epi16(widened(source + i), zero));
  if (i < count && count >= 16) {
    // The rest together with some that are done.
    _mm256_storeu_si256((__m256i *)(void *)(target + count - 16),
                        _mm256_sub_epi16(widened(source + count - 16), zero));
    return;
  }
  for (; i < count; i++) target[i] = (int16_t)(source[i] - zero_point);
}

static void flip(const int8_t *source, uint8_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = (uint8_t)source[i] ^ 0x80;
}

static void add_taps(const int8_t *source, int32_t *sums, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += source[i];
}

static void max_taps(const int8_t *source, int8_t *largest, size_t count) {
  for (size_t i = 0; i < count; i++) largest[i] = source[i] > largest[i] ? source[i] : largest[i];
}
