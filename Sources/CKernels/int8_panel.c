// Packing of weights into panels of up to 16 output channels.
#include "int8_panel.h"

#include <stdlib.h>

int ck_taps_init(ck_taps *taps, const ck_padding *padding, int width) {
  const ck_window *w = &padding->window;
  const bool is_contiguous = w->dilation_width == 1;
  const int run = is_contiguous ? w->filter_width * w->input_channels : w->input_channels;
  const int runs = w->filter_height * (is_contiguous ? 1 : w->filter_width);
  const int per_run = (run + width - 1) / width;
  taps->width = width;
  taps->count = runs * per_run;
  taps->places = malloc((size_t)taps->count * sizeof *taps->places);
  if (!taps->places) return 0;
  const int runs_in_row = is_contiguous ? 1 : w->filter_width;
  ck_tap *tap = taps->places;
  for (int r = 0; r < runs; r++) {
    const int64_t row = (int64_t)(r / runs_in_row) * w->dilation_height * padding->padded_width;
    const int64_t column = (int64_t)(r % runs_in_row) * w->dilation_width;
    for (int s = 0; s < per_run; s++, tap++) {
      const int used = run - s * width;
      tap->offset = (int32_t)((row + column) * padding->pixel_elements + s * width);
      tap->weight = r * run + s * width;
      tap->used = used < width ? used : width;
    }
  }
  return 1;
}

void ck_taps_free(ck_taps *taps) { free(taps->places); }

// The weights of one step of a channel; zero past the run.
static int weight_at(const ck_source *source, const ck_tap *tap, int channel, int index) {
  if (index >= tap->used) return 0;
  return source->weights[(size_t)channel * source->filter_size + (size_t)(tap->weight + index)];
}

// What products of bytes may add up to in a 16-bit lane: activations are 0...255, so that sums lie
// in [-255 * negative, 255 * positive]. Both at most 128 keep them in [-32640, 32640].
typedef struct load {
  int positive[2 * CK_LANES], negative[2 * CK_LANES];
} load;

enum { LARGEST_LOAD = 128 };

static bool add_load(load *sum, const load *more) {
  bool fits = true;
  for (int i = 0; i < 2 * CK_LANES; i++) {
    sum->positive[i] += more->positive[i];
    sum->negative[i] += more->negative[i];
    fits &= sum->positive[i] <= LARGEST_LOAD && sum->negative[i] <= LARGEST_LOAD;
  }
  return fits;
}

static load load_of(const int8_t *weights, int lanes) {
  load result = {0};
  for (int i = 0; i < lanes * 4; i++) {
    const int w = weights[i];
    if (w > 0) result.positive[i / 2] += w;
    else result.negative[i / 2] -= w;
  }
  return result;
}

// Appends a step, as one that can be summed with those before it or as the first of a new bin.
typedef struct writer {
  ck_panel *panel;
  int width, lanes;
  load bin;
  bool has_bounds;
} writer;

static int8_t *step_weights(writer *out, int step) {
  return out->panel->weights + (size_t)step * (size_t)(out->lanes * out->width);
}

static void close_step(writer *out, int32_t offset) {
  ck_panel *panel = out->panel;
  panel->offsets[panel->steps] = offset;
  if (out->width == 4) {
    const load own = load_of(step_weights(out, panel->steps), out->lanes);
    load joined = out->bin;
    if (panel->bin_count > 0 && add_load(&joined, &own)) {
      out->bin = joined;
      panel->bins[panel->bin_count - 1]++;
    } else {
      out->bin = own;
      panel->bins[panel->bin_count++] = 1;
    }
  }
  panel->steps++;
}

// One step, or two of half the weights when their products could saturate; none for zeros.
//
// Halves are at most 64 in magnitude, so that a pair of them loads a lane by at most 128.
static void write_step(writer *out, const ck_source *source, const ck_tap *tap, int first) {
  ck_panel *panel = out->panel;
  int8_t *weights = step_weights(out, panel->steps);
  bool is_zero = true;
  for (int lane = 0; lane < out->lanes; lane++) {
    const int channel = ck_lane_channel(panel->block.vectors, lane);
    for (int i = 0; i < out->width; i++) {
      const bool exists = channel < panel->block.channels;
      const int w = exists ? weight_at(source, tap, first + channel, i) : 0;
      weights[lane * out->width + i] = (int8_t)w;
      is_zero &= w == 0;
    }
  }
  if (is_zero) return;
  load none = {0};
  const load own = load_of(weights, out->lanes);
  if (out->width == 4 && out->has_bounds && !add_load(&none, &own)) {
    int8_t *second = step_weights(out, panel->steps + 1);
    for (int i = 0; i < out->lanes * 4; i++) {
      const int half = weights[i] >> 1;
      second[i] = (int8_t)(weights[i] - half);
      weights[i] = (int8_t)half;
    }
    close_step(out, tap->offset);
  }
  close_step(out, tap->offset);
}

int ck_panel_init(ck_panel *panel, const ck_source *source, const ck_taps *taps, int first,
                  int count, bool has_bounds) {
  const int vectors = count <= 8 ? 1 : 2;
  int32_t bias[CK_LANES];
  int64_t bounds[CK_LANES];
  for (int c = 0; c < count; c++) {
    const int8_t *weights = source->weights + (size_t)(first + c) * source->filter_size;
    int64_t sum = 0, magnitude = 0;
    for (size_t i = 0; i < source->filter_size; i++) {
      sum += weights[i];
      magnitude += weights[i] < 0 ? -weights[i] : weights[i];
    }
    const int64_t given = source->bias ? source->bias[first + c] : 0;
    // Bytes are 128 more than stored; wraps as the sums do.
    const int64_t excess = taps->width == 4 ? (source->zero_point + 128) * sum : 0;
    bias[c] = (int32_t)(uint32_t)(uint64_t)(given - excess);
    bounds[c] = ck_bound(given, magnitude);
  }
  ck_block_init(&panel->block, source->stage, source->stage->scales + first, bias, bounds, count,
                vectors);
  const size_t most = (size_t)taps->count * (taps->width == 4 ? 2 : 1) + 1;
  writer out = {
      .panel = panel, .width = taps->width, .lanes = 8 * vectors, .has_bounds = has_bounds};
  panel->weights = ck_allocate(most * (size_t)(out.lanes * out.width));
  panel->offsets = ck_allocate(most * sizeof *panel->offsets);
  panel->bins = ck_allocate(taps->width == 4 ? most * sizeof *panel->bins : 0);
  if (!panel->weights || !panel->offsets || !panel->bins) return 0;
  for (int t = 0; t < taps->count; t++) write_step(&out, source, &taps->places[t], first);
  return 1;
}

void ck_panel_free(ck_panel *panel) {
  free(panel->weights);
  free(panel->codes);
  free(panel->offsets);
  free(panel->bins);
}
