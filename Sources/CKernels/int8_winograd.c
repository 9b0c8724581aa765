// Winograd's convolutions of 3 x 3 windows: F(2 x 2) computes four outputs by 16 products in place of
// 36, F(4 x 4) sixteen by 36 in place of 144.
//
// Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks". Rows of the filters'
// transform are scaled to integers, and the outputs' transform makes up for it: an output comes out
// 4 times, or 9 * 2^k times with k of 2 to 6, as large, and is divided without a rest.
//
// Exact: activations of at most 255 become numbers of at most 4 * 255 (100 * 255), weights of at most
// 128 ones of at most 9 * 128 (49 * 128): all fit 16 bits, and two products 32. Sums are taken modulo
// 2^32. The division by 9 multiplies with its inverse modulo 2^32; what is left, the true sum times
// 2^k, is below 2^31 as `fits` demands, so that the shift drops zeros only.
#include "int8_panel.h"

#include <stdlib.h>

// A size of F(m x m).
typedef struct form {
  int outputs;        // m
  int patch;          // m + 2, in pixels
  int tiles;          // at once: their products stay in the first cache
  int16_t filter[6][3];
  int64_t bound;      // on |sum| without the bias
  int output_cost;    // vector instructions for a tile: for 16 output channels
  int input_cost;     // for an input channel, in sixteenths of a vector
} form;

static const form forms[CK_WINOGRAD_FORMS] = {
    {.outputs = 2,
     .patch = 4,
     .tiles = 24,
     .filter = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}},
     .bound = 1 << 29,
     .output_cost = 60,
     .input_cost = 2},
    {.outputs = 4,
     .patch = 6,
     .tiles = 12,
     .filter = {{1, 0, 0}, {1, 1, 1}, {1, -1, 1}, {1, 2, 4}, {1, -2, 4}, {0, 0, 1}},
     .bound = 1 << 25,
     .output_cost = 490,
     .input_cost = 11},
};

enum {
  MOST_POSITIONS = 36,
  MOST_PRODUCTS = 36 * 12 * CK_LANES,      // of all positions and tiles
  MOST_PIXELS = 16 * 12,                   // of all tiles
  MOST_WIDE_BYTES = 512 * 1024,            // of the weights of F(4 x 4): they are read from a cache
};

struct ck_winograd {
  const ck_variant *variant;
  const form *form;
  ck_window window;
  ck_padding padding;  // of patches, `outputs` pixels apart
  int panel_count;
  ck_block *blocks;
  int16_t *weights;  // [panel][position][depth / 2][16][2]
};

static int panel_count(const ck_window *window) {
  return (window->output_channels + CK_LANES - 1) / CK_LANES;
}

static int positions_of(const form *form) { return form->patch * form->patch; }

static size_t panel_elements(const form *form, const ck_window *window) {
  return (size_t)positions_of(form) * (size_t)window->input_channels * CK_LANES;
}

static size_t weight_bytes(const form *form, const ck_window *window) {
  return (size_t)panel_count(window) * panel_elements(form, window) * sizeof(int16_t);
}

// G g G^T of one input and output channel, G scaled.
static void transform_filter(const form *form, const int8_t *taps, size_t step,
                             int16_t result[MOST_POSITIONS]) {
  int half[6][3];
  for (int i = 0; i < form->patch; i++)
    for (int x = 0; x < 3; x++) {
      half[i][x] = 0;
      for (int y = 0; y < 3; y++)
        half[i][x] += form->filter[i][y] * taps[(size_t)(3 * y + x) * step];
    }
  for (int i = 0; i < form->patch; i++)
    for (int j = 0; j < form->patch; j++) {
      int sum = 0;
      for (int x = 0; x < 3; x++) sum += half[i][x] * form->filter[j][x];
      result[form->patch * i + j] = (int16_t)sum;
    }
}

static void pack_filters(ck_winograd *winograd, int panel, int count, const int8_t *weights) {
  const size_t depth = (size_t)winograd->window.input_channels;
  const size_t elements = panel_elements(winograd->form, &winograd->window);
  int16_t *packed = winograd->weights + (size_t)panel * elements;
  for (int lane = 0; lane < CK_LANES; lane++) {
    const int channel = ck_lane_channel(2, lane);
    if (channel >= count) continue;
    const int8_t *filter = weights + (size_t)(panel * CK_LANES + channel) * 9 * depth;
    for (size_t d = 0; d < depth; d++) {
      int16_t transformed[MOST_POSITIONS];
      transform_filter(winograd->form, filter + d, depth, transformed);
      const size_t place = (d & ~(size_t)1) * CK_LANES + (size_t)lane * 2 + d % 2;
      for (int p = 0; p < positions_of(winograd->form); p++)
        packed[(size_t)p * depth * CK_LANES + place] = transformed[p];
    }
  }
}

