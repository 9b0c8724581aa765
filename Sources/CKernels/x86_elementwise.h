// Widening, pooling and addition.
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

// See `scaled_sum` in int8_elementwise.c.
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

// Sums of equally rounded operands, one of which is halved, as that of the larger scale is.
//
// With x = b * 2^20 the other operand's high product is (x * m + 2^30) >> 31 = (b * m + 2^10) >> 11,
// and with m = 2^11 * upper + lower it is b * upper + ((b * lower + 2^10) >> 11): |b| <= 255 keeps
// all of it below 2^29. The sum is rescaled as a block's accumulators are.
typedef struct halved_sum {
  __m256i upper, lower, half, shift_sign;
  __m128i shift, sum_shift;
  __m256i multiplier, addend, negative;
} halved_sum;

CK_INLINE bool is_half(const ck_scale *scale) {
  return scale->significand == 1 << 30 && scale->left_shift == 0 && scale->right_shift == 0;
}

static bool has_halved_sum(const ck_add *add) {
  const ck_scale *other = is_half(&add->left) ? &add->right : &add->left;
  const ck_scale *sum = &add->sum;
  return sum->rounding != CK_ROUND_SINGLE && (is_half(&add->left) || is_half(&add->right))
         && other->left_shift == 0 && other->right_shift <= 30 && other->rounding == sum->rounding
         && sum->left_shift == 0 && sum->right_shift >= 1 && sum->right_shift <= 22;
}

CK_INLINE halved_sum halved_sum_of(const ck_add *add, const ck_scale *other) {
  const int e = other->right_shift, last = add->sum.right_shift;
  const bool is_double = add->sum.rounding == CK_ROUND_DOUBLE;
  const int64_t addend =
      (1LL << 30) + (1LL << (last + 30)) + add->zero_point * (1LL << (last + 31));
  return (halved_sum){
      .upper = _mm256_set1_epi32(other->significand >> 11),
      .lower = _mm256_set1_epi32((int32_t)((uint32_t)(other->significand & 0x7ff) << 16)),
      .half = _mm256_set1_epi32(e == 0 ? 0 : 1 << (e - 1)),
      .shift_sign = _mm256_set1_epi32(is_double && e > 0 ? -1 : 0),
      .shift = _mm_cvtsi32_si128(e),
      .sum_shift = _mm_cvtsi32_si128(last - 1),
      .multiplier = _mm256_set1_epi64x(add->sum.significand),
      .addend = _mm256_set1_epi64x(addend),
      .negative = _mm256_set1_epi64x(is_double ? addend - (1LL << 31) : addend),
  };
}

// Of the halved operand and the other in the lower and upper halves; even lanes first.
CK_INLINE __m256i scaled_pairs(const halved_sum *by, __m256i pairs) {
  const __m256i halved = _mm256_slli_epi32(pairs, 19);
  const __m256i upper = _mm256_mullo_epi32(_mm256_srai_epi32(pairs, 16), by->upper);
  const __m256i lower = add32(_mm256_madd_epi16(pairs, by->lower), _mm256_set1_epi32(1 << 10));
  const __m256i product = add32(upper, _mm256_srai_epi32(lower, 11));
  const __m256i sign = _mm256_and_si256(_mm256_srai_epi32(product, 31), by->shift_sign);
  const __m256i other =
      _mm256_sra_epi32(add32(add32(product, by->half), sign), by->shift);
  const __m256i sum = add32(halved, other);
  const __m256i even = by_sign(by->addend, by->negative, _mm256_slli_epi64(sum, 32));
  const __m256i odd = by_sign(by->addend, by->negative, sum);
  const __m256i low = _mm256_add_epi64(_mm256_mul_epi32(sum, by->multiplier), even);
  const __m256i high = _mm256_add_epi64(
      _mm256_mul_epi32(_mm256_srli_epi64(sum, 32), by->multiplier), odd);
  return _mm256_sra_epi32(upper_halves(low, high), by->sum_shift);
}

// A multiple of 32 elements. Sums in 16 bits and then in 8 saturate, as the clamp would.
static void add_halved(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                       size_t count) {
  const bool is_left = is_half(&add->left);
  const halved_sum by = halved_sum_of(add, is_left ? &add->right : &add->left);
  const int8_t *first = is_left ? left : right, *second = is_left ? right : left;
  const int first_zero = is_left ? add->left_zero_point : add->right_zero_point;
  const int second_zero = is_left ? add->right_zero_point : add->left_zero_point;
  const __m256i zeros = _mm256_set1_epi16((int16_t)first_zero);
  const __m256i other_zeros = _mm256_set1_epi16((int16_t)second_zero);
  const __m256i low = _mm256_set1_epi8((char)add->low), high = _mm256_set1_epi8((char)add->high);
  const __m256i order = _mm256_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15, 0, 2,
                                         1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
  for (size_t i = 0; i < count; i += 32) {
    __m256i words[2];
    CK_UNROLL for (int v = 0; v < 2; v++) {
      const __m256i a = sub16(widened(first + i + 16 * v), zeros);
      const __m256i b = sub16(widened(second + i + 16 * v), other_zeros);
      words[v] = _mm256_packs_epi32(scaled_pairs(&by, _mm256_unpacklo_epi16(a, b)),
                                    scaled_pairs(&by, _mm256_unpackhi_epi16(a, b)));
    }
    __m256i bytes = _mm256_packs_epi16(words[0], words[1]);
    bytes = _mm256_max_epi8(_mm256_min_epi8(bytes, high), low);
    bytes = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(bytes, order), EVEN_FIRST);
    _mm256_storeu_si256((__m256i *)(void *)(output + i), bytes);
  }
}

static void add(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                size_t count) {
  if (add->sum.rounding == CK_ROUND_SINGLE) {
    add_rows(true, add, left, right, output, count);
    return;
  }
  const size_t done = has_halved_sum(add) ? count / 32 * 32 : 0;
  add_halved(add, left, right, output, done);
  add_rows(false, add, left + done, right + done, output + done, count - done);
}
