// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The dates of HTTP headers, in the three forms that a receiver has to understand.
///
///     Sun, 06 Nov 1994 08:49:37 GMT
///     Sunday, 06-Nov-94 08:49:37 GMT
///     Sun Nov  6 08:49:37 1994
enum HTTPDate {
    /// Seconds since 1970, or `nil` for what is no date.
    static func secondsSince1970(_ text: String) -> Int64? {
        let words = text.split(whereSeparator: { " ,-:".contains($0) })
        let isDayFirst = words.count == 8 && words[7] == "GMT"
        guard isDayFirst || words.count == 7 else { return nil }
        let (dayText, monthText) = isDayFirst ? (words[1], words[2]) : (words[2], words[1])
        let timeStart = isDayFirst ? 4 : 3
        guard let month = months.firstIndex(of: String(monthText)), let day = number(dayText, in: 1...31),
            let year = year(words[isDayFirst ? 3 : 6]), let hour = number(words[timeStart], in: 0...23),
            let minute = number(words[timeStart + 1], in: 0...59),
            // 60 is a leap second.
            let second = number(words[timeStart + 2], in: 0...60)
        else { return nil }
        return (days(year: year, month: month + 1, day: day) * 24 + hour) * 3600 + minute * 60 + second
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func number(_ text: Substring, in range: ClosedRange<Int64>) -> Int64? {
        guard let number = Int64(text), range.contains(number) else { return nil }
        return number
    }

    /// Two digits mean the years 1970 to 2069.
    private static func year(_ text: Substring) -> Int64? {
        if text.utf8.count == 2 { return number(text, in: 0...99).map { $0 < 70 ? 2000 + $0 : 1900 + $0 } }
        return number(text, in: 1970...9999)
    }

    /// Days since 1970 in the Gregorian calendar.
    private static func days(year: Int64, month: Int, day: Int64) -> Int64 {
        // Counted in years that begin with March, so that the day that not every year has is the last.
        let year = month > 2 ? year : year - 1
        let monthsSinceMarch = Int64((month + 9) % 12)
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        let leapDays = year / 4 - year / 100 + year / 400
        return 365 * year + leapDays + dayOfYear - 719_468
    }
}
