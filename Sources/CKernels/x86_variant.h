// The loops of an x86 variant and the table that names them. A file includes this under the target
// of its instructions, after the instructions that it has beyond AVX2.

// Quadruples of bytes times weights, added to sums: nothing saturates.
#ifdef CK_DOT_BYTES
#define CK_MULTIPLIES_BYTES true
#else
#define CK_MULTIPLIES_BYTES false
#endif

// Pairs of 16 bits times weights, added to sums: |a| <= 255 and |w| <= 128 keep a pair's sum far
// below 2^31.
#ifdef CK_DOT_WORDS
#define CK_FUSES_PAIRS true
#else
#define CK_FUSES_PAIRS false
#define CK_DOT_WORDS(sum, a, w) _mm256_add_epi32(sum, _mm256_madd_epi16(a, w))
#endif

#include "x86_products.h"
#include "x86_depthwise.h"
#include "x86_winograd.h"
#include "x86_rescale.h"
#include "x86_elementwise.h"
#include "x86_add.h"
#include "x86_codebook.h"
#include "x86_sparse.h"

#ifndef CK_RUN_COLUMNS
#define CK_RUN_COLUMNS NULL
#endif

#ifndef CK_FLOATS
#define CK_FLOATS ck_float_avx2
#endif

#define CK_X86_VARIANT(variant, label)                                             \
  const ck_variant variant = {                                                     \
      .name = label,                                                               \
      .is_supported = is_supported,                                                \
      .multiplies_bytes = CK_MULTIPLIES_BYTES,                                     \
      .fuses_pairs = CK_FUSES_PAIRS,                                               \
      .sums_plainly = true,                                                        \
      .byte_offset = 128,                                                          \
      .product_s16 = product_s16,                                                  \
      .product_u8 = product_u8,                                                    \
      .product_codes = product_codes,                                              \
      .product_depthwise = product_depthwise,                                      \
      .run_columns = CK_RUN_COLUMNS,                                               \
      .winograd = {{winograd_input, winograd_output}, {wide_input, wide_output}},  \
      .product_matrix = product_matrix,                                            \
      .rescale = rescale,                                                          \
      .widen = widen,                                                              \
      .flip = flip,                                                                \
      .add = add,                                                                  \
      .add_taps = add_taps,                                                        \
      .max_taps = max_taps,                                                        \
      .sparse = &sparse,                                                           \
      .floats = &CK_FLOATS,                                                        \
  }
