// Problems of float kernels: products, depthwise ones, and what training needs of both.
#include "ck_training.h"
#include "problems.h"

enum { SLACK = 16 };  // floats that vectors may reach over

static float *floats(dice *dice, size_t count) {
  float *result = memory((count + SLACK) * sizeof *result);
  for (size_t i = 0; i < count + SLACK; i++)
    result[i] = (float)within(dice, -1000000, 1000000) * 0x1p-18f;
  return result;
}

// Patches of an input that lie inside it, in runs that follow each other at random distances.
typedef struct layer {
  struct ck_float_product product;
  int64_t offsets[12];
  size_t depth, patches, input_count, output_count;
  float *input, *bias;
} layer;

static void make(dice *dice, layer *layer, bool is_depthwise) {
  const int64_t columns = within(dice, 1, 70), runs = within(dice, 1, 12);
  const int64_t run = is_depthwise ? columns : within(dice, 1, 20);
  int64_t reach = 0;
  for (int64_t i = 0; i < runs; i++) {
    layer->offsets[i] = reach;
    reach += run + within(dice, 0, 5);
  }
  struct ck_float_product *p = &layer->product;
  *p = (struct ck_float_product){
      .patch_rows = within(dice, 1, 5),
      .patch_columns = within(dice, 1, 5),
      .column_step = within(dice, 1, 40),
      .run_count = runs,
      .run_length = run,
      .columns = columns,
      .output_step = columns + within(dice, 0, 3),
      .low = chance(dice, 50) ? -1e30f : -within(dice, 0, 9),
      .high = chance(dice, 50) ? 1e30f : within(dice, 0, 9),
  };
  p->row_step = p->patch_columns * p->column_step + within(dice, 0, 9);
  layer->depth = (size_t)(runs * (is_depthwise ? 1 : run));
  layer->patches = (size_t)(p->patch_rows * p->patch_columns);
  layer->input_count = (size_t)(p->patch_rows * p->row_step + reach);
  layer->output_count = layer->patches * (size_t)p->output_step;
  layer->input = floats(dice, layer->input_count);
  layer->bias = floats(dice, (size_t)(columns + 7) / 8 * 8);
  p->bias = layer->bias;
  p->run_offsets = layer->offsets;
}

static outcome finish(const char *kernel, layer *layer, float *a, float *b, size_t count) {
  outcome result = outcome_of(kernel, a, b, count * sizeof *a);
  const struct ck_float_product *p = &layer->product;
  snprintf(result.problem, sizeof result.problem,
           "%lld x %lld patches, %lld runs of %lld, %lld columns", (long long)p->patch_rows,
           (long long)p->patch_columns, (long long)p->run_count, (long long)p->run_length,
           (long long)p->columns);
  free(layer->input), free(layer->bias);
  return result;
}

// What both write begins alike; sums go on with what is there.
static float *copy_of(const float *source, size_t count) {
  float *result = memory(count * sizeof *source + GUARD);
  memcpy(result, source, count * sizeof *source);
  return result;
}

static outcome multiply(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  layer l;
  make(dice, &l, false);
  const int64_t depth = (int64_t)l.depth, columns = l.product.columns;
  float *weights = floats(dice, l.depth * (size_t)columns);
  float *packed = memory((size_t)ck_float_packed_count(depth, columns) * sizeof *packed);
  ck_float_pack(weights, depth, columns, columns, 1, packed);
  float *a = memory(l.output_count * sizeof *a + GUARD);
  float *b = memory(l.output_count * sizeof *b + GUARD);
  ck_float_multiply(variant, &l.product, l.input, packed, a);
  ck_float_multiply(portable, &l.product, l.input, packed, b);
  free(weights), free(packed);
  return finish("float product", &l, a, b, l.output_count);
}

static outcome depthwise(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  layer l;
  make(dice, &l, true);
  float *weights = floats(dice, l.depth * (size_t)l.product.columns);
  float *a = memory(l.output_count * sizeof *a + GUARD);
  float *b = memory(l.output_count * sizeof *b + GUARD);
  ck_float_depthwise(variant, &l.product, l.input, weights, a);
  ck_float_depthwise(portable, &l.product, l.input, weights, b);
  free(weights);
  return finish("float depthwise", &l, a, b, l.output_count);
}

typedef void (*gradient)(const ck_variant *, const struct ck_float_product *, const float *,
                         const float *, float *);

static outcome weight_gradient(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  const bool is_depthwise = chance(dice, 50);
  const gradient body =
      is_depthwise ? ck_float_depthwise_weight_gradient : ck_float_weight_gradient;
  layer l;
  make(dice, &l, is_depthwise);
  const size_t count = l.depth * (size_t)l.product.columns;
  float *upstream = floats(dice, l.output_count), *begin = floats(dice, count);
  float *a = copy_of(begin, count), *b = copy_of(begin, count);
  body(variant, &l.product, l.input, upstream, a);
  body(portable, &l.product, l.input, upstream, b);
  free(upstream), free(begin);
  return finish(is_depthwise ? "float depthwise gradient" : "float weight gradient", &l, a, b,
                count);
}

static outcome scatter(dice *dice, const ck_variant *variant, const ck_variant *portable) {
  const bool is_depthwise = chance(dice, 50);
  layer l;
  make(dice, &l, is_depthwise);
  float *patches = floats(dice, l.patches * l.depth);
  float *weights = floats(dice, l.depth * (size_t)l.product.columns);
  float *upstream = floats(dice, l.output_count);
  float *a = copy_of(l.input, l.input_count), *b = copy_of(l.input, l.input_count);
  for (int i = 0; i < 2; i++) {
    const ck_variant *solver = i ? portable : variant;
    if (is_depthwise) ck_float_depthwise_scatter(solver, &l.product, weights, upstream, i ? b : a);
    else ck_float_scatter(solver, &l.product, patches, i ? b : a);
  }
  free(patches), free(weights), free(upstream);
  return finish(is_depthwise ? "float depthwise scatter" : "float scatter", &l, a, b,
                l.input_count);
}

const family float_families[] = {
    {multiply, 800}, {depthwise, 600}, {weight_gradient, 800}, {scatter, 800}, {NULL, 0},
};
