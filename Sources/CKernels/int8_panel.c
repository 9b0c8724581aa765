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

ck_total ck_total_of(const int8_t *weights, size_t count) {
  enum { PART = 128 };  // whose sums fit 16 bits
  ck_total total = {0};
  for (size_t first = 0; first < count; first += PART) {
    const size_t end = count - first < PART ? count : first + PART;
    int16_t sum = 0;
    uint16_t magnitude = 0;
    for (size_t i = first; i < end; i++) {
      const int16_t w = weights[i];
      sum = (int16_t)(sum + w);
      magnitude = (uint16_t)(magnitude + (w < 0 ? -w : w));
    }
    total.sum += sum;
    total.magnitude += magnitude;
  }
  return total;
}

// What products of bytes may add up to in a 16-bit lane: activations are 0...255, so that sums lie
// in [-255 * negative, 255 * positive]. Both at most 128 keep them in [-32640, 32640].
typedef struct load {
  uint16_t positive[2 * CK_LANES], negative[2 * CK_LANES];
} load;

// Whether the sum, of numbers below 2^14, is at most 128 everywhere. Loops of equal steps without a
// branch, for the compiler to make vectors of.
static bool add_load(load *sum, const load *more) {
  const uint16_t room = 0x7fff - 128;
  uint16_t bits = 0;
  for (int i = 0; i < 2 * CK_LANES; i++) {
    sum->positive[i] = (uint16_t)(sum->positive[i] + more->positive[i]);
    sum->negative[i] = (uint16_t)(sum->negative[i] + more->negative[i]);
    bits |= (uint16_t)(sum->positive[i] + room) | (uint16_t)(sum->negative[i] + room);
  }
  return bits < 0x8000;
}

static load load_of(const int8_t *weights, int lanes) {
  int16_t pairs[2 * CK_LANES] = {0};
  memcpy(pairs, weights, (size_t)lanes * 4);
  load result;
  for (int i = 0; i < 2 * CK_LANES; i++) {
    const int16_t a = (int8_t)pairs[i], b = (int16_t)(pairs[i] >> 8);
    const int16_t positive = (int16_t)((a > 0 ? a : 0) + (b > 0 ? b : 0));
    result.positive[i] = (uint16_t)positive;
    result.negative[i] = (uint16_t)(positive - a - b);
  }
  return result;
}

// Appends steps to a draft, as ones that can be summed with those before or as firsts of new bins.
typedef struct writer {
  ck_panel *panel;
  int width, lanes;
  bool has_bounds;
  load bin;
  const int8_t *filters[CK_LANES];  // by lane; null where there is none
} writer;

static int8_t *step_weights(const writer *out, int step) {
  return out->panel->weights + (size_t)step * (size_t)(out->lanes * out->width);
}

static void close_bounded_step(writer *out, int32_t offset, const load *own) {
  ck_panel *panel = out->panel;
  panel->offsets[panel->steps++] = offset;
  load joined = out->bin;
  if (panel->bin_count > 0 && add_load(&joined, own)) {
    out->bin = joined;
    panel->bins[panel->bin_count - 1]++;
  } else {
    out->bin = *own;
    panel->bins[panel->bin_count++] = 1;
  }
}

enum { GATHERED = 64 };  // steps at once: their weights stay in the first cache

// Weights of some steps, [step][lane][width]; zero past a run and where there is no channel.
static inline void gather(const writer *out, const ck_tap *taps, int count, const int width,
                          int8_t *weights) {
  const ptrdiff_t row = out->lanes * width;
  const ck_tap *last = &taps[count - 1];
  // Adjacent weights, and no step cut by a run's end.
  const bool is_whole =
      last->used == width && last->weight - taps[0].weight == (count - 1) * width;
  memset(weights, 0, (size_t)(count * row));
  for (int lane = 0; lane < out->lanes; lane++) {
    const int8_t *filter = out->filters[lane];
    if (!filter) continue;
    int8_t *place = weights + lane * width;
    if (is_whole) {
      const int8_t *source = filter + taps[0].weight;
      for (int t = 0; t < count; t++) memcpy(place + t * row, source + t * width, (size_t)width);
      continue;
    }
    for (int t = 0; t < count; t++, place += row) {
      const int8_t *source = filter + taps[t].weight;
      if (taps[t].used == width) memcpy(place, source, (size_t)width);
      else for (int i = 0; i < taps[t].used; i++) place[i] = source[i];
    }
  }
}

static bool is_zero(const int8_t *weights, int count) {
  uint64_t bits = 0;
  for (int i = 0; i < count; i += 8) {
    uint64_t word;
    memcpy(&word, weights + i, sizeof word);
    bits |= word;
  }
  return bits == 0;
}

