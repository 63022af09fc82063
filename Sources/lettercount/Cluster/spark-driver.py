# swift-multiprocessing: threads and processes behind one interface.
# SPDX-License-Identifier: Apache-2.0
"""Counts on a Spark cluster: `spark-submit --files BINARY spark-driver.py JOB.json`, as `lettercount spark` runs it.

JOB.json: "binary" (its name under --files), "worker" and "merge" (arguments), "list" or "contents" (where the sources
are), "tasks", "result" (the file to write: the merged lines, or "error"; the status is then 1)."""
import ctypes, itertools, json, math, os, re, signal, subprocess, sys, tempfile, threading

from py4j.protocol import Py4JNetworkError
from pyspark import SparkConf, SparkContext, SparkFiles, StorageLevel

WIDTH = 32  # as many lines as the driver takes from the cluster; the caller merges them


def die_with(parent):
    """In a child: SIGKILL as soon as the thread that started it ends, for a task that is killed tells nobody."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(1)


def run(job, arguments, pieces, name, may_be_silent=False):
    """The lines that the binary prints for these pieces of input; raises unless all went in and it ended with 0."""
    path, parent, cut, unread = SparkFiles.get(job["binary"]), os.getpid(), [], []
    if not os.access(path, os.X_OK):  # --files keeps the mode, but not every store that a file may come from does
        os.chmod(path, 0o755)
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen([path] + arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                 preexec_fn=lambda: die_with(parent))

        def feed():  # in a thread of its own: a child that waits for its output to be read does not read its input
            try:
                for piece in pieces:
                    child.stdin.write(piece)
                child.stdin.close()
            except BrokenPipeError:
                cut.append("it ended before it had read all of its input")
            except BaseException as error:  # a source of Spark's: the end of the input must not look like the real one
                child.kill()
                unread.append(error)

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            lines = child.stdout.read().decode().splitlines()
            status = child.wait()
            feeder.join()
        finally:
            child.kill()
        errors.seek(max(0, errors.seek(0, os.SEEK_END) - 4096))
        tail = errors.read().decode(errors="replace").strip()
    if unread:
        raise unread[0]
    if status == 0 and not cut and (lines or may_be_silent):
        return lines
    if status < 0:
        why = "was ended by " + signal.Signals(-status).name
    else:  # that nothing is printed for some input is as wrong as a status: it would be missing from the sum
        why = "ended with exit code %d: %s" % (status, (tail.splitlines() or cut or ["it printed nothing"])[-1])
    reason = {"error": name + " " + why, "stderr": tail, "status": status}
    raise RuntimeError("lettercount-reason " + json.dumps(reason))


def counting(job, batches, index, pieces):
    for first in pieces:  # an empty partition starts nothing
        arguments = job["worker"] + ["--batch", "%s/%d" % (batches, index)]
        # A source of a stored list may be an empty folder; the others are documents.
        lines = run(job, arguments, itertools.chain([first], pieces), "the worker of task %d" % index,
                    may_be_silent="://" in job.get("list", ""))
        return [(index, line) for line in lines]
    return []


def merging(job, index, pairs):
    lines = [(line + "\n").encode() for _, line in pairs]
    return [(index, line) for line in run(job, job["merge"], lines, "a merge")] if lines else []


def parts(lines):
    """Lines in pieces of about a megabyte: to hand over each alone would take longer than to count it."""
    piece, size = [], 0
    for line in lines:
        piece.append(line + b"\n")
        size += len(line) + 1
        if size >= 1 << 20:
            yield framed(("", b"".join(piece)))
            piece, size = [], 0
    if piece:
        yield framed(("", b"".join(piece)))


def is_source(line):
    return line.strip() != "" and not line.startswith("#")


def framed(pair):
    name, content = pair[0].encode(), bytes(pair[1])
    return b"%d:%s,%d:%s," % (len(name), name, len(content), content)


def sources(sc, job):
    """What the workers are fed, and how many sources that is: counted apart, so that a loss shows."""
    tasks, end = max(1, job["tasks"]), job.get("separator", "\n")
    if job.get("contents"):
        where = ",".join(job["contents"])
        files = sc.binaryFiles(where, tasks)
        expected = files._jrdd.count()  # in the JVM, which does not read the files for it
        if job.get("parts"):
            return sc.textFile(where, tasks, use_unicode=False).mapPartitions(parts), expected
        return files.map(framed), expected
    if "://" in job["list"]:
        lines = sc.textFile(job["list"], tasks).filter(is_source)
        expected = lines.count()
        if lines.getNumPartitions() < min(tasks, expected):  # a compressed one, which Spark does not divide
            lines = sc.parallelize(lines.collect(), min(tasks, expected))
    else:
        with open(job["list"], errors="surrogateescape", newline="") as file:
            found = file.read().split(end)[:-1]
        expected, lines = len(found), sc.parallelize(found, max(1, min(tasks, len(found))))
    return lines.map(lambda line: (line + end).encode(errors="surrogateescape")), expected


def count(sc, job, result):
    pieces, result["expected"] = sources(sc, job)
    result["tasks"] = width = pieces.getNumPartitions()
    batches = sc.applicationId
    lines = pieces.mapPartitionsWithIndex(lambda index, pieces: counting(job, batches, index, pieces))
    if width > WIDTH:  # what a machine keeps for the merge is lost with it: a second copy spares counting it again
        lines.persist(StorageLevel.MEMORY_AND_DISK_2)
    while width > WIDTH:
        width = math.ceil(math.sqrt(width))
        lines = lines.map(lambda pair, width=width: (pair[0] % width, pair[1])).partitionBy(width, lambda key: key)
        lines = lines.mapPartitionsWithIndex(lambda index, pairs: merging(job, index, pairs))
    result["lines"] = [line for _, line in lines.collect()]


def losses(sc):
    """Tries of tasks that came to nothing, with those whose outcome was lost with its machine, and lost executors.

    Of the jobs' figures: those of stages are of the last try alone, those of executors end before their last task."""
    sc._jsc.sc().listenerBus().waitUntilEmpty()
    store = sc._jsc.sc().statusStore()
    jobs, executors = store.jobsList(None), store.executorList(False)
    return {"failedTasks": sum(jobs.apply(index).numFailedTasks() for index in range(jobs.size())),
            "executorsLost": sum(not executors.apply(index).isActive() for index in range(executors.size()))}


