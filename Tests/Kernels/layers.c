// Random int8 layers: all kinds of windows, weights, roundings and modes of rescaling.
#include "layers.h"

#include <math.h>

// Extents of the output follow from those of the input and its padding on both sides.
static int output_extent(dice *dice, int input, int filter, int stride, int dilation,
                         int *padding) {
  const int reach = (filter - 1) * dilation + 1;
  *padding = within(dice, 0, reach - 1);
  int padded = input + *padding + within(dice, 0, reach - 1);
  if (padded < reach) padded = reach;
  return (padded - reach) / stride + 1;
}

static ck_window roll_window(dice *dice, shape shape) {
  const bool is_winograd = shape == WINOGRAD_WINDOW;
  const bool is_dense = shape == ANY_WINDOW && chance(dice, 30);  // a fully connected layer
  ck_window w = {
      .input_height = is_dense ? 1 : within(dice, 1, is_winograd ? 12 : 9),
      .input_width = is_dense ? 1 : within(dice, 1, is_winograd ? 12 : 9),
      .input_channels = is_dense ? within(dice, 1, 300) : within(dice, 1, 40),
      .filter_height = is_dense ? 1 : is_winograd ? 3 : within(dice, 1, 4),
      .filter_width = is_dense ? 1 : is_winograd ? 3 : within(dice, 1, 4),
      .stride_height = is_winograd || is_dense ? 1 : within(dice, 1, 3),
      .stride_width = is_winograd || is_dense || shape == FLAT_WINDOW ? 1 : within(dice, 1, 3),
      .dilation_height = is_winograd || chance(dice, 60) ? 1 : within(dice, 1, 3),
      .dilation_width = is_winograd || chance(dice, 60) ? 1 : within(dice, 1, 3),
      .output_channels = within(dice, 1, 40),
  };
  if (is_winograd) w.input_channels = 16 * within(dice, 1, 4);
  if (shape == FLAT_WINDOW) {
    w.input_channels = 1 << within(dice, 0, 3);
    w.input_width = 16 * within(dice, 1, 2);
    w.filter_width = w.filter_width / 2 * 2 + 1;
    w.dilation_width = 1;
  }
  if (shape == FLAT_WINDOW) w.output_channels = w.input_channels;
  if (shape == COLUMN_WINDOW) {
    w.filter_height = w.filter_width = 3;
    w.dilation_width = 1;
    w.stride_width = within(dice, 1, 2);
    w.input_width = within(dice, 1, 20);
    w.output_channels = w.input_channels;
  }
  if (shape == DEPTHWISE_WINDOW) w.output_channels = w.input_channels * within(dice, 1, 3);
  w.output_height = output_extent(dice, w.input_height, w.filter_height, w.stride_height,
                                  w.dilation_height, &w.padding_top);
  w.output_width = output_extent(dice, w.input_width, w.filter_width, w.stride_width,
                                 w.dilation_width, &w.padding_left);
  if (shape == FLAT_WINDOW) {
    w.padding_left = w.filter_width / 2;
    w.output_width = w.input_width;
  }
  return w;
}

// Of all sizes, small ones, extremes, few that are not zero, or filters of zeros.
static void roll_weights(dice *dice, layer *layer, size_t filters) {
  const int kind = within(dice, 0, 4), largest = within(dice, 1, 40);
  const int zeros = within(dice, 70, 95);
  roll_bytes(dice, layer->weights, layer->weight_count, kind == 2);
  const size_t filter_size = layer->weight_count / filters;
  for (size_t i = 0; i < layer->weight_count; i++) {
    if (kind == 1) layer->weights[i] = (int8_t)within(dice, -largest, largest);
    if (kind == 3 && chance(dice, zeros)) layer->weights[i] = 0;
    if (kind == 4 && i / filter_size % 3 == 1) layer->weights[i] = 0;
  }
}

int32_t roll_significand(dice *dice, int percent) {
  const uint32_t any = roll(dice) % (1u << 30);
  return (int32_t)((1u << 30) + (chance(dice, percent) ? 0 : any));
}

