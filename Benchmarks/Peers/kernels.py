# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""How fast Python counts letters and bytes, with numpy where it is there: kernels.py FILE"""

import collections
import random
import sys
import time

try:
    import numpy
except ImportError:
    numpy = None

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def loop(data):
    """The letters of the text, one character after the other."""
    table = dict.fromkeys(ALPHABET, 0)
    for character in data.decode("latin-1"):
        letter = character.lower()
        if letter in table:
            table[letter] += 1
    return [table[letter] for letter in ALPHABET]


def counter(data):
    counts = collections.Counter(data)
    return [counts[byte] for byte in range(256)]


def bincount(data):
    return numpy.bincount(numpy.frombuffer(data, dtype=numpy.uint8), minlength=256).tolist()


def measure(name, count, data, place, repetitions):
    counts = count(data)
    if place == "document":
        print(f"{name} counts\t" + " ".join(map(str, counts)))
    speeds = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(repetitions):
            if count(data) != counts:
                sys.exit("kernels.py: it does not count the same twice")
        speeds.append(len(data) * repetitions / (time.perf_counter() - began))
    print(f"{name} {place}\t" + " ".join(map(str, speeds)))


with open(sys.argv[1], "rb") as file:
    text = file.read()
text *= -(-(513 << 10) // len(text))
binary = random.Random(1).randbytes(512 << 10)
for place, data in (("document", text[1 : 1 + (48 << 10)]), ("cache", text[: 512 << 10]), ("binary", binary)):
    measure("loop", loop, data, place, 1)
    measure("counter", counter, data, place, 1)
    if numpy:
        measure("bincount", bincount, data, place, 5)
