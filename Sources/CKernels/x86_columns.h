// Depthwise windows of 3 x 3 that share their columns, by AVX-512. After `x86_rescale.h`.
//
// The three bytes of a column in each channel are one product with a lane's weights, and a column is
// one of three in the windows next to each other: it is brought into that order once for all.

// A block's constants, as `scaler` has them for a vector.
typedef struct wide_scaler {
  __m512i multiplier_even, multiplier_odd, shift;
  __m512i addend_even, addend_odd, negative_even, negative_odd;
  __m512 factor, low, high;
  __m512i zero_point;
  __m128i lowest, highest, order;
} wide_scaler;

CK_INLINE wide_scaler wide_scaler_of(const ck_block *block) {
  return (wide_scaler){
      .multiplier_even = _mm512_loadu_si512(block->multiplier_even),
      .multiplier_odd = _mm512_loadu_si512(block->multiplier_odd),
      .shift = _mm512_loadu_si512(block->shift),
      .addend_even = _mm512_loadu_si512(block->addend_even),
      .addend_odd = _mm512_loadu_si512(block->addend_odd),
      .negative_even = _mm512_loadu_si512(block->negative_even),
      .negative_odd = _mm512_loadu_si512(block->negative_odd),
      .factor = _mm512_loadu_ps(block->factor),
      .low = _mm512_set1_ps((float)(block->low - block->zero_point)),
      .high = _mm512_set1_ps((float)(block->high - block->zero_point)),
      .zero_point = _mm512_set1_epi32(block->zero_point),
      .lowest = _mm_set1_epi8((char)block->low),
      .highest = _mm_set1_epi8((char)block->high),
      // Bytes by lane, each four in the order 0, 2, 1, 3; see `ck_lane_channel`.
      .order = _mm_setr_epi8(0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15),
  };
}

// As `scaled`, of some windows step by step: the steps of one would wait for each other.
CK_INLINE void scale_wide(const ck_mode mode, const int count, const wide_scaler *by,
                          __m512i x[4]) {
  if (mode == CK_MODE_FLOAT) {
    CK_UNROLL for (int i = 0; i < count; i++) {
      __m512 product = _mm512_mul_ps(_mm512_cvtepi32_ps(x[i]), by->factor);
      product = _mm512_min_ps(_mm512_max_ps(product, by->low), by->high);
      const __m512i rounded = _mm512_add_epi32(_mm512_cvtps_epi32(product), by->zero_point);
      x[i] = _mm512_shuffle_epi32(rounded, (_MM_PERM_ENUM)EVEN_FIRST);
    }
    return;
  }
  __m512i even[4], odd[4];
  CK_UNROLL for (int i = 0; i < count; i++) even[i] = _mm512_mul_epi32(x[i], by->multiplier_even);
  CK_UNROLL for (int i = 0; i < count; i++) odd[i] = _mm512_srli_epi64(x[i], 32);
  CK_UNROLL for (int i = 0; i < count; i++) odd[i] = _mm512_mul_epi32(odd[i], by->multiplier_odd);
  CK_UNROLL for (int i = 0; i < count; i++) {
    __m512i addend_even = by->addend_even, addend_odd = by->addend_odd;
    if (mode == CK_MODE_SIGNED) {
      const __mmask8 is_even_negative = _mm512_movepi64_mask(_mm512_slli_epi64(x[i], 32));
      const __mmask8 is_odd_negative = _mm512_movepi64_mask(x[i]);
      addend_even = _mm512_mask_mov_epi64(addend_even, is_even_negative, by->negative_even);
      addend_odd = _mm512_mask_mov_epi64(addend_odd, is_odd_negative, by->negative_odd);
    }
    even[i] = _mm512_add_epi64(even[i], addend_even);
    odd[i] = _mm512_add_epi64(odd[i], addend_odd);
  }
  CK_UNROLL for (int i = 0; i < count; i++)
    x[i] = _mm512_castps_si512(
        _mm512_shuffle_ps(_mm512_castsi512_ps(even[i]), _mm512_castsi512_ps(odd[i]), 0xdd));
  CK_UNROLL for (int i = 0; i < count; i++) x[i] = _mm512_srav_epi32(x[i], by->shift);
}

CK_INLINE void rescale_wide(const ck_mode mode, const int count, const ck_block *block,
                            const wide_scaler *by, __m512i sums[4], int8_t *output,
                            ptrdiff_t stride) {
  if (mode == CK_MODE_GENERAL) {
    int32_t accumulators[4 * CK_LANES];
    CK_UNROLL for (int i = 0; i < count; i++)
      _mm512_storeu_si512(accumulators + i * CK_LANES, sums[i]);
    ck_rescale_rows(block, accumulators, count, output, stride);
    return;
  }
  scale_wide(mode, count, by, sums);
  __m128i bytes[4];
  CK_UNROLL for (int i = 0; i < count; i++) bytes[i] = _mm512_cvtsepi32_epi8(sums[i]);
  CK_UNROLL for (int i = 0; i < count; i++) {
    bytes[i] = _mm_max_epi8(_mm_min_epi8(bytes[i], by->highest), by->lowest);
    bytes[i] = _mm_shuffle_epi8(bytes[i], by->order);
  }
  if (block->channels == CK_LANES)
    CK_UNROLL for (int i = 0; i < count; i++) store_row(bytes[i], CK_LANES, output + i * stride);
  else
    CK_UNROLL for (int i = 0; i < count; i++)
      store_row(bytes[i], block->channels, output + i * stride);
}

