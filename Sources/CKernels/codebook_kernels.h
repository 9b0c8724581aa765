// Panels whose weights are numbers of a codebook of 16.
#ifndef CK_CODEBOOK_KERNELS_H
#define CK_CODEBOOK_KERNELS_H

#include "int8_kernels.h"

// 64 weights, four vectors of 16 as a dense panel has them, are 32 bytes of codes: byte 2 j + i has
// the code of weight j of vector i in its low half, and that of vector 2 + i in its high half.
enum {
  CK_CODES = 64,
  CK_CODE_BYTES = 32,
  CK_CODEBOOK_SIZE = 16,
};

// Groups of CK_CODES weights of a panel of 16-bit pairs; the last may be cut.
static inline int ck_code_groups(const ck_panel *panel) {
  return (panel->steps * panel->block.vectors + 3) / 4;
}

// Puts codes in the place of weights. False, and nothing changed, when they are of more than 16
// values or memory is out.
bool ck_panel_encode(ck_panel *panel);
// The weights that a group of codes stands for.
void ck_codes_decode(const ck_panel *panel, int group, int8_t *weights);
// `product_codes` of the portable variant.
void ck_product_codes(const ck_panel *panel, const int16_t *const *rows, int count,
                      int32_t *accumulators);

#endif
