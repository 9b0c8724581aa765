// Convolutions that multiply the weights that are not zero; see `sparse_kernels.h`.
#include "ck_sparse.h"
#include "int8_panel.h"
#include "sparse_kernels.h"

#include <stdlib.h>

struct ck_sparse {
  const ck_variant *variant;
  ck_padding padding;
  int run_count, run_length;   // contiguous activations of a window
  int32_t *run_offsets;
  int depth;  // all of a window's activations, rounded up to a multiple of 16
  int block_count, piece_count;
  ck_block *blocks;
  ck_piece *pieces;
};

// Weights of a group of four of a channel; zero past the end of the filter.
static void four_weights(const ck_source *source, int channel, size_t first, int weights[4]) {
  for (size_t i = 0; i < 4; i++)
    weights[i] = first + i < source->filter_size
                     ? source->weights[(size_t)channel * source->filter_size + first + i]
                     : 0;
}

static int held(int line) {
  static const int8_t masks[CK_FULL_LINES] = {3, 12, 5, 10, 9, 6};
  return masks[line];
}

static ck_pair pair_of(int line, const int w[4]) {
  static const int8_t both[CK_FULL_LINES][2] = {{0, 1}, {2, 3}, {0, 2}, {1, 3}, {0, 3}, {2, 1}};
  return (ck_pair){(int16_t)w[both[line][0]], (int16_t)w[both[line][1]]};
}

// The lines that the products of a group take, at most two. How many there are.
static int lines_of(int lines, const int w[4], int taken[2]) {
  int mask = 0, count = 0;
  for (int i = 0; i < 4; i++) mask |= (w[i] != 0) << i;
  for (int line = 0; line < lines; line++) {
    if (mask != held(line)) continue;
    taken[0] = line;
    return 1;
  }
  for (int line = 0; line < CK_PLAIN_LINES; line++)
    if (mask & held(line)) taken[count++] = line;
  return count;
}

// Of a channel in `depth` activations from `first` on.
static size_t count_products(const ck_source *source, int channel, int lines, size_t first,
                             int depth) {
  size_t count = 0;
  for (int k = 0; k < depth; k += 4) {
    int weights[4], taken[2];
    four_weights(source, channel, first + (size_t)k, weights);
    count += (size_t)lines_of(lines, weights, taken);
  }
  return count;
}

// Instructions for a vector of pixels: a product multiplies, adds and reads its weights; a group
// of a table is turned, paired and stored.
static double cost_of(int lines, size_t products, int depth) {
  return 3.0 * (double)products + (lines == CK_FULL_LINES ? 20.0 : 10.0) * depth / 4;
}

// By how many products they have, block by block. O(channels * depth).
static void sort_channels(ck_piece *piece, const ck_source *source, int channels, size_t first) {
  for (int c = 0; c < channels; c++) {
    const size_t own = count_products(source, c, piece->lines, first, piece->depth);
    int place = c;
    piece->starts[c + 1] = (int32_t)own;
    for (; place % CK_LANES > 0 && piece->starts[place] > (int32_t)own; place--) {
      piece->starts[place + 1] = piece->starts[place];
      piece->order[place] = piece->order[place - 1];
    }
    piece->starts[place + 1] = (int32_t)own;
    piece->order[place] = c;
  }
}

static void write_products(ck_piece *piece, const ck_source *source, int channels, size_t first) {
  int32_t at = 0;
  for (int c = 0; c < channels; c++) {
    for (int k = 0; k < piece->depth; k += 4) {
      int weights[4], taken[2];
      four_weights(source, piece->order[c], first + (size_t)k, weights);
      const int products = lines_of(piece->lines, weights, taken);
      for (int i = 0; i < products; i++, at++) {
        piece->lines_of_products[at] = (uint16_t)(k / 4 * piece->lines + taken[i]);
        piece->weights[at] = pair_of(taken[i], weights);
      }
    }
    piece->starts[c + 1] = at;
  }
}

