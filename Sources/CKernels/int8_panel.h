// Packing of weights into panels of up to 16 output channels.
#ifndef CK_INT8_PANEL_H
#define CK_INT8_PANEL_H

#include "int8_kernels.h"

// What a step multiplies: `used` weights from `weight` on of a filter, with the activations at
// `offset` (in elements) from the window's first.
typedef struct ck_tap {
  int32_t offset, weight, used;
} ck_tap;

typedef struct ck_taps {
  int width, count;
  ck_tap *places;
} ck_taps;

typedef struct ck_source {
  const int8_t *weights;  // [channel][filter_size]
  size_t filter_size;
  const int32_t *bias;  // may be null
  int32_t zero_point;   // of the input
  const ck_stage *stage;
} ck_source;

// Steps of `width` weights (2 or 4) along the contiguous runs of a window. 0 when memory is out.
int ck_taps_init(ck_taps *taps, const ck_padding *padding, int width);
void ck_taps_free(ck_taps *taps);

// has_bounds: whether products of bytes saturate. 0 when memory is out; free it all the same.
int ck_panel_init(ck_panel *panel, const ck_source *source, const ck_taps *taps, int first,
                  int count, bool has_bounds);
void ck_panel_free(ck_panel *panel);

#endif
