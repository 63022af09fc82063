# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0

"""The whole job as a plain loop: the characters of str(bytes), one after the other.

    job.py files FILE …              count files
    job.py http THREADS URL …        count documents; THREADS is 1 for one after the other
    job.py fetch FOLDER BASE_URL     keep the documents that a corpus server lists

Counts are printed as the tool prints them: letter,count.
"""

import concurrent.futures
import os
import string
import sys
import urllib.request


def count(document):
    table = dict.fromkeys(string.ascii_lowercase, 0)
    for ch in str(document).lower():
        if ch in table:
            table[ch] += 1
    return table


def read(path):
    with open(path, "rb") as file:
        return file.read()


def fetch(url):
    with urllib.request.urlopen(url) as response:
        return response.read()


def show(tables):
    total = dict.fromkeys(string.ascii_lowercase, 0)
    for table in tables:
        for ch in table:
            total[ch] += table[ch]
    print("letter,count")
    for ch in total:
        print(f"{ch},{total[ch]}")


def main(kind, *arguments):
    if kind == "files":
        show(count(read(path)) for path in arguments)
    elif kind == "http":
        threads, urls = int(arguments[0]), arguments[1:]
        if threads == 1:
            show(count(fetch(url)) for url in urls)
        else:
            with concurrent.futures.ThreadPoolExecutor(threads) as executor:
                show(executor.map(lambda url: count(fetch(url)), urls))
    else:
        folder, base = arguments
        for name in fetch(base + "/").decode().split():
            with open(os.path.join(folder, name), "wb") as file:
                file.write(fetch(base + "/" + name))


if __name__ == "__main__":
    main(*sys.argv[1:])