static int init_piece(ck_piece *piece, const ck_source *source, int channels, size_t first,
                      int depth) {
  size_t plain = 0, full = 0;
  for (int c = 0; c < channels; c++) {
    plain += count_products(source, c, CK_PLAIN_LINES, first, depth);
    full += count_products(source, c, CK_FULL_LINES, first, depth);
  }
  const int is_full = cost_of(CK_FULL_LINES, full, depth) < cost_of(CK_PLAIN_LINES, plain, depth);
  const size_t count = is_full ? full : plain;
  piece->depth = depth;
  piece->lines = is_full ? CK_FULL_LINES : CK_PLAIN_LINES;
  piece->starts = ck_allocate(((size_t)channels + 1) * sizeof *piece->starts);
  piece->order = ck_allocate((size_t)channels * sizeof *piece->order);
  piece->lines_of_products = ck_allocate(count * sizeof *piece->lines_of_products);
  piece->weights = ck_allocate(count * sizeof *piece->weights);
  if (!piece->starts || !piece->order || !piece->lines_of_products || !piece->weights) return 0;
  sort_channels(piece, source, channels, first);
  write_products(piece, source, channels, first);
  return 1;
}

static void init_block(ck_block *block, const ck_source *source, int first, int count) {
  int32_t bias[CK_LANES];
  int64_t bounds[CK_LANES];
  for (int c = 0; c < count; c++) {
    const int8_t *weights = source->weights + (size_t)(first + c) * source->filter_size;
    const int64_t magnitude = ck_total_of(weights, source->filter_size).magnitude;
    const int64_t given = source->bias ? source->bias[first + c] : 0;
    bias[c] = (int32_t)given;
    bounds[c] = (given < 0 ? -given : given) + 255 * magnitude;
  }
  ck_block_init(block, source->stage, source->stage->scales + first, bias, bounds, count,
                count <= 8 ? 1 : 2);
}

static int init_runs(ck_sparse *sparse) {
  const ck_window *w = &sparse->padding.window;
  ck_taps taps;
  const int is_contiguous = w->dilation_width == 1;
  sparse->run_length = (is_contiguous ? w->filter_width : 1) * w->input_channels;
  sparse->run_count = w->filter_height * (is_contiguous ? 1 : w->filter_width);
  if (!ck_taps_init(&taps, &sparse->padding, sparse->run_length)) return 0;
  sparse->run_offsets = ck_allocate((size_t)sparse->run_count * sizeof *sparse->run_offsets);
  for (int run = 0; sparse->run_offsets && run < sparse->run_count; run++)
    sparse->run_offsets[run] = taps.places[run].offset;
  ck_taps_free(&taps);
  return sparse->run_offsets != NULL;
}

static int init_sparse(ck_sparse *sparse, const ck_source *source) {
  const ck_window *w = &sparse->padding.window;
  const int channels = w->output_channels;
  if (!init_runs(sparse)) return 0;
  sparse->depth = (int)((source->filter_size + 15) / 16 * 16);
  sparse->block_count = (channels + CK_LANES - 1) / CK_LANES;
  sparse->piece_count = (sparse->depth + CK_PIECE - 1) / CK_PIECE;
  sparse->blocks = ck_allocate((size_t)sparse->block_count * sizeof *sparse->blocks);
  sparse->pieces = ck_allocate((size_t)sparse->piece_count * sizeof *sparse->pieces);
  if (!sparse->blocks || !sparse->pieces) return 0;
  for (int b = 0; b < sparse->block_count; b++) {
    const int first = b * CK_LANES, left = channels - first;
    init_block(&sparse->blocks[b], source, first, left < CK_LANES ? left : CK_LANES);
  }
  for (int p = 0; p < sparse->piece_count; p++) {
    const int first = p * CK_PIECE, left = sparse->depth - first;
    const int depth = left < CK_PIECE ? left : CK_PIECE;
    if (!init_piece(&sparse->pieces[p], source, channels, (size_t)first, depth)) return 0;
  }
  return 1;
}

