// Loops that the x86 variants share; each includes this under its own target attribute.
//
// Accumulators are fixed arrays under fully unrolled loops, so that they stay in registers.
#include "int8_kernels.h"

#include <immintrin.h>

#define CK_INLINE static inline __attribute__((always_inline))
#define CK_UNROLL _Pragma("clang loop unroll(full)")

// Four bytes of a row in every lane.
CK_INLINE __m256i broadcast(const void *source) {
  int32_t value;
  memcpy(&value, source, sizeof value);
  return _mm256_set1_epi32(value);
}

CK_INLINE __m256i load(const void *source) { return _mm256_loadu_si256(source); }

CK_INLINE __m256i widened(const int8_t *source) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)source));
}

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
        sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(a, w[v]));
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
        sums[r][v] = _mm256_add_epi32(sums[r][v], _mm256_madd_epi16(a, w[v]));
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

// Two taps interleaved give pairs of 16 bits in the order of the lanes.
CK_INLINE void tile_depthwise(const int rows, const ck_panel *panel, const int16_t *const *row,
                              int first, int32_t *accumulators) {
  __m256i sums[6][2];
  init_tile(rows, 2, panel, sums);
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets, *end = offsets + 2 * panel->steps;
  for (; offsets < end; offsets += 2, weights += 64) {
    const __m256i w0 = load(weights), w1 = load(weights + 32);
    const ptrdiff_t one = first + offsets[0], other = first + offsets[1];
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = load(row[r] + one), b = load(row[r] + other);
      sums[r][0] = _mm256_add_epi32(sums[r][0],
                                    _mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), w0));
      sums[r][1] = _mm256_add_epi32(sums[r][1],
                                    _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), w1));
    }
  }
  store_tile(rows, 2, sums, accumulators);
}

static void product_depthwise(const ck_panel *panel, const int16_t *const *rows, int first,
                              int count, int32_t *accumulators) {
  int r = 0;
  for (; r + 4 <= count; r += 4)
    tile_depthwise(4, panel, rows + r, first, accumulators + r * CK_LANES);
  for (; r < count; r++) tile_depthwise(1, panel, rows + r, first, accumulators + r * CK_LANES);
}

CK_INLINE __m256i add16(__m256i a, __m256i b) { return _mm256_add_epi16(a, b); }
CK_INLINE __m256i sub16(__m256i a, __m256i b) { return _mm256_sub_epi16(a, b); }

// B^T d B; channels are a multiple of 16.
static void winograd_input(const int16_t *const *patches, int count, ptrdiff_t row_elements,
                           int channels, int16_t *transformed) {
  const ptrdiff_t plane = (ptrdiff_t)count * channels;
  for (int t = 0; t < count; t++)
    for (int c = 0; c < channels; c += 16) {
      const int16_t *patch = patches[t] + c;
      __m256i d[4][4];
      CK_UNROLL for (int x = 0; x < 4; x++) {
        const int16_t *column = patch + x * channels;
        const __m256i a = load(column), b = load(column + row_elements);
        const __m256i e = load(column + 2 * row_elements), f = load(column + 3 * row_elements);
        d[0][x] = sub16(a, e);
        d[1][x] = add16(b, e);
        d[2][x] = sub16(e, b);
        d[3][x] = sub16(b, f);
      }
      int16_t *place = transformed + (ptrdiff_t)t * channels + c;
      CK_UNROLL for (int y = 0; y < 4; y++) {
        const __m256i v[4] = {sub16(d[y][0], d[y][2]), add16(d[y][1], d[y][2]),
                              sub16(d[y][2], d[y][1]), sub16(d[y][1], d[y][3])};
        CK_UNROLL for (int x = 0; x < 4; x++)
          _mm256_storeu_si256((__m256i *)(void *)(place + (4 * y + x) * plane), v[x]);
      }
    }
}

CK_INLINE void wide_input_line(const __m256i d[6], __m256i t[6]) {
  const __m256i c = sub16(d[4], d[2]), f = sub16(d[3], d[1]), e = add16(f, f);
  const __m256i a = sub16(d[4], _mm256_slli_epi16(d[2], 2));
  const __m256i b = sub16(d[3], _mm256_slli_epi16(d[1], 2));
  t[0] = add16(_mm256_slli_epi16(sub16(d[0], d[2]), 2), c);
  t[1] = add16(a, b);
  t[2] = sub16(a, b);
  t[3] = add16(c, e);
  t[4] = sub16(c, e);
  t[5] = sub16(sub16(d[5], d[3]), add16(e, e));
}

