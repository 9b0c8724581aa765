// Products of rows with panels.
//
// Accumulators are fixed arrays under fully unrolled loops, so that they stay in registers.
#include "x86_vectors.h"

CK_INLINE void store_tile(const int rows, const int vectors, __m256i sums[6][2],
                          int32_t *accumulators) {
  CK_UNROLL for (int r = 0; r < rows; r++)
    CK_UNROLL for (int v = 0; v < vectors; v++)
      _mm256_storeu_si256((__m256i *)(void *)(accumulators + (r * vectors + v) * 8), sums[r][v]);
}

CK_INLINE void init_tile(const int rows, const int vectors, const ck_panel *panel,
                         __m256i sums[6][2]) {
  CK_UNROLL for (int r = 0; r < rows; r++)
    CK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = load(panel->block.bias + 8 * v);
}

// Pairs of 16 bits: |a| <= 255 and |w| <= 128 keep a pair's sum far below 2^31.
CK_INLINE void tile_s16(const int rows, const int vectors, const ck_panel *panel,
                        const int16_t *const *row, int32_t *accumulators) {
  __m256i sums[6][2];
  init_tile(rows, vectors, panel, sums);
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets;
  for (const int32_t *end = offsets + panel->steps; offsets < end; offsets++) {
    const ptrdiff_t offset = *offsets;
    __m256i w[2];
    CK_UNROLL for (int v = 0; v < vectors; v++) w[v] = widened(weights + 16 * v);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = broadcast(row[r] + offset);
      CK_UNROLL for (int v = 0; v < vectors; v++)
        sums[r][v] = CK_DOT_WORDS(sums[r][v], a, w[v]);
    }
    weights += 16 * vectors;
  }
  store_tile(rows, vectors, sums, accumulators);
}

// Rows of a tile of bytes: bins need as many registers again.
#ifdef CK_DOT_BYTES
enum { CK_BYTE_ROWS = 6 };

// Quadruples of 8 bits by an instruction that does not saturate; bins mean nothing to it.
CK_INLINE void tile_u8(const int rows, const int vectors, const ck_panel *panel,
                       const uint8_t *const *row, int32_t *accumulators) {
  __m256i sums[6][2];
  init_tile(rows, vectors, panel, sums);
  const int8_t *weights = panel->weights;
  for (int s = 0; s < panel->steps; s++, weights += 32 * vectors) {
    const ptrdiff_t offset = panel->offsets[s];
    __m256i w[2];
    CK_UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + 32 * v);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = broadcast(row[r] + offset);
      CK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = CK_DOT_BYTES(sums[r][v], a, w[v]);
    }
  }
  store_tile(rows, vectors, sums, accumulators);
}

#else
enum { CK_BYTE_ROWS = 3 };

// Quadruples of 8 bits, summed in 16 bits over a bin: packing proved that no sum leaves 16 bits.
CK_INLINE void tile_u8(const int rows, const int vectors, const ck_panel *panel,
                       const uint8_t *const *row, int32_t *accumulators) {
  __m256i sums[6][2];
  init_tile(rows, vectors, panel, sums);
  const __m256i ones = _mm256_set1_epi16(1);
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets;
  for (int bin = 0; bin < panel->bin_count; bin++) {
    __m256i partial[6][2];
    const int32_t *end = offsets + panel->bins[bin];
    CK_UNROLL for (int r = 0; r < rows; r++)
      CK_UNROLL for (int v = 0; v < vectors; v++) {
        const __m256i a = broadcast(row[r] + *offsets);
        partial[r][v] = _mm256_maddubs_epi16(a, load(weights + 32 * v));
      }
    weights += 32 * vectors;
    for (offsets++; offsets < end; offsets++) {
      const ptrdiff_t offset = *offsets;
      CK_UNROLL for (int r = 0; r < rows; r++) {
        const __m256i a = broadcast(row[r] + offset);
        CK_UNROLL for (int v = 0; v < vectors; v++)
          partial[r][v] = _mm256_add_epi16(partial[r][v],
                                           _mm256_maddubs_epi16(a, load(weights + 32 * v)));
      }
      weights += 32 * vectors;
    }
    CK_UNROLL for (int r = 0; r < rows; r++)
      CK_UNROLL for (int v = 0; v < vectors; v++)
        sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(partial[r][v], ones));
  }
  store_tile(rows, vectors, sums, accumulators);
}

