#!/usr/bin/env python3
"""Writes the files of cases beside it: what PyTorch computes.

    /usr/bin/python3 Tests/TrainingTests/Oracles/make_cases.py     (Debian python3-torch)

Every operator works on `input + offset`, where the offset is shared by all samples: its gradient is
the sum of the input's gradients. Tensors are NHWC and weights OHWI, as the trainer has them.
"""
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(7)
FOLDER = pathlib.Path(__file__).parent


def floats(tensor):
    return " ".join(f"{v:.6g}" for v in tensor.detach().double().flatten().tolist())


def randn(*shape):
    """Of four decimals, so that what is written is what was computed with."""
    return torch.round(torch.randn(*shape) * 1e4) / 1e4


def line(key, tensor):
    return f"{key} {' '.join(map(str, tensor.shape)) or '1'} : {floats(tensor)}\n"


def padded(x, kernel, stride, dilation, same, value=0.0):
    """x is NCHW; zeros as TensorFlow's SAME places them."""
    if not same:
        return x
    pads = []
    for axis in (3, 2):
        extent, k, s, d = x.shape[axis], kernel[axis - 2], stride[axis - 2], dilation[axis - 2]
        output = (extent + s - 1) // s
        total = max(0, (output - 1) * s + (k - 1) * d + 1 - extent)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads, value=value)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def convolution(kernel, stride, dilation, same):
    def run(x, w, b):
        x = padded(nchw(x), kernel, stride, dilation, same)
        return nhwc(F.conv2d(x, nchw(w), b, stride=stride, dilation=dilation))

    return run


def depthwise(kernel, stride, dilation, same):
    def run(x, w, b):
        x = padded(nchw(x), kernel, stride, dilation, same)
        w = w[0].permute(2, 0, 1)[:, None]
        return nhwc(
            F.conv2d(x, w, b, stride=stride, dilation=dilation, groups=x.shape[1]))

    return run


def max_pool(kernel, stride, same):
    def run(x):
        x = padded(nchw(x), kernel, stride, (1, 1), same, float("-inf"))
        return nhwc(F.max_pool2d(x, kernel, stride))

    return run


def average_pool(kernel, stride, same):
    def run(x):
        x = nchw(x)
        ones = padded(torch.ones_like(x), kernel, stride, (1, 1), same)
        x = padded(x, kernel, stride, (1, 1), same)
        return nhwc(F.avg_pool2d(x, kernel, stride) / F.avg_pool2d(ones, kernel, stride))

    return run


def transposed(kernel, stride, same):
    """The whole product, cut or filled with zeros as TensorFlow's SAME does."""

    def run(x, w, b):
        y = F.conv_transpose2d(nchw(x), w.permute(3, 0, 1, 2), stride=stride)
        if same:
            for axis in (2, 3):
                steps, k, s = x.shape[axis - 1], kernel[axis - 2], stride[axis - 2]
                extent, top = steps * s, max(0, (steps - 1) * s + k - steps * s) // 2
                y = y.narrow(axis, top, min(extent, y.shape[axis] - top))
                pads = [0, 0, 0, 0]
                pads[7 - 2 * axis] = extent - y.shape[axis]
                y = F.pad(y, pads)
        return nhwc(y) + b

    return run


def lstm(x, *parameters):
    """PyTorch's own layer; its gates stand in the order input, forget, cell, output, as ours."""
    inputs, states, biases = parameters[:4], parameters[4:8], parameters[8:]
    start = torch.zeros(1, x.shape[0], inputs[0].shape[0])
    weights = [torch.cat(inputs), torch.cat(states), torch.cat(biases)]
    weights.append(torch.zeros_like(weights[2]))
    return torch._VF.lstm(x, (start, start), weights, True, 1, 0.0, True, False, True)[0]


