// Convolutions of int8 that work on the weights that are not zero; see `ck_int8.h`.
//
// Results are those of `ck_conv`, whatever the weights.
#ifndef CK_SPARSE_H
#define CK_SPARSE_H

#include "ck_int8.h"

#include <stdbool.h>

typedef struct ck_sparse ck_sparse;

// As `ck_conv_create`.
ck_sparse *ck_sparse_create(const ck_variant *variant, const ck_window *window,
                            const int8_t *weights, const int32_t *bias, int32_t zero_point,
                            const ck_stage *stage);
void ck_sparse_destroy(ck_sparse *sparse);
size_t ck_sparse_scratch_bytes(const ck_sparse *sparse, size_t samples);
void ck_sparse_run(const ck_sparse *sparse, const int8_t *input, int8_t *output, size_t samples,
                   void *scratch);
// Of packed weights and their places.
size_t ck_sparse_packed_bytes(const ck_sparse *sparse);
// Whether a run of so many output pixels is faster than one of the dense kernel.
bool ck_sparse_pays(const ck_sparse *sparse, const ck_conv *dense, size_t pixels);

// How many weights are 0.
size_t ck_zero_count(const int8_t *weights, size_t count);

#endif
