// Input rows widened and padded, so that inner loops need no bounds and no zero points.
#include "int8_kernels.h"

#include <stdlib.h>

static size_t rounded(size_t bytes) {
  return bytes ? (bytes + CK_ALIGNMENT - 1) / CK_ALIGNMENT * CK_ALIGNMENT : CK_ALIGNMENT;
}

void *ck_allocate_raw(size_t bytes) { return aligned_alloc(CK_ALIGNMENT, rounded(bytes)); }

void *ck_allocate(size_t bytes) {
  void *memory = ck_allocate_raw(bytes);
  if (memory) memset(memory, 0, rounded(bytes));
  return memory;
}

static size_t slab_bytes(const ck_padding *padding, size_t output_rows) {
  return ck_padding_rows(padding, output_rows) * ck_padding_row_elements(padding)
         * (size_t)padding->element_bytes;
}

bool ck_padding_init(ck_padding *padding, const ck_window *window, int32_t zero_point,
                     int32_t element_bytes, int32_t channel_repeats, int32_t pixel_elements) {
  const int64_t largest = 1 << 28;
  const int64_t width = (int64_t)(window->output_width - 1) * window->stride_width
                        + (int64_t)(window->filter_width - 1) * window->dilation_width + 1;
  const int64_t height = (int64_t)(window->output_height - 1) * window->stride_height
                         + (int64_t)(window->filter_height - 1) * window->dilation_height + 1;
  if (width > largest || height > largest || pixel_elements > 1 << 24) return false;
  if (width * pixel_elements > largest || width * pixel_elements * height > largest) return false;
  *padding = (ck_padding){
      .window = *window,
      .zero_point = zero_point,
      .element_bytes = element_bytes,
      .channel_repeats = channel_repeats,
      .pixel_elements = pixel_elements,
      .padded_width = (int32_t)width,
  };
  // What is held at least: what one output row needs.
  const size_t input_bytes =
      (size_t)window->input_height * (size_t)window->input_width * (size_t)window->input_channels;
  return slab_bytes(padding, 1) <= (1 << 21) + 8 * input_bytes;
}

// How much is worked on at once: whole samples, or some output rows of one.
typedef struct slab {
  size_t samples, rows;
} slab;

static slab slab_of(const ck_padding *padding, size_t samples) {
  size_t rows = (size_t)padding->window.output_height;
  const size_t whole = slab_bytes(padding, rows);
  if (whole <= CK_BLOCK_BYTES) {
    const size_t fitting = CK_BLOCK_BYTES / whole;
    return (slab){.samples = fitting < samples ? fitting : samples, .rows = rows};
  }
  while (rows > 1 && slab_bytes(padding, rows) > CK_BLOCK_BYTES) rows = (rows + 1) / 2;
  return (slab){.samples = 1, .rows = rows};
}

size_t ck_padding_bytes(const ck_padding *padding, size_t samples) {
  const slab slab = slab_of(padding, samples);
  return slab.samples * slab_bytes(padding, slab.rows) + CK_SLACK;
}

static void fill(const ck_padding *padding, const ck_variant *variant, uint8_t *target,
                 size_t elements) {
  const int value = padding->element_bytes == 2 ? 0 : padding->zero_point + variant->byte_offset;
  memset(target, value, elements * (size_t)padding->element_bytes);
}

static void convert(const ck_padding *padding, const ck_variant *variant, const int8_t *source,
                    uint8_t *target, size_t elements) {
  if (padding->element_bytes == 2)
    variant->widen(source, (int16_t *)(void *)target, elements, padding->zero_point);
  else
    variant->flip(source, target, elements);
}

// Pixels whose place is larger than their channels, or whose channels are repeated (16 bits only).
static void spread(const ck_padding *padding, const ck_variant *variant, const int8_t *source,
                   uint8_t *target, size_t pixels) {
  const size_t channels = (size_t)padding->window.input_channels;
  const size_t pixel_bytes = (size_t)(padding->pixel_elements * padding->element_bytes);
  const int repeats = padding->channel_repeats;
  for (size_t pixel = 0; pixel < pixels; pixel++, source += channels, target += pixel_bytes) {
    if (repeats == 1) {
      convert(padding, variant, source, target, channels);
      continue;
    }
    int16_t *place = (int16_t *)(void *)target;
    for (size_t c = 0; c < channels; c++) {
      const int value = source[c] - padding->zero_point;
      for (int repeat = 0; repeat < repeats; repeat++) *place++ = (int16_t)value;
    }
  }
}

