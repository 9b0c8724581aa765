// Products of pairs of 16 bits for NEON, of rows with panels and with panels of codes.
#include "codebook_kernels.h"
#include "neon_tiles.h"

// Weights [lane][2] of 8 * vectors lanes, widened.
CK_INLINE void widen_pairs(const int vectors, const int8_t *weights, int16x8_t first[2],
                           int16x8_t second[2]) {
  if (vectors == 1) {
    const int8x8x2_t w = vld2_s8(weights);
    first[0] = vmovl_s8(w.val[0]);
    second[0] = vmovl_s8(w.val[1]);
  } else {
    const int8x16x2_t w = vld2q_s8(weights);
    first[0] = vmovl_s8(vget_low_s8(w.val[0]));
    first[1] = vmovl_high_s8(w.val[0]);
    second[0] = vmovl_s8(vget_low_s8(w.val[1]));
    second[1] = vmovl_high_s8(w.val[1]);
  }
}

// Steps of a panel with their weights; sums begin with the bias, or go on.
typedef struct ck_stretch {
  const ck_panel *panel;
  int first, count;
  const int8_t *weights;
} ck_stretch;

// Pairs of 16 bits: |a| <= 255 and |w| <= 128 keep a pair's sum far below 2^31.
CK_INLINE void tile_s16(const int rows, const int vectors, const ck_stretch *stretch,
                        const int16_t *const *row, int32_t *accumulators) {
  const bool begins = stretch->first == 0;
  ck_tile sums;
  load_tile(rows, vectors, begins ? stretch->panel->block.bias : accumulators,
            begins ? 0 : 8 * vectors, sums);
  const int8_t *weights = stretch->weights;
  const int32_t *offsets = stretch->panel->offsets + stretch->first;
  const int32_t *end = offsets + stretch->count;
  for (; offsets < end; offsets++, weights += 16 * vectors) {
    const ptrdiff_t offset = *offsets;
    int16x8_t first[2], second[2];
    widen_pairs(vectors, weights, first, second);
    CK_UNROLL for (int r = 0; r < rows; r++)
      multiply_pair(vectors, two_words(row[r] + offset), first, second, sums[r]);
  }
  store_tile(rows, vectors, sums, accumulators);
}

static void product_stretch(const ck_stretch *stretch, const int16_t *const *rows, int count,
                            int32_t *accumulators) {
  const int vectors = stretch->panel->block.vectors;
  for (int r = 0; r < count; r += CK_TILE_ROWS)
    CK_TILES(tile_s16, at_most(count - r, CK_TILE_ROWS), vectors, stretch, rows + r,
             accumulators + r * 8 * vectors)
}

static void product_s16(const ck_panel *panel, const int16_t *const *rows, int count,
                        int32_t *accumulators) {
  const ck_stretch all = {panel, 0, panel->steps, panel->weights};
  product_stretch(&all, rows, count, accumulators);
}

// Groups of codes that become weights at once: they stay in the first cache.
enum { CK_DECODED_GROUPS = 64 };

// Bytes of even places have the codes of vectors 0 and 2, others those of 1 and 3.
CK_INLINE void decode(const uint8_t *codes, int8x16_t codebook, int8_t *weights) {
  const uint8x16x2_t both = vld2q_u8(codes);
  CK_UNROLL for (int i = 0; i < 2; i++) {
    const uint8x16_t low = vandq_u8(both.val[i], vdupq_n_u8(15));
    vst1q_s8(weights + 16 * i, vqtbl1q_s8(codebook, low));
    vst1q_s8(weights + 16 * (2 + i), vqtbl1q_s8(codebook, vshrq_n_u8(both.val[i], 4)));
  }
}

static void product_codes(const ck_panel *panel, const int16_t *const *rows, int count,
                          int32_t *accumulators) {
  const int steps = 4 / panel->block.vectors, most = CK_DECODED_GROUPS * steps;
  const int8x16_t codebook = vld1q_s8(panel->codebook);
  const uint8_t *codes = panel->codes;
  int8_t weights[CK_DECODED_GROUPS * CK_CODES];
  int first = 0;
  do {
    const ck_stretch part = {panel, first, at_most(panel->steps - first, most), weights};
    for (int s = 0; s < part.count; s += steps, codes += CK_CODE_BYTES)
      decode(codes, codebook, weights + s / steps * CK_CODES);
    product_stretch(&part, rows, count, accumulators);
    first += most;
  } while (first < panel->steps);
}
