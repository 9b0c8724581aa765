// Problems of int8 kernels, as `ck_int8.h` and `ck_sparse.h` offer them.
#include "ck_sparse.h"
#include "layers.h"

// Runs a kernel with memory of its own and returns its output.
typedef void (*runner)(const void *kernel, const int8_t *input, int8_t *output, size_t samples,
                       void *scratch);

static int8_t *run(const layer *layer, runner body, const void *kernel, size_t scratch_bytes) {
  int8_t *output = memory(layer->output_count + GUARD);
  void *scratch = memory(scratch_bytes);
  body(kernel, layer->input, output, layer->samples, scratch);
  free(scratch);
  return output;
}

static outcome compared(layer *layer, const char *kernel, int8_t *a, int8_t *b) {
  outcome result = outcome_of(kernel, a, b, layer->output_count);
  layer_describe(layer, result.problem, sizeof result.problem);
  layer_free(layer);
  return result;
}

static void run_conv(const void *kernel, const int8_t *input, int8_t *output, size_t samples,
                     void *scratch) {
  ck_conv_run(kernel, input, output, samples, scratch);
}

typedef ck_conv *(*conv_maker)(const ck_variant *, const ck_window *, const int8_t *,
                               const int32_t *, int32_t, const ck_stage *);

// The problems keep every bound that a kernel may have.
static int8_t *solve_conv(const layer *layer, conv_maker make, const ck_variant *variant,
                          const char **method) {
  ck_conv *conv = make(variant, &layer->window, layer->weights, layer->bias, layer->zero_point,
                       &layer->stage);
  if (!conv) abort();
  int8_t *output = run(layer, run_conv, conv, ck_conv_scratch_bytes(conv, layer->samples));
  *method = ck_conv_method(conv);
  ck_conv_destroy(conv);
  return output;
}

static outcome conv_of(dice *dice, shape shape, const ck_variant *variant,
                       const ck_variant *portable) {
  layer *layer = layer_make(dice, shape);
  const char *method, *other;
  int8_t *a = solve_conv(layer, ck_conv_create, variant, &method);
  int8_t *b = solve_conv(layer, ck_conv_create, portable, &other);
  const char *kernel = strcmp(method, "u8") == 0    ? "convolution u8"
                       : strcmp(method, "s16") == 0 ? "convolution s16"
                                                    : "convolution winograd";
  return compared(layer, kernel, a, b);
}

static outcome conv(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  return conv_of(dice, ANY_WINDOW, variant, portable);
}

static outcome winograd(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  return conv_of(dice, WINOGRAD_WINDOW, variant, portable);
}

static outcome codebook(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  layer *layer = layer_make(dice, ANY_WINDOW);
  int8_t values[16] = {0};
  roll_bytes(dice, values + 1, 15, chance(dice, 30));
  for (size_t i = 0; i < layer->weight_count; i++) layer->weights[i] = values[roll(dice) % 16];
  const char *method;
  int8_t *a = solve_conv(layer, ck_conv_create_codebook, variant, &method);
  int8_t *b = solve_conv(layer, ck_conv_create_codebook, portable, &method);
  return compared(layer, "codebook", a, b);
}

static void run_depthwise(const void *kernel, const int8_t *input, int8_t *output, size_t samples,
                          void *scratch) {
  ck_depthwise_run(kernel, input, output, samples, scratch);
}

static int8_t *solve_depthwise(const layer *layer, const ck_variant *variant) {
  ck_depthwise *depthwise = ck_depthwise_create(variant, &layer->window, layer->weights,
                                                layer->bias, layer->zero_point, &layer->stage);
  if (!depthwise) abort();
  int8_t *output = run(layer, run_depthwise, depthwise,
                       ck_depthwise_scratch_bytes(depthwise, layer->samples));
  ck_depthwise_destroy(depthwise);
  return output;
}

static outcome depthwise(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  static const shape shapes[] = {FLAT_WINDOW, COLUMN_WINDOW, DEPTHWISE_WINDOW};
  layer *layer = layer_make(dice, shapes[within(dice, 0, 2)]);
  int8_t *a = solve_depthwise(layer, variant), *b = solve_depthwise(layer, portable);
  return compared(layer, "depthwise", a, b);
}

static void run_sparse(const void *kernel, const int8_t *input, int8_t *output, size_t samples,
                       void *scratch) {
  ck_sparse_run(kernel, input, output, samples, scratch);
}

static int8_t *solve_sparse(const layer *layer, const ck_variant *variant) {
  ck_sparse *sparse = ck_sparse_create(variant, &layer->window, layer->weights, layer->bias,
                                       layer->zero_point, &layer->stage);
  if (!sparse) abort();
  int8_t *output =
      run(layer, run_sparse, sparse, ck_sparse_scratch_bytes(sparse, layer->samples));
  ck_sparse_destroy(sparse);
  return output;
}

