// Loops of sparse products in plain code.
#include "sparse_kernels.h"

static const int8_t pairs_of_four[CK_FULL_LINES][2] = {{0, 1}, {2, 3}, {0, 2},
                                                       {1, 3}, {0, 3}, {2, 1}};

static void make_table(const ck_piece *piece, const int16_t *const *rows, int vectors,
                       ck_pair *table) {
  for (int k = 0; k < piece->depth; k += 4)
    for (int line = 0; line < piece->lines; line++, table += CK_ROWS)
      for (int row = 0; row < 8 * vectors; row++) {
        const int16_t *four = rows[row] + k;
        table[row] = (ck_pair){four[pairs_of_four[line][0]], four[pairs_of_four[line][1]]};
      }
}

// Sums wrap, as those of the reference do.
static void product(const ck_piece *piece, int first, int count, bool begins,
                    const ck_pair *table, int vectors, int32_t *sums) {
  for (int c = first; c < first + count; c++) {
    int32_t *sum = sums + (size_t)(piece->order[c] - first) * CK_ROWS;
    if (begins) memset(sum, 0, (size_t)vectors * 8 * sizeof *sum);
    for (int i = piece->starts[c]; i < piece->starts[c + 1]; i++) {
      const ck_pair *line = table + (size_t)piece->lines_of_products[i] * CK_ROWS;
      const ck_pair w = piece->weights[i];
      for (int row = 0; row < 8 * vectors; row++) {
        const int32_t pair = line[row].first * w.first + line[row].second * w.second;
        sum[row] = (int32_t)((uint32_t)sum[row] + (uint32_t)pair);
      }
    }
  }
}

static void turn(const ck_block *block, const int32_t *sums, int vectors, int32_t *accumulators) {
  const int lanes = 8 * block->vectors;
  for (int row = 0; row < 8 * vectors; row++)
    for (int lane = 0; lane < lanes; lane++) {
      const int32_t sum = sums[ck_lane_channel(block->vectors, lane) * CK_ROWS + row];
      accumulators[row * lanes + lane] = (int32_t)((uint32_t)sum + (uint32_t)block->bias[lane]);
    }
}

const struct ck_sparse_loops ck_sparse_portable = {
    .make_table = make_table, .product = product, .turn = turn};
