// Rescaling of accumulators; see `int8_block.c`.
#include "x86_vectors.h"

// What a vector of accumulators needs to be rescaled.
typedef struct scaler {
  __m256i multiplier_even, multiplier_odd, shift;
  __m256i addend_even, addend_odd, negative_even, negative_odd;
  __m256 factor, low, high;
  __m256i zero_point;
} scaler;

CK_INLINE scaler scaler_of(const ck_block *block, int vector) {
  return (scaler){
      .multiplier_even = load(block->multiplier_even + 4 * vector),
      .multiplier_odd = load(block->multiplier_odd + 4 * vector),
      .addend_even = load(block->addend_even + 4 * vector),
      .addend_odd = load(block->addend_odd + 4 * vector),
      .shift = load(block->shift + 8 * vector),
      .negative_even = load(block->negative_even + 4 * vector),
      .negative_odd = load(block->negative_odd + 4 * vector),
      .factor = _mm256_loadu_ps(block->factor + 8 * vector),
      .low = _mm256_set1_ps((float)(block->low - block->zero_point)),
      .high = _mm256_set1_ps((float)(block->high - block->zero_point)),
      .zero_point = _mm256_set1_epi32(block->zero_point),
  };
}

// Scaled, with the zero point, each four lanes in the order 0, 2, 1, 3; see `init_lane`. Odd lanes
// are loaded once more, one lane off: loads are cheaper here than shifts.
CK_INLINE __m256i scaled(const ck_mode mode, const scaler *by, const int32_t *accumulators) {
  const __m256i x = load(accumulators);
  if (mode == CK_MODE_FLOAT) {
    __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(x), by->factor);
    product = _mm256_min_ps(_mm256_max_ps(product, by->low), by->high);
    const __m256i rounded = _mm256_add_epi32(_mm256_cvtps_epi32(product), by->zero_point);
    return _mm256_shuffle_epi32(rounded, EVEN_FIRST);
  }
  __m256i even = by->addend_even, odd = by->addend_odd;
  if (mode == CK_MODE_SIGNED) {
    even = by_sign(even, by->negative_even, _mm256_slli_epi64(x, 32));
    odd = by_sign(odd, by->negative_odd, x);
  }
  even = _mm256_add_epi64(_mm256_mul_epi32(x, by->multiplier_even), even);
  odd = _mm256_add_epi64(_mm256_mul_epi32(load(accumulators + 1), by->multiplier_odd), odd);
  return _mm256_srav_epi32(upper_halves(even, odd), by->shift);
}

// The first `channels` bytes. Without a call, before which all registers would be saved.
CK_INLINE void store_row(__m128i bytes, int channels, int8_t *output) {
  if (channels == CK_LANES) {
    _mm_storeu_si128((__m128i *)(void *)output, bytes);
    return;
  }
  if (channels & 8) {
    _mm_storel_epi64((__m128i *)(void *)output, bytes);
    if (channels == 8) return;
    bytes = _mm_srli_si128(bytes, 8);
    output += 8;
  }
  if (channels & 4) {
    _mm_storeu_si32(output, bytes);
    bytes = _mm_srli_si128(bytes, 4);
    output += 4;
  }
  if (channels & 2) {
    _mm_storeu_si16(output, bytes);
    bytes = _mm_srli_si128(bytes, 2);
    output += 2;
  }
  if (channels & 1) *output = (int8_t)_mm_cvtsi128_si32(bytes);
}

// Rows of 16 bytes, or of 8 for one vector.
CK_INLINE void store_rows(const int vectors, int rows, __m256i bytes, int channels,
                          int8_t *output, ptrdiff_t stride) {
  CK_UNROLL for (int r = 0; r < 4 / vectors; r++) {
    const int place = r * vectors;  // in halves of a register's half
    const __m128i half =
        place < 2 ? _mm256_castsi256_si128(bytes) : _mm256_extracti128_si256(bytes, 1);
    if (r < rows)
      store_row(place % 2 ? _mm_srli_si128(half, 8) : half, channels, output + r * stride);
  }
}

// Two rows of two vectors at a time, or four rows of one. Narrowing to 16 bits and to 8 saturates,
// as the clamp would.
CK_INLINE void rescale_rows(const ck_mode mode, const int vectors, const ck_block *block,
                            const int32_t *accumulators, int count, int8_t *output,
                            ptrdiff_t stride) {
  const scaler by[2] = {scaler_of(block, 0), scaler_of(block, vectors - 1)};
  const __m256i low = _mm256_set1_epi8((char)block->low), high = _mm256_set1_epi8((char)block->high);
  const __m256i order = _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)block->order));
  const int step = 4 / vectors, channels = block->channels;
  for (int r = 0; r < count; r += step, output += step * stride) {
    const int rows = count - r < step ? count - r : step;
    __m256i words[4];
    CK_UNROLL for (int i = 0; i < 4; i++) {
      // What there is no row for is the last row's once more.
      const int row = i / vectors < rows ? i / vectors : rows - 1;
      words[i] = scaled(mode, &by[i % vectors],
                        accumulators + ((r + row) * vectors + i % vectors) * 8);
    }
    __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(words[0], words[1]),
                                       _mm256_packs_epi32(words[2], words[3]));
    bytes = _mm256_permute4x64_epi64(bytes, EVEN_FIRST);
    bytes = _mm256_shuffle_epi8(_mm256_max_epi8(_mm256_min_epi8(bytes, high), low), order);
    // Where no byte is left out, stores are one instruction.
    if (rows == step && channels == 8 * vectors)
      store_rows(vectors, step, bytes, 8 * vectors, output, stride);
    else
      store_rows(vectors, rows, bytes, channels, output, stride);
  }
}

#include "rescale_modes.h"
