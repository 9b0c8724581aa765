// The transforms of Winograd's convolution and the products between; see `int8_winograd.c`.
#include "x86_vectors.h"

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
      sums[r][0] = CK_DOT_WORDS(sums[r][0], a, w0);
      sums[r][1] = CK_DOT_WORDS(sums[r][1], a, w1);
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