static bool init_panel(ck_winograd *winograd, int panel, const int8_t *weights,
                       const int32_t *bias, const ck_stage *stage) {
  const ck_window *w = &winograd->window;
  const int first = panel * CK_LANES, left = w->output_channels - first;
  const int count = left < CK_LANES ? left : CK_LANES;
  const size_t depth = (size_t)w->input_channels;
  int32_t biases[CK_LANES];
  int64_t bounds[CK_LANES];
  bool fits = true;
  for (int c = 0; c < count; c++) {
    const int8_t *filter = weights + (size_t)(first + c) * 9 * depth;
    const int64_t magnitude = ck_total_of(filter, 9 * depth).magnitude;
    fits &= 255 * magnitude < winograd->form->bound;
    const int64_t given = bias ? bias[first + c] : 0;
    biases[c] = (int32_t)given;
    bounds[c] = ck_bound(given, magnitude);
  }
  ck_block_init(&winograd->blocks[panel], stage, stage->scales + first, biases, bounds, count, 2);
  if (fits) pack_filters(winograd, panel, count, weights);
  return fits;
}

static bool is_for(const ck_window *w) {
  return w->filter_height == 3 && w->filter_width == 3 && w->stride_height == 1
         && w->stride_width == 1 && w->dilation_height == 1 && w->dilation_width == 1
         && w->input_channels % 16 == 0 && w->output_height > 1 && w->output_width > 1;
}

static int64_t tiles_along(const form *form, int extent) {
  return (extent + form->outputs - 1) / form->outputs;
}

// Vector instructions for each output pixel, about.
static int64_t cost_of(const form *form, const ck_variant *variant, const ck_window *window) {
  const int64_t depth = window->input_channels, panels = panel_count(window);
  const int64_t instructions = variant->fuses_pairs ? 1 : 2;  // of a product and its sum
  // A tile's products, with a tenth for short loops; its transforms.
  const int64_t products = panels * positions_of(form) * depth * instructions * 11 / 10;
  const int64_t tile = products + panels * form->output_cost + depth * form->input_cost;
  return tile * tiles_along(form, window->output_height) * tiles_along(form, window->output_width)
         / ((int64_t)window->output_height * window->output_width);
}

// The cheapest of the forms but for those that did not do; null when none is left.
static const form *best_form(const ck_variant *variant, const ck_window *window,
                             const form *before) {
  const form *small = &forms[0], *wide = &forms[1];
  if (!is_for(window) || before == small) return NULL;
  const bool is_wide = before == NULL && weight_bytes(wide, window) <= MOST_WIDE_BYTES
                       && cost_of(wide, variant, window) < cost_of(small, variant, window);
  return is_wide ? wide : small;
}

int64_t ck_winograd_cost(const ck_variant *variant, const ck_window *window) {
  const form *form = best_form(variant, window, NULL);
  return form ? cost_of(form, variant, window) : INT64_MAX;
}

static ck_winograd *create(const form *form, const ck_variant *variant, const ck_window *window,
                           const int8_t *weights, const int32_t *bias, int32_t zero_point,
                           const ck_stage *stage) {
  ck_winograd *winograd = ck_allocate(sizeof *winograd);
  if (!winograd) return NULL;
  ck_window patches = *window;
  patches.filter_height = patches.filter_width = form->patch;
  patches.stride_height = patches.stride_width = form->outputs;
  patches.output_height = (int32_t)tiles_along(form, window->output_height);
  patches.output_width = (int32_t)tiles_along(form, window->output_width);
  winograd->variant = variant;
  winograd->form = form;
  winograd->window = *window;
  winograd->panel_count = panel_count(window);
  winograd->blocks = ck_allocate((size_t)winograd->panel_count * sizeof *winograd->blocks);
  winograd->weights = ck_allocate(weight_bytes(form, window));
  bool done = winograd->blocks && winograd->weights
              && ck_padding_init(&winograd->padding, &patches, zero_point, 2, 1,
                                 window->input_channels);
  for (int p = 0; done && p < winograd->panel_count; p++)
    done = init_panel(winograd, p, weights, bias, stage);
  if (done) return winograd;
  ck_winograd_destroy(winograd);
  return NULL;
}

ck_winograd *ck_winograd_create(const ck_variant *variant, const ck_window *window,
                                const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                const ck_stage *stage) {
  for (const form *form = best_form(variant, window, NULL); form;
       form = best_form(variant, window, form)) {
    ck_winograd *made = create(form, variant, window, weights, bias, zero_point, stage);
    if (made) return made;
  }
  return NULL;
}

void ck_winograd_destroy(ck_winograd *winograd) {
  free(winograd->blocks);
  free(winograd->weights);
  free(winograd);
}

