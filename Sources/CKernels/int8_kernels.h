// What the files of this target share.
#ifndef CK_INT8_KERNELS_H
#define CK_INT8_KERNELS_H

#include "ck_int8.h"

#include <stdbool.h>
#include <string.h>

enum {
  CK_LANES = 16,         // output channels that a panel holds, at most
  CK_ROWS = 48,          // rows of a product that are summed before they are rescaled
  CK_ACCUMULATORS = CK_ROWS * CK_LANES + 1,  // one more may be read
  CK_ALIGNMENT = 64,
  CK_SLACK = 64,         // bytes that an inner loop may read past its input
  CK_BLOCK_BYTES = 96 * 1024,  // of widened input that is worked on at once
};

// Ways to rescale, from the cheapest.
typedef enum ck_mode {
  CK_MODE_FLOOR,    // one 64-bit sum and one shift
  CK_MODE_SIGNED,   // the same, negative numbers corrected
  CK_MODE_FLOAT,    // in 32-bit floats
  CK_MODE_GENERAL,  // plain code: any shift, roundings mixed
} ck_mode;

// Up to 16 output channels: their bias and how they are rescaled.
//
// Accumulators come in the order in which unpack instructions leave them ("lanes"), two vectors of
// eight. `order` says where the channels stand once two rows (four of one vector) were packed.
typedef struct ck_block {
  int32_t bias[CK_LANES];       // by lane
  int64_t multiplier_even[8];   // of lanes 0, 2, 4, 6 of both vectors
  int64_t multiplier_odd[8];    // of lanes 1, 3, 5, 7
  int64_t addend_even[8];
  int64_t addend_odd[8];
  int64_t negative_even[8];     // addends of negative accumulators, in CK_MODE_SIGNED
  int64_t negative_odd[8];
  int32_t shift[CK_LANES];      // in the order 0, 2, 1, 3 of each four lanes
  float factor[CK_LANES];       // by lane
  int8_t order[CK_LANES];       // byte of the packed row, or two of one vector, by channel
  ck_scale scales[CK_LANES];    // by channel
  int32_t zero_point, low, high;
  int32_t channels;             // 1...16
  int32_t vectors;              // 1 for up to 8 channels
  ck_mode mode;
} ck_block;

// Which channel stands in a lane.
int ck_lane_channel(int vectors, int lane);
// The bound of a channel without weights, whose accumulator is its bias.
enum { CK_CONSTANT = -1 };
int64_t ck_bound(int64_t bias, int64_t weight_magnitude);
// The bias of sums over rows that hold `zero` for an activation of zero; wraps as the sums do.
int32_t ck_bias_of(int64_t bias, int64_t weight_sum, int32_t zero);
// scales, bias, bounds: by channel, `count` of them. A bound is one on |accumulator|.
void ck_block_init(ck_block *block, const ck_stage *stage, const ck_scale *scales,
                   const int32_t *bias, const int64_t *bounds, int count, int vectors);
int32_t ck_scaled(int32_t value, const ck_scale *scale);
int8_t ck_rescale(const ck_block *block, int channel, int32_t accumulator);
// `rescale` of the portable variant; serves every mode.
void ck_rescale_rows(const ck_block *block, const int32_t *accumulators, int count, int8_t *output,
                     ptrdiff_t stride);

// Packed weights of one block of output channels.
//
// A step multiplies 4 bytes of each row, at rows[r] + offsets[step], with a vector of weights:
// pairs of 16-bit activations by weights [lane][2], or quadruples of 8 bits by weights [lane][4].
typedef struct ck_panel {
  ck_block block;
  int32_t steps;
  int32_t *offsets;   // in elements
  int8_t *weights;
  int32_t bin_count;  // 8 bits only: runs of steps that may be summed in 16 bits
  int32_t *bins;      // their lengths
  uint8_t *codes;     // in the place of weights; see `codebook_kernels.h`
  int8_t codebook[CK_LANES];
} ck_panel;

