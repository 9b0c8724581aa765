// Rescaling of accumulators; see `int8_block.c`.
#ifndef CK_X86_RESCALE_H
#define CK_X86_RESCALE_H

#include "x86_vectors.h"

// What a vector of accumulators needs to be rescaled.
typedef struct scaler {
  __m256i multiplier_even, multiplier_odd, shift;
  __m256i addend_even, addend_odd, negative_even, negative_odd;
  __m256 factor, low, high;
  __m256i zero_point;
} scaler;

// What all rows of a block share, in registers: stores to the output might change the block, as far
// as the compiler knows.
typedef struct finish {
  scaler by[2];
  __m256i low, high, order;
  int channels;
} finish;

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

CK_INLINE finish finish_of(const ck_block *block, const int vectors) {
  return (finish){
      .by = {scaler_of(block, 0), scaler_of(block, vectors - 1)},
      .low = _mm256_set1_epi8((char)block->low),
      .high = _mm256_set1_epi8((char)block->high),
      .order = _mm256_broadcastsi128_si256(
          _mm_loadu_si128((const __m128i *)(const void *)block->order)),
      .channels = block->channels,
  };
}

// Four vectors scaled, with the zero point, each four lanes in the order 0, 2, 1, 3; see `init_lane`.
// Step by step for all: the steps of one would wait for each other.
CK_INLINE void scale_four(const ck_mode mode, const scaler *const by[4], __m256i x[4]) {
  if (mode == CK_MODE_FLOAT) {
    CK_UNROLL for (int i = 0; i < 4; i++) {
      __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(x[i]), by[i]->factor);
      product = _mm256_min_ps(_mm256_max_ps(product, by[i]->low), by[i]->high);
      const __m256i rounded = add32(_mm256_cvtps_epi32(product), by[i]->zero_point);
      x[i] = _mm256_shuffle_epi32(rounded, EVEN_FIRST);
    }
    return;
  }
  __m256i even[4], odd[4];
  CK_UNROLL for (int i = 0; i < 4; i++) even[i] = _mm256_mul_epi32(x[i], by[i]->multiplier_even);
  CK_UNROLL for (int i = 0; i < 4; i++) odd[i] = upper_lanes(x[i]);
  CK_UNROLL for (int i = 0; i < 4; i++) odd[i] = _mm256_mul_epi32(odd[i], by[i]->multiplier_odd);
  CK_UNROLL for (int i = 0; i < 4; i++) {
    __m256i addend_even = by[i]->addend_even, addend_odd = by[i]->addend_odd;
    if (mode == CK_MODE_SIGNED) {
      addend_even = by_sign(addend_even, by[i]->negative_even, _mm256_slli_epi64(x[i], 32));
      addend_odd = by_sign(addend_odd, by[i]->negative_odd, x[i]);
    }
    even[i] = _mm256_add_epi64(even[i], addend_even);
    odd[i] = _mm256_add_epi64(odd[i], addend_odd);
  }
  CK_UNROLL for (int i = 0; i < 4; i++) x[i] = upper_halves(even[i], odd[i]);
  CK_UNROLL for (int i = 0; i < 4; i++) x[i] = _mm256_srav_epi32(x[i], by[i]->shift);
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
CK_INLINE void store_rows(const int vectors, const int rows, __m256i bytes, int channels,
                          int8_t *output, ptrdiff_t stride) {
  CK_UNROLL for (int r = 0; r < rows; r++) {
    const int place = r * vectors;  // in halves of a register's half
    const __m128i half =
        place < 2 ? _mm256_castsi256_si128(bytes) : _mm256_extracti128_si256(bytes, 1);
    store_row(place % 2 ? _mm_srli_si128(half, 8) : half, channels, output + r * stride);
  }
}

