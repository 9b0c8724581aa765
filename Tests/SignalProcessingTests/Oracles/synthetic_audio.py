"""The test signal of the front ends, in integers: SyntheticAudio.swift generates the same samples.

Twelve kinds of six seconds at 16 kHz, one after another.
"""

SECONDS_PER_KIND = 6
RATE = 16000
KINDS = 12


class Noise:
    """A 64-bit linear congruential generator (Knuth's MMIX constants)."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.state >> 48) - 32768


def wave(phase):
    """A parabola per half turn, close to 32767 sin: phase is 16 bits of a turn."""
    phase &= 0xFFFF
    half = phase & 0x7FFF
    height = min((half * (0x8000 - half)) >> 13, 32767)
    return -height if phase & 0x8000 else height


def clip(value):
    return max(-32768, min(32767, value))


def sample(kind, index, noise):
    if kind == 0:
        return 0
    if kind == 1:  # full-scale square of 400 Hz
        return 32767 if index % 40 < 20 else -32768
    if kind == 2:  # full-scale white noise
        return noise.next()
    if kind == 3:  # noise of a few units
        return noise.next() >> 13
    if kind == 4:  # sweep from 0 to 8 kHz
        return wave(index * index // 6)
    if kind == 5:  # clipping sweep
        return clip(wave(index * index // 6) * 5)
    if kind == 6:  # one full-scale impulse every 50 ms
        return 32767 if index % 800 == 0 else 0
    if kind == 7:  # largest negative constant
        return -32768
    if kind == 8:  # largest Nyquist tone
        return 32767 if index & 1 else -32768
    if kind == 9:  # vowel-like: harmonics of 110 Hz under a slow envelope, and some noise
        envelope = abs(wave(index * 4)) >> 3
        tone = sum(wave(index * 451 * order) // order for order in range(1, 12))
        return clip(((tone * envelope) >> 12) + (noise.next() >> 9))
    if kind == 10:  # loud and quiet noise in turn, half a second each
        return noise.next() if (index // 8000) & 1 else noise.next() >> 8
    return ((index * 331) & 0xFFFF) - 32768  # sawtooth


def samples():
    noise = Noise(2026)
    return [
        sample(kind, index, noise)
        for kind in range(KINDS)
        for index in range(SECONDS_PER_KIND * RATE)
    ]
