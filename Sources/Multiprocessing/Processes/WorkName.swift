// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A piece of work as reports and lines of output name it.
struct WorkName: Sendable, Hashable {
    /// Its type, fully qualified.
    var type: String
    /// Its type and value in a few words.
    var text: String

    private static let longest = 200

    /// Describes the work, which can take as long as its description is large.
    init(describing work: some Work) {
        type = _typeName(Swift.type(of: work))
        let value = String(describing: work)
        // A struct without a description of its own already begins with its unqualified name.
        let short = value.count > Self.longest ? value.prefix(Self.longest) + "…" : value[...]
        text = value.hasPrefix(type.split(separator: ".").last ?? "") ? String(short) : "\(type): \(short)"
    }

    /// Names the work by its type only.
    init(typeOf work: some Work) {
        type = _typeName(Swift.type(of: work))
        text = type
    }
}

/// The work's name, made when it is asked for. A work with handles is described now: what holds the work would hold
/// those, and who waits for the end of a conversation would wait for the report's sake. A large one only by its type,
/// since to describe it could take longer than to do it.
func description(of work: some Work, in request: MessageBody) -> @Sendable () -> WorkName {
    if request.handles.isEmpty { return { WorkName(describing: work) } }
    let name = request.bytes.count <= 4096 ? WorkName(describing: work) : WorkName(typeOf: work)
    return { name }
}
