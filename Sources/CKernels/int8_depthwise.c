// Depthwise convolutions: blocks of 16 channels, taps multiplied in pairs.
#include "int8_kernels.h"

#include <stdlib.h>

struct ck_depthwise {
  const ck_variant *variant;
  ck_padding padding;
  int panel_count;
  ck_panel *panels;
  // Pixels of few channels whose windows step by one pixel are as good as one pixel of many: 16
  // lanes then hold several pixels.
  bool is_flat;
  int column_step;  // of windows that share columns; 0: by taps
};

static int tap_offset(const ck_padding *padding, int tap) {
  const ck_window *w = &padding->window;
  const int y = tap / w->filter_width, x = tap % w->filter_width;
  return (y * w->dilation_height * padding->padded_width + x * w->dilation_width)
         * padding->pixel_elements;
}

// The channel of a lane of a panel; -1 where there is none.
static int channel_of(const ck_depthwise *depthwise, int panel, int lane) {
  const int channels = depthwise->padding.window.output_channels;
  const int channel = panel * CK_LANES + ck_lane_channel(2, lane);
  if (depthwise->is_flat) return channel % channels;
  return channel < channels ? channel : -1;
}

static int8_t weight_of(const ck_depthwise *depthwise, const int8_t *weights, int panel, int lane,
                        int tap) {
  const size_t channels = (size_t)depthwise->padding.window.output_channels;
  const int channel = channel_of(depthwise, panel, lane);
  return channel < 0 ? 0 : weights[(size_t)tap * channels + (size_t)channel];
}

static void init_block(const ck_depthwise *depthwise, int index, const int8_t *weights,
                       const int32_t *bias, const ck_stage *stage) {
  const ck_window *w = &depthwise->padding.window;
  const int taps = w->filter_height * w->filter_width, channels = w->output_channels;
  const int left = channels - index * CK_LANES;
  const int count = depthwise->is_flat || left > CK_LANES ? CK_LANES : left;
  const int32_t zero =
      depthwise->column_step ? depthwise->padding.zero_point + depthwise->variant->byte_offset : 0;
  ck_scale scales[CK_LANES];
  int32_t biases[CK_LANES];
  int64_t bounds[CK_LANES];
  for (int c = 0; c < count; c++) {
    const int channel = (index * CK_LANES + c) % channels;
    const int64_t given = bias ? bias[channel] : 0;
    int64_t magnitude = 0, sum = 0;
    for (int tap = 0; tap < taps; tap++) {
      const int weight = weights[(size_t)tap * (size_t)channels + (size_t)channel];
      sum += weight;
      magnitude += weight < 0 ? -weight : weight;
    }
    scales[c] = stage->scales[channel];
    biases[c] = ck_bias_of(given, sum, zero);
    bounds[c] = ck_bound(given, magnitude);
  }
  ck_block_init(&depthwise->panels[index].block, stage, scales, biases, bounds, count, 2);
}

// Two taps a step: offsets[2 * step] and [2 * step + 1], weights [lane][2] in 16 bits.
static int pack_taps(const ck_depthwise *depthwise, int index, const int8_t *weights) {
  ck_panel *panel = &depthwise->panels[index];
  const ck_window *w = &depthwise->padding.window;
  const int taps = w->filter_height * w->filter_width;
  panel->steps = (taps + 1) / 2;
  panel->offsets = ck_allocate((size_t)panel->steps * 2 * sizeof *panel->offsets);
  panel->weights = ck_allocate((size_t)panel->steps * 2 * CK_LANES * sizeof(int16_t));
  if (!panel->offsets || !panel->weights) return 0;
  int16_t *packed = (int16_t *)(void *)panel->weights;
  for (int tap = 0; tap < 2 * panel->steps; tap++) {
    // The second of the last pair may be missing: the tap before it with weights of zero.
    panel->offsets[tap] = tap_offset(&depthwise->padding, tap < taps ? tap : taps - 1);
    for (int lane = 0; tap < taps && lane < CK_LANES; lane++)
      packed[(tap / 2 * CK_LANES + lane) * 2 + tap % 2] =
          weight_of(depthwise, weights, index, lane, tap);
  }
  return 1;
}

// See `run_columns`.
static int pack_columns(const ck_depthwise *depthwise, int index, const int8_t *weights) {
  ck_panel *panel = &depthwise->panels[index];
  panel->offsets = ck_allocate(2 * sizeof *panel->offsets);
  panel->weights = ck_allocate(3 * CK_LANES * 4);
  if (!panel->offsets || !panel->weights) return 0;
  panel->offsets[0] = tap_offset(&depthwise->padding, 3);
  panel->offsets[1] = tap_offset(&depthwise->padding, 6);
  for (int tap = 0; tap < 9; tap++)
    for (int lane = 0; lane < CK_LANES; lane++)
      panel->weights[(tap % 3 * CK_LANES + lane) * 4 + tap / 3] =
          weight_of(depthwise, weights, index, lane, tap);
  return 1;
}

