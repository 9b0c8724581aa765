// Products with weights that are numbers of a panel's codebook; see `ck_codebook`. After
// `x86_words.h`.
#include "codebook_kernels.h"

// 64 codes to four vectors of 16 weights. The bytes of a register are weights of two vectors in
// turns: those of even places are the low halves of its 16-bit words.
CK_INLINE void decode(const uint8_t *codes, __m256i codebook, __m256i w[4]) {
  const __m256i mask = _mm256_set1_epi8(15), both = load(codes);
  const __m256i low = _mm256_shuffle_epi8(codebook, _mm256_and_si256(both, mask));
  const __m256i high =
      _mm256_shuffle_epi8(codebook, _mm256_and_si256(_mm256_srli_epi16(both, 4), mask));
  w[0] = _mm256_srai_epi16(_mm256_slli_epi16(low, 8), 8);
  w[1] = _mm256_srai_epi16(low, 8);
  w[2] = _mm256_srai_epi16(_mm256_slli_epi16(high, 8), 8);
  w[3] = _mm256_srai_epi16(high, 8);
}

// All steps of 64 codes, of which the last may be cut.
CK_INLINE void multiply_codes(const int rows, const int vectors, const ck_panel *panel,
                              __m256i codebook, const int16_t *const *row, __m256i sums[6][2]) {
  const int steps = 4 / vectors;  // that 64 codes are enough for
  const uint8_t *codes = panel->codes;
  const int32_t *offsets = panel->offsets, *end = offsets + panel->steps;
  __m256i w[4];
  for (; end - offsets >= steps; offsets += steps, codes += CK_CODE_BYTES) {
    decode(codes, codebook, w);
    CK_UNROLL for (int s = 0; s < steps; s++)
      multiply_words(rows, vectors, row, offsets[s], w + s * vectors, sums);
  }
  if (offsets < end) {
    decode(codes, codebook, w);
    CK_UNROLL for (int s = 0; s < steps - 1; s++)
      if (offsets + s < end)
        multiply_words(rows, vectors, row, offsets[s], w + s * vectors, sums);
  }
}

CK_INLINE void code_rows(const ck_mode mode, const int vectors, const ck_panel *panel,
                         const int16_t *const *row, int count, int8_t *output, ptrdiff_t stride) {
  const finish to = finish_of(&panel->block, vectors);
  const __m256i codebook = _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)panel->codebook));
  CK_FOR_TILES(count, {
    __m256i sums[6][2];
    init_tile(rows, vectors, panel, sums);
    multiply_codes(rows, vectors, panel, codebook, row + r, sums);
    rescale_tile(mode, rows, vectors, &panel->block, &to, sums, output + r * stride, stride);
  });
}

CK_INLINE void decode_groups(const ck_panel *panel, int first, int count, int16_t *words) {
  const __m256i codebook = _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)panel->codebook));
  const uint8_t *codes = panel->codes + (ptrdiff_t)first * CK_CODE_BYTES;
  for (int g = 0; g < count; g++)
    decode(codes + g * CK_CODE_BYTES, codebook, (__m256i *)(void *)(words + g * CK_CODES));
}

// Decodes in registers for one tile, and to memory that stays in the first cache for more.
static void run_codes(const ck_panel *panel, const void *const *rows, int count, int8_t *output,
                      ptrdiff_t stride) {
  const int16_t *const *row = (const int16_t *const *)rows;
  if (count > 6 && panel->steps > 0) {
    run_widened(panel, row, count, decode_groups, output, stride);
    return;
  }
  CK_FOR_BLOCK(&panel->block, code_rows, panel, row, count, output, stride)
}
