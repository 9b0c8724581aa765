// Convolutions with few weights that are not zero.
#ifndef CK_SPARSE_KERNELS_H
#define CK_SPARSE_KERNELS_H

#include "int8_kernels.h"

enum {
  CK_PIECE = 128,      // activations of a row in a table, at most: it stays in the first cache
  CK_PLAIN_LINES = 2,  // of a table, for each four activations
  CK_FULL_LINES = 6,
};

// Two of a row's activations next to each other; a line of a table has them for all rows.
//
// Activations come in groups of four. A plain table holds the pairs (0, 1) and (2, 3) of each; a
// full one (0, 2), (1, 3), (0, 3) and (2, 1) as well, so that any two weights of four are one
// product.
typedef struct ck_pair {
  int16_t first, second;
} ck_pair;

// Products of a piece of the depth, channel by channel: each is of two weights and a line.
typedef struct ck_piece {
  int32_t depth;     // activations, a multiple of four
  int32_t lines;     // for each group: CK_PLAIN_LINES or CK_FULL_LINES
  int32_t *starts;   // of each channel's products, in `order`, and the end
  int32_t *order;    // channels of each block by their products: loops of one length are predicted
  uint16_t *lines_of_products;
  ck_pair *weights;
} ck_piece;

// The inner loops of a variant. Sums are [channel of the block][CK_ROWS].
struct ck_sparse_loops {
  // rows: `vectors` * 8 of them, readable up to a multiple of 16 activations.
  void (*make_table)(const ck_piece *piece, const int16_t *const *rows, int vectors,
                     ck_pair *table);
  // Of the `count` channels of the block that begins with `first`; adds to the sums, or begins them.
  void (*product)(const ck_piece *piece, int first, int count, bool begins, const ck_pair *table,
                  int vectors, int32_t *sums);
  // To accumulators by row, in the lanes of a block, with its bias.
  void (*turn)(const ck_block *block, const int32_t *sums, int vectors, int32_t *accumulators);
};

#endif
