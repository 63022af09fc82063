# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""Start to answer of one child in CPython's multiprocessing: start.py fork|spawn|forkserver COUNT"""

import multiprocessing
import sys
import time


def answer(connection):
    connection.send(connection.recv() ** 2)


def start_one(context, number):
    began = time.perf_counter_ns()
    ours, theirs = context.Pipe()
    process = context.Process(target=answer, args=(theirs,))
    process.start()
    theirs.close()
    ours.send(number)
    square = ours.recv()
    ended = time.perf_counter_ns()
    process.join()
    ours.close()
    process.close()
    if square != number**2:
        sys.exit(f"start.py: {number} squared is not {square}")
    return ended - began


if __name__ == "__main__":
    method, count = sys.argv[1], int(sys.argv[2])
    context = multiprocessing.get_context(method)
    start_one(context, 0)  # starts the fork server
    print(method + "\t", *(start_one(context, number) for number in range(1, count + 1)))
