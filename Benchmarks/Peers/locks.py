# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""Increments of a shared value with its lock, as CPython's multiprocessing does them: locks.py COUNT"""

import multiprocessing
import sys
import time


def increment(value, count):
    for _ in range(count):
        with value.get_lock():
            value.value += 1


def measure(name, context, count, processes):
    value = context.Value("q", 0)
    children = [context.Process(target=increment, args=(value, count)) for _ in range(processes)]
    began = time.perf_counter()
    for child in children:
        child.start()
    for child in children:
        child.join()
    ended = time.perf_counter()
    if value.value != count * processes:
        sys.exit(f"locks.py: {name}: a wrong sum")
    print(name, count * processes / (ended - began), sep="\t")


if __name__ == "__main__":
    count = int(sys.argv[1])
    # By fork, so that next to nothing of the time is the children's start.
    context = multiprocessing.get_context("fork")
    measure("Value alone", context, count, 1)
    measure("Value two", context, count, 2)