// As `winograd_input`, of patches of 6 x 6.
static void wide_input(const int16_t *const *patches, int count, ptrdiff_t row_elements,
                       int channels, int16_t *transformed) {
  const ptrdiff_t plane = (ptrdiff_t)count * channels;
  for (int t = 0; t < count; t++)
    for (int c = 0; c < channels; c += 16) {
      const int16_t *patch = patches[t] + c;
      __m256i half[6][6];  // [column][row]
      CK_UNROLL for (int x = 0; x < 6; x++) {
        __m256i column[6];
        CK_UNROLL for (int y = 0; y < 6; y++)
          column[y] = load(patch + y * row_elements + x * (ptrdiff_t)channels);
        wide_input_line(column, half[x]);
      }
      int16_t *place = transformed + (ptrdiff_t)t * channels + c;
      CK_UNROLL for (int y = 0; y < 6; y++) {
        __m256i row[6], result[6];
        CK_UNROLL for (int x = 0; x < 6; x++) row[x] = half[x][y];
        wide_input_line(row, result);
        CK_UNROLL for (int x = 0; x < 6; x++)
          _mm256_storeu_si256((__m256i *)(void *)(place + (6 * y + x) * plane), result[x]);
      }
    }
}

CK_INLINE void tile_matrix(const int rows, const int16_t *first, int depth,
                           const int16_t *weights, int32_t *accumulators) {
  __m256i sums[6][2];
  const int16_t *row[6];
  CK_UNROLL for (int r = 0; r < rows; r++) {
    row[r] = first + r * (ptrdiff_t)depth;
    // Keeps one pointer for each row: the compiler would add them up anew in every step.
    __asm__("" : "+r"(row[r]));
    sums[r][0] = sums[r][1] = _mm256_setzero_si256();
  }
  for (ptrdiff_t k = 0; k < depth; k += 2, weights += 32) {
    const __m256i w0 = load(weights), w1 = load(weights + 16);
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = broadcast(row[r] + k);
      sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(a, w0));
      sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(a, w1));
    }
  }
  store_tile(rows, 2, sums, accumulators);
}

static void product_matrix(const int16_t *rows, int count, int depth, const int16_t *weights,
                           int32_t *accumulators) {
  int r = 0;
  for (; r + 6 <= count; r += 6)
    tile_matrix(6, rows + (ptrdiff_t)r * depth, depth, weights, accumulators + r * CK_LANES);
  const int16_t *row = rows + (ptrdiff_t)r * depth;
  accumulators += r * CK_LANES;
  switch (count - r) {
    case 1: tile_matrix(1, row, depth, weights, accumulators); break;
    case 2: tile_matrix(2, row, depth, weights, accumulators); break;
    case 3: tile_matrix(3, row, depth, weights, accumulators); break;
    case 4: tile_matrix(4, row, depth, weights, accumulators); break;
    case 5: tile_matrix(5, row, depth, weights, accumulators); break;
    default: break;
  }
}

CK_INLINE __m256i add32(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }
CK_INLINE __m256i sub32(__m256i a, __m256i b) { return _mm256_sub_epi32(a, b); }

// A^T m A / 4 + bias.
static void winograd_output(const int32_t *products, int count, const int32_t *bias,
                            int32_t *accumulators) {
  const ptrdiff_t plane = (ptrdiff_t)count * CK_LANES;
  for (int i = 0; i < 2 * count; i++) {
    const int32_t *m = products + i * 8;
    const __m256i offset = load(bias + (i & 1) * 8);
    __m256i half[2][4];
    CK_UNROLL for (int x = 0; x < 4; x++) {
      const __m256i a = load(m + x * plane), b = load(m + (4 + x) * plane);
      const __m256i e = load(m + (8 + x) * plane), f = load(m + (12 + x) * plane);
      half[0][x] = add32(add32(a, b), e);
      half[1][x] = sub32(sub32(b, e), f);
    }
    int32_t *place = accumulators + (i >> 1) * 4 * CK_LANES + (i & 1) * 8;
    CK_UNROLL for (int y = 0; y < 2; y++) {
      const __m256i left = add32(add32(half[y][0], half[y][1]), half[y][2]);
      const __m256i right = sub32(sub32(half[y][1], half[y][2]), half[y][3]);
      _mm256_storeu_si256((__m256i *)(void *)(place + 2 * y * CK_LANES),
                          add32(_mm256_srai_epi32(left, 2), offset));
      _mm256_storeu_si256((__m256i *)(void *)(place + (2 * y + 1) * CK_LANES),
                          add32(_mm256_srai_epi32(right, 2), offset));
    }
  }
}