static outcome sparse(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  layer *layer = layer_make(dice, ANY_WINDOW);
  const int zeros = within(dice, 0, 98);
  for (size_t i = 0; i < layer->weight_count; i++)
    if (chance(dice, zeros)) layer->weights[i] = 0;
  int8_t *a = solve_sparse(layer, variant), *b = solve_sparse(layer, portable);
  return compared(layer, "sparse", a, b);
}

// Padding of a pool stays below its filter, so that every window has taps.
static outcome pool(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  layer *layer = layer_make(dice, ANY_WINDOW);
  ck_window *w = &layer->window;
  w->dilation_height = w->dilation_width = 1;
  w->filter_height = within(dice, 1, w->input_height);
  w->filter_width = within(dice, 1, w->input_width);
  w->padding_top = within(dice, 0, w->filter_height - 1);
  w->padding_left = within(dice, 0, w->filter_width - 1);
  w->output_height = (w->input_height + w->padding_top - 1) / w->stride_height + 1;
  w->output_width = (w->input_width + w->padding_left - 1) / w->stride_width + 1;
  w->output_channels = w->input_channels;
  layer->output_count = layer->samples * (size_t)(w->output_height * w->output_width)
                        * (size_t)w->output_channels;
  int8_t *a = memory(layer->output_count + GUARD), *b = memory(layer->output_count + GUARD);
  const bool is_average = chance(dice, 50);
  const ck_stage *s = &layer->stage;
  for (int i = 0; i < 2; i++)
    (is_average ? ck_average_pool : ck_max_pool)(i ? portable : variant, w, s->low, s->high,
                                                 layer->input, i ? b : a, layer->samples);
  return compared(layer, is_average ? "average pool" : "max pool", a, b);
}

static ck_scale factor(dice *dice, ck_rounding rounding, int least, int most) {
  const int shift = within(dice, least, most);
  return (ck_scale){
      .significand = roll_significand(dice, 50),
      .left_shift = shift < 0 ? -shift : 0,
      .right_shift = shift < 0 ? 0 : shift,
      .rounding = rounding,
  };
}

static ck_add roll_add(dice *dice, ck_rounding rounding) {
  ck_add add = {
      .left_zero_point = within(dice, -128, 127),
      .right_zero_point = within(dice, -128, 127),
      .left = factor(dice, rounding, chance(dice, 50) ? 0 : -2, chance(dice, 50) ? 0 : 12),
      .right = factor(dice, rounding, chance(dice, 50) ? 0 : -2, chance(dice, 50) ? 0 : 12),
      .sum = factor(dice, rounding, chance(dice, 20) ? -2 : 14, 22),
      .zero_point = within(dice, -128, 127),
      .low = within(dice, -128, 0),
      .high = within(dice, 1, 127),
  };
  if (chance(dice, 20)) {
    // Where the operands cancel out, single units of their sum show.
    add.right = add.left;
    add.sum = factor(dice, rounding, -4, 0);
  }
  if (rounding == CK_ROUND_SINGLE) {
    add.left.significand = within(dice, -(1 << 21), 1 << 21);
    add.right.significand = within(dice, -(1 << 21), 1 << 21);
    add.sum.right_shift = within(dice, 13, 30);
  }
  return add;
}

static outcome addition(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  static const char *const names[] = {"add", "add half up", "add single"};
  const ck_rounding rounding = (ck_rounding)within(dice, 0, 2);
  ck_add add = roll_add(dice, rounding);
  if (chance(dice, 50)) ck_add_prepare(variant, &add);
  const size_t count = (size_t)within(dice, 1, 400);
  int8_t *left = memory(count), *right = memory(count);
  int8_t *a = memory(count + GUARD), *b = memory(count + GUARD);
  roll_bytes(dice, left, count, chance(dice, 20));
  roll_bytes(dice, right, count, chance(dice, 20));
  ck_add_run(variant, &add, left, right, a, count);
  ck_add_run(portable, &add, left, right, b, count);
  free(left), free(right);
  outcome result = outcome_of(names[rounding], a, b, count);
  snprintf(result.problem, sizeof result.problem,
           "%zu elements, %d * 2^%d + %d * 2^%d, * %d * 2^%d", count, add.left.significand,
           add.left.left_shift - add.left.right_shift, add.right.significand,
           add.right.left_shift - add.right.right_shift, add.sum.significand,
           add.sum.left_shift - add.sum.right_shift);
  return result;
}

const family int8_families[] = {
    {conv, 3000}, {winograd, 600}, {codebook, 1000}, {depthwise, 1600},
    {sparse, 1500}, {pool, 1000}, {addition, 3000}, {NULL, 0},
};
