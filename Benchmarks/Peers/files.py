# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""The letters of all files of a folder, counted with numpy.

    files.py make FOLDER BYTES FILES SOURCE …    write so many files of different sizes, made of these texts
    files.py count FOLDER                        count; printed as the tool prints them: letter,count
"""

import os
import random
import string
import sys


def make(folder, total, count, sources):
    text = b"".join(open(source, "rb").read() for source in sources)
    chance = random.Random(7)
    weights = [chance.lognormvariate(0, 0.9) for _ in range(count)]
    scale = total / sum(weights)
    os.makedirs(folder, exist_ok=True)
    for number, weight in enumerate(weights):
        size, start = int(weight * scale), chance.randrange(len(text))
        with open(f"{folder}/document-{number}.txt", "wb") as file:
            while size > 0:
                piece = text[start : start + size]
                file.write(piece)
                size -= len(piece)
                start = 0


def count(folder):
    import numpy

    sums = numpy.zeros(256, dtype=numpy.int64)
    for name in os.listdir(folder):
        with open(f"{folder}/{name}", "rb") as file:
            sums += numpy.bincount(numpy.frombuffer(file.read(), dtype=numpy.uint8), minlength=256)
    for letter in string.ascii_lowercase:
        print(f"{letter},{sums[ord(letter)] + sums[ord(letter.upper())]}")


match sys.argv[1:]:
    case ["make", folder, total, number, *sources]:
        make(folder, int(total), int(number), sources)
    case ["count", folder]:
        count(folder)
    case _:
        sys.exit(__doc__)