// 3 * 2^shift times A^T m.
CK_INLINE void wide_output_line(const __m256i m[6], __m256i y[4]) {
  const __m256i p = add32(m[1], m[2]), q = add32(m[3], m[4]);
  const __m256i d = sub32(m[2], m[1]), e = sub32(m[3], m[4]);
  const __m256i first = sub32(add32(m[0], add32(m[0], m[0])), add32(p, p));
  const __m256i last = add32(e, add32(m[5], add32(m[5], m[5])));
  y[0] = add32(add32(first, first), q);
  y[1] = add32(add32(d, d), e);
  y[2] = sub32(q, p);
  y[3] = add32(d, add32(last, last));
}

// As `winograd_output`, of 4 x 4 pixels.
static void wide_output(const int32_t *products, int count, const int32_t *bias,
                        int32_t *accumulators) {
  const ptrdiff_t plane = (ptrdiff_t)count * CK_LANES;
  const __m256i inverse = _mm256_set1_epi32(CK_INVERSE_OF_9);
  for (int i = 0; i < 2 * count; i++) {
    const __m256i offset = load(bias + (i & 1) * 8);
    __m256i half[6][4];  // [column][row]
    CK_UNROLL for (int x = 0; x < 6; x++) {
      __m256i column[6];
      CK_UNROLL for (int y = 0; y < 6; y++) column[y] = load(products + (6 * y + x) * plane + i * 8);
      wide_output_line(column, half[x]);
    }
    int32_t *place = accumulators + (i >> 1) * 16 * CK_LANES + (i & 1) * 8;
    CK_UNROLL for (int y = 0; y < 4; y++) {
      __m256i row[6], result[4];
      CK_UNROLL for (int x = 0; x < 6; x++) row[x] = half[x][y];
      wide_output_line(row, result);
      CK_UNROLL for (int x = 0; x < 4; x++) {
        const int shift = ck_winograd_shift[y] + ck_winograd_shift[x];
        const __m256i scaled = _mm256_srai_epi32(_mm256_mullo_epi32(result[x], inverse), shift);
        _mm256_storeu_si256((__m256i *)(void *)(place + (4 * y + x) * CK_LANES),
                            add32(scaled, offset));
      }
    }
  }
}

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

enum { EVEN_FIRST = 0xd8 };  // 0, 2, 1, 3

// The second for each 64 bits whose sign is set, else the first.
CK_INLINE __m256i by_sign(__m256i first, __m256i second, __m256i sign) {
  return _mm256_castpd_si256(_mm256_blendv_pd(_mm256_castsi256_pd(first),
                                              _mm256_castsi256_pd(second),
                                              _mm256_castsi256_pd(sign)));
}

