# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0
"""Messages between two processes by CPython's multiprocessing.

    queues.py stream|roundtrip BYTES COUNT

prints "KIND stream BYTES<tab>MESSAGES-A-SECOND" or "KIND roundtrip BYTES<tab>NANOSECONDS ..." for SimpleQueue and Queue.
"""

import multiprocessing
import sys
import time


def message(number, size):
    return number.to_bytes(8, "little") + b"\1" * (size - 8)


def expect(found, number):
    if int.from_bytes(found[:8], "little") != number:
        sys.exit(f"expected {number}")


def send_all(queue, size, count):
    for number in range(count + 1):
        queue.put(message(number, size))


def answer_all(there, back, count):
    for _ in range(count + 1):
        back.put(there.get())


def stream(kind, make, size, count):
    queue = make()
    child = multiprocessing.Process(target=send_all, args=(queue, size, count))
    child.start()
    expect(queue.get(), 0)
    began = time.monotonic_ns()
    for number in range(1, count + 1):
        expect(queue.get(), number)
    print(f"{kind} stream {size}\t{count / ((time.monotonic_ns() - began) / 1e9)}")
    child.join()


def round_trip(kind, make, size, count):
    there, back = make(), make()
    child = multiprocessing.Process(target=answer_all, args=(there, back, count))
    child.start()
    times = []
    for number in range(count + 1):
        began = time.monotonic_ns()
        there.put(message(number, size))
        expect(back.get(), number)
        times.append(time.monotonic_ns() - began)
    print(f"{kind} roundtrip {size}\t" + " ".join(map(str, times[1:])))
    child.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    what, size, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    for kind, make in (("SimpleQueue", multiprocessing.SimpleQueue), ("Queue", multiprocessing.Queue)):
        (stream if what == "stream" else round_trip)(kind, make, size, count)