size_t ck_winograd_packed_bytes(const ck_winograd *winograd) {
  return weight_bytes(winograd->form, &winograd->window);
}

static size_t transformed_elements(const ck_winograd *winograd) {
  return (size_t)(positions_of(winograd->form) * winograd->form->tiles)
         * (size_t)winograd->window.input_channels;
}

size_t ck_winograd_scratch_bytes(const ck_winograd *winograd, size_t samples) {
  const size_t padded = ck_padding_bytes(&winograd->padding, samples);
  return (padded + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT
         + transformed_elements(winograd) * sizeof(int16_t);
}

// A run, as its tiles see it.
typedef struct run {
  const ck_winograd *winograd;
  int16_t *transformed;
} run;

// Copies a tile's pixels of one panel to where they belong; tiles may reach over the edge.
static void scatter(const ck_winograd *winograd, size_t tile, const int8_t *pixels, int panel,
                    int8_t *output) {
  const ck_window *w = &winograd->window;
  const size_t side = (size_t)winograd->form->outputs;
  const size_t columns = (size_t)winograd->padding.window.output_width;
  const size_t rows = (size_t)winograd->padding.window.output_height;
  const size_t height = (size_t)w->output_height, width = (size_t)w->output_width;
  const size_t sample = tile / (rows * columns), top = tile / columns % rows * side;
  const size_t left = tile % columns * side, bytes = (size_t)winograd->blocks[panel].channels;
  const size_t lines = height - top < side ? height - top : side;
  const size_t used = width - left < side ? width - left : side;
  for (size_t y = 0; y < lines; y++) {
    int8_t *place = output
                    + ((sample * height + top + y) * width + left) * (size_t)w->output_channels
                    + (size_t)panel * CK_LANES;
    const int8_t *line = pixels + y * side * CK_LANES;
    for (size_t x = 0; x < used; x++, place += w->output_channels, line += CK_LANES) {
      if (bytes == CK_LANES)  // of a fixed size: one instruction
        memcpy(place, line, CK_LANES);
      else
        memcpy(place, line, bytes);
    }
  }
}

static void run_tiles(const run *run, const int16_t *const *patches, int count, size_t first,
                      int8_t *output) {
  const ck_winograd *winograd = run->winograd;
  const ck_variant *variant = winograd->variant;
  const form *form = winograd->form;
  const struct ck_winograd_loops *loops = &variant->winograd[form - forms];
  const int depth = winograd->window.input_channels, pixels_of_tile = form->outputs * form->outputs;
  _Alignas(CK_ALIGNMENT) int32_t products[MOST_PRODUCTS];
  _Alignas(CK_ALIGNMENT) int32_t accumulators[MOST_PIXELS * CK_LANES + 1];
  int8_t pixels[MOST_PIXELS * CK_LANES];
  loops->input(patches, count, (ptrdiff_t)ck_padding_row_elements(&winograd->padding), depth,
               run->transformed);
  for (int panel = 0; panel < winograd->panel_count; panel++) {
    const int16_t *weights =
        winograd->weights + (size_t)panel * panel_elements(form, &winograd->window);
    for (int p = 0; p < positions_of(form); p++)
      variant->product_matrix(run->transformed + (ptrdiff_t)p * count * depth, count, depth,
                              weights + (ptrdiff_t)p * depth * CK_LANES,
                              products + p * count * CK_LANES);
    const ck_block *block = &winograd->blocks[panel];
    loops->output(products, count, block->bias, accumulators);
    variant->rescale(block, accumulators, pixels_of_tile * count, pixels, CK_LANES);
    for (int t = 0; t < count; t++)
      scatter(winograd, first + (size_t)t, pixels + t * pixels_of_tile * CK_LANES, panel, output);
  }
}

static void run_positions(const void *kernel, const void *const *rows, int count, size_t first,
                          int8_t *output) {
  const run *run = kernel;
  const int most = run->winograd->form->tiles;
  for (int t = 0; t < count; t += most)
    run_tiles(run, (const int16_t *const *)rows + t, count - t < most ? count - t : most,
              first + (size_t)t, output);
}

void ck_winograd_run(const ck_winograd *winograd, const int8_t *input, int8_t *output,
                     size_t samples, void *scratch) {
  const ck_padding *padding = &winograd->padding;
  const size_t padded = ck_padding_bytes(padding, samples);
  const ck_positions positions = {
      .padding = padding,
      .step_elements = (size_t)winograd->form->outputs * (size_t)padding->pixel_elements,
      .positions = (size_t)padding->window.output_width,
  };
  uint8_t *behind = (uint8_t *)scratch + (padded + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  const run run = {.winograd = winograd, .transformed = (int16_t *)(void *)behind};
  ck_run_positions(&positions, winograd->variant, &run, run_positions, input, output, samples,
                   scratch);
}