// The upper halves, even lanes first.
CK_INLINE __m256i upper_halves(__m256i even, __m256i odd) {
  return _mm256_castps_si256(
      _mm256_shuffle_ps(_mm256_castsi256_ps(even), _mm256_castsi256_ps(odd), 0xdd));
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

CK_INLINE void store_row(__m128i bytes, int channels, int8_t *output) {
  if (channels == CK_LANES) {
    _mm_storeu_si128((__m128i *)(void *)output, bytes);
  } else if (channels == 8) {
    _mm_storel_epi64((__m128i *)(void *)output, bytes);
  } else {
    int8_t whole[CK_LANES];
    _mm_storeu_si128((__m128i *)(void *)whole, bytes);
    memcpy(output, whole, (size_t)channels);
  }
}

// Sums in 16 bits and then in 8 saturate, as the clamp would.
CK_INLINE void rescale_rows(const ck_mode mode, const int vectors, const ck_block *block,
                            const int32_t *accumulators, int count, int8_t *output,
                            ptrdiff_t stride) {
  const scaler first = scaler_of(block, 0), second = scaler_of(block, vectors - 1);
  const __m256i low = _mm256_set1_epi8((char)block->low), high = _mm256_set1_epi8((char)block->high);
  const __m256i order = _mm256_broadcastsi128_si256(
      _mm_loadu_si128((const __m128i *)(const void *)block->order));
  for (int r = 0; r < count; r += 2) {
    // An odd last row is computed twice. Vector by vector, so that a scaler is loaded once for both.
    const int32_t *x = accumulators + r * 8 * vectors;
    const int32_t *y = r + 1 < count ? x + 8 * vectors : x;
    const __m256i a = scaled(mode, &first, x), b = scaled(mode, &first, y);
    const __m256i c = vectors == 2 ? scaled(mode, &second, x + 8) : a;
    const __m256i d = vectors == 2 ? scaled(mode, &second, y + 8) : b;
    const __m256i words[2] = {_mm256_packs_epi32(a, c), _mm256_packs_epi32(b, d)};
    __m256i bytes = _mm256_packs_epi16(words[0], words[1]);
    bytes = _mm256_permute4x64_epi64(bytes, EVEN_FIRST);
    bytes = _mm256_max_epi8(_mm256_min_epi8(bytes, high), low);
    bytes = _mm256_shuffle_epi8(bytes, order);
    store_row(_mm256_castsi256_si128(bytes), block->channels, output + r * stride);
    if (r + 1 < count)
      store_row(_mm256_extracti128_si256(bytes, 1), block->channels, output + (r + 1) * stride);
  }
}

static void rescale(const ck_block *block, const int32_t *accumulators, int count, int8_t *output,
                    ptrdiff_t stride) {
#define CK_RESCALE(mode)                                                                \
  case mode:                                                                            \
    if (block->vectors == 1) rescale_rows(mode, 1, block, accumulators, count, output, stride); \
    else rescale_rows(mode, 2, block, accumulators, count, output, stride);             \
    break;
  switch (block->mode) {
    CK_RESCALE(CK_MODE_FLOOR)
    CK_RESCALE(CK_MODE_SIGNED)
    CK_RESCALE(CK_MODE_FLOAT)
    case CK_MODE_GENERAL: ck_rescale_rows(block, accumulators, count, output, stride);
  }
#undef CK_RESCALE
}

static void widen(const int8_t *source, int16_t *target, size_t count, int32_t zero_point) {
  const __m256i zero = _mm256_set1_epi16((int16_t)zero_point);
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    _mm256_storeu_si256((__m256i *)(void *)(target + i),
                        _mm256_sub_epi16(widened(source + i), zero));
  if (i < count && count >= 16) {
    // The rest together with some that are done.
    _mm256_storeu_si256((__m256i *)(void *)(target + count - 16),
                        _mm256_sub_epi16(widened(source + count - 16), zero));
    return;
  }
  for (; i < count; i++) target[i] = (int16_t)(source[i] - zero_point);
}

static void flip(const int8_t *source, uint8_t *target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = (uint8_t)source[i] ^ 0x80;
}

static void add_taps(const int8_t *source, int32_t *sums, size_t count) {
  for (size_t i = 0; i < count; i++) sums[i] += source[i];
}

static void max_taps(const int8_t *source, int8_t *largest, size_t count) {
  for (size_t i = 0; i < count; i++) largest[i] = source[i] > largest[i] ? source[i] : largest[i];
}

// One factor for all lanes: the general form, for shifts in either direction.
CK_INLINE __m256i rescaled(__m256i x, const ck_scale *scale) {
  if (scale->rounding == CK_ROUND_SINGLE) {
    __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(x), _mm256_set1_ps(scale->factor));
    product = _mm256_max_ps(_mm256_set1_ps(-0x1p30f), _mm256_min_ps(_mm256_set1_ps(0x1p30f), product));
    return _mm256_cvtps_epi32(product);
  }
  // A half, as of the larger scale of a sum: (x * 2^30 + 2^30) >> 31.
  if (scale->significand == 1 << 30 && scale->left_shift == 0 && scale->right_shift == 0)
    return _mm256_srai_epi32(_mm256_add_epi32(x, _mm256_set1_epi32(1)), 1);
  const __m256i a = _mm256_sll_epi32(x, _mm_cvtsi32_si128(scale->left_shift));
  const __m256i m = _mm256_set1_epi32(scale->significand);
  // (a * m + 2^30) >> 31 = the upper half of 2 a m + 2^31; |a m| < 2^62.
  const __m256i half = _mm256_set1_epi64x(1LL << 30);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, m), half);
  const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), m), half);
  const __m256i product = _mm256_blend_epi32(
      _mm256_srli_epi64(_mm256_add_epi64(even, even), 32), _mm256_add_epi64(odd, odd), 0xaa);
  const int e = scale->right_shift;
  if (e == 0) return product;
  const __m256i sign = scale->rounding == CK_ROUND_DOUBLE ? _mm256_srai_epi32(product, 31)
                                                          : _mm256_setzero_si256();
  // |product| < 2^30 wherever e > 0: the sum does not wrap.
  const __m256i rounded =
      _mm256_add_epi32(_mm256_add_epi32(product, sign), _mm256_set1_epi32(1 << (e - 1)));
  return _mm256_sra_epi32(rounded, _mm_cvtsi32_si128(e));
}

