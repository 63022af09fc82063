// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The long part of `lettercount --help`.
enum CountHelp {
    static let discussion = """
        A source is a URL, a range of RFCs (rfc:1000-1019, rfc:791,1000-1003), a file, a folder with all that is below \
        it, @list.txt with a source in each line, or - for standard input. A name that looks like something else is \
        written with ./ before it.

        EXAMPLES
          lettercount                                  a first try, without network
          lettercount rfc:1000-1019                    twenty RFCs, by threads
          lettercount -m processes -f json texts/      a folder, by processes, as JSON
          lettercount -m threads --sync none           a race: fast, and wrong
          lettercount compare                          all models side by side
          lettercount --include '*.txt' --exclude old texts/ https://example.com/

        MODELS
          sequential  one document after the other
          tasks       many at a time, in tasks of Swift's own concurrency
          threads     many at a time, in threads of this process
          processes   many at a time, in worker processes; if one crashes or is
                      killed, only what it was at is counted again

        Documents of the web are received and counted on event loops, one for each sixteen documents under way but no more than \
        processors. A task goes on there, a thread waits for it, and a process has one of its own, so that two processes read as \
        many URLs at a time as --connections says.

        SYNCHRONISATION of a table that all workers update
          sharded     none is shared: one for each worker, added up at the end
          mutex       a lock around each update
          atomic      each update is one atomic addition
          none        updates are lost; how many is told

        With a shared table each document is held in memory while it is counted, and one whose worker dies while it \
        counts is reported and not counted again, because a part of it is in the table.

        START METHODS of processes
          forkserver  copies of a small server that never has a second thread
          spawn       this program started anew for each worker
          fork        copies of this process

        A copy of a process has only one of its threads, and a lock that another thread held stays locked for ever. So \
        with fork the workers are made before this program has its first thread, event loop or HTTP client: first fork, \
        then everything else.

        The first Ctrl-C stops the counting and writes what is counted so far ("complete": false), without the \
        documents that were being read; the second ends at once.

        EXIT CODES
        \(Ending.table)
        """
}
