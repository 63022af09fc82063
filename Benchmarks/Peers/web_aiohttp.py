# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""Documents of web_server.c, got with aiohttp and counted with numpy, or got and not counted.

    web_aiohttp.py NAME PORT DOCUMENTS CONNECTIONS [read]

Prints the name and the nanoseconds, without those of Python's start and its imports.
"""

import asyncio
import sys
import time

import aiohttp
import numpy

ALPHABET = b"abcdefghijklmnopqrstuvwxyz ,.\nE"


def expected(documents, size):
    """How often each letter occurs: a document's bytes go through the alphabet evenly, from a place of its own."""
    sums = numpy.zeros(256, dtype=numpy.int64)
    for number in range(documents):
        places = (7 * numpy.arange(size % 31) + number) % 31
        numpy.add.at(sums, numpy.frombuffer(ALPHABET, dtype=numpy.uint8)[places], 1)
    for byte in ALPHABET:
        sums[byte] += documents * (size // 31)
    return sums


async def main(name, port, documents, connections, counts_letters):
    sums = numpy.zeros(256, dtype=numpy.int64)
    sizes = set()
    connector = aiohttp.TCPConnector(limit=connections)
    began = time.monotonic_ns()
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get(number):
            async with session.get(f"http://127.0.0.1:{port}/{number}") as response:
                body = await response.read()
            sizes.add(len(body))
            if not counts_letters:
                return 0
            return numpy.bincount(numpy.frombuffer(body, dtype=numpy.uint8), minlength=256)

        for counts in asyncio.as_completed([get(number) for number in range(documents)]):
            sums += await counts
    ended = time.monotonic_ns()
    if len(sizes) != 1 or counts_letters and not (sums == expected(documents, sizes.pop())).all():
        sys.exit("aiohttp: wrong counts")
    print(name, ended - began, sep="\t")


asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5:] != ["read"]))