def lstm_cells(coupled, clip):
    """Of forms that PyTorch's layer does not have."""

    def run(x, *parameters):
        count = 3 if coupled else 4
        inputs, states, biases = (parameters[i * count:(i + 1) * count] for i in range(3))
        h = c = torch.zeros(x.shape[0], inputs[0].shape[0])
        outputs = []
        for step in range(x.shape[1]):
            sums = [x[:, step] @ w.T + h @ u.T + b for w, u, b in zip(inputs, states, biases)]
            f, g, o = torch.sigmoid(sums[-3]), torch.tanh(sums[-2]), torch.sigmoid(sums[-1])
            i = 1 - f if coupled else torch.sigmoid(sums[0])
            c = f * c + i * g
            if clip:
                c = c.clamp(-clip, clip)
            h = o * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs, 1)

    return run


def rnn(kind):
    def run(x, w, u, b):
        start = torch.zeros(1, x.shape[0], w.shape[0])
        weights = [w, u, b, torch.zeros_like(b)]
        layer = torch._VF.rnn_tanh if kind == "tanh" else torch._VF.rnn_relu
        return layer(x, start, weights, True, 1, 0.0, True, False, True)[0]

    return run


def gru(x, w, b, u, c):
    """PyTorch's gates stand in the order reset, update, new; ours begin with the update."""
    count = u.shape[1]

    def turned(p):
        return torch.cat([p[count:2 * count], p[:count], p[2 * count:]])

    start = torch.zeros(1, x.shape[0], count)
    weights = [turned(w), turned(u), turned(b), turned(c)]
    return torch._VF.gru(x, start, weights, True, 1, 0.0, True, False, True)[0]


def batch_norm(x, scale, shift):
    y = F.batch_norm(
        x.reshape(-1, x.shape[-1]), torch.zeros_like(scale), torch.ones_like(scale), scale, shift,
        training=True, eps=1e-3)
    return y.reshape(x.shape)


