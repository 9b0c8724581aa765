"""Outputs of pymicro-wakeword's own runtime on the demo's flite clips, as a golden file.

usage: .cache/oracles/bin/python Tests/EdgeSimCoreTests/Oracles/make_wheel_outputs.py

Reads data/wake-words (made by `make data`), writes wheel_outputs.csv beside this script: model,
clip, SHA-256 of the clip, output bytes in hexadecimal. Every clip is heard from a fresh start.
"""

import csv
import ctypes
import hashlib
import pathlib
import wave

import numpy as np
from pymicro_features import MicroFrontend
from pymicro_wakeword import MicroWakeWord, Model

HERE = pathlib.Path(__file__).parent
AUDIO = HERE.parents[2] / "data" / "wake-words"


def frames(path):
    with wave.open(str(path)) as clip:
        assert clip.getframerate() == 16000 and clip.getnchannels() == 1
        samples = clip.readframes(clip.getnframes())
    front_end = MicroFrontend()
    result = []
    for start in range(0, len(samples) - 319, 320):
        features = front_end.process_samples(samples[start : start + 320]).features
        if features:
            result.append(np.array(features).reshape(1, 1, 40))
    return result


def outputs(model, clip_frames):
    """The output byte of each inference, taken before the wheel averages them."""
    result = []
    for start in range(0, len(clip_frames) - model.stride + 1, model.stride):
        real = np.concatenate(clip_frames[start : start + model.stride], axis=1)
        stored = np.round(real / model.input_scale + model.input_zero_point)
        stored = stored.astype(model.input_dtype)
        output = np.empty(1, dtype=np.uint8)
        model.lib.TfLiteTensorCopyFromBuffer(
            model.input_tensor, stored.ctypes.data_as(ctypes.c_void_p), stored.nbytes
        )
        model.lib.TfLiteInterpreterInvoke(model.interpreter)
        model.lib.TfLiteTensorCopyToBuffer(
            model.output_tensor, output.ctypes.data_as(ctypes.c_void_p), 1
        )
        result.append(output[0])
    return bytes(result)


def main():
    with open(AUDIO / "manifest.csv", newline="") as file:
        clips = [row["file"] for row in csv.DictReader(file) if row["source"] == "flite"]
    with open(HERE / "wheel_outputs.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["model", "clip", "sha256", "outputs"])
        for name in Model:
            model = MicroWakeWord.from_builtin(name)
            for clip in clips:
                model.reset()
                digest = hashlib.sha256((AUDIO / clip).read_bytes()).hexdigest()
                result = outputs(model, frames(AUDIO / clip))
                writer.writerow([name.value, clip, digest, result.hex()])


if __name__ == "__main__":
    main()
