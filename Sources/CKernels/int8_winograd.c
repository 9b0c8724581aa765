// Winograd's F(2x2, 3x3): four outputs of a 3 x 3 window by 16 products in place of 36.
//
// Lavin and Gray 2015, "Fast Algorithms for Convolutional Neural Networks", with filters transformed
// by 2 G in place of G, so that everything is an integer and each result is four times the sum.
// Exact: transformed activations are at most 4 * 255 and transformed weights at most 9 * 128, which
// fit 16 bits; products are summed modulo 2^32, and the last sum, four times the true one, is below
// 2^31 as `fits` demands, so that the shift by two drops zeros only.
#include "int8_panel.h"

#include <stdlib.h>

enum {
  POSITIONS = 16,
  TILES = 24,  // at once: their products stay in the first cache
};

struct ck_winograd {
  const ck_variant *variant;
  ck_window window;
  ck_padding padding;  // of 4 x 4 patches, two pixels apart
  int panel_count;
  ck_block *blocks;
  int16_t *weights;  // [panel][position][depth / 2][16][2]
};

static int panel_count(const ck_window *window) {
  return (window->output_channels + CK_LANES - 1) / CK_LANES;
}

static size_t panel_elements(const ck_winograd *winograd) {
  return (size_t)POSITIONS * (size_t)winograd->window.input_channels * CK_LANES;
}

// 2 G g (2 G)^T of one input and output channel.
static void transform_filter(const int8_t *taps, size_t step, int16_t result[POSITIONS]) {
  static const int g[4][3] = {{2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}};
  int half[4][3];
  for (int i = 0; i < 4; i++)
    for (int x = 0; x < 3; x++) {
      half[i][x] = 0;
      for (int y = 0; y < 3; y++) half[i][x] += g[i][y] * taps[(size_t)(3 * y + x) * step];
    }
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++) {
      int sum = 0;
      for (int x = 0; x < 3; x++) sum += half[i][x] * g[j][x];
      result[4 * i + j] = (int16_t)sum;
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
    fits &= 255 * magnitude < 1 << 29;
    const int64_t given = bias ? bias[first + c] : 0;
    biases[c] = (int32_t)given;
    bounds[c] = ck_bound(given, magnitude);
  }
  ck_block_init(&winograd->blocks[panel], stage, stage->scales + first, biases, bounds, count, 2);
  int16_t *packed = winograd->weights + (size_t)panel * panel_elements(winograd);
  for (int lane = 0; lane < CK_LANES; lane++) {
    const int channel = ck_lane_channel(2, lane);
    if (channel >= count) continue;
    for (size_t d = 0; d < depth; d++) {
      int16_t transformed[POSITIONS];
      transform_filter(weights + (size_t)(first + channel) * 9 * depth + d, depth, transformed);
      for (size_t p = 0; p < POSITIONS; p++)
        packed[((p * depth + (d & ~(size_t)1)) * CK_LANES) + (size_t)lane * 2 + d % 2] =
            transformed[p];
    }
  }
  return fits;
}

static bool is_for(const ck_window *w) {
  return w->filter_height == 3 && w->filter_width == 3 && w->stride_height == 1
         && w->stride_width == 1 && w->dilation_height == 1 && w->dilation_width == 1
         && w->input_channels % 16 == 0 && w->output_height > 1 && w->output_width > 1;
}

ck_winograd *ck_winograd_create(const ck_variant *variant, const ck_window *window,
                                const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                const ck_stage *stage) {
  ck_winograd *winograd = ck_allocate(sizeof *winograd);
  if (!winograd) return NULL;
  ck_window patches = *window;
  patches.filter_height = patches.filter_width = 4;
  patches.stride_height = patches.stride_width = 2;
  patches.output_height = (window->output_height + 1) / 2;
  patches.output_width = (window->output_width + 1) / 2;
  winograd->variant = variant;
  winograd->window = *window;
  winograd->panel_count = panel_count(window);
  const size_t panels = (size_t)winograd->panel_count;
  winograd->blocks = ck_allocate(panels * sizeof *winograd->blocks);
  winograd->weights = ck_allocate(panels * panel_elements(winograd) * sizeof(int16_t));
  bool done = winograd->blocks && winograd->weights
              && ck_padding_init(&winograd->padding, &patches, zero_point, 2, 1,
                                 window->input_channels);
  for (int p = 0; done && p < winograd->panel_count; p++)
    done = init_panel(winograd, p, weights, bias, stage);
  if (done) return winograd;
  ck_winograd_destroy(winograd);
  return NULL;
}