def gelu(x):
    """torch 1.13's own `approximate="tanh"`, spelled out."""
    return 0.5 * x * (1 + torch.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


def window(kernel, stride, dilation, same):
    return " ".join(map(str, [*kernel, *stride, *dilation, "same" if same else "valid"]))


def case(name, op, shape, run, parameters=(), count=2):
    x = randn(count, *shape)
    offset = randn(*shape).requires_grad_()
    values = [randn(*p).requires_grad_() for p in parameters]
    y = run(x + offset, *values)
    upstream = randn(*y.shape)
    y.backward(upstream)
    text = f"case {name}\nop {op}\ncount {count}\n" + line("input", x) + line("offset", offset)
    text += "".join(line("parameter", v) for v in values)
    text += line("upstream", upstream) + line("output", y) + line("gradient", offset.grad)
    return text + "".join(line("parameterGradient", v.grad) for v in values) + "\n"


def operators():
    text = ""
    for name, kernel, stride, dilation, same, extent, channels, outputs in [
        ("3x3", (3, 3), (1, 1), (1, 1), True, (5, 6), 3, 10),
        ("3x3 stride 2", (3, 3), (2, 2), (1, 1), True, (6, 5), 7, 17),
        ("3x2 valid", (3, 2), (1, 1), (1, 1), False, (5, 5), 2, 8),
        ("2x3 valid stride", (2, 3), (2, 1), (1, 1), False, (7, 6), 4, 5),
        ("dilated", (3, 3), (1, 1), (2, 2), True, (6, 7), 2, 3),
        ("dilated stride", (3, 2), (2, 3), (1, 2), True, (7, 8), 3, 4),
        ("1x1", (1, 1), (1, 1), (1, 1), True, (4, 3), 6, 9),
        ("1x1 stride 2", (1, 1), (2, 2), (1, 1), True, (5, 5), 6, 9),
        ("10x4", (10, 4), (2, 2), (1, 1), True, (12, 6), 1, 16),
    ]:
        options = window(kernel, stride, dilation, same)
        text += case(
            f"convolution {name}", f"conv {options}", (*extent, channels),
            convolution(kernel, stride, dilation, same),
            ((outputs, *kernel, channels), (outputs,)))
        wide = channels * 3
        text += case(
            f"depthwise {name}", f"depthwise {options}", (*extent, wide),
            depthwise(kernel, stride, dilation, same), ((1, *kernel, wide), (wide,)))
    text += case("dense", "dense", (13,), F.linear, ((11, 13), (11,)), count=5)
    text += case("dense of rows", "dense", (3, 7), F.linear, ((4, 7), (4,)))
    text += case("batch norm", "norm", (4, 3, 5), batch_norm, ((5,), (5,)))
    text += case("batch norm of rows", "norm", (9,), batch_norm, ((9,), (9,)), count=7)
    for name, kernel, stride, same in [
        ("2x2", (2, 2), (2, 2), False), ("3x3 same", (3, 3), (2, 2), True),
        ("3x2 overlapping", (3, 2), (1, 1), True),
    ]:
        options = window(kernel, stride, (1, 1), same)
        text += case(
            f"max pool {name}", f"max {options}", (5, 6, 3), max_pool(kernel, stride, same))
        text += case(
            f"average pool {name}", f"average {options}", (5, 6, 3),
            average_pool(kernel, stride, same))
    text += case("mean", "mean", (4, 3, 5), lambda x: x.mean((1, 2)))
    text += case("softmax", "softmax", (2, 6), lambda x: x.softmax(-1))
    text += case("concatenation", "concatenate", (2, 3, 4), lambda x: torch.cat([x, x], -1))
    text += case("padding", "pad 1 2 0 3", (3, 2, 4), lambda x: F.pad(x, (0, 0, 2, 3, 1, 0)))
    for name, run in [
        ("add", lambda x, p: x + p), ("subtract", lambda x, p: x - p),
        ("multiply", lambda x, p: x * p),
    ]:
        text += case(f"{name} channels", name, (3, 2, 5), run, ((5,),))
        text += case(f"{name} values", f"{name} twice", (3, 2, 5), lambda x, r=run: r(x, x))
    for name, run in [
        ("relu", F.relu), ("relu6", F.relu6), ("relu1", F.hardtanh),
        ("leaky", lambda x: F.leaky_relu(x, 0.1)), ("tanh", torch.tanh),
        ("logistic", torch.sigmoid), ("elu", F.elu), ("hardswish", F.hardswish),
        ("gelu", gelu),
    ]:
        text += case(name, f"activation {name}", (4, 9), run)
    text += case("repetition", "repeat 3", (2, 3, 4), lambda x: x.repeat_interleave(3, -1))
    text += case("prelu", "prelu", (3, 2, 5), lambda x, p: torch.where(x > 0, x, x * p), ((5,),))
    return text


def losses():
    text = ""
    for name, smoothing, alpha, temperature in [
        ("plain", 0.0, 0.0, 1.0), ("smoothed", 0.1, 0.0, 1.0), ("distilled", 0.0, 0.7, 4.0),
        ("both", 0.2, 0.4, 2.0),
    ]:
        logits = randn(6, 5).mul(2).requires_grad_()
        labels = torch.randint(0, 5, (6,))
        teacher = randn(6, 5)
        loss = (1 - alpha) * F.cross_entropy(logits, labels, label_smoothing=smoothing)
        if alpha:
            loss = loss + alpha * temperature**2 * F.kl_div(
                F.log_softmax(logits / temperature, 1), F.softmax(teacher / temperature, 1),
                reduction="batchmean")
        loss.backward()
        text += f"case {name}\nop {smoothing} {alpha} {temperature}\n"
        text += line("logits", logits) + line("labels", labels) + line("teacher", teacher)
        text += line("loss", loss) + line("gradient", logits.grad) + "\n"
    output = randn(4, 7).requires_grad_()
    target = randn(4, 7)
    loss = F.mse_loss(output, target)
    loss.backward()
    text += "case squared\nop squared\n" + line("logits", output) + line("teacher", target)
    return text + line("loss", loss) + line("gradient", output.grad) + "\n"


def optimizers():
    text = ""
    start, gradients = randn(9), randn(6, 9)
    for name, make in [
        ("sgd", lambda p: torch.optim.SGD(p, lr=0.1)),
        ("momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05)),
        ("nesterov", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True)),
        ("adam", lambda p: torch.optim.Adam(p, lr=0.05)),
        ("adamw", lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.1)),
    ]:
        weights = start.clone().requires_grad_()
        optimizer = make([weights])
        steps = []
        for gradient in gradients:
            weights.grad = gradient.clone()
            optimizer.step()
            steps.append(weights.detach().clone())
        text += f"case {name}\n" + line("start", start) + line("gradients", gradients)
        text += line("steps", torch.stack(steps)) + "\n"
    return text