#endif

#define CK_TILES(name, type, tile, rows, vectors)                                             \
  static void name(const ck_panel *panel, const type *const *row, int32_t *accumulators) {    \
    tile(rows, vectors, panel, row, accumulators);                                            \
  }
CK_TILES(s16_6x2, int16_t, tile_s16, 6, 2)
CK_TILES(s16_5x2, int16_t, tile_s16, 5, 2)
CK_TILES(s16_4x2, int16_t, tile_s16, 4, 2)
CK_TILES(s16_3x2, int16_t, tile_s16, 3, 2)
CK_TILES(s16_2x2, int16_t, tile_s16, 2, 2)
CK_TILES(s16_1x2, int16_t, tile_s16, 1, 2)
CK_TILES(s16_6x1, int16_t, tile_s16, 6, 1)
CK_TILES(s16_5x1, int16_t, tile_s16, 5, 1)
CK_TILES(s16_4x1, int16_t, tile_s16, 4, 1)
CK_TILES(s16_3x1, int16_t, tile_s16, 3, 1)
CK_TILES(s16_2x1, int16_t, tile_s16, 2, 1)
CK_TILES(s16_1x1, int16_t, tile_s16, 1, 1)
CK_TILES(u8_6x2, uint8_t, tile_u8, 6, 2)
CK_TILES(u8_5x2, uint8_t, tile_u8, 5, 2)
CK_TILES(u8_4x2, uint8_t, tile_u8, 4, 2)
CK_TILES(u8_3x2, uint8_t, tile_u8, 3, 2)
CK_TILES(u8_2x2, uint8_t, tile_u8, 2, 2)
CK_TILES(u8_1x2, uint8_t, tile_u8, 1, 2)
CK_TILES(u8_6x1, uint8_t, tile_u8, 6, 1)
CK_TILES(u8_5x1, uint8_t, tile_u8, 5, 1)
CK_TILES(u8_4x1, uint8_t, tile_u8, 4, 1)
CK_TILES(u8_3x1, uint8_t, tile_u8, 3, 1)
CK_TILES(u8_2x1, uint8_t, tile_u8, 2, 1)
CK_TILES(u8_1x1, uint8_t, tile_u8, 1, 1)

// Steps whose weights were widened to 16 bits; sums begin with the bias, or go on.
CK_INLINE void tile_words(const int rows, const int vectors, const ck_panel *panel, int first,
                          int count, const int16_t *weights, const int16_t *const *row,
                          int32_t *accumulators) {
  __m256i sums[6][2];
  if (first == 0) {
    init_tile(rows, vectors, panel, sums);
  } else {
    CK_UNROLL for (int r = 0; r < rows; r++)
      CK_UNROLL for (int v = 0; v < vectors; v++)
        sums[r][v] = load(accumulators + (r * vectors + v) * 8);
  }
  const int32_t *offsets = panel->offsets + first;
  for (const int32_t *end = offsets + count; offsets < end; offsets++, weights += 16 * vectors) {
    const ptrdiff_t offset = *offsets;
    __m256i w[2];
    CK_UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + 16 * v);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = broadcast(row[r] + offset);
      CK_UNROLL for (int v = 0; v < vectors; v++)
        sums[r][v] = CK_DOT_WORDS(sums[r][v], a, w[v]);
    }
  }
  store_tile(rows, vectors, sums, accumulators);
}

#define CK_WORD_TILE(rows)                                                          \
  case rows:                                                                        \
    if (panel->block.vectors == 1)                                                  \
      tile_words(rows, 1, panel, first, count, weights, row, accumulators);         \
    else                                                                            \
      tile_words(rows, 2, panel, first, count, weights, row, accumulators);         \
    break;