enum { CK_WINOGRAD_FORMS = 2 };  // F(2 x 2) and F(4 x 4)

// The transforms of Winograd's convolution F(m x m); see int8_winograd.c.
struct ck_winograd_loops {
  // Patches are m + 2 pixels high and wide, their rows `row_elements` apart; channels are a multiple
  // of 16; transformed: [(m + 2)^2][count][channels].
  void (*input)(const int16_t *const *patches, int count, ptrdiff_t row_elements, int channels,
                int16_t *transformed);
  // products: [(m + 2)^2][count][16]; accumulators: [count][m^2][16], the bias added.
  void (*output)(const int32_t *products, int count, const int32_t *bias, int32_t *accumulators);
};

// What the outputs of F(4 x 4) are divided by: 9 * 2^(shift[row] + shift[column]).
enum { CK_INVERSE_OF_9 = 0x38e38e39 };  // modulo 2^32
static const int ck_winograd_shift[4] = {3, 2, 1, 1};

// The inner loops of a variant.
struct ck_variant {
  const char *name;
  bool (*is_supported)(void);
  // Whether quadruples of 8 bits are multiplied without saturation (VNNI, dot products).
  bool multiplies_bytes;
  // Whether pairs of 16 bits are multiplied and added by one instruction.
  bool fuses_pairs;
  // Whether `add` takes plain sums.
  bool sums_plainly;
  // What rows of bytes hold more than what is stored: 128, or 0 where they are signed.
  int32_t byte_offset;
  // accumulators: [row][8 * vectors], lanes; the block's bias is added.
  void (*product_s16)(const ck_panel *panel, const int16_t *const *rows, int count,
                      int32_t *accumulators);
  void (*product_u8)(const ck_panel *panel, const uint8_t *const *rows, int count,
                     int32_t *accumulators);
  // As `product_s16`, of a panel with codes.
  void (*product_codes)(const ck_panel *panel, const int16_t *const *rows, int count,
                        int32_t *accumulators);
  // 16 channels, each with weights of its own; a step has two offsets, and weights [lane][2] of 16
  // bits. The panel's channels begin `first` elements after each row's start.
  void (*product_depthwise)(const ck_panel *panel, const int16_t *const *rows, int first, int count,
                            int32_t *accumulators);
  // Null, or as `product_depthwise` and `rescale` of windows of 3 x 3 whose columns are next to each
  // other, `pixel` bytes apart; windows that are `step` (1 or 2) columns apart share them. Of bytes;
  // the rows below the first begin offsets[0] and offsets[1] after it. Weights are
  // [column][lane][row] of 8 bits, with a fourth row of zeros.
  void (*run_columns)(const ck_panel *panel, const uint8_t *const *rows, int first, int count,
                      ptrdiff_t pixel, int step, int8_t *output, ptrdiff_t stride);
  struct ck_winograd_loops winograd[CK_WINOGRAD_FORMS];
  // accumulators: [count][16] of rows of `depth` (even) elements; weights: [depth / 2][16][2].
  void (*product_matrix)(const int16_t *rows, int count, int depth, const int16_t *weights,
                         int32_t *accumulators);
  // Reads one accumulator past the last. Writes block->channels bytes to each of output,
  // output + stride, ...
  void (*rescale)(const ck_block *block, const int32_t *accumulators, int count, int8_t *output,
                  ptrdiff_t stride);
  // target = source - zero_point; and target = source + byte_offset.
  void (*widen)(const int8_t *source, int16_t *target, size_t count, int32_t zero_point);
  void (*flip)(const int8_t *source, uint8_t *target, size_t count);
  void (*add)(const ck_add *add, const int8_t *left, const int8_t *right, int8_t *output,
              size_t count);
  void (*add_taps)(const int8_t *source, int32_t *sums, size_t count);
  void (*max_taps)(const int8_t *source, int8_t *largest, size_t count);
  const struct ck_sparse_loops *sparse;
  const struct ck_float_loops *floats;
};

