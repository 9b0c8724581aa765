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

// What the weights of a channel add up to, as they are and in magnitude.
typedef struct ck_total {
  int64_t sum, magnitude;
} ck_total;

ck_total ck_total_of(const int8_t *weights, size_t count);

typedef struct ck_source {
  const int8_t *weights;  // [channel][filter_size]
  size_t filter_size;
  const int32_t *bias;  // may be null
  const ck_total *totals;  // by channel
  int32_t zero_point;   // of the input
  int32_t byte_offset;  // see `ck_variant`
  const ck_stage *stage;
} ck_source;

// Steps of `width` weights (2 or 4) along the contiguous runs of a window. 0 when memory is out.
int ck_taps_init(ck_taps *taps, const ck_padding *padding, int width);
void ck_taps_free(ck_taps *taps);

// Where panels are packed before it is known how many steps they take; for one after the other.
typedef struct ck_draft {
  ck_panel panel;
  bool has_bounds;  // whether products of bytes saturate
} ck_draft;

// 0 when memory is out; free it all the same.
int ck_draft_init(ck_draft *draft, const ck_taps *taps, bool has_bounds);
void ck_draft_free(ck_draft *draft);

// Vector instructions that a row's products cost: a step multiplies and adds, a bin widens and adds,
// or one instruction does all of it (`is_fused`).
int64_t ck_panel_cost(const ck_panel *panel, bool is_fused);

// Packs some channels into the draft.
void ck_draft_pack(ck_draft *draft, const ck_source *source, const ck_taps *taps, int first,
                   int count);
// A panel of what the draft holds. 0 when memory is out; free it all the same.
int ck_panel_init(ck_panel *panel, const ck_draft *draft, const ck_source *source,
                  const ck_taps *taps, int first);
void ck_panel_free(ck_panel *panel);

#endif
