// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How often the letters occur in English texts at large.
enum EnglishFrequencies {
    /// Percentages from "a" to "z". Source: the count of Robert Lewand, Cryptological Mathematics (2000), which is the
    /// table most often quoted.
    static let percentages = [
        8.167, 1.492, 2.782, 4.253, 12.702, 2.228, 2.015, 6.094, 6.966, 0.153, 0.772, 4.025, 2.406, 6.749, 7.507, 1.929,
        0.095, 5.987, 6.327, 9.056, 2.758, 0.978, 2.360, 0.150, 1.974, 0.074,
    ]
}
