// Loops of sparse products; see `sparse_kernels.h`.
#include "sparse_kernels.h"
#include "x86_vectors.h"

// Eight vectors of eight, rows to columns.
CK_INLINE void transpose(__m256i rows[8]) {
  __m256i pairs[8], quads[8];
  CK_UNROLL for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_epi32(rows[i], rows[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_epi32(rows[i], rows[i + 1]);
  }
  CK_UNROLL for (int i = 0; i < 8; i += 4) {
    quads[i] = _mm256_unpacklo_epi64(pairs[i], pairs[i + 2]);
    quads[i + 1] = _mm256_unpackhi_epi64(pairs[i], pairs[i + 2]);
    quads[i + 2] = _mm256_unpacklo_epi64(pairs[i + 1], pairs[i + 3]);
    quads[i + 3] = _mm256_unpackhi_epi64(pairs[i + 1], pairs[i + 3]);
  }
  CK_UNROLL for (int i = 0; i < 4; i++) {
    rows[i] = _mm256_permute2x128_si256(quads[i], quads[i + 4], 0x20);
    rows[i + 4] = _mm256_permute2x128_si256(quads[i], quads[i + 4], 0x31);
  }
}

CK_INLINE void store_line(ck_pair *line, __m256i pairs) {
  _mm256_storeu_si256((__m256i *)(void *)line, pairs);
}

// Lines of one group for eight rows, from its pairs (0, 1) and (2, 3).
CK_INLINE void store_group(const int lines, __m256i a, __m256i b, ck_pair *table) {
  store_line(table, a);
  store_line(table + CK_ROWS, b);
  if (lines != CK_FULL_LINES) return;
  store_line(table + 2 * CK_ROWS, _mm256_blend_epi16(a, _mm256_slli_epi32(b, 16), 0xaa));
  store_line(table + 3 * CK_ROWS, _mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa));
  store_line(table + 4 * CK_ROWS, _mm256_blend_epi16(a, b, 0xaa));
  store_line(table + 5 * CK_ROWS, _mm256_blend_epi16(b, a, 0xaa));
}

// Rows may be read up to a multiple of 16 activations.
CK_INLINE void fill_table(const int lines, const int16_t *const *rows, int vectors, int depth,
                          ck_pair *table) {
  for (int v = 0; v < vectors; v++)
    for (int k = 0; k < depth; k += 16) {
      __m256i pairs[8];
      CK_UNROLL for (int i = 0; i < 8; i++) pairs[i] = load(rows[8 * v + i] + k);
      transpose(pairs);
      ck_pair *place = table + (k / 4) * lines * CK_ROWS + 8 * v;
      CK_UNROLL for (int g = 0; g < 4; g++) {
        if (k + 4 * g < depth)
          store_group(lines, pairs[2 * g], pairs[2 * g + 1], place + g * lines * CK_ROWS);
      }
    }
}

CK_INLINE void channel_product(const int vectors, const ck_piece *piece, int channel, bool begins,
                               const ck_pair *table, int32_t *sums) {
  __m256i s[CK_ROWS / 8];
  CK_UNROLL for (int v = 0; v < vectors; v++)
    s[v] = begins ? _mm256_setzero_si256() : load(sums + 8 * v);
  const int end = piece->starts[channel + 1];
  for (int i = piece->starts[channel]; i < end; i++) {
    const ck_pair *line = table + (size_t)piece->lines_of_products[i] * CK_ROWS;
    const __m256i w = broadcast(piece->weights + i);
    CK_UNROLL for (int v = 0; v < vectors; v++)
      s[v] = CK_DOT_WORDS(s[v], load(line + 8 * v), w);
  }
  CK_UNROLL for (int v = 0; v < vectors; v++)
    _mm256_storeu_si256((__m256i *)(void *)(sums + 8 * v), s[v]);
}

#include "sparse_dispatch.h"

// Sums of a block, by channel, to accumulators by row, in lanes.
static void sparse_turn(const ck_block *block, const int32_t *sums, int vectors, int32_t *accumulators) {
  const int lanes = 8 * block->vectors;
  for (int v = 0; v < vectors; v++)
    for (int half = 0; half < block->vectors; half++) {
      const __m256i bias = load(block->bias + 8 * half);
      __m256i rows[8];
      CK_UNROLL for (int i = 0; i < 8; i++)
        rows[i] = load(sums + ck_lane_channel(block->vectors, 8 * half + i) * CK_ROWS + 8 * v);
      transpose(rows);
      CK_UNROLL for (int i = 0; i < 8; i++)
        _mm256_storeu_si256(
            (__m256i *)(void *)(accumulators + (8 * v + i) * lanes + 8 * half),
            _mm256_add_epi32(rows[i], bias));
    }
}

static const struct ck_sparse_loops sparse = {
    .make_table = sparse_table, .product = sparse_product, .turn = sparse_turn};
