// `rescale` of a variant: its `rescale_rows`, which goes before, with mode and vectors as constants.
static void rescale(const ck_block *block, const int32_t *accumulators, int count, int8_t *output,
                    ptrdiff_t stride) {
#define CK_RESCALE(mode)                                                                \
  case mode:                                                                            \
    if (block->vectors == 1) rescale_rows(mode, 1, block, accumulators, count, output, stride); \
    else rescale_rows(mode, 2, block, accumulators, count, output, stride);             \
    break;
  switch (block->mode) {
    CK_RESCALE(CK_MODE_FLOOR)
    CK_RESCALE(CK_MODE_SIGNED)
    CK_RESCALE(CK_MODE_FLOAT)
    case CK_MODE_GENERAL: ck_rescale_rows(block, accumulators, count, output, stride);
  }
#undef CK_RESCALE
}
