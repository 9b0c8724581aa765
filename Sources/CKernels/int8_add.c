// Addition.
#include "int8_kernels.h"

#include <math.h>
#include <stdlib.h>

// |a| and |b| are at most 255: shifted values stay below 2^28, and products below 2^29.
static int32_t scaled_sum(const ck_add *add, int32_t a, int32_t b) {
  if (add->sum.rounding == CK_ROUND_SINGLE) {
    const int32_t sum = a * add->left.significand + b * add->right.significand;
    return (sum + (1 << (add->sum.right_shift - 1))) >> add->sum.right_shift;
  }
  const int32_t left = ck_scaled(a * (1 << 20), &add->left);
  const int32_t right = ck_scaled(b * (1 << 20), &add->right);
  return ck_scaled((int32_t)((uint32_t)left + (uint32_t)right), &add->sum);
}

int8_t ck_add_one(const ck_add *add, int8_t left, int8_t right) {
  const int32_t scaled =
      scaled_sum(add, left - add->left_zero_point, right - add->right_zero_point);
  const int32_t value = (int32_t)((uint32_t)scaled + (uint32_t)add->zero_point);
  const int32_t bounded = value < add->low ? add->low : value;
  return (int8_t)(bounded > add->high ? add->high : bounded);
}

void ck_add_run(const ck_variant *variant, const ck_add *add, const int8_t *left,
                const int8_t *right, int8_t *output, size_t count) {
  variant->add(add, left, right, output, count);
}

// A factor of an operand, exact but for the double's last bits.
static double factor_of(const ck_scale *scale) {
  return ldexp(scale->significand, scale->left_shift - scale->right_shift - 31);
}

// Multipliers of less than 2^30, at one power of two. False when they do not fit.
static bool init_plain(const ck_add *add, struct ck_plain_sum *plain) {
  double left = add->left.significand, right = add->right.significand;
  int shift = add->sum.right_shift;
  if (add->sum.rounding != CK_ROUND_SINGLE) {
    const double sum = ldexp(factor_of(&add->sum), 20);
    left = factor_of(&add->left) * sum;
    right = factor_of(&add->right) * sum;
    int exponent;
    frexp(fmax(fabs(left), fabs(right)), &exponent);
    shift = 29 - exponent;
    left = ldexp(left, shift);
    right = ldexp(right, shift);
  }
  *plain = (struct ck_plain_sum){
      .left = (int32_t)nearbyint(left), .right = (int32_t)nearbyint(right), .shift = shift};
  return shift > CK_PLAIN_BITS && shift < CK_PLAIN_BITS + 31;
}

enum { BYTES = 256, PAIRS = BYTES * BYTES };

// Chooses the offset in the middle of those that give `outputs`, by left and right byte. False when
// there is none.
static bool find_offset(const ck_add *add, const int8_t *outputs, struct ck_plain_sum *plain) {
  int64_t least = INT64_MIN, most = INT64_MAX;
  for (int a = 0; a < BYTES; a++)
    for (int b = 0; b < BYTES; b++) {
      const int64_t product =
          (int64_t)(int8_t)a * plain->left + (int64_t)(int8_t)b * plain->right;
      const int output = outputs[a * BYTES + b];
      // The clamp takes what is beyond on either side.
      const int64_t from = output * (1LL << plain->shift) - product;
      const int64_t to = from + (1LL << plain->shift) - 1;
      if (output > add->low && from > least) least = from;
      if (output < add->high && to < most) most = to;
    }
  if (least > most || least == INT64_MIN || most == INT64_MAX) return false;
  plain->offset = least + (most - least) / 2;
  // What is added to the upper products has 32 bits, and so has the sum.
  return llabs(plain->offset >> CK_PLAIN_BITS) < 1 << 30;
}

void ck_add_prepare(const ck_variant *variant, ck_add *add) {
  struct ck_plain_sum plain;
  add->plain = (struct ck_plain_sum){0};
  if (!variant->sums_plainly) return;
  int8_t *pairs = malloc(3 * PAIRS);
  if (!pairs || !init_plain(add, &plain)) {
    free(pairs);
    return;
  }
  int8_t *left = pairs, *right = left + PAIRS, *outputs = right + PAIRS;
  for (int i = 0; i < PAIRS; i++) {
    left[i] = (int8_t)(i / BYTES);
    right[i] = (int8_t)(i % BYTES);
  }
  variant->add(add, left, right, outputs, PAIRS);
  if (find_offset(add, outputs, &plain)) add->plain = plain;
  free(pairs);
}