void ck_winograd_destroy(ck_winograd *winograd) {
  free(winograd->blocks);
  free(winograd->weights);
  free(winograd);
}

int64_t ck_winograd_cost(const ck_window *window) {
  if (!is_for(window)) return INT64_MAX;
  const int64_t depth = window->input_channels, panels = panel_count(window);
  // A tile's products, with a tenth for short loops; its transforms; for four pixels.
  const int64_t products = panels * POSITIONS * depth * 2 * 11 / 10;
  return (products + panels * 60 + depth * 2) / 4;
}

size_t ck_winograd_packed_bytes(const ck_winograd *winograd) {
  return (size_t)winograd->panel_count * panel_elements(winograd) * sizeof *winograd->weights;
}

static size_t transformed_elements(const ck_winograd *winograd) {
  return (size_t)POSITIONS * TILES * (size_t)winograd->window.input_channels;
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
  const size_t columns = (size_t)winograd->padding.window.output_width;
  const size_t rows = (size_t)winograd->padding.window.output_height;
  const size_t height = (size_t)w->output_height, width = (size_t)w->output_width;
  const size_t sample = tile / (rows * columns), top = tile / columns % rows * 2;
  const size_t left = tile % columns * 2, bytes = (size_t)winograd->blocks[panel].channels;
  for (size_t i = 0; i < 4; i++) {
    const size_t y = top + i / 2, x = left + i % 2;
    if (y >= height || x >= width) continue;
    int8_t *place = output + ((sample * height + y) * width + x) * (size_t)w->output_channels
                    + (size_t)panel * CK_LANES;
    if (bytes == CK_LANES)  // of a fixed size: one instruction
      memcpy(place, pixels + i * CK_LANES, CK_LANES);
    else
      memcpy(place, pixels + i * CK_LANES, bytes);
  }
}

static void run_tiles(const run *run, const int16_t *const *patches, int count, size_t first,
                      int8_t *output) {
  const ck_winograd *winograd = run->winograd;
  const ck_variant *variant = winograd->variant;
  const int depth = winograd->window.input_channels;
  _Alignas(CK_ALIGNMENT) int32_t products[POSITIONS * TILES * CK_LANES];
  _Alignas(CK_ALIGNMENT) int32_t accumulators[4 * TILES * CK_LANES + 1];
  int8_t pixels[4 * TILES * CK_LANES];
  variant->winograd_input(patches, count, (ptrdiff_t)ck_padding_row_elements(&winograd->padding),
                          depth, run->transformed);
  for (int panel = 0; panel < winograd->panel_count; panel++) {
    const int16_t *weights = winograd->weights + (size_t)panel * panel_elements(winograd);
    for (int p = 0; p < POSITIONS; p++)
      variant->product_matrix(run->transformed + (ptrdiff_t)p * count * depth, count, depth,
                              weights + (ptrdiff_t)p * depth * CK_LANES,
                              products + p * count * CK_LANES);
    const ck_block *block = &winograd->blocks[panel];
    variant->winograd_output(products, count, block->bias, accumulators);
    variant->rescale(block, accumulators, 4 * count, pixels, CK_LANES);
    for (int t = 0; t < count; t++)
      scatter(winograd, first + (size_t)t, pixels + t * 4 * CK_LANES, panel, output);
  }
}

static void run_positions(const void *kernel, const void *const *rows, int count, size_t first,
                          int8_t *output) {
  for (int t = 0; t < count; t += TILES)
    run_tiles(kernel, (const int16_t *const *)rows + t, count - t < TILES ? count - t : TILES,
              first + (size_t)t, output);
}

void ck_winograd_run(const ck_winograd *winograd, const int8_t *input, int8_t *output,
                     size_t samples, void *scratch) {
  const ck_padding *padding = &winograd->padding;
  const size_t padded = ck_padding_bytes(padding, samples);
  const ck_positions positions = {
      .padding = padding,
      .step_elements = 2 * (size_t)padding->pixel_elements,
      .positions = (size_t)padding->window.output_width,
  };
  uint8_t *behind = (uint8_t *)scratch + (padded + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  const run run = {.winograd = winograd, .transformed = (int16_t *)(void *)behind};
  ck_run_positions(&positions, winograd->variant, &run, run_positions, input, output, samples,
                   scratch);
}
