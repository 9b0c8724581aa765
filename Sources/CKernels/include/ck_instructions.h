#ifndef CK_INSTRUCTIONS_H
#define CK_INSTRUCTIONS_H

/// What kernels are compiled for. Results are the same, bit for bit.
enum ck_instructions { CK_PORTABLE = 0, CK_AVX2 = 1 };

/// The fastest that this machine runs.
enum ck_instructions ck_best_instructions(void);

#endif
