// Gradients of float products, in vectors of eight output channels. Included behind
// `float_kernels.h`, once for each instruction set.
//
// Each element is one sum in the order of the pixels, and no product is fused with its sum. Vectors
// reach up to 7 floats beyond rows of `upstream`, `activations` and `gradient`.

/// Weights of `inputs` adjacent inputs and `vectors` * 8 outputs.
INLINE void weight_tile(
    const int inputs, const int vectors, const struct ck_float_product *p,
    const float *activations, const float *upstream, int64_t used, float *gradient) {
  lanes sums[TILE_PATCHES][2];
  UNROLL for (int i = 0; i < inputs; ++i) {
    UNROLL for (int j = 0; j < vectors; ++j) {
      sums[i][j] = *(const lanes *)(gradient + i * p->columns + 8 * j);
    }
  }
  for (int64_t y = 0; y < p->patch_rows; ++y) {
    const float *patch = activations + y * p->row_step;
    for (int64_t x = 0; x < p->patch_columns; ++x) {
      lanes slopes[2];
      UNROLL for (int j = 0; j < vectors; ++j) slopes[j] = *(const lanes *)(upstream + 8 * j);
      UNROLL for (int i = 0; i < inputs; ++i) {
        const lanes value = patch[i];
        UNROLL for (int j = 0; j < vectors; ++j) {
          const lanes product = value * slopes[j];
          sums[i][j] += product;
        }
      }
      patch += p->column_step;
      upstream += p->output_step;
    }
  }
  UNROLL for (int i = 0; i < inputs; ++i) {
    UNROLL for (int j = 0; j < vectors; ++j) {
      store(gradient + i * p->columns + 8 * j, sums[i][j], used - 8 * j);
    }
  }
}

INLINE void weight_tile_of(
    int64_t inputs, const int vectors, const struct ck_float_product *p, const float *activations,
    const float *upstream, int64_t used, float *gradient) {
  switch (inputs) {
  case 1: weight_tile(1, vectors, p, activations, upstream, used, gradient); break;
  case 2: weight_tile(2, vectors, p, activations, upstream, used, gradient); break;
  case 3: weight_tile(3, vectors, p, activations, upstream, used, gradient); break;
#if TILE_PATCHES == 6
  case 4: weight_tile(4, vectors, p, activations, upstream, used, gradient); break;
  case 5: weight_tile(5, vectors, p, activations, upstream, used, gradient); break;
  case 6: weight_tile(6, vectors, p, activations, upstream, used, gradient); break;
#endif
  }
}

static void weight_gradient(
    const struct ck_float_product *p, const float *activations, const float *upstream,
    float *gradient) {
  for (int64_t column = 0; column < p->columns; column += 16) {
    const int64_t used = p->columns - column;
    float *target = gradient + column;
    for (int64_t run = 0; run < p->run_count; ++run) {
      for (int64_t k = 0; k < p->run_length; k += TILE_PATCHES) {
        const int64_t left = p->run_length - k;
        const int64_t inputs = left < TILE_PATCHES ? left : TILE_PATCHES;
        const float *first = activations + p->run_offsets[run] + k;
        if (used > 8) {
          weight_tile_of(inputs, 2, p, first, upstream + column, used, target);
        } else {
          weight_tile_of(inputs, 1, p, first, upstream + column, used, target);
        }
        target += inputs * p->columns;
      }
    }
  }
}

/// `taps` taps of `vectors` * 8 channels.
INLINE void depthwise_weight_tile(
    const int taps, const int vectors, const struct ck_float_product *p, const int64_t *offsets,
    const float *activations, const float *upstream, int64_t used, float *gradient) {
  lanes sums[3][2];
  UNROLL for (int i = 0; i < taps; ++i) {
    UNROLL for (int j = 0; j < vectors; ++j) {
      sums[i][j] = *(const lanes *)(gradient + i * p->columns + 8 * j);
    }
  }
  for (int64_t y = 0; y < p->patch_rows; ++y) {
    const float *patch = activations + y * p->row_step;
    for (int64_t x = 0; x < p->patch_columns; ++x) {
      UNROLL for (int j = 0; j < vectors; ++j) {
        const lanes slope = *(const lanes *)(upstream + 8 * j);
        UNROLL for (int i = 0; i < taps; ++i) {
          const lanes product = slope * *(const lanes *)(patch + offsets[i] + 8 * j);
          sums[i][j] += product;
        }
      }
      patch += p->column_step;
      upstream += p->output_step;
    }
  }
  UNROLL for (int i = 0; i < taps; ++i) {
    UNROLL for (int j = 0; j < vectors; ++j) {
      store(gradient + i * p->columns + 8 * j, sums[i][j], used - 8 * j);
    }
  }
}

INLINE void depthwise_weight_tile_of(
    int64_t taps, const int vectors, const struct ck_float_product *p, const int64_t *offsets,
    const float *activations, const float *upstream, int64_t used, float *gradient) {
  switch (taps) {
  case 1:
    depthwise_weight_tile(1, vectors, p, offsets, activations, upstream, used, gradient);
    break;
  case 2:
    depthwise_weight_tile(2, vectors, p, offsets, activations, upstream, used, gradient);
    break;
  case 3:
    depthwise_weight_tile(3, vectors, p, offsets, activations, upstream, used, gradient);
    break;
  }
}

static void depthwise_weight_gradient(
    const struct ck_float_product *p, const float *activations, const float *upstream,
    float *gradient) {
  for (int64_t tap = 0; tap < p->run_count; tap += 3) {
    const int64_t taps = p->run_count - tap < 3 ? p->run_count - tap : 3;
    const int64_t *offsets = p->run_offsets + tap;
    for (int64_t channel = 0; channel < p->columns; channel += 16) {
      const int64_t used = p->columns - channel;
      const float *first = activations + channel;
      float *target = gradient + tap * p->columns + channel;
      if (used > 8) {
        depthwise_weight_tile_of(taps, 2, p, offsets, first, upstream + channel, used, target);
      } else {
        depthwise_weight_tile_of(taps, 1, p, offsets, first, upstream + channel, used, target);
      }
    }
  }
}

/// Adds a patch of gradients for every pixel to the places that it was read from.
static void scatter(const struct ck_float_product *p, const float *patches, float *target) {
  for (int64_t y = 0; y < p->patch_rows; ++y) {
    for (int64_t x = 0; x < p->patch_columns; ++x) {
      float *patch = target + y * p->row_step + x * p->column_step;
      for (int64_t run = 0; run < p->run_count; ++run) {
        float *place = patch + p->run_offsets[run];
        for (int64_t k = 0; k < p->run_length; ++k) place[k] += patches[k];
        patches += p->run_length;
      }
    }
  }
}

/// The same of a depthwise convolution, whose patches are `upstream * weights`.
static void depthwise_scatter(
    const struct ck_float_product *p, const float *weights, const float *upstream,
    float *target) {
  for (int64_t y = 0; y < p->patch_rows; ++y) {
    for (int64_t x = 0; x < p->patch_columns; ++x, upstream += p->output_step) {
      float *patch = target + y * p->row_step + x * p->column_step;
      for (int64_t tap = 0; tap < p->run_count; ++tap) {
        float *place = patch + p->run_offsets[tap];
        const float *weight = weights + tap * p->columns;
        for (int64_t c = 0; c < p->columns; ++c) {
          const float product = upstream[c] * weight[c];
          place[c] += product;
        }
      }
    }
  }
}