ck_sparse *ck_sparse_create(const ck_variant *variant, const ck_window *window,
                            const int8_t *weights, const int32_t *bias, int32_t zero_point,
                            const ck_stage *stage) {
  const int64_t largest = 1 << 24;
  const int64_t depth =
      (int64_t)window->filter_height * window->filter_width * window->input_channels;
  if (depth > largest || depth * window->output_channels > INT32_MAX) return NULL;
  ck_sparse *sparse = ck_allocate(sizeof *sparse);
  if (!sparse) return NULL;
  const ck_source source = {.weights = weights,
                            .filter_size = (size_t)depth,
                            .bias = bias,
                            .zero_point = zero_point,
                            .stage = stage};
  sparse->variant = variant;
  if (!ck_padding_init(&sparse->padding, window, zero_point, 2, 1, window->input_channels)
      || !init_sparse(sparse, &source)) {
    ck_sparse_destroy(sparse);
    return NULL;
  }
  return sparse;
}

void ck_sparse_destroy(ck_sparse *sparse) {
  for (int p = 0; sparse->pieces && p < sparse->piece_count; p++) {
    free(sparse->pieces[p].starts);
    free(sparse->pieces[p].order);
    free(sparse->pieces[p].lines_of_products);
    free(sparse->pieces[p].weights);
  }
  free(sparse->pieces);
  free(sparse->blocks);
  free(sparse->run_offsets);
  free(sparse);
}

// Scratch: the padded input, then patches, a table, and sums.
typedef struct run {
  const ck_sparse *sparse;
  int16_t *patches;  // [CK_ROWS][depth]
  ck_pair *table;
  int32_t *sums;  // [channel][CK_ROWS]
} run;

// One piece needs the sums of a block only.
static size_t sum_count(const ck_sparse *sparse) {
  return (size_t)(sparse->piece_count > 1 ? sparse->block_count : 1) * CK_LANES * CK_ROWS;
}

