// Products of bytes by instructions that saturate. After `x86_products.h`.

enum { CK_BYTE_ROWS = 3 };  // of a tile: bins need as many registers again

// Quadruples of 8 bits, summed in 16 bits over a bin: packing proved that no sum leaves 16 bits.
CK_INLINE void tile_bytes(const int rows, const int vectors, const ck_panel *panel,
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

CK_INLINE void byte_rows(const int vectors, const ck_panel *panel, const uint8_t *const *row,
                         int count, int32_t *accumulators) {
  int r = 0;
  for (; r + CK_BYTE_ROWS <= count; r += CK_BYTE_ROWS)
    tile_bytes(CK_BYTE_ROWS, vectors, panel, row + r, accumulators + r * 8 * vectors);
  for (; r < count; r++) tile_bytes(1, vectors, panel, row + r, accumulators + r * 8 * vectors);
}

// Rows are rescaled together: tiles are too low to be rescaled one by one.
static void run_bytes(const ck_panel *panel, const void *const *rows, int count, int8_t *output,
                      ptrdiff_t stride) {
  _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ACCUMULATORS];
  const uint8_t *const *row = (const uint8_t *const *)rows;
  if (panel->block.vectors == 1) byte_rows(1, panel, row, count, accumulators);
  else byte_rows(2, panel, row, count, accumulators);
  rescale(&panel->block, accumulators, count, output, stride);
}
