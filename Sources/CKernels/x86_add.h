// Addition.
#include "x86_vectors.h"

// One factor for all lanes: the general form, for shifts in either direction.
CK_INLINE __m256i rescaled(__m256i x, const ck_scale *scale) {
  if (scale->rounding == CK_ROUND_SINGLE) {
    __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(x), _mm256_set1_ps(scale->factor));
    product = _mm256_max_ps(_mm256_set1_ps(-0x1p30f), _mm256_min_ps(_mm256_set1_ps(0x1p30f), product));
    return _mm256_cvtps_epi32(product);
  }
  // A half, as of the larger scale of a sum: (x * 2^30 + 2^30) >> 31.
  if (scale->significand == 1 << 30 && scale->left_shift == 0 && scale->right_shift == 0)
    return _mm256_srai_epi32(_mm256_add_epi32(x, _mm256_set1_epi32(1)), 1);
  const __m256i a = _mm256_sll_epi32(x, _mm_cvtsi32_si128(scale->left_shift));
  const __m256i m = _mm256_set1_epi32(scale->significand);
  // (a * m + 2^30) >> 31 = the upper half of 2 a m + 2^31; |a m| < 2^62.
  const __m256i half = _mm256_set1_epi64x(1LL << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, m), half);
  const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), m), half);
  const __m256i product = _mm256_blend_epi32(
      _mm256_srli_epi64(_mm256_add_epi64(even, even), 32), _mm256_add_epi64(odd, odd), 0xaa);
  const int e = scale->right_shift;
  if (e == 0) return product;
  const __m256i sign = scale->rounding == CK_ROUND_DOUBLE ? _mm256_srai_epi32(product, 31)
                                                          : _mm256_setzero_si256();
  // |product| < 2^30 wherever e > 0: the sum does not wrap.
  const __m256i rounded =
      _mm256_add_epi32(_mm256_add_epi32(product, sign), _mm256_set1_epi32(1 << (e - 1)));
  return _mm256_sra_epi32(rounded, _mm_cvtsi32_si128(e));
}

CK_INLINE __m256i centered(const int8_t *source, __m256i zero_point) {
  const __m256i value =
      _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)source));
  return _mm256_sub_epi32(value, zero_point);
}

// See `scaled_sum` in int8_add.c.
CK_INLINE __m256i scaled_sum(const bool is_single, const ck_add *by, __m256i a, __m256i b) {
  if (!is_single) {
    const __m256i left = rescaled(_mm256_slli_epi32(a, 20), &by->left);
    const __m256i right = rescaled(_mm256_slli_epi32(b, 20), &by->right);
    return rescaled(_mm256_add_epi32(left, right), &by->sum);
  }
  const __m256i left = _mm256_mullo_epi32(a, _mm256_set1_epi32(by->left.significand));
  const __m256i right = _mm256_mullo_epi32(b, _mm256_set1_epi32(by->right.significand));
  const __m256i half = _mm256_set1_epi32(1 << (by->sum.right_shift - 1));
  const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(left, right), half);
  return _mm256_sra_epi32(sum, _mm_cvtsi32_si128(by->sum.right_shift));
}

CK_INLINE void add_rows(const bool is_single, const ck_add *add, const int8_t *left,
                        const int8_t *right, int8_t *output, size_t count) {
  const __m256i left_zero = _mm256_set1_epi32(add->left_zero_point);
  const __m256i right_zero = _mm256_set1_epi32(add->right_zero_point);
  const __m256i zero = _mm256_set1_epi32(add->zero_point);
  const __m256i low = _mm256_set1_epi32(add->low), high = _mm256_set1_epi32(add->high);
  const ck_add by = *add;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i words[2];
    CK_UNROLL for (int v = 0; v < 2; v++) {
      const __m256i sum = scaled_sum(is_single, &by, centered(left + i + 8 * v, left_zero),
                                     centered(right + i + 8 * v, right_zero));
      words[v] = _mm256_max_epi32(low, _mm256_min_epi32(high, _mm256_add_epi32(sum, zero)));
    }
    const __m256i packed =
        _mm256_permute4x64_epi64(_mm256_packs_epi32(words[0], words[1]), EVEN_FIRST);
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(packed), _mm256_extracti128_si256(packed, 1));
    _mm_storeu_si128((__m128i *)(void *)(output + i), bytes);
  }
  for (; i < count; i++) output[i] = ck_add_one(add, left[i], right[i]);
}

// What a plain sum multiplies pairs of stored inputs with.
typedef struct plain_sum {
  __m256i upper, lower, upper_offset, lower_offset;
  __m128i shift;
} plain_sum;

CK_INLINE __m256i pair_of(int32_t left, int32_t right) {
  return _mm256_set1_epi32((int32_t)((uint32_t)left & 0xffff) | (int32_t)((uint32_t)right << 16));
}

CK_INLINE plain_sum plain_sum_of(const struct ck_plain_sum *plain) {
  const int32_t mask = (1 << CK_PLAIN_BITS) - 1;
  return (plain_sum){
      .upper = pair_of(plain->left >> CK_PLAIN_BITS, plain->right >> CK_PLAIN_BITS),
      .lower = pair_of(plain->left & mask, plain->right & mask),
      .upper_offset = _mm256_set1_epi32((int32_t)(plain->offset >> CK_PLAIN_BITS)),
      .lower_offset = _mm256_set1_epi32((int32_t)(plain->offset & mask)),
      .shift = _mm_cvtsi32_si128(plain->shift - CK_PLAIN_BITS),
  };
}

CK_INLINE __m256i plainly_summed(const plain_sum *by, __m256i pairs) {
  const __m256i upper = CK_DOT_WORDS(by->upper_offset, pairs, by->upper);
  const __m256i lower = CK_DOT_WORDS(by->lower_offset, pairs, by->lower);
  return _mm256_sra_epi32(add32(upper, _mm256_srai_epi32(lower, CK_PLAIN_BITS)), by->shift);
}

// A multiple of 32 elements. Sums in 16 bits and then in 8 saturate, as the clamp would.
static void add_plainly(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                        size_t count) {
  const plain_sum by = plain_sum_of(&add->plain);
  const __m256i low = _mm256_set1_epi8((char)add->low), high = _mm256_set1_epi8((char)add->high);
  for (size_t i = 0; i < count; i += 32) {
    __m256i words[2];
    CK_UNROLL for (int v = 0; v < 2; v++) {
      const __m256i a = widened(left + i + 16 * v), b = widened(right + i + 16 * v);
      words[v] = _mm256_packs_epi32(plainly_summed(&by, _mm256_unpacklo_epi16(a, b)),
                                    plainly_summed(&by, _mm256_unpackhi_epi16(a, b)));
    }
    const __m256i bytes =
        _mm256_permute4x64_epi64(_mm256_packs_epi16(words[0], words[1]), EVEN_FIRST);
    _mm256_storeu_si256((__m256i *)(void *)(output + i),
                        _mm256_max_epi8(_mm256_min_epi8(bytes, high), low));
  }
}

static void add(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                size_t count) {
  const size_t done = add->plain.shift > 0 ? count / 32 * 32 : 0;
  add_plainly(add, left, right, output, done);
  left += done, right += done, output += done, count -= done;
  if (add->sum.rounding == CK_ROUND_SINGLE)
    add_rows(true, add, left, right, output, count);
  else
    add_rows(false, add, left, right, output, count);
}
