// Convolutions as products of gathered rows with packed panels; a fully connected layer is one.
#include "codebook_kernels.h"
#include "int8_panel.h"

#include <stdlib.h>

struct ck_conv {
  const ck_variant *variant;
  ck_padding padding;
  int panel_count;
  ck_panel *panels;
  ck_winograd *winograd;  // runs in place of the panels when there is one
};

static void free_panels(ck_conv *conv) {
  for (int p = 0; p < conv->panel_count; p++) ck_panel_free(&conv->panels[p]);
  free(conv->panels);
  conv->panels = NULL;
}

static int make_panels(ck_conv *conv, const ck_source *source, int width) {
  const ck_window *w = &conv->padding.window;
  ck_taps taps;
  conv->panels = NULL;
  if (!ck_padding_init(&conv->padding, w, source->zero_point, width == 4 ? 1 : 2, 1,
                       w->input_channels)
      || !ck_taps_init(&taps, &conv->padding, width))
    return 0;
  conv->panels = ck_allocate((size_t)conv->panel_count * sizeof *conv->panels);
  int done = conv->panels != NULL;
  for (int p = 0; done && p < conv->panel_count; p++) {
    const int first = p * CK_LANES, left = w->output_channels - first;
    done = ck_panel_init(&conv->panels[p], source, &taps, first, left < CK_LANES ? left : CK_LANES,
                         !conv->variant->multiplies_bytes);
  }
  ck_taps_free(&taps);
  if (!done && conv->panels) free_panels(conv);
  return done;
}

// A step multiplies and adds, a bin widens and adds.
int64_t ck_conv_cost(const ck_conv *conv) {
  if (conv->winograd) return ck_winograd_cost(conv->winograd);
  int64_t result = 0;
  for (int p = 0; p < conv->panel_count; p++) {
    const ck_panel *panel = &conv->panels[p];
    result += panel->block.vectors * (2 * (int64_t)panel->steps + panel->bin_count);
  }
  return result;
}

static ck_conv *allocate(const ck_variant *variant, const ck_window *window) {
  ck_conv *conv = ck_allocate(sizeof *conv);
  if (!conv) return NULL;
  conv->variant = variant;
  conv->padding.window = *window;
  conv->panel_count = (window->output_channels + CK_LANES - 1) / CK_LANES;
  return conv;
}

static size_t filter_size(const ck_window *window) {
  return (size_t)window->filter_height * (size_t)window->filter_width
         * (size_t)window->input_channels;
}

static ck_conv *create_direct(const ck_variant *variant, const ck_window *window,
                              const int8_t *weights, const int32_t *bias, int32_t zero_point,
                              const ck_stage *stage) {
  ck_conv *conv = allocate(variant, window), bytes;
  if (!conv) return NULL;
  const ck_source source = {.weights = weights,
                            .filter_size = filter_size(window),
                            .bias = bias,
                            .zero_point = zero_point,
                            .stage = stage};
  bytes = *conv;
  const bool has_bytes = make_panels(&bytes, &source, 4);
  if (has_bytes && variant->multiplies_bytes) {
    *conv = bytes;
    return conv;
  }
  if (!make_panels(conv, &source, 2)) {
    if (has_bytes) free_panels(&bytes);
    free(conv);
    return NULL;
  }
  // What both are worth was measured to be within 5 % of these counts.
  if (has_bytes && ck_conv_cost(&bytes) * 20 < ck_conv_cost(conv) * 19) {
    free_panels(conv);
    *conv = bytes;
  } else if (has_bytes) {
    free_panels(&bytes);
  }
  return conv;
}

ck_conv *ck_conv_create_codebook(const ck_variant *variant, const ck_window *window,
                                 const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                 const ck_stage *stage) {
  ck_conv *conv = allocate(variant, window);
  if (!conv) return NULL;
  const ck_source source = {.weights = weights,
                            .filter_size = filter_size(window),
                            .bias = bias,
                            .zero_point = zero_point,
                            .stage = stage};
  bool done = make_panels(conv, &source, 2);
  for (int p = 0; done && p < conv->panel_count; p++) done = ck_panel_encode(&conv->panels[p]);
  if (done) return conv;
  if (conv->panels) free_panels(conv);
  free(conv);
  return NULL;
}