// Where a run's memory begins in its scratch; how many bytes all of it takes.
static size_t lay_out(const ck_sparse *sparse, size_t samples, uint8_t *scratch, run *run) {
  const size_t padded = ck_padding_bytes(&sparse->padding, samples);
  const size_t patches = (padded + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT;
  const size_t table = patches + (size_t)sparse->depth * CK_ROWS * sizeof *run->patches;
  const size_t lines = (size_t)CK_PIECE / 4 * CK_FULL_LINES;
  const size_t sums = table + lines * CK_ROWS * sizeof *run->table;
  if (scratch)
    *run = (struct run){.sparse = sparse,
                        .patches = (int16_t *)(void *)(scratch + patches),
                        .table = (ck_pair *)(void *)(scratch + table),
                        .sums = (int32_t *)(void *)(scratch + sums)};
  return sums + sum_count(sparse) * sizeof *run->sums;
}

size_t ck_sparse_scratch_bytes(const ck_sparse *sparse, size_t samples) {
  return lay_out(sparse, samples, NULL, NULL);
}

size_t ck_sparse_packed_bytes(const ck_sparse *sparse) {
  const size_t channels = (size_t)sparse->padding.window.output_channels;
  size_t result = 0;
  for (int p = 0; p < sparse->piece_count; p++) {
    const size_t products = (size_t)sparse->pieces[p].starts[channels];
    result += products * (sizeof(ck_pair) + sizeof(uint16_t)) + (channels + 1) * sizeof(int32_t);
  }
  return result;
}

// Nanoseconds of eight rows beyond what the dense kernel spends too, and of its products, fitted to
// measurements (`docs/sparse.md`). The ratio counts: both scale with the clock.
bool ck_sparse_pays(const ck_sparse *sparse, const ck_conv *dense, size_t pixels) {
  const double outputs = sparse->padding.window.output_channels;
  double sparse_cost = 0.8 * outputs;
  for (int p = 0; p < sparse->piece_count; p++) {
    const ck_piece *piece = &sparse->pieces[p];
    sparse_cost += 1.0 * outputs + 1.3 * piece->depth / 4;
    sparse_cost += 0.29 * piece->starts[sparse->padding.window.output_channels];
  }
  const size_t vectors = (pixels + 7) / 8;
  // An instruction that multiplies and adds costs more than one of two that do.
  const double instruction = sparse->variant->fuses_pairs ? 1.25 : 0.78;
  const double dense_cost = instruction * (double)ck_conv_cost(dense) * (double)pixels;
  return sparse_cost * (double)(8 * vectors) < dense_cost;
}

// Windows of one run are read where they are, others are brought together. Whole vectors are
// multiplied: the last window stands for those that are missing.
static void gather(const run *run, const void *const *windows, int count, const int16_t **rows) {
  const ck_sparse *sparse = run->sparse;
  const size_t length = (size_t)sparse->run_length;
  for (int r = 0; r < count; r++) {
    rows[r] = windows[r];
    if (sparse->run_count == 1) continue;
    int16_t *patch = run->patches + (size_t)r * (size_t)sparse->depth;
    for (int i = 0; i < sparse->run_count; i++)
      memcpy(patch + (size_t)i * length, rows[r] + sparse->run_offsets[i],
             length * sizeof *patch);
    rows[r] = patch;
  }
  for (int r = count; r % 8 != 0; r++) rows[r] = rows[count - 1];
}

static void run_block(const run *run, int b, int piece, int count, int8_t *output) {
  const ck_sparse *sparse = run->sparse;
  const struct ck_sparse_loops *loops = sparse->variant->sparse;
  const ck_block *block = &sparse->blocks[b];
  const int vectors = (count + 7) / 8, last = sparse->piece_count - 1;
  int32_t *sums = run->sums + (last > 0 ? (size_t)b * CK_LANES * CK_ROWS : 0);
  loops->product(&sparse->pieces[piece], b * CK_LANES, block->channels, piece == 0, run->table,
                 vectors, sums);
  if (piece < last) return;
  _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ACCUMULATORS];
  loops->turn(block, sums, vectors, accumulators);
  sparse->variant->rescale(block, accumulators, count, output + b * CK_LANES,
                           sparse->padding.window.output_channels);
}

static void run_positions(const void *kernel, const void *const *windows, int count, size_t first,
                          int8_t *output) {
  const run *run = kernel;
  const ck_sparse *sparse = run->sparse;
  int8_t *place = output + first * (size_t)sparse->padding.window.output_channels;
  const int vectors = (count + 7) / 8;
  const int16_t *rows[CK_ROWS];
  gather(run, windows, count, rows);
  for (int p = 0; p < sparse->piece_count; p++) {
    sparse->variant->sparse->make_table(&sparse->pieces[p], rows, vectors, run->table);
    for (int b = 0; b < sparse->block_count; b++) run_block(run, b, p, count, place);
    for (int r = 0; r < 8 * vectors; r++) rows[r] += CK_PIECE;
  }
}

void ck_sparse_run(const ck_sparse *sparse, const int8_t *input, int8_t *output, size_t samples,
                   void *scratch) {
  const ck_padding *padding = &sparse->padding;
  const ck_positions positions = {
      .padding = padding,
      .step_elements = (size_t)padding->window.stride_width * (size_t)padding->pixel_elements,
      .positions = (size_t)padding->window.output_width,
  };
  run run;
  lay_out(sparse, samples, scratch, &run);
  ck_run_positions(&positions, sparse->variant, &run, run_positions, input, output, samples,
                   scratch);
}

size_t ck_zero_count(const int8_t *weights, size_t count) {
  enum { PART = 128 };  // counted in bytes, so that it takes vectors
  size_t zeros = 0;
  for (size_t first = 0; first < count; first += PART) {
    const size_t end = count - first < PART ? count : first + PART;
    uint8_t part = 0;
    for (size_t i = first; i < end; i++) part = (uint8_t)(part + (weights[i] == 0));
    zeros += part;
  }
  return zeros;
}
