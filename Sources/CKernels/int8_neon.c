// The variants of AArch64: NEON, which every machine has, and NEON with dot products of bytes.
#include "int8_kernels.h"

#if defined(__aarch64__)

#include "neon_products.h"
#include "neon_bytes.h"
#include "neon_depthwise.h"
#include "neon_rescale.h"
#include "neon_winograd.h"
#include "neon_elementwise.h"

#include <sys/auxv.h>

static bool always(void) { return true; }

static bool has_dot_product(void) {
  return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
}

// Float loops are the portable ones: they compile to vectors here, and longer tiles spilled.
#define CK_NEON_VARIANT(variant, label, condition, has_dot, product)                \
  const ck_variant variant = {                                                      \
      .name = label,                                                                \
      .is_supported = condition,                                                    \
      .multiplies_bytes = has_dot,                                                  \
      .byte_offset = 0,                                                             \
      .product_s16 = product_s16,                                                   \
      .product_u8 = product,                                                        \
      .product_codes = product_codes,                                               \
      .product_depthwise = product_depthwise,                                       \
      .winograd = {{winograd_input, winograd_output}, {wide_input, wide_output}},   \
      .product_matrix = product_matrix,                                             \
      .rescale = rescale,                                                           \
      .widen = widen,                                                               \
      .flip = copy,                                                                 \
      .add = add,                                                                   \
      .add_taps = ck_add_taps,                                                      \
      .max_taps = ck_max_taps,                                                      \
      .sparse = &ck_sparse_neon,                                                    \
      .floats = &ck_float_portable,                                                 \
  }

CK_NEON_VARIANT(ck_neon, "neon", always, false, product_bytes);
CK_NEON_VARIANT(ck_neon_dot, "neondot", has_dot_product, true, product_dot);

#endif
