# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""Work without effort through CPython's pools, two workers: pool.py PIECES ROUND_TRIPS"""

import concurrent.futures
import multiprocessing
import multiprocessing.pool
import sys
import time


def square(number):
    return number * number


def rate(name, pieces, squares):
    """Prints pieces a second; squares(numbers) yields the results in any order."""
    began = time.perf_counter()
    total = sum(squares(range(1, pieces + 1)))
    ended = time.perf_counter()
    if total != pieces * (pieces + 1) * (2 * pieces + 1) // 6:
        sys.exit(f"pool.py: {name}: a wrong sum")
    print(name, pieces / (ended - began), sep="\t")


def round_trips(name, count, square_one):
    times = []
    for number in range(1, count + 1):
        began = time.perf_counter_ns()
        answer = square_one(number)
        times.append(time.perf_counter_ns() - began)
        if answer != number * number:
            sys.exit(f"pool.py: {name}: a wrong answer")
    print(name + "\t", *times)


def measure_pool(name, pool, pieces, trips):
    with pool:
        pool.map(square, range(100))
        rate(f"{name}.imap_unordered", pieces, lambda numbers: pool.imap_unordered(square, numbers, chunksize=1))
        rate(f"{name}.map", pieces, lambda numbers: pool.map(square, numbers, chunksize=1))
        round_trips(f"{name}.apply", trips, lambda number: pool.apply(square, (number,)))


def measure_executor(name, executor, pieces, trips):
    with executor:
        list(executor.map(square, range(100)))

        def submitted(numbers):
            futures = [executor.submit(square, number) for number in numbers]
            return (future.result() for future in concurrent.futures.as_completed(futures))

        rate(f"{name}.submit", pieces, submitted)
        round_trips(f"{name}.submit.result", trips, lambda number: executor.submit(square, number).result())


if __name__ == "__main__":
    pieces, trips = int(sys.argv[1]), int(sys.argv[2])
    context = multiprocessing.get_context("forkserver")
    measure_pool("Pool", context.Pool(2), pieces, trips)
    measure_pool("ThreadPool", multiprocessing.pool.ThreadPool(2), pieces, trips)
    # A fifth of the pieces: it is slow, and what is shown is a rate.
    processes = concurrent.futures.ProcessPoolExecutor(2, mp_context=context)
    measure_executor("ProcessPoolExecutor", processes, pieces // 5, trips)
    measure_executor("ThreadPoolExecutor", concurrent.futures.ThreadPoolExecutor(2), pieces, trips)
