// Products of channels with weights of their own. After `x86_products.h`.

// Two taps interleaved give pairs of 16 bits in the order of the lanes.
CK_INLINE void multiply_taps(const int rows, const ck_panel *panel, const int16_t *const *row,
                             int first, __m256i sums[6][2]) {
  const int8_t *weights = panel->weights;
  const int32_t *offsets = panel->offsets, *end = offsets + 2 * panel->steps;
  for (; offsets < end; offsets += 2, weights += 64) {
    const __m256i w0 = load(weights), w1 = load(weights + 32);
    const ptrdiff_t one = first + offsets[0], other = first + offsets[1];
    CK_UNROLL for (int r = 0; r < rows; r++) {
      const __m256i a = load(row[r] + one), b = load(row[r] + other);
      sums[r][0] = CK_DOT_WORDS(sums[r][0], _mm256_unpacklo_epi16(a, b), w0);
      sums[r][1] = CK_DOT_WORDS(sums[r][1], _mm256_unpackhi_epi16(a, b), w1);
    }
  }
}

CK_INLINE void depthwise_rows(const ck_mode mode, const int vectors, const ck_panel *panel,
                              const int16_t *const *row, int first, int count, int8_t *output,
                              ptrdiff_t stride) {
  const finish to = finish_of(&panel->block, vectors);
  CK_FOR_TILES(count, {
    __m256i sums[6][2];
    init_tile(rows, vectors, panel, sums);
    multiply_taps(rows, panel, row + r, first, sums);
    rescale_tile(mode, rows, vectors, &panel->block, &to, sums, output + r * stride, stride);
  });
}

static void run_depthwise(const ck_panel *panel, const int16_t *const *rows, int first, int count,
                          int8_t *output, ptrdiff_t stride) {
  CK_FOR_BLOCK(&panel->block, depthwise_rows, panel, rows, first, count, output, stride)
}
