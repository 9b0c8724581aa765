#include "float_targets.h"

#define TILE_PATCHES 3
#define TARGET(name) name##_portable
#include "float_kernels.h"
