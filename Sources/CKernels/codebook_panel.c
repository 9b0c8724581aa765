// Packing of weights into codes, and plain code for products with them.
#include "codebook_kernels.h"

#include <stdlib.h>

// The code of a value, which joins the codebook if there is room; -1 if there is none.
static int code_of(int8_t value, int8_t *codebook, int *count) {
  for (int code = 0; code < *count; code++)
    if (codebook[code] == value) return code;
  if (*count == CK_CODEBOOK_SIZE) return -1;
  codebook[*count] = value;
  return (*count)++;
}

bool ck_panel_encode(ck_panel *panel) {
  const size_t count = (size_t)panel->steps * (size_t)panel->block.vectors * 16;
  uint8_t *codes = ck_allocate((size_t)ck_code_groups(panel) * CK_CODE_BYTES);
  int8_t codebook[CK_CODEBOOK_SIZE] = {0};
  int values = 0;
  if (!codes) return false;
  for (size_t i = 0; i < count; i++) {
    const int code = code_of(panel->weights[i], codebook, &values);
    if (code < 0) {
      free(codes);
      return false;
    }
    const size_t vector = i % CK_CODES / 16, weight = i % 16;
    uint8_t *byte = codes + i / CK_CODES * CK_CODE_BYTES + 2 * weight + vector % 2;
    *byte = (uint8_t)(*byte | code << (vector / 2 * 4));
  }
  memcpy(panel->codebook, codebook, sizeof codebook);
  free(panel->weights);
  panel->weights = NULL;
  panel->codes = codes;
  return true;
}

void ck_codes_decode(const ck_panel *panel, int group, int8_t *weights) {
  const uint8_t *codes = panel->codes + (size_t)group * CK_CODE_BYTES;
  for (int weight = 0; weight < 16; weight++)
    for (int vector = 0; vector < 4; vector++) {
      const int byte = codes[2 * weight + vector % 2];
      weights[16 * vector + weight] = panel->codebook[byte >> (vector / 2 * 4) & 15];
    }
}

void ck_product_codes(const ck_panel *panel, const int16_t *const *rows, int count,
                      int32_t *accumulators) {
  const int lanes = 8 * panel->block.vectors, steps = 4 / panel->block.vectors;
  for (int r = 0; r < count; r++)
    memcpy(accumulators + r * lanes, panel->block.bias, (size_t)lanes * sizeof *accumulators);
  int8_t weights[CK_CODES];
  for (int s = 0; s < panel->steps; s++) {
    if (s % steps == 0) ck_codes_decode(panel, s / steps, weights);
    const int8_t *w = weights + s % steps * lanes * 2;
    for (int r = 0; r < count; r++) {
      const int16_t *a = rows[r] + panel->offsets[s];
      uint32_t *sums = (uint32_t *)(accumulators + r * lanes);
      for (int lane = 0; lane < lanes; lane++)
        sums[lane] += (uint32_t)(a[0] * w[2 * lane] + a[1] * w[2 * lane + 1]);
    }
  }
}
