// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The name of a named segment, checked; and the second name by which its owner is known.
///
/// The owner's record is a second name of the same file: NAME.owner-IDENTITY-NAMESPACE, both numbers in hexadecimal. So it
/// takes one step to make and holds nothing that could be half written, the bytes are as they would be without it,
/// and which segment it speaks of is beyond doubt: that with the same file behind it.
struct SegmentName: Hashable, Sendable {
    let text: String

    /// Leaves room for the record's part in the 255 bytes that a name may have.
    static let mostBytes = 200
    private static let infix = ".owner-"

    /// With or without the slash in front that POSIX has there and Python leaves out; nil when it cannot be a name.
    init?(_ text: String) {
        let name = text.hasPrefix("/") ? String(text.dropFirst()) : text
        guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= Self.mostBytes,
            !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") }), Record(name) == nil
        else { return nil }
        self.text = name
    }

    private init(checked text: String) { self.text = text }

    /// A name as Python makes them, by chance.
    static func random() -> SegmentName {
        SegmentName(checked: "psm_" + hexadecimal(UInt64(UInt32.random(in: 0 ... .max)), digits: 8))
    }

    func record(of owner: Identity, in namespace: UInt64) -> Record {
        Record(segment: self, owner: owner, namespace: namespace)
    }

    /// The second name of a segment.
    struct Record: Hashable, Sendable {
        let segment: SegmentName
        let owner: Identity
        let namespace: UInt64

        fileprivate init(segment: SegmentName, owner: Identity, namespace: UInt64) {
            self.segment = segment
            self.owner = owner
            self.namespace = namespace
        }

        /// nil when it is no record.
        init?(_ text: String) {
            let bytes = Array(text.utf8)
            let infix = Array(SegmentName.infix.utf8)
            // The last one, since a name may hold anything: identity (16), a dash, namespace (16).
            let length = infix.count + 33
            guard bytes.count > length else { return nil }
            let tail = bytes.suffix(length)
            let numbers = tail.dropFirst(infix.count)
            guard tail.prefix(infix.count).elementsEqual(infix), numbers.dropFirst(16).first == UInt8(ascii: "-"),
                let identity = UInt64(hexadecimal: numbers.prefix(16)),
                let namespace = UInt64(hexadecimal: numbers.suffix(16))
            else { return nil }
            segment = SegmentName(checked: String(decoding: bytes.dropLast(length), as: UTF8.self))
            owner = Identity(bits: identity)
            self.namespace = namespace
        }

        var text: String {
            "\(segment.text)\(SegmentName.infix)\(hexadecimal(owner.bits, digits: 16))-\(hexadecimal(namespace, digits: 16))"
        }
    }
}

private func hexadecimal(_ number: UInt64, digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
}

extension UInt64 {
    /// Nothing but digits, unlike the general initializer, which takes a sign.
    fileprivate init?(hexadecimal digits: ArraySlice<UInt8>) {
        let text = String(decoding: digits, as: UTF8.self)
        guard text.allSatisfy(\.isHexDigit), let number = UInt64(text, radix: 16) else { return nil }
        self = number
    }
}
