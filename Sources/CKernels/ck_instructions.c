#include "ck_instructions.h"

enum ck_instructions ck_best_instructions(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return CK_AVX2;
#endif
  return CK_PORTABLE;
}