def rearrangements():
    text = ""
    for name, kernel, stride, same, extent, channels, outputs in [
        ("3x3", (3, 3), (1, 1), True, (4, 5), 3, 10),
        ("3x3 stride 2", (3, 3), (2, 2), True, (3, 4), 5, 7),
        ("4x2 stride 2x1", (4, 2), (2, 1), True, (3, 4), 2, 9),
        ("2x2 valid", (2, 2), (2, 2), False, (3, 2), 4, 3),
        ("3x2 valid", (3, 2), (1, 1), False, (4, 3), 2, 5),
        ("2x2 stride 3", (2, 2), (3, 3), True, (2, 3), 3, 4),
        ("1x1", (1, 1), (1, 1), True, (3, 3), 5, 6),
    ]:
        text += case(
            f"transposed convolution {name}",
            f"transposed {window(kernel, stride, (1, 1), same)}", (*extent, channels),
            transposed(kernel, stride, same), ((outputs, *kernel, channels), (outputs,)))
    for name, op, shape, run in [
        ("transposition", "view transposed", (3, 2, 4), lambda x: x.permute(0, 2, 3, 1)),
        ("slice", "view sliced", (5, 6, 4), lambda x: x[:, 1:4, 0:6:2, 1:3]),
        ("reversal", "view reversed", (3, 4), lambda x: x.flip(2)),
        ("broadcast", "view broadcast", (3, 1, 4), lambda x: x[:, None].expand(-1, 2, -1, 5, -1)),
    ]:
        text += case(name, op, shape, run)
    return text


def recurrent():
    """Also layers that are unrolled, with weights that all steps share."""
    text = ""
    for name, op, steps, depth, units, gates, run in [
        ("LSTM", "lstm", 5, 7, 6, 4, lstm), ("LSTM of one step", "lstm", 1, 3, 4, 4, lstm),
        ("coupled LSTM", "lstm coupled", 4, 3, 5, 3, lstm_cells(True, 0)),
        ("clipped LSTM", "lstm clipped 0.4", 6, 3, 5, 4, lstm_cells(False, 0.4)),
        ("recurrent layer, tanh", "recurrent tanh", 5, 4, 6, 1, rnn("tanh")),
        ("recurrent layer, relu", "recurrent relu", 4, 5, 9, 1, rnn("relu")),
    ]:
        text += case(
            name, op, (steps, depth), run,
            ((units, depth),) * gates + ((units, units),) * gates + ((units,),) * gates, count=3)
    for name, steps, depth, units in [("GRU", 5, 4, 6), ("GRU of one step", 1, 3, 2)]:
        shapes = ((3 * units, depth), (3 * units,), (3 * units, units), (3 * units,))
        text += case(name, f"gru {units}", (steps, depth), gru, shapes, count=3)
    return text


for name, make in [
    ("operators", operators), ("losses", losses), ("optimizers", optimizers),
    ("rearrangements", rearrangements), ("recurrent", recurrent),
]:
    (FOLDER / f"{name}.cases").write_text(make())
