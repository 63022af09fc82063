// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The type of the work that a fork server's next copy will be given first, found before the copy is made.
///
/// The search of a type by its name is the longest step of a worker's beginning, and takes the same time again in each
/// copy even where the runtime knows the answer.
enum ForeseenWork {
    // Both are written by the server's only thread before it forks, and only read in its copies.
    nonisolated(unsafe) private static var name: [UInt8] = []
    nonisolated(unsafe) private static var type: (any Work.Type)?

    /// Finds the type, and has the runtime build what its coding needs. Only for a process with one thread. A name that
    /// cannot be found is the worker's to report.
    static func look(for mangledName: [UInt8]) {
        // No other thread: see above.
        guard unsafe mangledName != name else { return }
        let found = ReceivedWork.type(named: String(decoding: mangledName, as: UTF8.self))
        found?.prepareCoding()
        unsafe type = found
        unsafe name = found == nil ? [] : mangledName
    }

    /// The type, if it is the one that was foreseen.
    static func type(named mangledName: ArraySlice<UInt8>) -> (any Work.Type)? {
        // Nobody writes any more.
        unsafe mangledName.elementsEqual(name) ? type : nil
    }
}
