"""Writes the goldens of SignalProcessingTests: python make_oracles.py [path of shared data].

Needs numpy and pymicro-features==2.0.2. The files that it writes beside this script are committed,
so that the tests need neither Python nor network.
"""

import importlib.metadata
import pathlib
import sys
import wave

import numpy
from pymicro_features import MicroFrontend

import recipes
import synthetic_audio

HERE = pathlib.Path(__file__).parent
HOP = 160


def fnv1a(values):
    digest = 0xCBF29CE484222325
    for byte in numpy.asarray(values, "<u2").tobytes():
        digest = ((digest ^ byte) * 0x100000001B3) & (2**64 - 1)
    return digest


def micro_frames(frontend, audio):
    """The integers of every frame, or None where the window still fills."""
    data = numpy.asarray(audio, "<i2").tobytes()
    for start in range(0, len(data) - 2 * HOP + 1, 2 * HOP):
        output = frontend.process_samples(data[start : start + 2 * HOP])
        assert output.samples_read == HOP
        values = [feature / 0.0390625 for feature in output.features]
        assert all(value == int(value) for value in values)
        yield [int(value) for value in values] or None


def hash_each_second(audio):
    frames = list(micro_frames(MicroFrontend(), audio))
    for start in range(0, len(frames), 100):
        yield fnv1a([v for frame in frames[start : start + 100] if frame for v in frame])


def read_wav(path):
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 16000, 2)
        return numpy.frombuffer(file.readframes(file.getnframes()), "<i2")


def write(name, lines):
    (HERE / name).write_text("\n".join(lines) + "\n")


def micro_goldens(audio):
    write("micro_front_end.txt", [f"{value:016x}" for value in hash_each_second(audio)])


def speech_commands_goldens(folder):
    """A hash for each class over its files in order of name, and int8 MFCC of its first file."""
    hashes, features = [], []
    for label in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(label.glob("*.wav"))
        values = []
        for path in files:
            for frame in micro_frames(MicroFrontend(), read_wav(path)):
                values.extend(frame or [])
        hashes.append(f"{label.name} {len(files)} {fnv1a(values):016x}")
        quantized = recipes.quantize_keyword_spotting(recipes.keyword_spotting(read_wav(files[0])))
        features.append(f"{label.name}/{files[0].name} {quantized.tobytes().hex()}")
    write("micro_front_end_speech_commands.txt", hashes)
    write("keyword_spotting_speech_commands.txt", features)


def recipe_goldens(audio):
    """Features of seconds of the synthetic signal in float64, printed to nine digits."""
    vowel = audio[9 * 6 * 16000 :][:32768]
    tables = {
        "keyword_spotting.txt": recipes.keyword_spotting(vowel[:16000]),
        "streaming_wake_word.txt": recipes.streaming_wake_word(vowel),
        "anomaly_detection.txt": recipes.anomaly_detection(vowel)[[0, 1, 20, 40, 63, 64]],
    }
    for name, table in tables.items():
        write(name, [" ".join(f"{value:.9g}" for value in row) for row in table])


if __name__ == "__main__":
    assert importlib.metadata.version("pymicro-features") == "2.0.2"
    synthetic = numpy.array(synthetic_audio.samples(), numpy.int16)
    micro_goldens(synthetic)
    recipe_goldens(synthetic)
    if len(sys.argv) > 1:
        speech_commands_goldens(pathlib.Path(sys.argv[1]) / "speech_commands")
