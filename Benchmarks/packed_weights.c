// Sparse and codebook kernels against the dense int8 kernel, one thread, interleaved, best of many.
//
// `make bench-packed` builds and runs it; the tables of docs/sparse.md are what it prints.
#include "ck_int8.h"
#include "ck_sparse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct layer {
  const char *name;
  int height, width, inputs, outputs, filter, samples;
} layer;

static const layer layers[] = {
    {"conv 1x1 25x5 64->64", 25, 5, 64, 64, 1, 1},
    {"conv 1x1 6x6 128->128", 6, 6, 128, 128, 1, 1},
    {"conv 1x1 3x3 256->256", 3, 3, 256, 256, 1, 1},
    {"conv 1x1 12x12 128->128, batch 4", 12, 12, 128, 128, 1, 4},
    {"conv 3x3 16x16 32->32", 16, 16, 32, 32, 3, 1},
    {"conv 3x3 8x8 64->64", 8, 8, 64, 64, 3, 1},
    {"fully connected 640->128, batch 32", 1, 1, 640, 128, 1, 32},
    {"fully connected 1024->1024, batch 32", 1, 1, 1024, 1024, 1, 32},
    {"fully connected 640->128", 1, 1, 640, 128, 1, 1},
    {"fully connected 1024->1024", 1, 1, 1024, 1024, 1, 1},
    {"fully connected 4096->4096", 1, 1, 4096, 4096, 1, 1},
};

// Weights on either side of the caches' sizes, and what a batch makes of them: for codes only.
static const layer wide_layers[] = {
    {"fully connected 2048->2048", 1, 1, 2048, 2048, 1, 1},
    {"fully connected 2048->4096", 1, 1, 2048, 4096, 1, 1},
    {"fully connected 4096->4096, batch 8", 1, 1, 4096, 4096, 1, 8},
    {"fully connected 4096->4096, batch 32", 1, 1, 4096, 4096, 1, 32},
};

enum { LAYERS = sizeof layers / sizeof *layers,
       WIDE_LAYERS = sizeof wide_layers / sizeof *wide_layers,
       ROUNDS = 40, TWO_OF_FOUR = -1 };

static uint64_t state = 1;

static uint32_t next(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 33);
}

static int weight(void) { return (int)(next() % 127) + 1 - (int)(next() & 1) * 128; }

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t depth(const layer *l) { return (size_t)(l->filter * l->filter * l->inputs); }

// percent: of weights that are zero, or TWO_OF_FOUR.
static int8_t *pruned(const layer *l, int percent) {
  const size_t count = depth(l) * (size_t)l->outputs;
  int8_t *weights = calloc(count, 1);
  for (size_t i = 0; i < count; i++) {
    if (percent != TWO_OF_FOUR) {
      if ((int)(next() % 100) >= percent) weights[i] = (int8_t)weight();
    } else if (i % 4 == 0) {
      const size_t a = next() % 4, b = (a + 1 + next() % 3) % 4;
      weights[i + a] = (int8_t)weight();
      weights[i + b] = (int8_t)weight();
    }
  }
  return weights;
}

typedef struct bench {
  const layer *l;
  ck_window window;
  ck_scale *scales;
  ck_stage stage;
  int8_t *input, *output;
} bench;

static bench begin(const layer *l) {
  bench b = {.l = l};
  b.window = (ck_window){l->height, l->width, l->inputs, l->height, l->width, l->outputs,
                         l->filter, l->filter, 1, 1, 1, 1, l->filter / 2, l->filter / 2};
  const size_t pixels = (size_t)(l->height * l->width * l->samples);
  b.scales = malloc((size_t)l->outputs * sizeof *b.scales);
  for (int i = 0; i < l->outputs; i++)
    b.scales[i] = (ck_scale){1 << 30, 0, 9, 0x1p-10f, CK_ROUND_DOUBLE};
  b.stage = (ck_stage){b.scales, 0, -128, 127};
  b.input = malloc(pixels * (size_t)l->inputs);
  b.output = malloc(pixels * (size_t)l->outputs);
  for (size_t i = 0; i < pixels * (size_t)l->inputs; i++) b.input[i] = (int8_t)next();
  return b;
}

static void end(bench *b) {
  free(b->scales);
  free(b->input);
  free(b->output);
}

static void *scratch(size_t bytes) { return aligned_alloc(64, (bytes + 63) / 64 * 64 + 64); }

typedef struct times {
  double dense, other;  // microseconds
  size_t dense_bytes, other_bytes;
  bool pays;
} times;

static void keep_least(double *least, double start, double stop, int calls) {
  const double each = (stop - start) * 1e6 / calls;
  if (*least == 0 || each < *least) *least = each;
}