// Columns between windows that may share them; 0 when they do not.
static int column_step(const ck_variant *variant, const ck_window *w, bool is_flat) {
  const int step = is_flat ? CK_LANES / w->output_channels : w->stride_width;
  const bool is_square = w->filter_height == 3 && w->filter_width == 3 && w->dilation_width == 1;
  const bool fits = variant->run_columns && is_square && w->output_channels == w->input_channels;
  return fits && step <= 2 ? step : 0;
}

ck_depthwise *ck_depthwise_create(const ck_variant *variant, const ck_window *window,
                                  const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                  const ck_stage *stage) {
  ck_depthwise *depthwise = ck_allocate(sizeof *depthwise);
  if (!depthwise) return NULL;
  const int channels = window->output_channels;
  const int repeats = channels / window->input_channels;
  depthwise->variant = variant;
  depthwise->is_flat = repeats == 1 && CK_LANES % channels == 0 && channels < CK_LANES
                       && window->stride_width == 1
                       && (int64_t)window->output_width * channels % CK_LANES == 0;
  const int rounded = (channels + CK_LANES - 1) / CK_LANES * CK_LANES;
  depthwise->panel_count = rounded / CK_LANES;
  depthwise->panels = ck_allocate((size_t)depthwise->panel_count * sizeof *depthwise->panels);
  depthwise->column_step = column_step(variant, window, depthwise->is_flat);
  int done = depthwise->panels != NULL
             && ck_padding_init(&depthwise->padding, window, zero_point,
                                depthwise->column_step ? 1 : 2, repeats,
                                depthwise->is_flat ? channels : rounded);
  for (int p = 0; done && p < depthwise->panel_count; p++) {
    init_block(depthwise, p, weights, bias, stage);
    done = depthwise->column_step ? pack_columns(depthwise, p, weights)
                                  : pack_taps(depthwise, p, weights);
  }
  if (done) return depthwise;
  ck_depthwise_destroy(depthwise);
  return NULL;
}

void ck_depthwise_destroy(ck_depthwise *depthwise) {
  for (int p = 0; depthwise->panels && p < depthwise->panel_count; p++) {
    free(depthwise->panels[p].offsets);
    free(depthwise->panels[p].weights);
  }
  free(depthwise->panels);
  free(depthwise);
}

size_t ck_depthwise_scratch_bytes(const ck_depthwise *depthwise, size_t samples) {
  return ck_padding_bytes(&depthwise->padding, samples);
}

static void run_positions(const void *kernel, const void *const *rows, int count, size_t first,
                          int8_t *output) {
  const ck_depthwise *depthwise = kernel;
  const ck_variant *variant = depthwise->variant;
  const int stride = depthwise->is_flat ? CK_LANES : depthwise->padding.window.output_channels;
  int8_t *place = output + (ptrdiff_t)first * stride;
  _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ACCUMULATORS];
  for (int p = 0; p < depthwise->panel_count; p++, place += CK_LANES) {
    const ck_panel *panel = &depthwise->panels[p];
    if (depthwise->column_step) {
      variant->run_columns(panel, (const uint8_t *const *)rows, p * CK_LANES, count,
                           depthwise->padding.pixel_elements, depthwise->column_step, place,
                           stride);
      continue;
    }
    variant->product_depthwise(panel, (const int16_t *const *)rows, p * CK_LANES, count,
                               accumulators);
    variant->rescale(&panel->block, accumulators, count, place, stride);
  }
}

void ck_depthwise_run(const ck_depthwise *depthwise, const int8_t *input, int8_t *output,
                      size_t samples, void *scratch) {
  const ck_padding *padding = &depthwise->padding;
  const ck_window *w = &padding->window;
  const size_t pixel = (size_t)padding->pixel_elements;
  const size_t row = (size_t)w->output_width * (size_t)w->output_channels;
  const bool is_flat = depthwise->is_flat;
  const ck_positions positions = {
      .padding = padding,
      .step_elements = is_flat ? CK_LANES : (size_t)w->stride_width * pixel,
      .positions = is_flat ? row / CK_LANES : (size_t)w->output_width,
  };
  ck_run_positions(&positions, depthwise->variant, depthwise, run_positions, input, output, samples,
                   scratch);
}