// Bytes of three rows, in the order of the weights: [lane][row], the last of each four being
// whatever.
CK_INLINE __m512i column_of(const uint8_t *top, ptrdiff_t middle, ptrdiff_t bottom) {
  // Fours of channels by lane: those of the top, the middle and the bottom row.
  const __m512i fours = _mm512_setr_epi32(0, 4, 16, 16, 2, 6, 18, 18, 1, 5, 17, 17, 3, 7, 19, 19);
  const __m512i rows = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
  __m256i two = _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)top)),
      _mm_loadu_si128((const __m128i *)(const void *)(top + middle)), 1);
  // Keep the instructions that are meant: the compiler would make more of them.
  __asm__("" : "+x"(two));
  const __m128i third = _mm_loadu_si128((const __m128i *)(const void *)(top + bottom));
  __m512i both = _mm512_permutex2var_epi32(_mm512_castsi256_si512(two), fours,
                                           _mm512_castsi128_si512(third));
  __asm__("" : "+v"(both));
  return _mm512_shuffle_epi8(both, rows);
}

// A panel's windows.
typedef struct columns {
  ptrdiff_t middle, bottom, pixel;
  __m512i bias, weights[3];
} columns;

// `count` windows from `top` on, `step` columns apart.
CK_INLINE void multiply_columns(const int step, const int count, const columns *by,
                                const uint8_t *top, __m512i sums[4]) {
  __m512i column[9];
  CK_UNROLL for (int x = 0; x < (count - 1) * step + 3; x++)
    column[x] = column_of(top + x * by->pixel, by->middle, by->bottom);
  CK_UNROLL for (int i = 0; i < count; i++) sums[i] = by->bias;
  CK_UNROLL for (int x = 0; x < 3; x++)
    CK_UNROLL for (int i = 0; i < count; i++)
      sums[i] = _mm512_dpbusd_epi32(sums[i], column[i * step + x], by->weights[x]);
}

CK_INLINE void column_rows(const ck_mode mode, const int step, const ck_panel *panel,
                           const uint8_t *const *row, int first, int count, ptrdiff_t pixel,
                           int8_t *output, ptrdiff_t stride) {
  const wide_scaler scale = wide_scaler_of(&panel->block);
  const columns by = {
      .middle = panel->offsets[0],
      .bottom = panel->offsets[1],
      .pixel = pixel,
      .bias = _mm512_loadu_si512(panel->block.bias),
      .weights = {_mm512_loadu_si512(panel->weights), _mm512_loadu_si512(panel->weights + 64),
                  _mm512_loadu_si512(panel->weights + 128)},
  };
  __m512i sums[4];
  for (int r = 0; r < count;) {
    const uint8_t *top = row[r] + first;
    int8_t *place = output + r * stride;
    // Four windows of a line, or one where the line ends.
    if (r + 4 <= count && row[r + 3] - row[r] == 3 * step * pixel) {
      multiply_columns(step, 4, &by, top, sums);
      rescale_wide(mode, 4, &panel->block, &scale, sums, place, stride);
      r += 4;
    } else {
      multiply_columns(step, 1, &by, top, sums);
      rescale_wide(mode, 1, &panel->block, &scale, sums, place, stride);
      r += 1;
    }
  }
}

#define CK_COLUMNS(mode, step)                                                          \
  case mode * 2 + step:                                                                 \
    column_rows(mode, step, panel, row, first, count, pixel, output, stride);           \
    break;

static void run_columns(const ck_panel *panel, const uint8_t *const *row, int first, int count,
                        ptrdiff_t pixel, int step, int8_t *output, ptrdiff_t stride) {
  switch ((int)panel->block.mode * 2 + step) {
    CK_COLUMNS(CK_MODE_FLOOR, 1)
    CK_COLUMNS(CK_MODE_FLOOR, 2)
    CK_COLUMNS(CK_MODE_SIGNED, 1)
    CK_COLUMNS(CK_MODE_SIGNED, 2)
    CK_COLUMNS(CK_MODE_FLOAT, 1)
    CK_COLUMNS(CK_MODE_FLOAT, 2)
    CK_COLUMNS(CK_MODE_GENERAL, 1)
    CK_COLUMNS(CK_MODE_GENERAL, 2)
  }
}
