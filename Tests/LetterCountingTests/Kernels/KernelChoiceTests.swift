// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Testing

@Suite struct KernelChoiceTests {
    @Test func `the best kernel is the first, the portable one the last`() {
        #expect(Kernel.available.first == .best)
        #expect(Kernel.available.last == .portable)
    }

    @Test func `each kernel is available once and is found by its name`() {
        #expect(Set(Kernel.available).count == Kernel.available.count)
        for kernel in Kernel.available { #expect(Kernel(named: kernel.name) == kernel) }
    }

    @Test(arguments: ["", "PORTABLE", "avx", "avx1024", "portable "])
    func `there is no kernel of another name`(name: String) {
        #expect(Kernel(named: name) == nil)
    }

    @Test func `a kernel describes itself by its name`() {
        #expect("\(Kernel.portable)" == "portable")
        #expect(Kernel.portable.name == "portable")
    }

    @Test func `no kernel of another architecture is available`() {
        let names = Set(Kernel.available.map(\.name))
        #if arch(x86_64)
            #expect(names.isSuperset(of: ["portable", "sse2"]))
            #expect(!names.contains("neon"))
        #elseif arch(arm64)
            #expect(names == ["portable", "neon"])
        #else
            #expect(names == ["portable"])
        #endif
    }

    #if arch(x86_64) && os(Linux)
        /// The kernel's own list of flags is another way to the same answer.
        @Test func `what is available is what the system says of the processor`() throws {
            let flags = try ProcessorFlags.ofThisMachine()
            let needs: [(String, Set<String>)] = [
                ("avx2", ["avx2"]), ("avx512", ["avx512f", "avx512bw"]),
                ("avx512-vbmi", ["avx512f", "avx512bw", "avx512vbmi"]),
                ("avx512-gfni", ["avx512f", "avx512bw", "avx512vl", "avx512vbmi", "avx512_bitalg", "gfni"]),
            ]
            for (name, needed) in needs {
                #expect((Kernel(named: name) != nil) == flags.isSuperset(of: needed), "\(name)")
            }
        }
    #endif

    @Test func `the counter counts with the kernel that it was given`() {
        for kernel in Kernel.available { #expect(LetterCounter(kernel: kernel).kernel == kernel) }
        #expect(LetterCounter().kernel == .best)
    }
}
