// Which variant runs: the fastest that the machine has, or the one that is asked for.
#include "int8_kernels.h"

// The fastest first; what follows the portable one runs only when it is asked for.
static const ck_variant *const variants[] = {
#if defined(__x86_64__)
    &ck_avx512_vnni, &ck_avx_vnni, &ck_avx2,
#elif defined(__aarch64__)
    &ck_neon_dot, &ck_neon,
#endif
    &ck_portable,
#if defined(__x86_64__)
    &ck_vnni_emulated,
#endif
};

enum { VARIANT_COUNT = sizeof variants / sizeof *variants };

const ck_variant *ck_variant_named(const char *name) {
  for (int i = 0; i < VARIANT_COUNT; i++)
    if (strcmp(variants[i]->name, name) == 0)
      return variants[i]->is_supported() ? variants[i] : NULL;
  return NULL;
}

const ck_variant *ck_variant_best(void) {
  for (int i = 0; i < VARIANT_COUNT; i++)
    if (variants[i]->is_supported()) return variants[i];
  return &ck_portable;
}

const char *ck_variant_name(const ck_variant *variant) { return variant->name; }
