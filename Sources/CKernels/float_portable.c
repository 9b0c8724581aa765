#include "float_targets.h"

#define TILE_PATCHES 3
#include "float_kernels.h"
#include "training_kernels.h"

const struct ck_float_loops ck_float_portable = CK_FLOAT_LOOPS;
