// Compares the kernels of every variant that this machine runs with the portable ones, on random
// problems. Prints how many of each kernel agreed, and a digest of the portable outputs, which is
// the same on every machine; ends with 1 at the first problem that a variant solves otherwise.
//
// Arguments: names of variants that must run here, or with a leading `-`, must not.
#include "problems.h"

static const char *const names[] = {"avx2", "avxvnni", "avx512vnni", "vnni-emulated", "neon",
                                    "neondot"};
static const family *const groups[] = {int8_families, loop_families, float_families};

enum { VARIANTS = sizeof names / sizeof *names,
       GROUPS = sizeof groups / sizeof *groups,
       MOST_KERNELS = 64 };

static struct {
  const char *kernel;
  int agreed[VARIANTS];
} table[MOST_KERNELS];

static void count(const char *kernel, int variant) {
  int row = 0;
  while (table[row].kernel && strcmp(table[row].kernel, kernel) != 0) row++;
  if (row == MOST_KERNELS - 1) abort();
  table[row].kernel = kernel;
  table[row].agreed[variant]++;
}

// Problems have the same numbers for every variant.
static bool compare(int variant, const ck_variant *with, const ck_variant *portable,
                    uint64_t *digest) {
  *digest = 0;
  for (int g = 0; g < GROUPS; g++)
    for (const family *f = groups[g]; f->solve; f++)
      for (int i = 0; i < f->count; i++) {
        dice dice = {((uint64_t)g << 48) + ((uint64_t)(f - groups[g]) << 32) + (uint64_t)i};
        for (int warm = 0; warm < 4; warm++) roll(&dice);
        const outcome result = f->solve(&dice, with, portable);
        if (!result.agrees) {
          fprintf(stderr, "%s differs from portable: %s, problem %d (%s)\n", names[variant],
                  result.kernel, i, result.problem);
          return false;
        }
        count(result.kernel, variant);
        *digest = *digest * 31 + result.digest;
      }
  return true;
}

static bool runs(int variant) { return ck_variant_named(names[variant]) != NULL; }

static void print_table(void) {
  printf("%-26s", "problems that agree");
  for (int v = 0; v < VARIANTS; v++)
    if (runs(v)) printf(" %13s", names[v]);
  for (int row = 0; table[row].kernel; row++) {
    printf("\n%-26s", table[row].kernel);
    for (int v = 0; v < VARIANTS; v++)
      if (runs(v)) printf(" %13d", table[row].agreed[v]);
  }
  printf("\n");
}

static bool has_what_is_asked(int count, char **wanted) {
  bool result = true;
  for (int i = 0; i < count; i++) {
    const bool is_absent = wanted[i][0] == '-';
    if (is_absent != (ck_variant_named(wanted[i] + is_absent) != NULL)) continue;
    fprintf(stderr, "%s %s here\n", wanted[i] + is_absent, is_absent ? "runs" : "does not run");
    result = false;
  }
  return result;
}

int main(int argument_count, char **arguments) {
  if (!has_what_is_asked(argument_count - 1, arguments + 1)) return 1;
  const ck_variant *portable = ck_variant_named("portable");
  uint64_t digest = 0;
  for (int v = 0; v < VARIANTS; v++)
    if (runs(v) && !compare(v, ck_variant_named(names[v]), portable, &digest)) return 1;
  print_table();
  printf("best: %s\nportable outputs: %016llx\n", ck_variant_name(ck_variant_best()),
         (unsigned long long)digest);
  return 0;
}
