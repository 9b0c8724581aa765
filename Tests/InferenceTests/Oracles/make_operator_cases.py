"""Writes cases of single operators: models, inputs, and what each runtime makes of them.

Usage: make_operator_cases.py OUTPUT_FOLDER
Needs what `one_operator.py` needs. Families of cases are functions of `..._cases.py`; each gives a
file of its own. A runtime that does not run a case is left out of it.
"""

import os
import sys

import complex_cases
import compute_cases
import one_operator
import recurrent_cases
import signal_cases
import xnnpack_cases

FAMILIES = {
    "complex": complex_cases.complex_,
    "products": compute_cases.products,
    "activations": compute_cases.activations,
    "recurrent": recurrent_cases.recurrent,
    "signals": signal_cases.signals,
    "xnnpack": xnnpack_cases.xnnpack,
}


def main():
    folder = sys.argv[1]
    for family in sys.argv[2:] or FAMILIES:
        cases = FAMILIES[family]()
        jobs = [(case.bytes, case.inputs, case.outputs) for case in cases]
        results = [{} for _ in cases]
        for runtime in one_operator.RUNTIMES:
            chosen = [i for i, case in enumerate(cases) if runtime in case.runtimes]
            for index, result in zip(chosen, one_operator.run(runtime, [jobs[i] for i in chosen])):
                if isinstance(result, str) or result is None:
                    print(family, cases[index].name, runtime, "not run:", result, file=sys.stderr)
                else:
                    results[index][runtime] = result
        rows = [
            (case.name, case.bytes, case.inputs, result, case.tolerance)
            for case, result in zip(cases, results)
            if result
        ]
        path = os.path.join(folder, family + ".cases")
        one_operator.write(path, rows)
        print(family, len(rows), "of", len(cases), os.path.getsize(path), "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
