# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""Memory of idle workers of CPython's Pool: memory.py fork|spawn|forkserver"""

import multiprocessing
import os
import sys

COUNT = 8


def worker(_):
    return os.getpid()


def rollup(pid):
    values = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            words = line.split()
            if words[-1] == "kB":
                values[words[0]] = int(words[1]) * 1024
    return values


if __name__ == "__main__":
    method = sys.argv[1]
    with multiprocessing.get_context(method).Pool(COUNT) as pool:
        workers = set()
        while len(workers) < COUNT:  # until every worker has had some
            workers.update(pool.map(worker, range(COUNT), chunksize=1))
        rollups = [rollup(process.pid) for process in pool._pool]
    print(f"{method} private\t", *(r["Private_Clean:"] + r["Private_Dirty:"] for r in rollups))
    print(f"{method} proportional\t", *(r["Pss:"] for r in rollups))
    print(f"{method} shared\t", *(r["Shared_Clean:"] + r["Shared_Dirty:"] for r in rollups))
