"""The MLPerf Tiny feature recipes in numpy and float64, written from their descriptions.

Keyword spotting and streaming wake word: mlcommons/tiny, benchmark/training/*/get_dataset.py
(tf.signal). Anomaly detection: benchmark/training/anomaly_detection/common.py (librosa).
"""

import numpy


def frames_of(signal, length, hop):
    count = 1 + (len(signal) - length) // hop
    return numpy.stack([signal[i * hop : i * hop + length] for i in range(count)])


def htk_filters(bands, bins, low, high, rate=16000):
    """tf.signal.linear_to_mel_weight_matrix: triangles in mel, the DC bin zero."""
    mel = lambda hertz: 1127 * numpy.log1p(numpy.asarray(hertz) / 700)
    edges = numpy.linspace(mel(low), mel(high), bands + 2)
    position = mel(numpy.linspace(0, rate / 2, bins))[:, None]
    rising = (position - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - position) / (edges[2:] - edges[1:-1])
    weights = numpy.maximum(0, numpy.minimum(rising, falling))
    weights[0] = 0
    return weights


def slaney_filters(bands, bins, rate=16000):
    """librosa.filters.mel: triangles in hertz between Slaney mels, of equal area."""
    step, corner, log_step = 200 / 3, 1000.0, numpy.log(6.4) / 27
    corner_mel = corner / step
    top = corner_mel + numpy.log(rate / 2 / corner) / log_step
    mels = numpy.linspace(0, top, bands + 2)
    edges = numpy.where(
        mels < corner_mel, mels * step, corner * numpy.exp(log_step * (mels - corner_mel))
    )
    position = numpy.linspace(0, rate / 2, bins)[:, None]
    rising = (position - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - position) / (edges[2:] - edges[1:-1])
    return numpy.maximum(0, numpy.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])


def keyword_spotting(samples):
    signal = numpy.asarray(samples, numpy.float64)
    peak = signal.max()
    signal = signal / (peak if peak != 0 else 1)
    signal = numpy.pad(signal, (0, max(0, 16000 - len(signal))))[:16000]
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(480) / 480)
    magnitude = numpy.abs(numpy.fft.rfft(frames_of(signal, 480, 320) * window, 512))
    mel = numpy.log(magnitude @ htk_filters(40, 257, 20, 4000) + 1e-6)
    angles = numpy.pi * numpy.outer(numpy.arange(40) + 0.5, numpy.arange(10)) / 40
    return mel @ (2 * numpy.cos(angles)) / numpy.sqrt(80)


def quantize_keyword_spotting(features):
    return numpy.trunc(features / 0.5847029 + 83).astype(numpy.int64).astype(numpy.int8)


def streaming_wake_word(samples):
    signal = numpy.asarray(samples, numpy.float64) / 32768
    signal = signal - 0.96875 * numpy.concatenate([[0], signal[:-1]])
    window = 0.54 - 0.46 * numpy.cos(2 * numpy.pi * numpy.arange(1024) / 1023)
    power = numpy.abs(numpy.fft.rfft(frames_of(signal, 1024, 512) * window)) ** 2 / 1024
    mel = numpy.maximum(power, 1e-30) @ htk_filters(40, 513, 0, 8000)
    with numpy.errstate(divide="ignore"):
        return numpy.clip((10 * numpy.log10(mel) + 52) / 64, 0, 1)


def anomaly_detection(samples):
    signal = numpy.pad(numpy.asarray(samples, numpy.float64) / 32768, 512, mode="reflect")
    window = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(1024) / 1024)
    power = numpy.abs(numpy.fft.rfft(frames_of(signal, 1024, 512) * window)) ** 2
    return 10 * numpy.log10(power @ slaney_filters(128, 513) + numpy.finfo(numpy.float64).eps)
