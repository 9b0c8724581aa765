"""Trains MLPerf Tiny networks and recurrent layers here and with PyTorch, in turns.

    /usr/bin/python3 Benchmarks/training.py .build/release/EdgeSimBenchmark

Samples per second of one thread's processor time: minibatches of 32, SGD with momentum, batch
norms; the best of all rounds. PyTorch in both of its memory formats.
"""
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

COUNT, BATCH, ROUNDS = 320, 32, 3


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1), nn.BatchNorm2d(outputs), nn.ReLU())
        self.second = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs))
        self.short = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(self.first(x)) + self.short(x))


class Classifier(nn.Module):
    def __init__(self, layers, channels, classes):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.last = nn.Linear(channels, classes)

    def forward(self, x):
        return self.last(self.layers(x).mean((2, 3)))


def resnet_8():
    stem = [nn.Conv2d(3, 16, 3, 1, 1), nn.BatchNorm2d(16), nn.ReLU()]
    return Classifier(stem + [Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2)], 64, 10)


def ds_cnn():
    layers = [nn.Conv2d(1, 64, (10, 4), 2, (5, 1)), nn.BatchNorm2d(64), nn.ReLU()]
    for _ in range(4):
        layers += [
            nn.Conv2d(64, 64, 3, 1, 1, groups=64), nn.BatchNorm2d(64), nn.ReLU(),
            nn.Conv2d(64, 64, 1), nn.BatchNorm2d(64), nn.ReLU()]
    return Classifier(layers, 64, 12)


class Recurrent(nn.Module):
    """Reads [steps, features]: memory formats mean nothing to it."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer(10, 64, batch_first=True)
        self.last = nn.Linear(64, 12)

    def forward(self, x):
        return self.last(self.layer(x[:, 0])[0][:, -1])


def rival(make, shape, classes, memory_format):
    model = make().to(memory_format=memory_format).train()
    samples = torch.randn(COUNT, *shape).to(memory_format=memory_format)
    labels = torch.arange(COUNT) % classes
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        for first in range(0, COUNT, BATCH):
            optimizer.zero_grad()
            F.cross_entropy(
                model(samples[first:first + BATCH]), labels[first:first + BATCH]).backward()
            optimizer.step()
        best = min(best, time.process_time() - start)
    return COUNT / best


def main():
    torch.set_num_threads(1)
    print("network     ours   PyTorch NCHW   PyTorch NHWC   ours / the faster")
    for name, make, shape, classes in [
        ("resnet-8", resnet_8, (3, 32, 32), 10), ("ds-cnn", ds_cnn, (1, 49, 10), 12),
        ("lstm", lambda: Recurrent(nn.LSTM), (1, 49, 10), 12),
        ("gru", lambda: Recurrent(nn.GRU), (1, 49, 10), 12),
    ]:
        best = [0.0, 0.0, 0.0]
        for _ in range(ROUNDS):
            answer = subprocess.run(
                [sys.argv[1], "train", name, "2"], capture_output=True, check=True, text=True)
            speeds = [
                float(answer.stdout),
                rival(make, shape, classes, torch.contiguous_format),
                rival(make, shape, classes, torch.channels_last)]
            best = [max(pair) for pair in zip(best, speeds)]
        print(
            f"{name:9}{best[0]:7.0f}{best[1]:15.0f}{best[2]:15.0f}"
            f"{best[0] / max(best[1:]):20.2f}")


main()
