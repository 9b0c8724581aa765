"""Reads the one data frame of an .rda file (R's serialization, version 2, XDR; R Internals 1.8)."""
import bz2
import gzip
import lzma
import struct


class Reader:
    def __init__(self, data):
        self.data, self.place, self.symbols = data, 0, []

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.place)
        self.place += struct.calcsize(">" + form)
        return values

    def integer(self):
        return self.take("i")[0]

    def item(self):
        """(value, attributes) of vectors, dictionaries of pair lists, texts of symbols."""
        flags = self.integer()
        kind, has_attributes, has_tag = flags & 255, flags & 0x200, flags & 0x400
        if kind == 254:
            return None
        if kind == 255:
            return self.symbols[(flags >> 8) - 1]
        if kind == 1:
            name = self.item()
            self.symbols.append(name)
            return name
        if kind == 2:
            return self.pairs(has_tag)
        if kind == 9:
            count = self.integer()
            text = self.data[self.place:self.place + max(count, 0)].decode("latin-1")
            self.place += max(count, 0)
            return text
        values = self.vector(kind)
        return values, self.item() if has_attributes else {}

    def vector(self, kind):
        count = self.integer()
        if kind in (10, 13):
            return self.take(f"{count}i")
        if kind == 14:
            return self.take(f"{count}d")
        if kind in (16, 19):
            return [self.item() for _ in range(count)]
        raise ValueError(f"an R object of kind {kind}")

    def pairs(self, has_tag):
        tag = self.item() if has_tag else None
        result = {tag: self.item()}
        flags = self.integer()
        while flags & 255 == 2:
            tag = self.item() if flags & 0x400 else None
            result[tag] = self.item()
            flags = self.integer()
        return result


def data_frame(path):
    """Columns of numbers, the classes (from 1) of the last column, and their names."""
    with open(path, "rb") as file:
        data = file.read()
    for magic, module in ((b"\xfd7zXZ", lzma), (b"\x1f\x8b", gzip), (b"BZh", bz2)):
        if data.startswith(magic):
            data = module.decompress(data)
    if not data.startswith(b"RDX2\nX\n"):
        raise ValueError(f"{path}: no R data of version 2 in XDR")
    reader = Reader(data[7:])
    reader.take("3i")
    frame = next(iter(reader.item().values()))
    columns = frame[0]
    classes, attributes = columns[-1]
    levels = attributes["levels"][0]
    return [column[0] for column in columns[:-1]], classes, levels