// One step, or two of half the weights when their products could saturate; none for zeros.
//
// Halves are at most 64 in magnitude, so that a pair of them loads a lane by at most 128.
static void write_step(writer *out, int32_t offset, const int8_t *given) {
  const int count = out->lanes * out->width;
  if (is_zero(given, count)) return;
  int8_t *weights = step_weights(out, out->panel->steps);
  memcpy(weights, given, (size_t)count);
  if (!out->has_bounds) {
    out->panel->offsets[out->panel->steps++] = offset;
    return;
  }
  load own = load_of(weights, out->lanes), none = {0};
  if (!add_load(&none, &own)) {
    int8_t *second = step_weights(out, out->panel->steps + 1);
    for (int i = 0; i < count; i++) {
      const int8_t half = given[i] >> 1;
      second[i] = (int8_t)(given[i] - half);
      weights[i] = half;
    }
    own = load_of(weights, out->lanes);
    close_bounded_step(out, offset, &own);
    own = load_of(second, out->lanes);
  }
  close_bounded_step(out, offset, &own);
}

int ck_draft_init(ck_draft *draft, const ck_taps *taps, bool has_bounds) {
  const size_t most = (size_t)taps->count * (has_bounds ? 2 : 1) + 1;
  *draft = (ck_draft){.has_bounds = has_bounds};
  draft->panel.weights = malloc(most * CK_LANES * (size_t)taps->width);
  draft->panel.offsets = malloc(most * sizeof *draft->panel.offsets);
  draft->panel.bins = malloc(most * sizeof *draft->panel.bins);
  return draft->panel.weights && draft->panel.offsets && draft->panel.bins;
}

void ck_draft_free(ck_draft *draft) { ck_panel_free(&draft->panel); }

int64_t ck_panel_cost(const ck_panel *panel, bool is_fused) {
  const int64_t steps = panel->steps;
  return panel->block.vectors * (is_fused ? steps : 2 * steps + panel->bin_count);
}

void ck_draft_pack(ck_draft *draft, const ck_source *source, const ck_taps *taps, int first,
                   int count) {
  ck_panel *panel = &draft->panel;
  panel->steps = panel->bin_count = 0;
  panel->block.channels = count;
  panel->block.vectors = count <= 8 ? 1 : 2;
  writer out = {.panel = panel,
                .width = taps->width,
                .lanes = 8 * panel->block.vectors,
                .has_bounds = draft->has_bounds};
  for (int lane = 0; lane < out.lanes; lane++) {
    const int channel = ck_lane_channel(panel->block.vectors, lane);
    if (channel < count)
      out.filters[lane] = source->weights + (size_t)(first + channel) * source->filter_size;
  }
  int8_t gathered[GATHERED * CK_LANES * 4];
  for (int t = 0; t < taps->count; t += GATHERED) {
    const int left = taps->count - t, steps = left < GATHERED ? left : GATHERED;
    const ck_tap *places = taps->places + t;
    if (taps->width == 4) gather(&out, places, steps, 4, gathered);
    else gather(&out, places, steps, 2, gathered);
    for (int i = 0; i < steps; i++)
      write_step(&out, places[i].offset, gathered + i * out.lanes * taps->width);
  }
}

static void init_block(ck_panel *panel, const ck_source *source, int width, int first, int count) {
  int32_t bias[CK_LANES];
  int64_t bounds[CK_LANES];
  for (int c = 0; c < count; c++) {
    const ck_total total = source->totals[first + c];
    const int64_t given = source->bias ? source->bias[first + c] : 0;
    const int32_t zero = width == 4 ? source->zero_point + source->byte_offset : 0;
    bias[c] = ck_bias_of(given, total.sum, zero);
    bounds[c] = ck_bound(given, total.magnitude);
  }
  ck_block_init(&panel->block, source->stage, source->stage->scales + first, bias, bounds, count,
                count <= 8 ? 1 : 2);
}

static void *copy_of(const void *source, size_t bytes) {
  void *copy = ck_allocate_raw(bytes);
  if (copy) memcpy(copy, source, bytes);
  return copy;
}

int ck_panel_init(ck_panel *panel, const ck_draft *draft, const ck_source *source,
                  const ck_taps *taps, int first) {
  const ck_panel *from = &draft->panel;
  const size_t step_bytes = (size_t)from->block.vectors * 8 * (size_t)taps->width;
  init_block(panel, source, taps->width, first, from->block.channels);
  panel->steps = from->steps;
  panel->bin_count = from->bin_count;
  panel->weights = copy_of(from->weights, (size_t)from->steps * step_bytes);
  panel->offsets = copy_of(from->offsets, (size_t)from->steps * sizeof *from->offsets);
  panel->bins = copy_of(from->bins, (size_t)from->bin_count * sizeof *from->bins);
  return panel->weights && panel->offsets && panel->bins;
}

void ck_panel_free(ck_panel *panel) {
  free(panel->weights);
  free(panel->codes);
  free(panel->offsets);
  free(panel->bins);
}