CK_INLINE __m256i centered(const int8_t *source, __m256i zero_point) {
  const __m256i value =
      _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)source));
  return _mm256_sub_epi32(value, zero_point);
}

// See `scaled_sum` in int8_elementwise.c.
CK_INLINE __m256i scaled_sum(const bool is_single, const ck_add *by, __m256i a, __m256i b) {
  if (!is_single) {
    const __m256i left = rescaled(_mm256_slli_epi32(a, 20), &by->left);
    const __m256i right = rescaled(_mm256_slli_epi32(b, 20), &by->right);
    return rescaled(_mm256_add_epi32(left, right), &by->sum);
  }
  const __m256i left = _mm256_mullo_epi32(a, _mm256_set1_epi32(by->left.significand));
  const __m256i right = _mm256_mullo_epi32(b, _mm256_set1_epi32(by->right.significand));
  const __m256i half = _mm256_set1_epi32(1 << (by->sum.right_shift - 1));
  const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(left, right), half);
  return _mm256_sra_epi32(sum, _mm_cvtsi32_si128(by->sum.right_shift));
}

CK_INLINE void add_rows(const bool is_single, const ck_add *add, const int8_t *left,
                        const int8_t *right, int8_t *output, size_t count) {
  const __m256i left_zero = _mm256_set1_epi32(add->left_zero_point);
  const __m256i right_zero = _mm256_set1_epi32(add->right_zero_point);
  const __m256i zero = _mm256_set1_epi32(add->zero_point);
  const __m256i low = _mm256_set1_epi32(add->low), high = _mm256_set1_epi32(add->high);
  const ck_add by = *add;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i words[2];
    CK_UNROLL for (int v = 0; v < 2; v++) {
      const __m256i sum = scaled_sum(is_single, &by, centered(left + i + 8 * v, left_zero),
                                     centered(right + i + 8 * v, right_zero));
      words[v] = _mm256_max_epi32(low, _mm256_min_epi32(high, _mm256_add_epi32(sum, zero)));
    }
    const __m256i packed =
        _mm256_permute4x64_epi64(_mm256_packs_epi32(words[0], words[1]), EVEN_FIRST);
    const __m128i bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(packed), _mm256_extracti128_si256(packed, 1));
    _mm_storeu_si128((__m128i *)(void *)(output + i), bytes);
  }
  for (; i < count; i++) output[i] = ck_add_one(add, left[i], right[i]);
}

// Sums of equally rounded operands, one of which is halved, as that of the larger scale is.
//
// With x = b * 2^20 the other operand's high product is (x * m + 2^30) >> 31 = (b * m + 2^10) >> 11,
// and with m = 2^11 * upper + lower it is b * upper + ((b * lower + 2^10) >> 11): |b| <= 255 keeps
// all of it below 2^29. The sum is rescaled as a block's accumulators are.
typedef struct halved_sum {
  __m256i upper, lower, half, shift_sign;
  __m128i shift, sum_shift;
  __m256i multiplier, addend, negative;
} halved_sum;

CK_INLINE bool is_half(const ck_scale *scale) {
  return scale->significand == 1 << 30 && scale->left_shift == 0 && scale->right_shift == 0;
}

static bool has_halved_sum(const ck_add *add) {
  const ck_scale *other = is_half(&add->left) ? &add->right : &add->left;
  const ck_scale *sum = &add->sum;
  return sum->rounding != CK_ROUND_SINGLE && (is_half(&add->left) || is_half(&add->right))
         && other->left_shift == 0 && other->right_shift <= 30 && other->rounding == sum->rounding
         && sum->left_shift == 0 && sum->right_shift >= 1 && sum->right_shift <= 22;
}

