// Products with weights that are numbers of a panel's codebook; see `ck_codebook`. After
// `x86_products.h`.
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

CK_INLINE void multiply_step(const int rows, const int vectors, const int16_t *const *row,
                             ptrdiff_t offset, const __m256i *w, __m256i sums[6][2]) {
  CK_UNROLL for (int r = 0; r < rows; r++) {
    const __m256i a = broadcast(row[r] + offset);
    CK_UNROLL for (int v = 0; v < vectors; v++)
      sums[r][v] = CK_DOT_WORDS(sums[r][v], a, w[v]);
  }
}

CK_INLINE void tile_codes(const int rows, const int vectors, const ck_panel *panel,
                          const int16_t *const *row, int32_t *accumulators) {
  const int steps = 4 / vectors;  // that 64 codes are enough for
  const __m256i codebook = _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)panel->codebook));
  const uint8_t *codes = panel->codes;
  const int32_t *offsets = panel->offsets, *end = offsets + panel->steps;
  __m256i sums[6][2], w[4];
  init_tile(rows, vectors, panel, sums);
  for (; end - offsets >= steps; offsets += steps, codes += CK_CODE_BYTES) {
    decode(codes, codebook, w);
    CK_UNROLL for (int s = 0; s < steps; s++)
      multiply_step(rows, vectors, row, offsets[s], w + s * vectors, sums);
  }
  if (offsets < end) {
    decode(codes, codebook, w);
    CK_UNROLL for (int s = 0; s < steps - 1; s++)
      if (offsets + s < end)
        multiply_step(rows, vectors, row, offsets[s], w + s * vectors, sums);
  }
  store_tile(rows, vectors, sums, accumulators);
}

#define CK_CODE_TILE(rows)                                                \
  case rows:                                                              \
    if (panel->block.vectors == 1) tile_codes(rows, 1, panel, row, sums); \
    else tile_codes(rows, 2, panel, row, sums);                           \
    break;

static void product_few(const ck_panel *panel, const int16_t *const *row, int count,
                        int32_t *sums) {
  switch (count) {
    CK_CODE_TILE(1)
    CK_CODE_TILE(2)
    CK_CODE_TILE(3)
    CK_CODE_TILE(4)
    CK_CODE_TILE(5)
    CK_CODE_TILE(6)
  }
}

CK_INLINE void decode_groups(const ck_panel *panel, int first, int count, int16_t *words) {
  const __m256i codebook = _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)panel->codebook));
  const uint8_t *codes = panel->codes + (ptrdiff_t)first * CK_CODE_BYTES;
  for (int g = 0; g < count; g++)
    decode(codes + g * CK_CODE_BYTES, codebook, (__m256i *)(void *)(words + g * CK_CODES));
}

// Decodes in registers for one tile, and to memory that stays in the first cache for more.
static void product_codes(const ck_panel *panel, const int16_t *const *rows, int count,
                          int32_t *accumulators) {
  if (count <= 6 || panel->steps == 0) {
    const int lanes = 8 * panel->block.vectors;
    for (int r = 0; r < count; r += 6)
      product_few(panel, rows + r, count - r < 6 ? count - r : 6, accumulators + r * lanes);
    return;
  }
  product_words(panel, rows, count, decode_groups, accumulators);
}
