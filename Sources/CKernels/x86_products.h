// Products of rows with panels, rescaled while they are in registers.
//
// Accumulators are fixed arrays under fully unrolled loops, so that they stay there.
#include "x86_rescale.h"

CK_INLINE void init_tile(const int rows, const int vectors, const ck_panel *panel,
                         __m256i sums[6][2]) {
  CK_UNROLL for (int r = 0; r < rows; r++)
    CK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = load(panel->block.bias + 8 * v);
}

CK_INLINE void multiply_words(const int rows, const int vectors, const int16_t *const *row,
                              ptrdiff_t offset, const __m256i *w, __m256i sums[6][2]) {
  CK_UNROLL for (int r = 0; r < rows; r++) {
    const __m256i a = broadcast(row[r] + offset);
    CK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = CK_DOT_WORDS(sums[r][v], a, w[v]);
  }
}

#ifdef CK_DOT_BYTES

// Quadruples of 8 bits by an instruction that does not saturate; bins mean nothing to it.
CK_INLINE void multiply_bytes(const int rows, const int vectors, const int8_t *weights,
                              const uint8_t *const *row, ptrdiff_t offset, __m256i sums[6][2]) {
  __m256i w[2];
  CK_UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + 32 * v);
  CK_UNROLL for (int r = 0; r < rows; r++) {
    const __m256i a = broadcast(row[r] + offset);
    CK_UNROLL for (int v = 0; v < vectors; v++) sums[r][v] = CK_DOT_BYTES(sums[r][v], a, w[v]);
  }
}

CK_INLINE void byte_rows(const ck_mode mode, const int vectors, const ck_panel *panel,
                         const uint8_t *const *row, int count, int8_t *output, ptrdiff_t stride) {
  const finish to = finish_of(&panel->block, vectors);
  const int32_t *end = panel->offsets + panel->steps;
  CK_FOR_TILES(count, {
    __m256i sums[6][2];
    init_tile(rows, vectors, panel, sums);
    const int8_t *weights = panel->weights;
    for (const int32_t *offset = panel->offsets; offset < end; offset++, weights += 32 * vectors)
      multiply_bytes(rows, vectors, weights, row + r, *offset, sums);
    rescale_tile(mode, rows, vectors, &panel->block, &to, sums, output + r * stride, stride);
  });
}

static void run_bytes(const ck_panel *panel, const void *const *rows, int count, int8_t *output,
                      ptrdiff_t stride) {
  const uint8_t *const *row = (const uint8_t *const *)rows;
  CK_FOR_BLOCK(&panel->block, byte_rows, panel, row, count, output, stride)
}

#else
#include "x86_saturating.h"
#endif
