"""Builds `.tflite` models of one operator from tables, without a library."""
import struct


class Scalar(bytes):
    """A field that lies inside its table."""


def i8(value):
    return Scalar(struct.pack("<b", value))


def i32(value):
    return Scalar(struct.pack("<i", value))


def f32(value):
    return Scalar(struct.pack("<f", value))


class Vector:
    def __init__(self, data, count, end=b""):
        self.data, self.count, self.end = data, count, end


def text(value):
    return Vector(value.encode(), len(value), b"\0")


def numbers(kind, values):
    return Vector(struct.pack(f"<{len(values)}{kind}", *values), len(values))


def write(value, out):
    """Appends a table (dict), vector of tables (list) or Vector; returns where it begins."""
    if isinstance(value, Vector):
        out += b"\0" * (-len(out) % 8 + 4)  # Elements begin at a multiple of 8.
        start = len(out)
        out += struct.pack("<I", value.count) + value.data + value.end
        return start
    out += b"\0" * (-len(out) % 4)
    if isinstance(value, list):
        start = len(out)
        out += struct.pack("<I", len(value)) + b"\0" * (4 * len(value))
        for index, item in enumerate(value):
            link(out, start + 4 + 4 * index, item)
        return start
    places, body = [0] * (max(value, default=-1) + 1), bytearray(4)
    for field in sorted(value):
        item = value[field]
        part = item if isinstance(item, Scalar) else b"\0" * 4
        body += b"\0" * (-len(body) % len(part))
        places[field] = len(body)
        body += part
    vtable = struct.pack(f"<{2 + len(places)}H", 4 + 2 * len(places), len(body), *places)
    out += b"\0" * (-(len(out) + len(vtable)) % 4) + vtable
    start = len(out)
    struct.pack_into("<i", body, 0, len(vtable))
    out += body
    for field in sorted(value):
        if not isinstance(value[field], Scalar):
            link(out, start + places[field], value[field])
    return start


def link(out, place, value):
    struct.pack_into("<I", out, place, write(value, out) - place)


TYPES = {"float32": (0, "f"), "int32": (2, "i"), "uint8": (3, "B"), "int64": (4, "q"),
         "bool": (6, "B"), "int16": (7, "h"), "int8": (9, "b"), "resource": (13, "i")}


def model(code, inputs, outputs, options=None, union=1, custom=None, init=None):
    """A network of one operator. Operands are (type, shape) or (type, shape, constant values
    or their bytes); an operand of None is absent. `init` is the operator of a second subgraph."""
    buffers, tensors = [{}], []

    def tensor(operand):
        kind, shape = operand[0], operand[1]
        number, letter = TYPES[kind]
        buffer = 0
        if len(operand) > 2:
            values = operand[2]
            if not isinstance(values, bytes):
                values = numbers(letter, values).data
            buffers.append({0: Vector(values, len(values))})
            buffer = len(buffers) - 1
        fields = {0: numbers("i", shape), 1: i8(number), 2: i32(buffer), 3: text("t")}
        if kind in ("int8", "uint8", "int16", "int32"):
            scales = operand[3] if len(operand) > 3 else [0.5]
            fields[4] = {2: numbers("f", scales), 3: numbers("q", [0] * len(scales))}
        tensors.append(fields)
        return len(tensors) - 1

    sources = [-1 if operand is None else tensor(operand) for operand in inputs]
    results = [tensor(operand) for operand in outputs]
    entries = [
        source for source, operand in zip(sources, inputs) if operand and len(operand) == 2]
    operator = {0: i32(0), 1: numbers("i", sources), 2: numbers("i", results)}
    if options is not None:
        operator[3] = i8(union)
        operator[4] = options
    codes = {0: i8(min(code, 127)), 3: i32(code)}
    if custom:
        codes[1] = text(custom)
    main = {0: tensors, 1: numbers("i", entries), 2: numbers("i", results), 3: [operator]}
    subgraphs = [main]
    if init is not None:
        subgraphs.append({0: [], 1: numbers("i", []), 2: numbers("i", []), 3: init})
    out = bytearray(b"\0\0\0\0TFL3")
    root = write({0: i32(3), 1: [codes], 2: subgraphs, 4: buffers}, out)
    struct.pack_into("<I", out, 0, root)
    return bytes(out)
