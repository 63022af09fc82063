// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting

extension CountBatch {
    /// The files' letters in one sum; nil unless all are files. What a file by itself costs beside its reading (two looks at the
    /// clock for each piece, three hundred bytes of answer) is as much as the counting.
    func sumOfFiles() -> BatchCounts? {
        guard let groups = items.files else { return nil }
        let reader = FileReader(limits: task.limits, wholeUpTo: wholeUpTo)
        var counter = PrivateCounter(task)
        var (counts, position) = (BatchCounts(), 0)
        for files in groups {
            reader.readEach(of: files, into: &counter) { number, result, counter in
                switch result {
                case .success(.whole(let byteCount)):
                    counts.sum.add(counter.counts(), byteCount: byteCount)
                case .success(.large(let file)): counts.add(.large(file), at: position + number)
                case .failure(let failure): counts.add(.failed(failure), at: position + number)
                }
                counter.restart()
            }
            position += files.count
        }
        return counts
    }
}
