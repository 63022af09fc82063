// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Public, because conformances of public types are.
public import ArgumentParser
public import LetterCounting
public import Multiprocessing

// Each is typed as its raw value, and the help lists them all.
extension ExecutionModel: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
extension StartMethod: ExpressibleByArgument {}
extension TextInterpretation: ExpressibleByArgument {}
