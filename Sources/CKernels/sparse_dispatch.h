// Loops of a variant with its lines and vectors as constants: those of `fill_table` and
// `channel_product`, which go before.

static void sparse_table(const ck_piece *piece, const int16_t *const *rows, int vectors,
                         ck_pair *table) {
  if (piece->lines == CK_FULL_LINES) fill_table(CK_FULL_LINES, rows, vectors, piece->depth, table);
  else fill_table(CK_PLAIN_LINES, rows, vectors, piece->depth, table);
}

static void sparse_product(const ck_piece *piece, int first, int count, bool begins,
                           const ck_pair *table, int vectors, int32_t *sums) {
#define CK_SPARSE(vectors)                                                       \
  case vectors:                                                                  \
    for (int c = first; c < first + count; c++)                                  \
      channel_product(vectors, piece, c, begins, table,                          \
                      sums + (ptrdiff_t)(piece->order[c] - first) * CK_ROWS);    \
    break;
  switch (vectors) {
    CK_SPARSE(1)
    CK_SPARSE(2)
    CK_SPARSE(3)
    CK_SPARSE(4)
    CK_SPARSE(5)
    CK_SPARSE(6)
  }
#undef CK_SPARSE
}
