// Problems of inner loops, with counts and numbers that kernels do not bring about.
#include "layers.h"

// Numbers of 16 bits between limits.
static int16_t *words(dice *dice, size_t count, int low, int high) {
  int16_t *result = memory(count * sizeof *result);
  for (size_t i = 0; i < count; i++)
    result[i] = (int16_t)(chance(dice, 20) ? (chance(dice, 50) ? low : high)
                                           : within(dice, low, high));
  return result;
}

static int32_t *integers(dice *dice, size_t count, int64_t bound) {
  int32_t *result = memory(count * sizeof *result);
  for (size_t i = 0; i < count; i++) {
    const int64_t any = (int32_t)roll(dice);
    result[i] = (int32_t)(chance(dice, 50) ? any % bound : any % 1000);
  }
  return result;
}

static outcome finish(const char *kernel, void *a, void *b, size_t bytes, int count, int depth) {
  outcome result = outcome_of(kernel, a, b, bytes);
  snprintf(result.problem, sizeof result.problem, "count %d, depth %d", count, depth);
  return result;
}

static outcome product_s16(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  const int vectors = within(dice, 1, 2), lanes = 8 * vectors, count = within(dice, 1, CK_ROWS);
  const int steps = chance(dice, 20) ? within(dice, 100, 700) : within(dice, 0, 40);
  enum { EXTENT = 4000 };
  int16_t *activations = words(dice, EXTENT, -255, 255);
  int8_t *weights = memory((size_t)(steps * lanes * 2));
  int32_t *offsets = memory((size_t)steps * sizeof *offsets);
  roll_bytes(dice, weights, (size_t)(steps * lanes * 2), chance(dice, 30));
  for (int s = 0; s < steps; s++) offsets[s] = within(dice, 0, EXTENT / 2);
  ck_panel panel = {.block.vectors = vectors, .steps = steps, .offsets = offsets,
                    .weights = weights};
  for (int lane = 0; lane < lanes; lane++) panel.block.bias[lane] = (int32_t)roll(dice);
  const int16_t *rows[CK_ROWS];
  for (int r = 0; r < count; r++) rows[r] = activations + within(dice, 0, EXTENT / 2 - 2);
  const size_t bytes = (size_t)(count * lanes) * sizeof(int32_t);
  int32_t *a = memory(bytes + GUARD), *b = memory(bytes + GUARD);
  variant->product_s16(&panel, rows, count, a);
  portable->product_s16(&panel, rows, count, b);
  free(activations), free(weights), free(offsets);
  return finish("loop: product s16", a, b, bytes, count, steps);
}

static outcome product_matrix(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  const int count = within(dice, 1, 30), depth = 2 * within(dice, 1, 60);
  int16_t *rows = words(dice, (size_t)(count * depth), -25500, 25500);
  int16_t *weights = words(dice, (size_t)depth * CK_LANES, -6272, 6272);
  const size_t bytes = (size_t)count * CK_LANES * sizeof(int32_t);
  int32_t *a = memory(bytes + GUARD), *b = memory(bytes + GUARD);
  variant->product_matrix(rows, count, depth, weights, a);
  portable->product_matrix(rows, count, depth, weights, b);
  free(rows), free(weights);
  return finish("loop: product matrix", a, b, bytes, count, depth);
}

static outcome winograd_input(dice *dice, const ck_variant *variant,
                              const ck_variant *portable) {
  const int form = within(dice, 0, 1), patch = form ? 6 : 4;
  const int count = within(dice, 1, 12), channels = 16 * within(dice, 1, 4);
  const ptrdiff_t row = (ptrdiff_t)channels * within(dice, patch, 20);
  int16_t *pixels = words(dice, (size_t)(row * 2 * patch), -255, 255);
  const int16_t *patches[12];
  for (int t = 0; t < count; t++)
    patches[t] = pixels + within(dice, 0, patch - 1) * row
                 + within(dice, 0, (int)(row / channels) - patch) * channels;
  const size_t bytes = (size_t)(patch * patch * count * channels) * sizeof(int16_t);
  int16_t *a = memory(bytes + GUARD), *b = memory(bytes + GUARD);
  variant->winograd[form].input(patches, count, row, channels, a);
  portable->winograd[form].input(patches, count, row, channels, b);
  free(pixels);
  return finish(form ? "loop: winograd 4x4 in" : "loop: winograd 2x2 in", a, b, bytes, count,
                channels);
}

