# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""Work without effort through Python's pools of processes, two workers, and what they cost while idle.

    noop.py cpython|loky PIECES ROUND_TRIPS     pieces a second and round trips
    noop.py cpython|loky idle                   processor time over a second, and the memory of a worker
"""

import concurrent.futures
import multiprocessing
import os
import sys
import time


def following(number):
    return number + 1


def check(name, pieces, total):
    if total != pieces * (pieces + 3) // 2:
        sys.exit(f"noop.py: {name}: a wrong sum")


def rate(name, pieces, outputs):
    """Prints pieces a second; outputs(numbers) yields them in any order."""
    began = time.perf_counter()
    total = sum(outputs(range(1, pieces + 1)))
    ended = time.perf_counter()
    check(name, pieces, total)
    print(name, pieces / (ended - began), sep="\t")


def trips(name, count, output_of):
    times = []
    for number in range(1, count + 1):
        began = time.perf_counter_ns()
        answer = output_of(number)
        times.append(time.perf_counter_ns() - began)
        if answer != number + 1:
            sys.exit(f"noop.py: {name}: a wrong answer")
    print(name + "\t", *times)


def windowed(executor, under_way=64):
    """Pieces with so many of them submitted and not finished at any time."""

    def outputs(numbers):
        pending = set()
        for number in numbers:
            pending.add(executor.submit(following, number))
            if len(pending) >= under_way:
                done, pending = concurrent.futures.wait(pending, return_when=concurrent.futures.FIRST_COMPLETED)
                yield from (future.result() for future in done)
        yield from (future.result() for future in pending)

    return outputs


def context_of(method="forkserver"):
    return multiprocessing.get_context(method)


def measure_cpython(pieces, count):
    with context_of().Pool(2) as pool:
        pool.map(following, range(100))
        rate("Pool.map", pieces, lambda numbers: pool.map(following, numbers))
        rate("imap_unordered", pieces // 20, lambda numbers: pool.imap_unordered(following, numbers))
        trips("apply", count, lambda number: pool.apply(following, (number,)))
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context_of()) as executor:
        list(executor.map(following, range(100)))
        rate("executor", pieces // 100, windowed(executor))
        trips("executor.result", count, lambda number: executor.submit(following, number).result())


def measure_loky(pieces, count):
    import loky

    executor = loky.get_reusable_executor(max_workers=2)
    list(executor.map(following, range(100)))
    rate("executor", pieces // 200, windowed(executor))
    trips("executor.result", count, lambda number: executor.submit(following, number).result())
    executor.shutdown()


# MARK: Idle


def processor_time(process):
    """Of all threads, in nanoseconds."""
    total = 0
    for task in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total


def memory(process):
    """PSS and private memory in bytes."""
    fields = {}
    with open(f"/proc/{process}/smaps_rollup") as file:
        for line in file:
            words = line.split()
            if words[0].endswith(":") and words[-1] == "kB":
                fields[words[0][:-1]] = int(words[1]) * 1024
    return fields["Pss"], fields["Private_Clean"] + fields["Private_Dirty"]


def idle(name, workers):
    everybody = [os.getpid()] + workers
    time.sleep(0.5)
    before = sum(map(processor_time, everybody))
    time.sleep(1)
    print(f"{name} cpu\t{sum(map(processor_time, everybody)) - before}")
    sizes = [memory(worker) for worker in workers]
    print(f"{name} pss\t", *(size[0] for size in sizes))
    print(f"{name} private\t", *(size[1] for size in sizes))


def idle_cpython():
    for method in ["fork", "spawn", "forkserver"]:
        with context_of(method).Pool(2) as pool:
            check(method, 100, sum(pool.map(following, range(1, 101), chunksize=1)))
            idle(f"Pool {method}", [process.pid for process in pool._pool])
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context_of()) as executor:
        check("executor", 100, sum(executor.map(following, range(1, 101))))
        idle("executor forkserver", list(executor._processes))


def idle_loky():
    import loky

    executor = loky.get_reusable_executor(max_workers=2)
    check("loky", 100, sum(executor.map(following, range(1, 101))))
    idle("executor", list(executor._processes))
    executor.shutdown()


if __name__ == "__main__":
    whose = sys.argv[1]
    if sys.argv[2] == "idle":
        idle_cpython() if whose == "cpython" else idle_loky()
    else:
        measure = measure_cpython if whose == "cpython" else measure_loky
        measure(int(sys.argv[2]), int(sys.argv[3]))