extern const struct ck_float_loops ck_float_portable, ck_float_avx2, ck_float_avx512;
extern const struct ck_sparse_loops ck_sparse_portable, ck_sparse_neon;

int8_t ck_add_one(const ck_add *add, int8_t left, int8_t right);
// A plain sum's multipliers are 2^15 * upper + lower, and so is its offset: the lower products are
// shifted by 15 bits and added to the upper ones, without loss as far as the result goes.
enum { CK_PLAIN_BITS = 15 };
// Of the portable variant: compilers make vectors of them.
void ck_add_taps(const int8_t *source, int32_t *sums, size_t count);
void ck_max_taps(const int8_t *source, int8_t *largest, size_t count);

extern const ck_variant ck_portable, ck_avx2, ck_avx_vnni, ck_avx512_vnni,
    ck_vnni_emulated, ck_neon, ck_neon_dot;

// Aligned to 64 bytes and zeroed; null when there is none.
void *ck_allocate(size_t bytes);
// Not zeroed.
void *ck_allocate_raw(size_t bytes);

// Rows of padded input that some output rows of some samples need.
typedef struct ck_padding {
  ck_window window;
  int32_t zero_point;
  int32_t element_bytes;    // 2: less the zero point; 1: plus byte_offset
  int32_t channel_repeats;  // a depthwise multiplier
  int32_t pixel_elements;   // between pixels
  int32_t padded_width;
} ck_padding;

static inline size_t ck_padding_rows(const ck_padding *padding, size_t output_rows) {
  const ck_window *w = &padding->window;
  return (output_rows - 1) * (size_t)w->stride_height
         + (size_t)(w->filter_height - 1) * (size_t)w->dilation_height + 1;
}

static inline size_t ck_padding_row_elements(const ck_padding *padding) {
  return (size_t)padding->padded_width * (size_t)padding->pixel_elements;
}

// False when the padded input would exceed 2^28 bytes, or many times the input: hostile dilations
// ask for that.
bool ck_padding_init(ck_padding *padding, const ck_window *window, int32_t zero_point,
                     int32_t element_bytes, int32_t channel_repeats, int32_t pixel_elements);
// What a run of so many samples needs.
size_t ck_padding_bytes(const ck_padding *padding, size_t samples);

// The positions of a window as rows of a product, in the order of the output.
typedef struct ck_positions {
  const ck_padding *padding;
  size_t step_elements;   // between positions
  size_t positions;       // in an output row
} ck_positions;

// Computes `count` positions, CK_ROWS at most, of which `first` have gone before.
typedef void (*ck_position_body)(const void *kernel, const void *const *rows, int count,
                                 size_t first, int8_t *output);

// Pads the input and calls `body` for all positions: as many samples, or rows of one, at a time as
// fit in the cache.
void ck_run_positions(const ck_positions *positions, const ck_variant *variant, const void *kernel,
                      ck_position_body body, const int8_t *input, int8_t *output, size_t samples,
                      void *scratch);

// Winograd's convolution of 3 x 3 windows.
typedef struct ck_winograd ck_winograd;
// Vector instructions for each output pixel, about; INT64_MAX when it is not for the window.
int64_t ck_winograd_cost(const ck_variant *variant, const ck_window *window);
// Null when sums could leave 32 bits, or memory is out.
ck_winograd *ck_winograd_create(const ck_variant *variant, const ck_window *window,
                                const int8_t *weights, const int32_t *bias, int32_t zero_point,
                                const ck_stage *stage);
void ck_winograd_destroy(ck_winograd *winograd);
size_t ck_winograd_packed_bytes(const ck_winograd *winograd);
size_t ck_winograd_scratch_bytes(const ck_winograd *winograd, size_t samples);
void ck_winograd_run(const ck_winograd *winograd, const int8_t *input, int8_t *output,
                     size_t samples, void *scratch);

#endif
