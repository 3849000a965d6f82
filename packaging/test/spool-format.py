#!/usr/bin/env python3
"""spool-format DIRECTORY VERSION: makes every segment of a stopped spool say that it is of that format.

Nothing else is changed but the header's checksum, so the old number gives the old spool back.
"""
import pathlib
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


segments = list(pathlib.Path(sys.argv[1]).glob("*.segment"))
assert segments, f"{sys.argv[1]}: no segments"
for segment in segments:
    with segment.open("r+b") as file:
        header = bytearray(file.read(64))
        assert crc32c(header[:60]) == struct.unpack_from(">I", header, 60)[0], segment
        struct.pack_into(">H", header, 8, int(sys.argv[2]))
        struct.pack_into(">I", header, 60, crc32c(header[:60]))
        file.seek(0)
        file.write(header)
