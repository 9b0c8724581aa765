// The loops of an x86 variant and the table that names them. A file includes this under the target
// of its instructions, after CK_DOT_BYTES where it has products of bytes.
#include "x86_products.h"
#include "x86_depthwise.h"
#include "x86_winograd.h"
#include "x86_rescale.h"
#include "x86_elementwise.h"
#include "x86_codebook.h"

#ifdef CK_DOT_BYTES
#define CK_MULTIPLIES_BYTES true
#else
#define CK_MULTIPLIES_BYTES false
#endif

#define CK_X86_VARIANT(variant, label)          \
  const ck_variant variant = {                  \
      .name = label,                            \
      .is_supported = is_supported,             \
      .multiplies_bytes = CK_MULTIPLIES_BYTES,  \
      .byte_offset = 128,                       \
      .product_s16 = product_s16,               \
      .product_u8 = product_u8,                 \
      .product_codes = product_codes,           \
      .product_depthwise = product_depthwise,   \
      .winograd = {{winograd_input, winograd_output}, {wide_input, wide_output}}, \
      .product_matrix = product_matrix,         \
      .rescale = rescale,                       \
      .widen = widen,                           \
      .flip = flip,                             \
      .add = add,                               \
      .add_taps = add_taps,                     \
      .max_taps = max_taps,                     \
      .sparse = &ck_sparse_avx2,                \
      .floats = &ck_float_avx2,                 \
  }
