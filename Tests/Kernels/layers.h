// Random int8 layers with a window.
#ifndef LAYERS_H
#define LAYERS_H

#include "problems.h"

// How accumulators are rescaled: the modes of a block.
typedef struct layer {
  ck_window window;
  size_t samples;
  int zero_point;
  size_t weight_count, input_count, output_count;
  int8_t *weights, *input;
  int32_t *bias;  // may be null
  ck_stage stage;
  ck_scale *scales;
  ck_mode mode;
} layer;

// The kind of layer that is wanted.
typedef enum shape {
  ANY_WINDOW,
  WINOGRAD_WINDOW,
  FLAT_WINDOW,       // depthwise, of few channels
  COLUMN_WINDOW,     // depthwise, 3 x 3
  DEPTHWISE_WINDOW,
} shape;

layer *layer_make(dice *dice, shape shape);
void layer_free(layer *layer);
void layer_describe(const layer *layer, char *text, size_t size);

// A power of two in so many of a hundred: products then lie halfway between two numbers.
int32_t roll_significand(dice *dice, int percent);

// Scales, zero point and limits for `channels` channels whose accumulators are about `size`.
void stage_make(dice *dice, ck_mode mode, int channels, double size, ck_stage *stage,
                ck_scale *scales);

#endif
