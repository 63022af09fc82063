// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

enum ComparisonPage { static func html(for: Comparison) -> String { "" } }
enum ChromeTrace { static func json(for: Comparison) -> String { "" } }