static void multiply_words(int rows, const ck_panel *panel, int first, int count,
                           const int16_t *weights, const int16_t *const *row,
                           int32_t *accumulators) {
  switch (rows) {
    CK_WORD_TILE(1)
    CK_WORD_TILE(2)
    CK_WORD_TILE(3)
    CK_WORD_TILE(4)
    CK_WORD_TILE(5)
    CK_WORD_TILE(6)
  }
}

// Groups of 64 weights that are widened at once for many rows: they stay in the first cache.
enum { CK_WORD_GROUPS = 160 };

// Makes words of `count` groups of a panel's weights from group `first` on.
typedef void (*word_maker)(const ck_panel *panel, int first, int count, int16_t *words);

// Widens once for all rows what tiles would widen each for itself.
CK_INLINE void product_words(const ck_panel *panel, const int16_t *const *rows, int count,
                             word_maker make, int32_t *accumulators) {
  const int lanes = 8 * panel->block.vectors, steps = 4 / panel->block.vectors;
  const int most = CK_WORD_GROUPS * steps;
  _Alignas(CK_ALIGNMENT) int16_t words[CK_WORD_GROUPS * 64];
  for (int first = 0; first < panel->steps; first += most) {
    const int left = panel->steps - first, used = left < most ? left : most;
    make(panel, first / steps, (used + steps - 1) / steps, words);
    for (int r = 0; r < count; r += 6)
      multiply_words(count - r < 6 ? count - r : 6, panel, first, used, words, rows + r,
                     accumulators + r * lanes);
  }
}

// The last group may be cut.
CK_INLINE void widen_groups(const ck_panel *panel, int first, int count, int16_t *words) {
  const int8_t *weights = panel->weights + (ptrdiff_t)first * 64;
  const ptrdiff_t all = (ptrdiff_t)panel->steps * panel->block.vectors * 16 - first * 64;
  const ptrdiff_t used = all < count * 64 ? all : count * 64;
  for (ptrdiff_t i = 0; i < used; i += 16)
    _mm256_store_si256((__m256i *)(void *)(words + i), widened(weights + i));
}

// Rows and steps from which on weights are widened for all rows; measured.
enum { CK_MANY_ROWS = 13, CK_MANY_STEPS = 24 };

static void product_s16(const ck_panel *panel, const int16_t *const *rows, int count,
                        int32_t *accumulators) {
  typedef void (*tile)(const ck_panel *, const int16_t *const *, int32_t *);
  static const tile tiles[2][6] = {
      {s16_1x1, s16_2x1, s16_3x1, s16_4x1, s16_5x1, s16_6x1},
      {s16_1x2, s16_2x2, s16_3x2, s16_4x2, s16_5x2, s16_6x2},
  };
  const int vectors = panel->block.vectors;
  if (count >= CK_MANY_ROWS && panel->steps >= CK_MANY_STEPS
      && panel->steps <= CK_WORD_GROUPS * (4 / vectors)) {
    product_words(panel, rows, count, widen_groups, accumulators);
    return;
  }
  for (int r = 0; r < count; r += 6) {
    const int left = count - r;
    tiles[vectors - 1][(left < 6 ? left : 6) - 1](panel, rows + r,
                                                  accumulators + r * 8 * vectors);
  }
}

static void product_u8(const ck_panel *panel, const uint8_t *const *rows, int count,
                       int32_t *accumulators) {
  typedef void (*tile)(const ck_panel *, const uint8_t *const *, int32_t *);
  static const tile tiles[2][6] = {
      {u8_1x1, u8_2x1, u8_3x1, u8_4x1, u8_5x1, u8_6x1},
      {u8_1x2, u8_2x2, u8_3x2, u8_4x2, u8_5x2, u8_6x2},
  };
  const int vectors = panel->block.vectors, most = vectors == 1 ? 6 : CK_BYTE_ROWS;
  for (int r = 0; r < count; r += most) {
    const int left = count - r;
    tiles[vectors - 1][(left < most ? left : most) - 1](panel, rows + r,
                                                        accumulators + r * 8 * vectors);
  }
}
