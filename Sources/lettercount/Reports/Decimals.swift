// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Numbers for people and for files, without a locale.
enum Decimals {
    /// With exactly so many places behind the point. For numbers from zero to about 10^18 / 10^places.
    static func text(_ value: Double, places: Int) -> String {
        let scale = (0..<places).reduce(UInt64(1)) { scale, _ in scale * 10 }
        let scaled = UInt64((value * Double(scale)).rounded())
        let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: scale)
        return places == 0 ? "\(whole)" : "\(whole)." + right("\(fraction)", width: places, fill: "0")
    }

    /// With the least unit that leaves at most four digits: `999 B`, `1.2 kB`, `34 MB`.
    static func bytes(_ count: Double) -> String {
        var (value, unit) = (count, 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        while value >= 1_000, unit + 1 < units.count {
            value /= 1_000
            unit += 1
        }
        return text(value, places: unit == 0 || value >= 10 ? 0 : 1) + " " + units[unit]
    }

    /// Hours and minutes only where there are any: `3 s`, `2 min 05 s`, `1 h 02 min`.
    static func time(_ seconds: Double) -> String {
        let seconds = UInt64(max(0, seconds).rounded())
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(right("\(seconds % 60)", width: 2, fill: "0")) s" }
        return "\(seconds / 3_600) h \(right("\(seconds / 60 % 60)", width: 2, fill: "0")) min"
    }

    /// Fills up on the left.
    static func right(_ text: String, width: Int, fill: Character = " ") -> String {
        String(repeating: fill, count: max(0, width - text.count)) + text
    }
}

extension Duration {
    /// In seconds, as exactly as a `Double` can.
    var inSeconds: Double { self / .seconds(1) }
}