static times against_sparse(bench *b, int percent) {
  int8_t *weights = pruned(b->l, percent);
  const ck_variant *variant = ck_variant_best();
  ck_conv *dense = ck_conv_create(variant, &b->window, weights, NULL, 5, &b->stage);
  ck_sparse *sparse = ck_sparse_create(variant, &b->window, weights, NULL, 5, &b->stage);
  const size_t samples = (size_t)b->l->samples;
  void *one = scratch(ck_conv_scratch_bytes(dense, samples));
  void *other = scratch(ck_sparse_scratch_bytes(sparse, samples));
  times result = {.dense_bytes = ck_conv_packed_bytes(dense),
                  .other_bytes = ck_sparse_packed_bytes(sparse)};
  result.pays = ck_sparse_pays(sparse, dense, samples * (size_t)(b->l->height * b->l->width));
  for (int round = 0; round < ROUNDS; round++) {
    const double start = seconds();
    for (int i = 0; i < 4; i++) ck_conv_run(dense, b->input, b->output, samples, one);
    const double middle = seconds();
    for (int i = 0; i < 4; i++) ck_sparse_run(sparse, b->input, b->output, samples, other);
    keep_least(&result.dense, start, middle, 4);
    keep_least(&result.other, middle, seconds(), 4);
  }
  ck_conv_destroy(dense);
  ck_sparse_destroy(sparse);
  free(one);
  free(other);
  free(weights);
  return result;
}

static times against_codebook(bench *b) {
  int8_t *weights = pruned(b->l, 0), values[16];
  for (int i = 0; i < 16; i++) values[i] = (int8_t)(16 * i - 120);
  for (size_t i = 0; i < depth(b->l) * (size_t)b->l->outputs; i++) weights[i] = values[next() % 16];
  const ck_variant *variant = ck_variant_best();
  ck_conv *dense = ck_conv_create(variant, &b->window, weights, NULL, 5, &b->stage);
  ck_conv *codes = ck_conv_create_codebook(variant, &b->window, weights, NULL, 5, &b->stage);
  const size_t samples = (size_t)b->l->samples;
  void *one = scratch(ck_conv_scratch_bytes(dense, samples));
  void *other = scratch(ck_conv_scratch_bytes(codes, samples));
  times result = {.dense_bytes = ck_conv_packed_bytes(dense),
                  .other_bytes = ck_conv_packed_bytes(codes)};
  for (int round = 0; round < ROUNDS * 2; round++) {
    const double start = seconds();
    for (int i = 0; i < 4; i++) ck_conv_run(dense, b->input, b->output, samples, one);
    const double middle = seconds();
    for (int i = 0; i < 4; i++) ck_conv_run(codes, b->input, b->output, samples, other);
    keep_least(&result.dense, start, middle, 4);
    keep_least(&result.other, middle, seconds(), 4);
  }
  ck_conv_destroy(dense);
  ck_conv_destroy(codes);
  free(one);
  free(other);
  free(weights);
  return result;
}

static void sparse_table(void) {
  static const int columns[] = {50, 60, 70, 80, 90, 95, TWO_OF_FOUR};
  puts("| layer | dense, us | 50 % | 60 % | 70 % | 80 % | 90 % | 95 % | 2:4 | bytes at 80 % |");
  puts("|---|---|---|---|---|---|---|---|---|---|");
  for (int i = 0; i < LAYERS; i++) {
    bench b = begin(&layers[i]);
    const times dense = against_sparse(&b, 0);
    printf("| %s | %.1f |", layers[i].name, dense.dense);
    double bytes = 0;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
      const times t = against_sparse(&b, columns[c]);
      printf(" %.2f%s |", t.dense / t.other, t.pays ? "*" : "");
      if (columns[c] == 80) bytes = (double)t.other_bytes / (double)dense.dense_bytes;
    }
    printf(" %.2f |\n", bytes);
    end(&b);
  }
}

static void codebook_row(const layer *l) {
  bench b = begin(l);
  const times t = against_codebook(&b);
  printf("| %s | %.1f | %.1f | %.2f | %.2f |\n", l->name, t.dense, t.other, t.dense / t.other,
         (double)t.other_bytes / (double)t.dense_bytes);
  end(&b);
}

static void codebook_table(void) {
  puts("| layer | dense, us | codes, us | dense / codes | bytes |\n|---|---|---|---|---|");
  for (int i = 0; i < LAYERS; i++) codebook_row(&layers[i]);
  for (int i = 0; i < WIDE_LAYERS; i++) codebook_row(&wide_layers[i]);
}

int main(void) {
  printf("Variant %s. Dense time over sparse time; * where a plan takes the sparse kernel.\n\n",
         ck_variant_name(ck_variant_best()));
  sparse_table();
  puts("\nWeights of 16 values:\n");
  codebook_table();
}
