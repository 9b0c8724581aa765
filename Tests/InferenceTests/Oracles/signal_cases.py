"""Cases of the audio front end's custom operators, with edge values among random ones."""

import numpy as np
from flatbuffers import flexbuffers

from compute_cases import MICRO, Case
from one_operator import Tensor, model


def values(random, type, shape):
    limits = np.iinfo(type)
    result = random.integers(limits.min, limits.max, shape, type, True)
    # Of all magnitudes, not only the largest.
    result = result >> random.integers(0, limits.bits, shape).astype(type)
    edges = np.array([limits.min, limits.max, 0, 1, 2, 3], type)
    chosen = random.random(shape) < 0.1
    return np.where(chosen, random.choice(edges, shape), result).astype(type)


def case(random, name, operator, inputs, outputs, options, constants=(), draws=None):
    tensors = [*inputs, *constants, *outputs]
    count = len(tensors)
    places = list(range(len(inputs)))
    data = model(
        operator,
        tensors,
        places,
        list(range(count - len(outputs), count)),
        custom=bytes(flexbuffers.Dumps(options)),
    )
    arrays = [
        draws(step) if draws else [values(random, t.type, t.shape) for t in inputs]
        for step in range(4)
    ]
    return Case(name, data, arrays, len(outputs), (MICRO,))


def signals():
    random = np.random.default_rng(8)
    cases = []

    def add(*arguments, **named):
        cases.append(case(random, *arguments, **named))

    for shift in (0, 12, 20):
        weights = Tensor("int16", [40], values(random, "int16", [40]))
        block = [Tensor("int16", [3, 40])]
        add(f"window {shift}", "SignalWindow", block, block, {"shift": shift}, [weights])
    for loud in (0, 1, 9, 300, 32767, 32768):

        def quiet(step, loud=loud):
            low = max(-loud, -32768)
            return [random.integers(low, min(loud, 32767) + 1, [48]).astype(np.int16)]

        samples = Tensor("int16", [48])
        outputs = [samples, Tensor("int32", [])]
        add(f"scale {loud}", "SignalFftAutoScale", [samples], outputs, {}, draws=quiet)
    for length in (4, 8, 16, 64, 128, 512):
        for lacking in (0, length // 4):
            samples = Tensor("int16", [2, length - lacking])
            bins = Tensor("int16", [2, length + 2])
            options = {"T": 7, "fft_length": length}
            add(f"transform {length} {lacking}", "SignalRfft", [samples], [bins], options)
            if lacking == 0:
                options = {"T": 7, "fft_length": length}
                add(f"inverse {length}", "SignalIrfft", [bins], [samples], options)
    options = {"start_index": 0, "end_index": 33}
    add("energy", "SignalEnergy", [Tensor("int16", [66])], [Tensor("uint32", [33])], options)
    bank = [
        Tensor("int16", [12], values(random, "int16", [12])),
        Tensor("int16", [12], values(random, "int16", [12])),
        Tensor("int16", [5], [3, 4, 7, 7, 12]),
        Tensor("int16", [5], [0, 4, 8, 3, 0]),
        Tensor("int16", [5], [2, 4, 4, 0, 12]),
    ]
    bins, channels = Tensor("uint32", [24]), Tensor("uint64", [4])
    add("bank", "SignalFilterBank", [bins], [channels], {"num_channels": 4}, bank)
    for shift in (0, 5, 31):
        shifts = Tensor("int32", [], shift)
        wide, narrow = Tensor("uint64", [64]), Tensor("uint32", [64])
        add(f"root {shift}", "SignalFilterBankSquareRoot", [wide], [narrow], {}, [shifts])
    channels = Tensor("uint32", [39])
    for clamping in (False, True):
        for bits in (0, 10):
            options = {
                "alternate_one_minus_smoothing": 15401,
                "alternate_smoothing": 983,
                "clamping": clamping,
                "min_signal_remaining": 819,
                "num_channels": 39,
                "one_minus_smoothing": 15975,
                "smoothing": 409,
                "smoothing_bits": bits,
                "spectral_subtraction_bits": 14,
            }
            name = f"subtraction {clamping} {bits}"
            operator = "SignalFilterBankSpectralSubtraction"
            add(name, operator, [channels], [channels] * 2, options)
    for shift in (0, 6, 31):
        table = Tensor("int16", [125], values(random, "int16", [125]))
        options = {"snr_shift": shift}
        add(f"gain {shift}", "SignalPCAN", [channels] * 2, [channels], options, [table])
    for bits, scale in ((0, 64), (3, 1600), (7, 100_000)):
        options = {"input_correction_bits": bits, "output_scale": scale}
        output = Tensor("int16", [39])
        add(f"logarithm {bits}", "SignalFilterBankLog", [channels], [output], options)
    for length in (1, 7, 20, 33):
        samples = Tensor("int16", [2, 20])
        add(f"delay {length}", "SignalDelay", [samples], [samples], {"delay_length": length})
    flag = Tensor("bool", [])
    for size, step, prefill in ((10, 5, True), (10, 4, True), (4, 4, False), (7, 1, True)):
        samples, frames = Tensor("int16", [2, 20]), Tensor("int16", [2, 20 // step, size])
        options = {"frame_size": size, "frame_step": step, "prefill": prefill}
        add(f"framer {size} {step}", "SignalFramer", [samples], [frames, flag], options)
    for type, code in (("int16", 7), ("float32", 0)):
        for size, step in ((10, 4), (8, 8), (9, 1)):
            frames, samples = Tensor(type, [2, 3, size]), Tensor(type, [2, 3 * step])
            options = {"T": code, "frame_step": step}
            draws = None
            if type == "float32":

                def draws(_, shape=(2, 3, size)):
                    return [random.standard_normal(shape).astype(np.float32)]

            name = f"overlap {type} {size} {step}"
            add(name, "SignalOverlapAdd", [frames], [samples], options, draws=draws)
    for left, right, step in ((2, 0, 1), (0, 0, 1)):
        channels, stacked = Tensor("int16", [5]), Tensor("int16", [5 * (left + right + 1)])
        options = {
            "num_channels": 5,
            "stacker_left_context": left,
            "stacker_right_context": right,
            "stacker_step": step,
        }
        name = f"stacker {left} {right} {step}"
        add(name, "SignalStacker", [channels], [stacked, flag], options)
    return cases
