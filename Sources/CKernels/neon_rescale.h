// Rescaling of accumulators for NEON; see `int8_block.c`.
#include "neon_tiles.h"

// What four lanes need to be rescaled; see `init_lane`.
typedef struct ck_scaler {
  int32x4_t multiplier, shift;  // shift: -e
  int32x4_t sign;               // the lowest number where negative products get one less, or 0
  int32x4_t offset;             // what is added: the zero point, or what a constant channel stores
  float32x4_t factor;
} ck_scaler;

// Lanes 0, 2 of the block's even numbers and 1, 3 of its odd ones in their order: halves of each.
CK_INLINE int32x4_t lower_halves(const int64_t *even, const int64_t *odd) {
  return vtrn1q_s32(vreinterpretq_s32_s64(vld1q_s64(even)), vreinterpretq_s32_s64(vld1q_s64(odd)));
}

CK_INLINE int32x4_t upper_halves(const int64_t *even, const int64_t *odd) {
  return vtrn2q_s32(vreinterpretq_s32_s64(vld1q_s64(even)), vreinterpretq_s32_s64(vld1q_s64(odd)));
}

// quad: of lanes. With e the shift, an addend is (zero point + 1/2) * 2^(e + 31) + 2^30.
CK_INLINE ck_scaler scaler_of(const ck_mode mode, const ck_block *block, int quad) {
  const int pair = 2 * quad;
  const int32x4_t less_one = vld1q_s32(block->shift + 4 * quad);  // e - 1 of lanes 0, 2, 1, 3
  const int32x4_t ordered = vzip1q_s32(less_one, vextq_s32(less_one, less_one, 2));
  const int32x4_t addend = upper_halves(block->addend_even + pair, block->addend_odd + pair);
  const int32x4_t negative =
      lower_halves(block->negative_even + pair, block->negative_odd + pair);
  return (ck_scaler){
      .multiplier = lower_halves(block->multiplier_even + pair, block->multiplier_odd + pair),
      .shift = vmvnq_s32(ordered),
      .sign = veorq_s32(
          negative, lower_halves(block->addend_even + pair, block->addend_odd + pair)),
      .offset = mode == CK_MODE_FLOAT ? vdupq_n_s32(block->zero_point)
                                      : vshlq_s32(addend, vnegq_s32(ordered)),
      .factor = vld1q_f32(block->factor + 4 * quad),
  };
}

// Scaled, without the offset. The doubling high product rounds half up, and so does the shift.
CK_INLINE int32x4_t scaled(const ck_mode mode, const ck_scaler *by, float32x4_t low,
                           float32x4_t high, int32x4_t x) {
  if (mode == CK_MODE_FLOAT) {
    const float32x4_t product = vmulq_f32(vcvtq_f32_s32(x), by->factor);
    return vcvtnq_s32_f32(vminq_f32(vmaxq_f32(product, low), high));
  }
  int32x4_t product = vqrdmulhq_s32(x, by->multiplier);
  if (mode == CK_MODE_SIGNED)
    product = vsraq_n_s32(product, vandq_s32(product, by->sign), 31);
  return vrshlq_s32(product, by->shift);
}

CK_INLINE void store_row(int8x16_t bytes, int channels, int8_t *output) {
  if (channels == CK_LANES) {
    vst1q_s8(output, bytes);
  } else if (channels == 8) {
    vst1_s8(output, vget_low_s8(bytes));
  } else {
    int8_t whole[CK_LANES];
    vst1q_s8(whole, bytes);
    memcpy(output, whole, (size_t)channels);
  }
}

CK_INLINE int16x8_t narrowed(int32x4_t low, int32x4_t high) {
  return vqmovn_high_s32(vqmovn_s32(low), high);
}

// Sums in 16 bits and then in 8 saturate, as the clamp would. Lanes 4...7 of two vectors are
// channels 8...11.
CK_INLINE void rescale_rows(const ck_mode mode, const int vectors, const ck_block *block,
                            const int32_t *accumulators, int count, int8_t *output,
                            ptrdiff_t stride) {
  const float32x4_t least = vdupq_n_f32((float)(block->low - block->zero_point));
  const float32x4_t most = vdupq_n_f32((float)(block->high - block->zero_point));
  const int8x16_t low = vdupq_n_s8((int8_t)block->low), high = vdupq_n_s8((int8_t)block->high);
  ck_scaler by[4];
  int16x8_t offsets[2], words[2];
  CK_UNROLL for (int q = 0; q < 2 * vectors; q++) by[q] = scaler_of(mode, block, q);
  CK_UNROLL for (int v = 0; v < vectors; v++)
    offsets[v] = narrowed(by[v].offset, by[v + vectors].offset);
  for (int r = 0; r < count; r++, output += stride) {
    int32x4_t x[4];
    CK_UNROLL for (int q = 0; q < 2 * vectors; q++, accumulators += 4)
      x[q] = scaled(mode, &by[q], least, most, vld1q_s32(accumulators));
    CK_UNROLL for (int v = 0; v < vectors; v++)
      words[v] = vqaddq_s16(narrowed(x[v], x[v + vectors]), offsets[v]);
    const int8x16_t bytes = vqmovn_high_s16(vqmovn_s16(words[0]), words[vectors - 1]);
    store_row(vmaxq_s8(vminq_s8(bytes, high), low), block->channels, output);
  }
}

#include "rescale_modes.h"
