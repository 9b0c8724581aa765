// Depthwise convolutions: blocks of 16 channels, taps multiplied in pairs.
#include "internal.h"

#include <stdlib.h>

struct ck_depthwise {
  const ck_variant *variant;
  ck_padding padding;
  int panel_count;
  ck_panel *panels;
  // Pixels of few channels whose windows step by one pixel are as good as one pixel of many: 16
  // lanes then hold several pixels, and a row has so many groups of 16.
  bool is_flat;
  int32_t lanes_in_row;
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

// Two taps a step: offsets[2 * step] and [2 * step + 1], weights [lane][2] in 16 bits.
static int init_panel(ck_depthwise *depthwise, int index, const int8_t *weights,
                      const int32_t *bias, const ck_stage *stage) {
  ck_panel *panel = &depthwise->panels[index];
  const ck_window *w = &depthwise->padding.window;
  const int taps = w->filter_height * w->filter_width, channels = w->output_channels;
  const int left = channels - index * CK_LANES;
  const int count = depthwise->is_flat || left > CK_LANES ? CK_LANES : left;
  ck_scale scales[CK_LANES];
  int32_t biases[CK_LANES];
  int64_t bounds[CK_LANES];
  for (int c = 0; c < count; c++) {
    const int channel = (index * CK_LANES + c) % channels;
    const int64_t given = bias ? bias[channel] : 0;
    int64_t magnitude = 0;
    for (int tap = 0; tap < taps; tap++) {
      const int weight = weights[(size_t)tap * (size_t)channels + (size_t)channel];
      magnitude += weight < 0 ? -weight : weight;
    }
    scales[c] = stage->scales[channel];
    biases[c] = (int32_t)given;
    bounds[c] = (given < 0 ? -given : given) + 255 * magnitude;
  }
  ck_block_init(&panel->block, stage, scales, biases, bounds, count, 2);
  panel->steps = (taps + 1) / 2;
  panel->offsets = ck_allocate((size_t)panel->steps * 2 * sizeof *panel->offsets);
  panel->weights = ck_allocate((size_t)panel->steps * 2 * CK_LANES * sizeof(int16_t));
  if (!panel->offsets || !panel->weights) return 0;
  int16_t *packed = (int16_t *)(void *)panel->weights;
  for (int tap = 0; tap < 2 * panel->steps; tap++) {
    // The second of the last pair may be missing: the tap before it with weights of zero.
    panel->offsets[tap] = tap_offset(&depthwise->padding, tap < taps ? tap : taps - 1);
    for (int lane = 0; lane < CK_LANES; lane++) {
      const int channel = channel_of(depthwise, index, lane);
      const bool exists = tap < taps && channel >= 0;
      packed[(tap / 2 * CK_LANES + lane) * 2 + tap % 2] =
          exists ? weights[(size_t)tap * (size_t)channels + (size_t)channel] : 0;
    }
  }
  return 1;
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
                       && window->stride_width == 1;
  depthwise->lanes_in_row =
      depthwise->is_flat ? window->output_width * channels : window->output_width * CK_LANES;
  const int rounded = (channels + CK_LANES - 1) / CK_LANES * CK_LANES;
  depthwise->panel_count = rounded / CK_LANES;
  depthwise->panels = ck_allocate((size_t)depthwise->panel_count * sizeof *depthwise->panels);
  int done = depthwise->panels != NULL
             && ck_padding_init(&depthwise->padding, window, zero_point, 2, repeats,
                                depthwise->is_flat ? channels : rounded);
  for (int p = 0; done && p < depthwise->panel_count; p++)
    done = init_panel(depthwise, p, weights, bias, stage);
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

// A row of pixels of few channels, 16 lanes at a time; the last group may be cut.
static void run_flat_row(const ck_depthwise *depthwise, const int16_t *row, int8_t *output) {
  _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ROWS * CK_LANES];
  const ck_panel *panel = &depthwise->panels[0];
  const int lanes = depthwise->lanes_in_row, whole = lanes / CK_LANES;
  for (int group = 0; group < whole; group += CK_ROWS) {
    const int count = whole - group < CK_ROWS ? whole - group : CK_ROWS;
    depthwise->variant->depthwise_row(panel, row + group * CK_LANES, CK_LANES, count, accumulators);
    depthwise->variant->rescale(&panel->block, accumulators, count, output + group * CK_LANES,
                                CK_LANES);
  }
  if (whole * CK_LANES == lanes) return;
  int8_t last[CK_LANES];
  depthwise->variant->depthwise_row(panel, row + whole * CK_LANES, CK_LANES, 1, accumulators);
  depthwise->variant->rescale(&panel->block, accumulators, 1, last, CK_LANES);
  memcpy(output + whole * CK_LANES, last, (size_t)(lanes - whole * CK_LANES));
}

static void run_row(const ck_depthwise *depthwise, const int16_t *row, int8_t *output) {
  _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ROWS * CK_LANES];
  const ck_window *w = &depthwise->padding.window;
  const ptrdiff_t step = (ptrdiff_t)w->stride_width * depthwise->padding.pixel_elements;
  const int width = w->output_width, channels = w->output_channels;
  for (int p = 0; p < depthwise->panel_count; p++) {
    const ck_panel *panel = &depthwise->panels[p];
    for (int x = 0; x < width; x += CK_ROWS) {
      const int count = width - x < CK_ROWS ? width - x : CK_ROWS;
      depthwise->variant->depthwise_row(panel, row + p * CK_LANES + x * step, step, count,
                                        accumulators);
      depthwise->variant->rescale(&panel->block, accumulators, count,
                                  output + (ptrdiff_t)x * channels + p * CK_LANES, channels);
    }
  }
}

static void run_slab(const ck_depthwise *depthwise, ck_slab slab, const int16_t *padded,
                     int8_t *output) {
  const ck_padding *padding = &depthwise->padding;
  const size_t row = ck_padding_row_elements(padding);
  const size_t rows = ck_padding_rows(padding, slab.rows);
  const size_t output_row =
      (size_t)padding->window.output_width * (size_t)padding->window.output_channels;
  for (size_t sample = 0; sample < slab.samples; sample++)
    for (size_t y = 0; y < slab.rows; y++) {
      const size_t top = y * (size_t)padding->window.stride_height;
      const int16_t *line = padded + (sample * rows + top) * row;
      if (depthwise->is_flat) run_flat_row(depthwise, line, output);
      else run_row(depthwise, line, output);
      output += output_row;
    }
}

void ck_depthwise_run(const ck_depthwise *depthwise, const int8_t *input, int8_t *output,
                      size_t samples, void *scratch) {
  const ck_padding *padding = &depthwise->padding;
  const ck_window *w = &padding->window;
  const size_t height = (size_t)w->output_height;
  const size_t input_size =
      (size_t)w->input_height * (size_t)w->input_width * (size_t)w->input_channels;
  const size_t row_size = (size_t)w->output_width * (size_t)w->output_channels;
  const ck_slab slab = ck_padding_slab(padding, samples);
  for (size_t sample = 0; sample < samples; sample += slab.samples)
    for (size_t y = 0; y < height; y += slab.rows) {
      const size_t left = samples - sample, rows = height - y;
      const ck_slab part = {.samples = left < slab.samples ? left : slab.samples,
                            .rows = rows < slab.rows ? rows : slab.rows};
      ck_pad(padding, depthwise->variant, input + sample * input_size, part.samples, y, part.rows,
             scratch);
      run_slab(depthwise, part, scratch, output + (sample * height + y) * row_size);
    }
}