static void pad_row(const ck_padding *padding, const ck_variant *variant, const int8_t *row,
                    uint8_t *target) {
  const ck_window *w = &padding->window;
  const size_t pixel = (size_t)padding->pixel_elements, bytes = (size_t)padding->element_bytes;
  // A window may begin at the right of the last pixel, or end before it.
  const int left = w->padding_left < padding->padded_width ? w->padding_left : padding->padded_width;
  const int room = padding->padded_width - left;
  const int inside = w->input_width < room ? w->input_width : room;
  fill(padding, variant, target, (size_t)left * pixel);
  uint8_t *middle = target + (size_t)left * pixel * bytes;
  if (w->input_channels == padding->pixel_elements)
    convert(padding, variant, row, middle, (size_t)inside * pixel);
  else
    spread(padding, variant, row, middle, (size_t)inside);
  fill(padding, variant, middle + (size_t)inside * pixel * bytes, (size_t)(room - inside) * pixel);
}

// Writes the rows that output rows [first, first + count) of each sample need.
static void pad(const ck_padding *padding, const ck_variant *variant, const int8_t *input,
                size_t samples, size_t first, size_t count, void *target) {
  const ck_window *w = &padding->window;
  const size_t source_row = (size_t)w->input_width * (size_t)w->input_channels;
  const size_t elements = ck_padding_row_elements(padding);
  const size_t rows = ck_padding_rows(padding, count);
  uint8_t *place = target;
  const bool is_whole = w->padding_top == 0 && w->padding_left == 0
                        && w->input_channels == padding->pixel_elements
                        && w->input_width == padding->padded_width
                        && (size_t)w->input_height == rows;
  if (is_whole) {
    convert(padding, variant, input, place, samples * rows * elements);
    return;
  }
  for (size_t sample = 0; sample < samples; sample++)
    for (size_t r = 0; r < rows; r++) {
      const int64_t y = (int64_t)(first * (size_t)w->stride_height + r) - w->padding_top;
      if (y < 0 || y >= w->input_height)
        fill(padding, variant, place, elements);
      else
        pad_row(padding, variant,
                input + (sample * (size_t)w->input_height + (size_t)y) * source_row, place);
      place += elements * (size_t)padding->element_bytes;
    }
}

// A walk over the positions of a slab.
typedef struct cursor {
  slab slab;
  size_t positions, row_bytes, sample_bytes, step_bytes;
  size_t sample, y, x;
  const uint8_t *base;
} cursor;

static int gather(cursor *at, const void **rows) {
  int count = 0;
  while (count < CK_ROWS && at->sample < at->slab.samples) {
    const uint8_t *line = at->base + at->sample * at->sample_bytes + at->y * at->row_bytes;
    while (count < CK_ROWS && at->x < at->positions) rows[count++] = line + at->x++ * at->step_bytes;
    if (at->x < at->positions) break;
    at->x = 0;
    if (++at->y == at->slab.rows) {
      at->y = 0;
      at->sample++;
    }
  }
  return count;
}

static void run_slab(const ck_positions *positions, slab slab, const void *kernel,
                     ck_position_body body, const void *padded, size_t first, int8_t *output) {
  const ck_padding *padding = positions->padding;
  const size_t bytes = (size_t)padding->element_bytes;
  const size_t row_bytes = ck_padding_row_elements(padding) * bytes;
  cursor at = {
      .slab = slab,
      .positions = positions->positions,
      .row_bytes = row_bytes * (size_t)padding->window.stride_height,
      .sample_bytes = row_bytes * ck_padding_rows(padding, slab.rows),
      .step_bytes = positions->step_elements * bytes,
      .base = padded,
  };
  const void *rows[CK_ROWS];
  for (int count; (count = gather(&at, rows)) > 0;) {
    body(kernel, rows, count, first, output);
    first += (size_t)count;
  }
}

void ck_run_positions(const ck_positions *positions, const ck_variant *variant, const void *kernel,
                      ck_position_body body, const int8_t *input, int8_t *output, size_t samples,
                      void *scratch) {
  const ck_padding *padding = positions->padding;
  const ck_window *w = &padding->window;
  const size_t height = (size_t)w->output_height;
  const size_t input_size =
      (size_t)w->input_height * (size_t)w->input_width * (size_t)w->input_channels;
  const slab most = slab_of(padding, samples);
  for (size_t sample = 0; sample < samples; sample += most.samples)
    for (size_t y = 0; y < height; y += most.rows) {
      const size_t left = samples - sample, rows = height - y;
      const slab part = {.samples = left < most.samples ? left : most.samples,
                         .rows = rows < most.rows ? rows : most.rows};
      pad(padding, variant, input + sample * input_size, part.samples, y, part.rows, scratch);
      run_slab(positions, part, kernel, body, scratch,
               (sample * height + y) * positions->positions, output);
    }
}
