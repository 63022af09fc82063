// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents

extension Document {
    /// A name that is understood whatever the working directory is.
    func absoluteName(in folder: String) -> String {
        guard case .file(let path) = self, !path.hasPrefix("/") else { return description }
        return folder + "/" + path
    }
}
