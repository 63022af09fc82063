// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How often models are run that were not told how often.
enum RunCount {
    /// With fewer, nothing can be said of the spread.
    static let fewest = 3
    static let most = 10
    static let forScaling = 5

    static func rounds(within seconds: Double, eachTaking round: Double) -> Int {
        guard round > 0 else { return most }
        return max(fewest, min(most, Int(max(0, seconds) / round)))
    }

    /// Whether a model that is far slower than the others has had its part of the time: a tenth of it, with two runs, or a
    /// quarter with one.
    static func isEnough(_ model: ModelResult, within seconds: Double) -> Bool {
        let used = model.runs.reduce(0) { $0 + $1.seconds }
        return used > seconds / 4 || (model.runs.count > 1 && used > seconds / 10)
    }
}

/// Straight lines through points.
enum Fit {
    /// The line with the least sum of squared distances: `y = intercept + slope × x`. Nil unless there are two different x.
    static func line(_ points: [(x: Double, y: Double)]) -> (intercept: Double, slope: Double)? {
        let count = Double(points.count)
        let (sumX, sumY) = points.reduce((0, 0)) { ($0.0 + $1.x, $0.1 + $1.y) }
        let squares = points.reduce(0) { $0 + $1.x * $1.x }
        let products = points.reduce(0) { $0 + $1.x * $1.y }
        let determinant = count * squares - sumX * sumX
        guard points.count > 1, determinant > 0 else { return nil }
        let slope = (count * products - sumX * sumY) / determinant
        return ((sumY - slope * sumX) / count, slope)
    }
}

extension Scaling {
    /// Amdahl's law says that the time is `serial + parallel / workers`: a line over `1 / workers`.
    mutating func fit() {
        let byWorkers = overWorkers.map { (x: 1 / Double($0.workers), y: Sample($0.seconds).median) }
        if let (serial, parallel) = Fit.line(byWorkers), serial + parallel > 0 {
            serialShare = min(1, max(0, serial / (serial + parallel)))
        }
        let byBytes = overBytes.map { (x: Double($0.bytes), y: Sample($0.seconds).median) }
        if let (fixed, each) = Fit.line(byBytes) { (fixedSeconds, secondsPerByte) = (max(0, fixed), max(0, each)) }
    }
}