// Sums of some rows to bytes: of two rows of two vectors, or of four rows of one. What there is no
// row for is the last row's once more. Narrowing to 16 bits and to 8 saturates, as the clamp would.
CK_INLINE void rescale_four(const ck_mode mode, const int vectors, const int rows,
                            const finish *to, const __m256i sums[][2], int8_t *output,
                            ptrdiff_t stride) {
  __m256i words[4];
  const scaler *by[4];
  CK_UNROLL for (int i = 0; i < 4; i++) {
    const int r = i / vectors, v = i % vectors;
    words[i] = sums[r < rows ? r : rows - 1][v];
    by[i] = &to->by[v];
  }
  scale_four(mode, by, words);
  __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(words[0], words[1]),
                                     _mm256_packs_epi32(words[2], words[3]));
  bytes = _mm256_permute4x64_epi64(bytes, EVEN_FIRST);
  bytes = _mm256_max_epi8(_mm256_min_epi8(bytes, to->high), to->low);
  bytes = _mm256_shuffle_epi8(bytes, to->order);
  // Where no byte is left out, stores are one instruction.
  if (to->channels == 8 * vectors)
    store_rows(vectors, rows, bytes, 8 * vectors, output, stride);
  else
    store_rows(vectors, rows, bytes, to->channels, output, stride);
}

// Rows of accumulators in registers, 6 at most, rescaled and stored.
CK_INLINE void rescale_tile(const ck_mode mode, const int rows, const int vectors,
                            const ck_block *block, const finish *to, const __m256i sums[6][2],
                            int8_t *output, ptrdiff_t stride) {
  if (mode == CK_MODE_GENERAL) {
    int32_t accumulators[6 * CK_LANES];
    store_tile(rows, vectors, sums, accumulators);
    ck_rescale_rows(block, accumulators, rows, output, stride);
    return;
  }
  const int step = 4 / vectors;
  CK_UNROLL for (int r = 0; r < rows; r += step)
    rescale_four(mode, vectors, rows - r < step ? rows - r : step, to, sums + r,
                 output + r * stride, stride);
}

// Calls a loop with the mode and the vectors of a block as constants: it is made anew for each.
#define CK_FOR_BLOCK(block, loop, ...)                              \
  switch ((block)->mode * 2 + (block)->vectors) {                   \
    case CK_MODE_FLOOR * 2 + 1: loop(CK_MODE_FLOOR, 1, __VA_ARGS__); break;     \
    case CK_MODE_FLOOR * 2 + 2: loop(CK_MODE_FLOOR, 2, __VA_ARGS__); break;     \
    case CK_MODE_SIGNED * 2 + 1: loop(CK_MODE_SIGNED, 1, __VA_ARGS__); break;   \
    case CK_MODE_SIGNED * 2 + 2: loop(CK_MODE_SIGNED, 2, __VA_ARGS__); break;   \
    case CK_MODE_FLOAT * 2 + 1: loop(CK_MODE_FLOAT, 1, __VA_ARGS__); break;     \
    case CK_MODE_FLOAT * 2 + 2: loop(CK_MODE_FLOAT, 2, __VA_ARGS__); break;     \
    case CK_MODE_GENERAL * 2 + 1: loop(CK_MODE_GENERAL, 1, __VA_ARGS__); break; \
    case CK_MODE_GENERAL * 2 + 2: loop(CK_MODE_GENERAL, 2, __VA_ARGS__); break; \
  }

// Statements for 6 rows at a time as far as they go, and for 4, 2 and 1 of the rest; `rows` is a
// constant in them, `r` the first.
#define CK_FOR_TILES(count, ...)                                               \
  do {                                                                         \
    int r = 0;                                                                 \
    for (; r + 6 <= (count); r += 6) { enum { rows = 6 }; __VA_ARGS__ }        \
    if (r + 4 <= (count)) { { enum { rows = 4 }; __VA_ARGS__ } r += 4; }       \
    if (r + 2 <= (count)) { { enum { rows = 2 }; __VA_ARGS__ } r += 2; }       \
    if (r < (count)) { enum { rows = 1 }; __VA_ARGS__ }                        \
  } while (0)

CK_INLINE void rescale_rows(const ck_mode mode, const int vectors, const ck_block *block,
                            const int32_t *accumulators, int count, int8_t *output,
                            ptrdiff_t stride) {
  const finish to = finish_of(block, vectors);
  __m256i sums[6][2];
  CK_FOR_TILES(count, {
    load_tile(rows, vectors, accumulators + r * vectors * 8, sums);
    rescale_tile(mode, rows, vectors, block, &to, sums, output + r * stride, stride);
  });
}

static void rescale(const ck_block *block, const int32_t *accumulators, int count, int8_t *output,
                    ptrdiff_t stride) {
  CK_FOR_BLOCK(block, rescale_rows, block, accumulators, count, output, stride)
}

#endif
