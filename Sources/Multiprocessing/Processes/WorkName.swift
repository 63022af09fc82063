// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A work in words, for reports: what it is, and a short description of the value.
struct WorkName: Sendable {
    /// Its type, fully qualified.
    let type: String
    /// Type and value, at most some 200 characters.
    let text: String

    init(_ work: some Work) {
        let value = String(describing: work)
        type = _typeName(Swift.type(of: work))
        // A struct without a description of its own already begins with its unqualified name.
        let short = value.count > 200 ? value.prefix(200) + "…" : value[...]
        text = value.hasPrefix(type.split(separator: ".").last ?? "") ? String(short) : "\(type): \(short)"
    }

    /// Without its value.
    init(ofType type: any Any.Type) {
        self.type = _typeName(type)
        text = self.type
    }

    /// The name, made when it is asked for. A work with handles is described now: what holds the work would hold those, and
    /// who waits for the end of a conversation would wait for the report's sake. A large one only by its type, since to
    /// describe it could take longer than to do it.
    static func later<W: Work>(of work: W, in request: MessageBody) -> @Sendable () -> WorkName {
        if request.handles.isEmpty { return { WorkName(work) } }
        let name = request.bytes.count <= 4096 ? WorkName(work) : WorkName(ofType: W.self)
        return { name }
    }
}
