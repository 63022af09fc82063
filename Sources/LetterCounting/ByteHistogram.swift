// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How often each of the 256 byte values occurs.
///
/// Every ``TextInterpretation`` can be derived from it afterwards; where only letters are asked for, ``LetterCounter``
/// counts them several times faster. The value is 2 KiB of inline storage without references; hand it on as `inout` where
/// it is updated often. All kernels find the same; which one counts is a matter of speed.
public struct ByteHistogram: Sendable, BitwiseCopyable {
    /// By byte value. Internal for the kernels, which add to all of it at once.
    var bins: InlineArray<256, UInt64>

    /// All zeros.
    public init() {
        bins = InlineArray(repeating: 0)
    }

    /// The histogram of these bytes.
    public init(of bytes: RawSpan, kernel: Kernel = .best) {
        self.init()
        add(bytes, kernel: kernel)
    }

    /// How often `byte` occurs.
    public subscript(byte: UInt8) -> UInt64 {
        get { bins[Int(byte)] }
        set { bins[Int(byte)] = newValue }
    }

    /// How many bytes were counted in all.
    public var total: UInt64 {
        var sum: UInt64 = 0
        for index in bins.indices { sum += bins[index] }
        return sum
    }

    /// Counts these bytes in addition; the order of calls and the borders between them make no difference.
    public mutating func add(_ bytes: RawSpan, kernel: Kernel = .best) {
        kernel.add(bytes, to: &self)
    }

    /// Byte value by byte value the sum of both.
    public static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }

    /// Adds the other's counts byte value by byte value.
    public static func += (left: inout Self, right: Self) {
        for index in left.bins.indices { left.bins[index] += right.bins[index] }
    }
}

extension ByteHistogram: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.bins.indices.allSatisfy { left.bins[$0] == right.bins[$0] }
    }

    public func hash(into hasher: inout Hasher) {
        for index in bins.indices { hasher.combine(bins[index]) }
    }
}