static ck_scale roll_scale(dice *dice, ck_mode mode, double size) {
  if (mode != CK_MODE_FLOAT && chance(dice, 3)) return (ck_scale){0};
  int fitting = within(dice, -2, 2);
  for (; size > 60; size /= 2) fitting++;
  ck_scale scale = {
      .significand = roll_significand(dice, 20),
      .right_shift = fitting < 1 ? 1 : fitting > 22 ? 22 : fitting,
      .rounding = mode == CK_MODE_FLOAT ? CK_ROUND_SINGLE
                  : chance(dice, 50)    ? CK_ROUND_DOUBLE
                                        : CK_ROUND_DOUBLE_HALF_UP,
  };
  if (mode == CK_MODE_GENERAL) {
    scale.left_shift = within(dice, 0, 4);
    scale.right_shift = scale.left_shift ? 0 : within(dice, 0, 31);
  }
  scale.factor =
      ldexpf((float)scale.significand, scale.left_shift - scale.right_shift - 31);
  return scale;
}

void stage_make(dice *dice, ck_mode mode, int channels, double size, ck_stage *stage,
                ck_scale *scales) {
  for (int c = 0; c < channels; c++) scales[c] = roll_scale(dice, mode, size);
  const int zero_point = chance(dice, 20) ? (chance(dice, 50) ? 127 : -128)
                                          : within(dice, -128, 127);
  int low = chance(dice, 50) ? -128 : within(dice, -128, 100);
  if (mode == CK_MODE_FLOOR && low < zero_point) low = zero_point;
  const int high = chance(dice, 50) ? 127 : within(dice, low, 127);
  *stage = (ck_stage){.scales = scales, .zero_point = zero_point, .low = low, .high = high};
}

static void roll_bias(dice *dice, layer *layer, size_t channels) {
  if (chance(dice, 20)) return;
  const int range = layer->mode == CK_MODE_GENERAL && chance(dice, 50) ? INT32_MAX / 2 : 1 << 15;
  layer->bias = memory(channels * sizeof *layer->bias);
  for (size_t c = 0; c < channels; c++) layer->bias[c] = within(dice, -range, range);
}

layer *layer_make(dice *dice, shape shape) {
  layer *layer = memory(sizeof *layer);
  const ck_window w = roll_window(dice, shape);
  const size_t inputs = (size_t)w.input_channels, outputs = (size_t)w.output_channels;
  const size_t taps = (size_t)(w.filter_height * w.filter_width);
  const bool is_depthwise = shape >= FLAT_WINDOW;
  *layer = (struct layer){
      .window = w,
      .samples = (size_t)within(dice, 1, 3),
      .zero_point = chance(dice, 30) ? (chance(dice, 50) ? 127 : -128) : within(dice, -128, 127),
      .mode = (ck_mode)within(dice, 0, 3),
      .weight_count = taps * outputs * (is_depthwise ? 1 : inputs),
  };
  layer->input_count = layer->samples * (size_t)(w.input_height * w.input_width) * inputs;
  layer->output_count = layer->samples * (size_t)(w.output_height * w.output_width) * outputs;
  layer->weights = memory(layer->weight_count);
  layer->input = memory(layer->input_count);
  layer->scales = memory(outputs * sizeof *layer->scales);
  roll_weights(dice, layer, is_depthwise ? 1 : outputs);
  roll_bytes(dice, layer->input, layer->input_count, chance(dice, 30));
  roll_bias(dice, layer, outputs);
  const double depth = (double)(layer->weight_count / outputs);
  stage_make(dice, layer->mode, w.output_channels, 4000 * sqrt(depth), &layer->stage,
             layer->scales);
  return layer;
}

void layer_free(layer *layer) {
  free(layer->weights);
  free(layer->input);
  free(layer->bias);
  free(layer->scales);
  free(layer);
}

void layer_describe(const layer *layer, char *text, size_t size) {
  const ck_window *w = &layer->window;
  snprintf(text, size,
           "%zu x %dx%dx%d -> %dx%dx%d, filter %dx%d, stride %dx%d, dilation %dx%d, "
           "padding %d %d, zero point %d, mode %d, output %d in [%d, %d]",
           layer->samples, w->input_height, w->input_width, w->input_channels, w->output_height,
           w->output_width, w->output_channels, w->filter_height, w->filter_width,
           w->stride_height, w->stride_width, w->dilation_height, w->dilation_width,
           w->padding_top, w->padding_left, layer->zero_point, (int)layer->mode,
           layer->stage.zero_point, layer->stage.low, layer->stage.high);
}
