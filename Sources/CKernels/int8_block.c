// Rescaling of accumulators: preparation, and plain code for every case.
#include "int8_kernels.h"

#include <math.h>

// A right shift of up to this many bits leaves the 64-bit sums of CK_MODE_FLOOR and CK_MODE_SIGNED
// below 2^63: |accumulator * significand| < 2^61 (see `bounds`), zero point * 2^(22 + 31) is at
// most 2^60, and the rounding terms are below 2^53.
enum { LARGEST_SHIFT = 22 };

int ck_lane_channel(int vectors, int lane) {
  if (vectors == 1) return lane;
  const int quad = (lane & 7) >> 2, vector = lane >> 3;
  return quad * 8 + vector * 4 + (lane & 3);
}

int64_t ck_bound(int64_t bias, int64_t weight_magnitude) {
  if (weight_magnitude == 0) return CK_CONSTANT;
  return (bias < 0 ? -bias : bias) + 255 * weight_magnitude;
}

int32_t ck_bias_of(int64_t bias, int64_t weight_sum, int32_t zero) {
  return (int32_t)(uint32_t)(uint64_t)(bias - zero * weight_sum);
}

static ck_mode mode_of(const ck_block *block, const int64_t *bounds) {
  bool has_single = false, is_general = false, needs_sign = false;
  for (int c = 0; c < block->channels; c++) {
    const ck_scale *scale = &block->scales[c];
    if (bounds[c] == CK_CONSTANT && scale->rounding != CK_ROUND_SINGLE) continue;
    if (scale->rounding == CK_ROUND_SINGLE) has_single = true;
    if (scale->rounding == CK_ROUND_DOUBLE && block->low < block->zero_point) needs_sign = true;
    const bool is_zero = scale->significand == 0;
    if (bounds[c] >= (1 << 30) || scale->left_shift != 0
        || (!is_zero && (scale->right_shift < 1 || scale->right_shift > LARGEST_SHIFT)))
      is_general = true;
  }
  if (has_single) return CK_MODE_FLOAT;
  if (is_general) return CK_MODE_GENERAL;
  return needs_sign ? CK_MODE_SIGNED : CK_MODE_FLOOR;
}

// With r = (a * m + 2^30) >> 31, the rounding high product, the result is
//   half up:             (r + 2^(e-1)) >> e = (a * m + 2^30 + 2^(e+30)) >> (31 + e), one shift;
//   half away from zero: (r + 2^(e-1) - (r < 0)) >> e, for r < 0 the same shift of 2^31 less.
// The two agree for r >= 0, and where r < 0 both are at most 0: when nothing below the zero point
// is let through, the first serves for both (CK_MODE_FLOOR). CK_MODE_SIGNED tests a < 0 in place of
// r < 0: they differ for r = 0 only, where both give 0.
static void init_lane(ck_block *block, int lane, int channel) {
  const ck_scale *scale = &block->scales[channel];
  const int pair = lane >> 1;
  const int ordered = (lane & ~3) | ((lane & 1) << 1) | ((lane & 2) >> 1);
  const int e = scale->significand == 0 ? 1 : scale->right_shift;
  block->factor[lane] = scale->factor;
  if (e < 1 || e > LARGEST_SHIFT) return;
  const int64_t addend =
      (1LL << 30) + (1LL << (e + 30)) + block->zero_point * (1LL << (e + 31));
  block->shift[ordered] = e - 1;
  const bool is_odd = lane & 1;
  (is_odd ? block->multiplier_odd : block->multiplier_even)[pair] = scale->significand;
  (is_odd ? block->addend_odd : block->addend_even)[pair] = addend;
  (is_odd ? block->negative_odd : block->negative_even)[pair] =
      scale->rounding == CK_ROUND_DOUBLE ? addend - (1LL << 31) : addend;
}

// A channel that always stores `value`.
static void init_constant_lane(ck_block *block, int lane, int8_t value) {
  const bool is_odd = lane & 1;
  const int pair = lane >> 1;
  (is_odd ? block->addend_odd : block->addend_even)[pair] = value * (1LL << 32);
  (is_odd ? block->negative_odd : block->negative_even)[pair] = value * (1LL << 32);
}

void ck_block_init(ck_block *block, const ck_stage *stage, const ck_scale *scales,
                   const int32_t *bias, const int64_t *bounds, int count, int vectors) {
  memset(block, 0, sizeof *block);
  block->zero_point = stage->zero_point;
  block->low = stage->low;
  block->high = stage->high;
  block->channels = count;
  block->vectors = vectors;
  memcpy(block->scales, scales, (size_t)count * sizeof *scales);
  block->mode = mode_of(block, bounds);
  for (int lane = 0; lane < 8 * vectors; lane++) {
    const int channel = ck_lane_channel(vectors, lane);
    if (channel >= count) continue;
    block->bias[lane] = bias[channel];
    if (bounds[channel] == CK_CONSTANT && block->mode != CK_MODE_FLOAT)
      init_constant_lane(block, lane, ck_rescale(block, channel, bias[channel]));
    else
      init_lane(block, lane, channel);
  }
  for (int c = 0; c < CK_LANES; c++) {
    // With one vector, channels of two rows: the second quad of a row begins at byte 8.
    const int place = vectors == 2 ? c : (c & 4) << 1 | (c & 8) >> 1 | (c & 3);
    block->order[c] = (int8_t)((place & ~3) | ((place & 1) << 1) | ((place & 2) >> 1));
  }
}

static int32_t high_product(int32_t value, const ck_scale *scale) {
  const int32_t shifted = (int32_t)((uint32_t)value << scale->left_shift);
  return (int32_t)(((int64_t)shifted * scale->significand + (1 << 30)) >> 31);
}

int32_t ck_scaled(int32_t value, const ck_scale *scale) {
  if (scale->rounding == CK_ROUND_SINGLE) {
    const float product = rintf((float)value * scale->factor);
    return (int32_t)fmaxf(-0x1p30f, fminf(0x1p30f, product));
  }
  const int32_t product = high_product(value, scale);
  const int e = scale->right_shift;
  if (e == 0) return product;
  const int64_t is_negative = scale->rounding == CK_ROUND_DOUBLE && product < 0;
  return (int32_t)((product + (1LL << (e - 1)) - is_negative) >> e);
}

int8_t ck_rescale(const ck_block *block, int channel, int32_t accumulator) {
  const int32_t scaled = ck_scaled(accumulator, &block->scales[channel]);
  const int32_t value = (int32_t)((uint32_t)scaled + (uint32_t)block->zero_point);
  const int32_t low_bounded = value < block->low ? block->low : value;
  return (int8_t)(low_bounded > block->high ? block->high : low_bounded);
}

void ck_rescale_rows(const ck_block *block, const int32_t *accumulators, int count, int8_t *output,
                     ptrdiff_t stride) {
  const int lanes = 8 * block->vectors;
  for (int row = 0; row < count; row++)
    for (int lane = 0; lane < lanes; lane++) {
      const int channel = ck_lane_channel(block->vectors, lane);
      if (channel >= block->channels) continue;
      output[row * stride + channel] = ck_rescale(block, channel, accumulators[row * lanes + lane]);
    }
}