CK_INLINE halved_sum halved_sum_of(const ck_add *add, const ck_scale *other) {
  const int e = other->right_shift, last = add->sum.right_shift;
  const bool is_double = add->sum.rounding == CK_ROUND_DOUBLE;
  const int64_t addend =
      (1LL << 30) + (1LL << (last + 30)) + add->zero_point * (1LL << (last + 31));
  return (halved_sum){
      .upper = _mm256_set1_epi32(other->significand >> 11),
      .lower = _mm256_set1_epi32((int32_t)((uint32_t)(other->significand & 0x7ff) << 16)),
      .half = _mm256_set1_epi32(e == 0 ? 0 : 1 << (e - 1)),
      .shift_sign = _mm256_set1_epi32(is_double && e > 0 ? -1 : 0),
      .shift = _mm_cvtsi32_si128(e),
      .sum_shift = _mm_cvtsi32_si128(last - 1),
      .multiplier = _mm256_set1_epi64x(add->sum.significand),
      .addend = _mm256_set1_epi64x(addend),
      .negative = _mm256_set1_epi64x(is_double ? addend - (1LL << 31) : addend),
  };
}

// Of the halved operand and the other in the lower and upper halves; even lanes first.
CK_INLINE __m256i scaled_pairs(const halved_sum *by, __m256i pairs) {
  const __m256i halved = _mm256_slli_epi32(pairs, 19);
  const __m256i upper = _mm256_mullo_epi32(_mm256_srai_epi32(pairs, 16), by->upper);
  const __m256i lower = add32(_mm256_madd_epi16(pairs, by->lower), _mm256_set1_epi32(1 << 10));
  const __m256i product = add32(upper, _mm256_srai_epi32(lower, 11));
  const __m256i sign = _mm256_and_si256(_mm256_srai_epi32(product, 31), by->shift_sign);
  const __m256i other =
      _mm256_sra_epi32(add32(add32(product, by->half), sign), by->shift);
  const __m256i sum = add32(halved, other);
  const __m256i even = by_sign(by->addend, by->negative, _mm256_slli_epi64(sum, 32));
  const __m256i odd = by_sign(by->addend, by->negative, sum);
  const __m256i low = _mm256_add_epi64(_mm256_mul_epi32(sum, by->multiplier), even);
  const __m256i high = _mm256_add_epi64(
      _mm256_mul_epi32(_mm256_srli_epi64(sum, 32), by->multiplier), odd);
  return _mm256_sra_epi32(upper_halves(low, high), by->sum_shift);
}

// A multiple of 32 elements. Sums in 16 bits and then in 8 saturate, as the clamp would.
static void add_halved(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                       size_t count) {
  const bool is_left = is_half(&add->left);
  const halved_sum by = halved_sum_of(add, is_left ? &add->right : &add->left);
  const int8_t *first = is_left ? left : right, *second = is_left ? right : left;
  const int first_zero = is_left ? add->left_zero_point : add->right_zero_point;
  const int second_zero = is_left ? add->right_zero_point : add->left_zero_point;
  const __m256i zeros = _mm256_set1_epi16((int16_t)first_zero);
  const __m256i other_zeros = _mm256_set1_epi16((int16_t)second_zero);
  const __m256i low = _mm256_set1_epi8((char)add->low), high = _mm256_set1_epi8((char)add->high);
  const __m256i order = _mm256_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15, 0, 2,
                                         1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
  for (size_t i = 0; i < count; i += 32) {
    __m256i words[2];
    CK_UNROLL for (int v = 0; v < 2; v++) {
      const __m256i a = sub16(widened(first + i + 16 * v), zeros);
      const __m256i b = sub16(widened(second + i + 16 * v), other_zeros);
      words[v] = _mm256_packs_epi32(scaled_pairs(&by, _mm256_unpacklo_epi16(a, b)),
                                    scaled_pairs(&by, _mm256_unpackhi_epi16(a, b)));
    }
    __m256i bytes = _mm256_packs_epi16(words[0], words[1]);
    bytes = _mm256_max_epi8(_mm256_min_epi8(bytes, high), low);
    bytes = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(bytes, order), EVEN_FIRST);
    _mm256_storeu_si256((__m256i *)(void *)(output + i), bytes);
  }
}

static void add(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
                size_t count) {
  if (add->sum.rounding == CK_ROUND_SINGLE) {
    add_rows(true, add, left, right, output, count);
    return;
  }
  const size_t done = has_halved_sum(add) ? count / 32 * 32 : 0;
  add_halved(add, left, right, output, done);
  add_rows(false, add, left + done, right + done, output + done, count - done);
}
