// Widening and addition for NEON. After `neon_rescale.h`.
#include "neon_tiles.h"

CK_INLINE void widen_vector(const int8_t *source, int16_t *target, int16x8_t offset) {
  const int8x16_t bytes = vld1q_s8(source);
  vst1q_s16(target, vaddw_s8(offset, vget_low_s8(bytes)));
  vst1q_s16(target + 8, vaddw_high_s8(offset, bytes));
}

static void widen(const int8_t *source, int16_t *target, size_t count, int32_t zero_point) {
  const int16x8_t offset = vdupq_n_s16((int16_t)-zero_point);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) widen_vector(source + i, target + i, offset);
  if (i < count && count >= 16) {
    // The rest together with some that are done.
    widen_vector(source + count - 16, target + count - 16, offset);
    return;
  }
  for (; i < count; i++) target[i] = (int16_t)(source[i] - zero_point);
}

static void copy(const int8_t *source, uint8_t *target, size_t count) {
  memcpy(target, source, count);
}

// A scale of an addition in every lane.
typedef struct ck_factor {
  int32x4_t significand, left_shift, right_shift;  // right_shift: negative
  int32x4_t sign;                                  // as that of a scaler
} ck_factor;

// left_shift: besides the scale's own.
CK_INLINE ck_factor factor_of(const ck_scale *scale, int left_shift) {
  const bool is_signed = scale->rounding == CK_ROUND_DOUBLE && scale->right_shift > 0;
  return (ck_factor){
      .significand = vdupq_n_s32(scale->significand),
      .left_shift = vdupq_n_s32(scale->left_shift + left_shift),
      .right_shift = vdupq_n_s32(-scale->right_shift),
      .sign = vdupq_n_s32(is_signed ? INT32_MIN : 0),
  };
}

// The general form, for shifts in either direction. No product is the lowest number.
CK_INLINE int32x4_t rescaled(int32x4_t x, const ck_factor *by) {
  const int32x4_t product = vqrdmulhq_s32(vshlq_s32(x, by->left_shift), by->significand);
  return vrshlq_s32(vsraq_n_s32(product, vandq_s32(product, by->sign), 31), by->right_shift);
}

// What an addition needs; see `scaled_sum` in int8_add.c.
typedef struct ck_sum {
  ck_factor left, right, total;
  int16x8_t left_zero, right_zero;
  int32x4_t zero_point;
  int8x16_t low, high;
} ck_sum;

CK_INLINE ck_sum sum_of(const ck_add *add) {
  return (ck_sum){
      .left = factor_of(&add->left, 20),
      .right = factor_of(&add->right, 20),
      .total = factor_of(&add->sum, 0),
      .left_zero = vdupq_n_s16((int16_t)add->left_zero_point),
      .right_zero = vdupq_n_s16((int16_t)add->right_zero_point),
      .zero_point = vdupq_n_s32(add->zero_point),
      .low = vdupq_n_s8((int8_t)add->low),
      .high = vdupq_n_s8((int8_t)add->high),
  };
}

// Of operands less their zero points.
CK_INLINE int32x4_t sum_of_four(const bool is_single, const ck_sum *by, int32x4_t a, int32x4_t b) {
  int32x4_t total;
  if (is_single) {
    const int32x4_t left = vmulq_s32(a, by->left.significand);
    total = vrshlq_s32(vmlaq_s32(left, b, by->right.significand), by->total.right_shift);
  } else {
    const int32x4_t left = rescaled(a, &by->left), right = rescaled(b, &by->right);
    total = rescaled(vaddq_s32(left, right), &by->total);
  }
  return vaddq_s32(total, by->zero_point);
}

// Eight elements, in 16 bits.
CK_INLINE int16x8_t sum_of_eight(const bool is_single, const ck_sum *by, int8x8_t left,
                                 int8x8_t right) {
  const int16x8_t a = vsubq_s16(vmovl_s8(left), by->left_zero);
  const int16x8_t b = vsubq_s16(vmovl_s8(right), by->right_zero);
  return narrowed(
      sum_of_four(is_single, by, vmovl_s16(vget_low_s16(a)), vmovl_s16(vget_low_s16(b))),
      sum_of_four(is_single, by, vmovl_high_s16(a), vmovl_high_s16(b)));
}

// Sums in 16 bits and then in 8 saturate, as the clamp would.
CK_INLINE void add_rows(const bool is_single, const ck_add *add, const int8_t *left,
                        const int8_t *right, int8_t *output, size_t count) {
  const ck_sum by = sum_of(add);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const int8x16_t a = vld1q_s8(left + i), b = vld1q_s8(right + i);
    const int16x8_t low = sum_of_eight(is_single, &by, vget_low_s8(a), vget_low_s8(b));
    const int16x8_t high = sum_of_eight(is_single, &by, vget_high_s8(a), vget_high_s8(b));
    const int8x16_t bytes = vqmovn_high_s16(vqmovn_s16(low), high);
    vst1q_s8(output + i, vmaxq_s8(vminq_s8(bytes, by.high), by.low));
  }
  for (; i < count; i++) output[i] = ck_add_one(add, left[i], right[i]);
}

static void add(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                size_t count) {
  if (add->sum.rounding == CK_ROUND_SINGLE) add_rows(true, add, left, right, output, count);
  else add_rows(false, add, left, right, output, count);
}
