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

// Calls `use` with a draft of every panel, or of one in `panel_step`, of steps of `width` weights. 0
// when memory is out, or as soon as `use` says so.
static int draft_panels(ck_conv *conv, const ck_source *source, int width,
                        int panel_step,
                        int (*use)(const ck_draft *draft, const ck_taps *taps, int first,
                                   void *user),
                        void *user) {
  const ck_window *w = &conv->padding.window;
  const bool has_bounds = width == 4 && !conv->variant->multiplies_bytes;
  ck_taps taps;
  ck_draft draft;
  if (!ck_padding_init(&conv->padding, w, source->zero_point, width == 4 ? 1 : 2, 1,
                       w->input_channels)
      || !ck_taps_init(&taps, &conv->padding, width))
    return 0;
  int done = ck_draft_init(&draft, &taps, has_bounds);
  for (int p = 0; done && p < conv->panel_count; p += panel_step) {
    const int first = p * CK_LANES, left = w->output_channels - first;
    ck_draft_pack(&draft, source, &taps, first, left < CK_LANES ? left : CK_LANES);
    done = use(&draft, &taps, first, user);
  }
  ck_draft_free(&draft);
  ck_taps_free(&taps);
  return done;
}

typedef struct maker {
  ck_conv *conv;
  const ck_source *source;
} maker;

static int make_panel(const ck_draft *draft, const ck_taps *taps, int first, void *user) {
  const maker *maker = user;
  return ck_panel_init(&maker->conv->panels[first / CK_LANES], draft, maker->source, taps, first);
}

static int make_panels(ck_conv *conv, const ck_source *source, int width) {
  maker maker = {conv, source};
  conv->panels = ck_allocate((size_t)conv->panel_count * sizeof *conv->panels);
  if (conv->panels && draft_panels(conv, source, width, 1, make_panel, &maker)) return 1;
  if (conv->panels) free_panels(conv);
  return 0;
}

static int add_cost(const ck_draft *draft, const ck_taps *taps, int first, void *user) {
  (void)taps, (void)first;
  *(int64_t *)user += ck_panel_cost(&draft->panel, false);
  return 1;
}

int64_t ck_conv_cost(const ck_conv *conv) {
  if (conv->winograd) return ck_winograd_cost(conv->variant, &conv->padding.window);
  const bool is_fused = conv->padding.element_bytes == 1 ? conv->variant->multiplies_bytes
                                                         : conv->variant->fuses_pairs;
  int64_t result = 0;
  for (int p = 0; p < conv->panel_count; p++)
    result += ck_panel_cost(&conv->panels[p], is_fused);
  return result;
}

static size_t filter_size(const ck_window *window) {
  return (size_t)window->filter_height * (size_t)window->filter_width
         * (size_t)window->input_channels;
}

// What is packed in different ways until one pays.
typedef struct order {
  const ck_variant *variant;
  const ck_window *window;
  ck_source source;
} order;

// Panels that are tried at most before the way to multiply is chosen.
enum { TRIED_PANELS = 8 };

// Packs for the fewest instructions. Products of bytes are tried on some panels, and not kept: a
// layer may be most of a model.
static int make_direct(ck_conv *conv, const order *order) {
  const ck_source *source = &order->source;
  if (order->variant->multiplies_bytes)
    return make_panels(conv, source, 4) || make_panels(conv, source, 2);
  int64_t bytes_cost = 0;
  int64_t pairs_cost = 0;
  const int step = (conv->panel_count + TRIED_PANELS - 1) / TRIED_PANELS;
  const bool is_tried = draft_panels(conv, source, 4, step, add_cost, &bytes_cost)
                        && draft_panels(conv, source, 2, step, add_cost, &pairs_cost);
  // What both are worth was measured to be within 5 % of these counts.
  const bool is_bytes = is_tried && bytes_cost * 20 < pairs_cost * 19;
  return make_panels(conv, source, is_bytes ? 4 : 2);
}

static int make_codes(ck_conv *conv, const order *order) {
  int done = make_panels(conv, &order->source, 2);
  for (int p = 0; done && p < conv->panel_count; p++) done = ck_panel_encode(&conv->panels[p]);
  if (!done && conv->panels) free_panels(conv);
  return done;
}

// Puts Winograd's convolution in the place of the panels where that is cheaper.
static int make_best(ck_conv *conv, const order *order) {
  const ck_source *source = &order->source;
  if (!make_direct(conv, order)) return 0;
  if (ck_winograd_cost(order->variant, order->window) >= ck_conv_cost(conv)) return 1;
  conv->winograd = ck_winograd_create(order->variant, order->window, source->weights, source->bias,
                                      source->zero_point, source->stage);
  if (conv->winograd) {
    free_panels(conv);
    conv->panel_count = 0;
  }
  return 1;
}

static ck_conv *create(order *order, int (*make)(ck_conv *, const struct order *)) {
  const size_t channels = (size_t)order->window->output_channels;
  ck_conv *conv = ck_allocate(sizeof *conv);
  ck_total *totals = ck_allocate(channels * sizeof *totals);
  ck_source *source = &order->source;
  int done = conv && totals;
  if (done) {
    conv->variant = order->variant;
    conv->padding.window = *order->window;
    conv->panel_count = (order->window->output_channels + CK_LANES - 1) / CK_LANES;
    source->filter_size = filter_size(order->window);
    source->byte_offset = order->variant->byte_offset;
    for (size_t c = 0; c < channels; c++)
      totals[c] = ck_total_of(source->weights + c * source->filter_size, source->filter_size);
    source->totals = totals;
    done = make(conv, order);
  }
  free(totals);
  if (done) return conv;
  free(conv);
  return NULL;
}

ck_conv *ck_conv_create(const ck_variant *variant, const ck_window *window, const int8_t *weights,
                        const int32_t *bias, int32_t zero_point, const ck_stage *stage) {
  order order = {variant, window,
                 {.weights = weights, .bias = bias, .zero_point = zero_point, .stage = stage}};
  return create(&order, make_best);
}

ck_conv *ck_conv_create_codebook(const ck_variant *variant, const ck_window *window,
                                 const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                 const ck_stage *stage) {
  order order = {variant, window,
                 {.weights = weights, .bias = bias, .zero_point = zero_point, .stage = stage}};
  return create(&order, make_codes);
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