size_t ck_conv_packed_bytes(const ck_conv *conv) {
  if (conv->winograd) return ck_winograd_packed_bytes(conv->winograd);
  size_t result = 0;
  for (int p = 0; p < conv->panel_count; p++) {
    const ck_panel *panel = &conv->panels[p];
    const size_t steps = (size_t)panel->steps, vectors = (size_t)panel->block.vectors;
    const size_t width = conv->padding.element_bytes == 1 ? 4 : 2;
    result += steps * sizeof *panel->offsets;
    result += panel->codes ? (size_t)ck_code_groups(panel) * CK_CODE_BYTES + CK_CODEBOOK_SIZE
                           : steps * vectors * 8 * width;
  }
  return result;
}

ck_conv *ck_conv_create(const ck_variant *variant, const ck_window *window, const int8_t *weights,
                        const int32_t *bias, int32_t zero_point, const ck_stage *stage) {
  ck_conv *conv = create_direct(variant, window, weights, bias, zero_point, stage);
  if (!conv || variant->multiplies_bytes) return conv;
  ck_winograd *winograd = ck_winograd_create(variant, window, weights, bias, zero_point, stage);
  if (!winograd) return conv;
  if (ck_winograd_cost(winograd) < ck_conv_cost(conv)) {
    free_panels(conv);
    conv->panel_count = 0;
    conv->winograd = winograd;
  } else {
    ck_winograd_destroy(winograd);
  }
  return conv;
}

void ck_conv_destroy(ck_conv *conv) {
  free_panels(conv);
  if (conv->winograd) ck_winograd_destroy(conv->winograd);
  free(conv);
}

size_t ck_conv_scratch_bytes(const ck_conv *conv, size_t samples) {
  return conv->winograd ? ck_winograd_scratch_bytes(conv->winograd, samples)
                        : ck_padding_bytes(&conv->padding, samples);
}

const char *ck_conv_method(const ck_conv *conv) {
  if (conv->winograd) return "winograd";
  return conv->padding.element_bytes == 1 ? "u8" : "s16";
}

static void run_positions(const void *kernel, const void *const *rows, int count, size_t first,
                          int8_t *output) {
  const ck_conv *conv = kernel;
  const ck_variant *variant = conv->variant;
  const ptrdiff_t channels = conv->padding.window.output_channels;
  int8_t *place = output + (ptrdiff_t)first * channels;
  _Alignas(CK_ALIGNMENT) int32_t accumulators[CK_ACCUMULATORS];
  for (int p = 0; p < conv->panel_count; p++) {
    const ck_panel *panel = &conv->panels[p];
    if (conv->padding.element_bytes == 1)
      variant->product_u8(panel, (const uint8_t *const *)rows, count, accumulators);
    else if (panel->codes)
      variant->product_codes(panel, (const int16_t *const *)rows, count, accumulators);
    else
      variant->product_s16(panel, (const int16_t *const *)rows, count, accumulators);
    variant->rescale(&panel->block, accumulators, count, place + p * CK_LANES, channels);
  }
}

void ck_conv_run(const ck_conv *conv, const int8_t *input, int8_t *output, size_t samples,
                 void *scratch) {
  if (conv->winograd) {
    ck_winograd_run(conv->winograd, input, output, samples, scratch);
    return;
  }
  const ck_padding *padding = &conv->padding;
  const ck_positions positions = {
      .padding = padding,
      .step_elements = (size_t)padding->window.stride_width * (size_t)padding->pixel_elements,
      .positions = (size_t)padding->window.output_width,
  };
  ck_run_positions(&positions, conv->variant, conv, run_positions, input, output, samples, scratch);
}