def reason(error):
    """What to say of a failure: the worker's own words, or the first line of Spark's without its preamble."""
    if isinstance(error, (ConnectionError, Py4JNetworkError)):  # only of the conversation with it
        return {"error": "Spark's own process has ended in the middle of the count"}
    found = re.search(r"lettercount-reason (\{.*\})", str(error))
    if found:
        return json.loads(found.group(1))
    message = error.java_exception.getMessage() if hasattr(error, "java_exception") else str(error)
    first = (message or repr(error)).strip().split("\n")[0]
    preamble = r"^Job aborted.*?most recent failure: Lost task [^)]*\) (\([^)]*\): )?(\S*Exception: )?"
    return {"error": re.sub(preamble, "", first)}


def main(job):
    result, sc = {}, None
    try:
        # Small files are not to be packed as if each were of 4 MiB: that makes one task of hundreds.
        sc = SparkContext(conf=SparkConf().setIfMissing("spark.files.openCostInBytes", "1024"))
        result = {"spark": sc.version, "master": sc.master, "applicationId": sc.applicationId}
        count(sc, job, result)
    except Exception as error:
        result.update(reason(error))
    try:
        if "error" in result and sc and sc._jsc.sc().isStopped():  # by itself: what failed then is only what came next
            result["error"] = "the cluster at %s does not answer or has ended the count" % sc.master
        result.update(losses(sc) if sc else {})
    except Exception:  # Spark itself has ended
        pass
    with open(job["result"] + ".new", "w") as file:
        json.dump(result, file)
    os.replace(job["result"] + ".new", job["result"])
    if sc:
        sc.stop()
    return 1 if "error" in result else 0


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        sys.exit(main(json.load(file)))
