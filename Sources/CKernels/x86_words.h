// Products of pairs of 16 bits. After `x86_products.h`.

// Some steps of a panel whose weights were widened to 16 bits; sums begin with the bias, or go on.
typedef struct word_steps {
  const int16_t *weights;
  int first, count;
  int32_t *accumulators;  // between runs of steps
} word_steps;

CK_INLINE void widened_rows(const ck_mode mode, const int vectors, const ck_panel *panel,
                            const word_steps *steps, const int16_t *const *row, int count,
                            int8_t *output, ptrdiff_t stride) {
  const finish to = finish_of(&panel->block, vectors);
  const bool is_first = steps->first == 0, is_last = steps->first + steps->count == panel->steps;
  const int32_t *start = panel->offsets + steps->first, *end = start + steps->count;
  CK_FOR_TILES(count, {
    __m256i sums[6][2];
    int32_t *between = steps->accumulators + r * 8 * vectors;
    if (is_first) init_tile(rows, vectors, panel, sums);
    else load_tile(rows, vectors, between, sums);
    const int16_t *weights = steps->weights;
    for (const int32_t *offset = start; offset < end; offset++, weights += 16 * vectors) {
      __m256i w[2];
      CK_UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + 16 * v);
      multiply_words(rows, vectors, row + r, *offset, w, sums);
    }
    if (is_last)
      rescale_tile(mode, rows, vectors, &panel->block, &to, sums, output + r * stride, stride);
    else
      store_tile(rows, vectors, sums, between);
  });
}

static void run_widened_steps(const ck_panel *panel, const word_steps *steps,
                              const int16_t *const *row, int count, int8_t *output,
                              ptrdiff_t stride) {
  CK_FOR_BLOCK(&panel->block, widened_rows, panel, steps, row, count, output, stride)
}

// Groups of 64 weights that are widened at once for many rows: they stay in the first cache.
enum { CK_WORD_GROUPS = 160 };

// Makes words of `count` groups of a panel's weights from group `first` on.
typedef void (*word_maker)(const ck_panel *panel, int first, int count, int16_t *words);

// Widens once for all rows what tiles would widen each for itself.
CK_INLINE void run_widened(const ck_panel *panel, const int16_t *const *row, int count,
                           word_maker make, int8_t *output, ptrdiff_t stride) {
  const int group = 4 / panel->block.vectors, most = CK_WORD_GROUPS * group;
  _Alignas(CK_ALIGNMENT) int16_t words[CK_WORD_GROUPS * 64];
  int32_t accumulators[CK_ACCUMULATORS];
  for (int first = 0; first < panel->steps; first += most) {
    const int left = panel->steps - first, used = left < most ? left : most;
    make(panel, first / group, (used + group - 1) / group, words);
    const word_steps steps = {words, first, used, accumulators};
    run_widened_steps(panel, &steps, row, count, output, stride);
  }
}

// The last group may be cut.
CK_INLINE void widen_groups(const ck_panel *panel, int first, int count, int16_t *words) {
  const int8_t *weights = panel->weights + (ptrdiff_t)first * 64;
  const ptrdiff_t all = (ptrdiff_t)panel->steps * panel->block.vectors * 16 - first * 64;
  const ptrdiff_t used = all < count * 64 ? all : count * 64;
  for (ptrdiff_t i = 0; i < used; i += 16)
    _mm256_store_si256((__m256i *)(void *)(words + i), widened(weights + i));
}

CK_INLINE void word_rows(const ck_mode mode, const int vectors, const ck_panel *panel,
                         const int16_t *const *row, int count, int8_t *output, ptrdiff_t stride) {
  const finish to = finish_of(&panel->block, vectors);
  const int32_t *end = panel->offsets + panel->steps;
  CK_FOR_TILES(count, {
    __m256i sums[6][2];
    init_tile(rows, vectors, panel, sums);
    const int8_t *weights = panel->weights;
    for (const int32_t *offset = panel->offsets; offset < end; offset++, weights += 16 * vectors) {
      __m256i w[2];
      CK_UNROLL for (int v = 0; v < vectors; v++) w[v] = widened(weights + 16 * v);
      multiply_words(rows, vectors, row + r, *offset, w, sums);
    }
    rescale_tile(mode, rows, vectors, &panel->block, &to, sums, output + r * stride, stride);
  });
}

// Rows and steps from which on weights are widened for all rows; measured.
enum { CK_MANY_ROWS = 13, CK_MANY_STEPS = 24 };

static void run_words(const ck_panel *panel, const void *const *rows, int count, int8_t *output,
                      ptrdiff_t stride) {
  const int16_t *const *row = (const int16_t *const *)rows;
  if (count >= CK_MANY_ROWS && panel->steps >= CK_MANY_STEPS
      && panel->steps <= CK_WORD_GROUPS * (4 / panel->block.vectors)) {
    run_widened(panel, row, count, widen_groups, output, stride);
    return;
  }
  CK_FOR_BLOCK(&panel->block, word_rows, panel, row, count, output, stride)
}
