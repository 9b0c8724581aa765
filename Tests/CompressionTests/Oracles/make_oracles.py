"""Singular values of small matrices, by numpy; the Swift tests draw the same matrices.

    python3 make_oracles.py > singular_values.csv
"""

import numpy as np


def matrix(rows, columns, rank, seed):
    """Integers from a linear congruential generator; products of two such where rank is less."""
    state = seed

    def draw(height, width):
        nonlocal state
        values = []
        for _ in range(height * width):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            values.append((state >> 56) - 128)
        return np.array(values, dtype=np.float64).reshape(height, width)

    if rank < min(rows, columns):
        return draw(rows, rank) @ draw(rank, columns)
    return draw(rows, columns)


def main():
    print("rows,columns,rank,seed,values")
    cases = [(1, 1), (1, 7), (6, 1), (5, 5), (12, 4), (4, 12), (40, 31), (31, 40), (64, 64)]
    for seed, (rows, columns) in enumerate(cases, 1):
        for rank in sorted({min(rows, columns), max(1, min(rows, columns) // 2)}):
            values = np.linalg.svd(matrix(rows, columns, rank, seed), compute_uv=False)
            print(rows, columns, rank, seed, " ".join(repr(float(v)) for v in values), sep=",")


main()
