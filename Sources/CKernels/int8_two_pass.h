// Loops of variants that keep sums in memory before they are rescaled.
#include "int8_kernels.h"

// A `ck_row_loop` of products into accumulators, of rows of `type`.
#define CK_TWO_PASSES(name, type, product, rescale)                                             \
  static void name(const ck_panel *panel, const void *const *rows, int count, int8_t *output,   \
                   ptrdiff_t stride) {                                                          \
    _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ACCUMULATORS];                               \
    product(panel, (const type *const *)rows, count, accumulators);                             \
    rescale(&panel->block, accumulators, count, output, stride);                                \
  }

#define CK_TWO_PASSES_DEPTHWISE(name, product, rescale)                                         \
  static void name(const ck_panel *panel, const int16_t *const *rows, int first, int count,     \
                   int8_t *output, ptrdiff_t stride) {                                          \
    _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ACCUMULATORS];                               \
    product(panel, rows, first, count, accumulators);                                           \
    rescale(&panel->block, accumulators, count, output, stride);                                \
  }
