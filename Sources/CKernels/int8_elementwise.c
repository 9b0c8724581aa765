// Pooling and tables.
#include "int8_kernels.h"

void ck_table_run(const int8_t *table, const int8_t *input, int8_t *output, size_t count) {
  for (size_t i = 0; i < count; i++) output[i] = table[(uint8_t)input[i]];
}

static int8_t clamped(int32_t value, int32_t low, int32_t high) {
  const int32_t bounded = value < low ? low : value;
  return (int8_t)(bounded > high ? high : bounded);
}

enum { POOL_CHANNELS = 256 };  // that are pooled at once

// Taps of a window that lie inside the input: rows and columns of the input.
typedef struct taps {
  int top, bottom, left, right;
} taps;

static taps taps_at(const ck_window *w, int y, int x) {
  const int top = y * w->stride_height - w->padding_top;
  const int left = x * w->stride_width - w->padding_left;
  const int bottom = top + w->filter_height, right = left + w->filter_width;
  return (taps){
      .top = top < 0 ? 0 : top,
      .bottom = bottom > w->input_height ? w->input_height : bottom,
      .left = left < 0 ? 0 : left,
      .right = right > w->input_width ? w->input_width : right,
  };
}

typedef struct pool {
  const ck_variant *variant;
  const ck_window *window;
  int32_t low, high;
} pool;

static void average_at(const pool *pool, const int8_t *input, taps at, size_t channels,
                       int8_t *output) {
  const size_t depth = (size_t)pool->window->input_channels;
  const int32_t count = (at.bottom - at.top) * (at.right - at.left);
  int32_t sums[POOL_CHANNELS] = {0};
  for (int y = at.top; y < at.bottom; y++)
    for (int x = at.left; x < at.right; x++)
      pool->variant->add_taps(
          input + ((size_t)y * (size_t)pool->window->input_width + (size_t)x) * depth, sums,
          channels);
  for (size_t c = 0; c < channels; c++) {
    const int32_t half = sums[c] > 0 ? count / 2 : -(count / 2);
    output[c] = clamped((sums[c] + half) / count, pool->low, pool->high);
  }
}

static void max_at(const pool *pool, const int8_t *input, taps at, size_t channels,
                   int8_t *output) {
  const size_t depth = (size_t)pool->window->input_channels;
  memset(output, -128, channels);
  for (int y = at.top; y < at.bottom; y++)
    for (int x = at.left; x < at.right; x++)
      pool->variant->max_taps(
          input + ((size_t)y * (size_t)pool->window->input_width + (size_t)x) * depth, output,
          channels);
  for (size_t c = 0; c < channels; c++) output[c] = clamped(output[c], pool->low, pool->high);
}

typedef void (*pool_at)(const pool *, const int8_t *, taps, size_t, int8_t *);

static void run_pool(const pool *pool, pool_at body, const int8_t *input, int8_t *output,
                     size_t samples) {
  const ck_window *w = pool->window;
  const size_t channels = (size_t)w->input_channels;
  const size_t size = (size_t)w->input_height * (size_t)w->input_width * channels;
  for (size_t sample = 0; sample < samples; sample++, input += size)
    for (int y = 0; y < w->output_height; y++)
      for (int x = 0; x < w->output_width; x++, output += channels)
        for (size_t c = 0; c < channels; c += POOL_CHANNELS) {
          const size_t left = channels - c;
          body(pool, input + c, taps_at(w, y, x), left < POOL_CHANNELS ? left : POOL_CHANNELS,
               output + c);
        }
}

void ck_average_pool(const ck_variant *variant, const ck_window *window, int32_t low, int32_t high,
                     const int8_t *input, int8_t *output, size_t samples) {
  const pool average = {variant, window, low, high};
  run_pool(&average, average_at, input, output, samples);
}

void ck_max_pool(const ck_variant *variant, const ck_window *window, int32_t low, int32_t high,
                 const int8_t *input, int8_t *output, size_t samples) {
  const pool largest = {variant, window, low, high};
  run_pool(&largest, max_at, input, output, samples);
}