static outcome winograd_output(dice *dice, const ck_variant *variant,
                               const ck_variant *portable) {
  const int form = within(dice, 0, 1), side = form ? 4 : 2, patch = side + 2;
  const int count = within(dice, 1, 12);
  int32_t *products =
      integers(dice, (size_t)(patch * patch * count) * CK_LANES, (int64_t)1 << 31);
  int32_t *bias = integers(dice, CK_LANES, (int64_t)1 << 31);
  const size_t bytes = (size_t)(side * side * count) * CK_LANES * sizeof(int32_t);
  int32_t *a = memory(bytes + GUARD), *b = memory(bytes + GUARD);
  variant->winograd[form].output(products, count, bias, a);
  portable->winograd[form].output(products, count, bias, b);
  free(products), free(bias);
  return finish(form ? "loop: winograd 4x4 out" : "loop: winograd 2x2 out", a, b, bytes, count,
                side);
}

// Accumulators up to the bound that the block was made for.
static outcome rescale(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  static const char *const names[] = {"loop: rescale floor", "loop: rescale signed",
                                      "loop: rescale float", "loop: rescale general"};
  const int channels = within(dice, 1, CK_LANES), vectors = channels <= 8 ? 1 : 2;
  const int count = within(dice, 1, CK_ROWS), lanes = 8 * vectors;
  const int64_t bound = (int64_t)1 << within(dice, 8, 30);
  ck_stage stage;
  ck_scale scales[CK_LANES];
  int32_t bias[CK_LANES];
  int64_t bounds[CK_LANES];
  stage_make(dice, (ck_mode)within(dice, 0, 3), channels, (double)bound, &stage, scales);
  for (int c = 0; c < channels; c++) {
    bias[c] = within(dice, -1000, 1000);
    bounds[c] = chance(dice, 10) ? CK_CONSTANT : bound - 1;
  }
  ck_block *block = memory(sizeof *block);
  ck_block_init(block, &stage, scales, bias, bounds, channels, vectors);
  int32_t *accumulators = integers(dice, (size_t)(count * lanes) + 1, bound);
  for (int i = 0; i < count * lanes; i++) {
    const int channel = ck_lane_channel(vectors, i % lanes);
    if (channel < channels && bounds[channel] == CK_CONSTANT) accumulators[i] = bias[channel];
  }
  const ptrdiff_t stride = channels + within(dice, 0, 5);
  const size_t bytes = (size_t)(count * stride);
  int8_t *a = memory(bytes + GUARD), *b = memory(bytes + GUARD);
  const char *kernel = names[block->mode];
  variant->rescale(block, accumulators, count, a, stride);
  portable->rescale(block, accumulators, count, b, stride);
  free(block), free(accumulators);
  return finish(kernel, a, b, bytes, count, channels);
}

static outcome widen(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  const int count = within(dice, 0, 200), zero_point = within(dice, -128, 127);
  int8_t *source = memory((size_t)count);
  roll_bytes(dice, source, (size_t)count, chance(dice, 30));
  const size_t bytes = (size_t)count * sizeof(int16_t);
  int16_t *a = memory(bytes + GUARD), *b = memory(bytes + GUARD);
  variant->widen(source, a, (size_t)count, zero_point);
  portable->widen(source, b, (size_t)count, zero_point);
  free(source);
  return finish("loop: widen", a, b, bytes, count, zero_point);
}

const family loop_families[] = {
    {product_s16, 1000}, {product_matrix, 1000}, {winograd_input, 500}, {winograd_output, 500},
    {rescale, 6000}, {widen, 500}, {NULL, 0},
};
