// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct ShardTests {
    @Test(arguments: [
        "0/3", "4/3", "1/0", "-1/3", "+1/3", "1/", "/3", "1", "", "1/3/3", "a/3", "1/10000001", "auto/0", "auto/x",
    ])
    func `what is no part of a whole is refused`(text: String) {
        #expect(ShardChoice(text) == nil)
    }

    @Test func `what is one is taken`() {
        #expect(ShardChoice("3/64") == Shard(3, of: 64).map { .part($0) })
        #expect(ShardChoice("auto") == .auto(count: nil))
        #expect(ShardChoice("auto/64") == .auto(count: 64))
    }

    @Test(arguments: [1, 2, 3, 7, 64, 1_000], [0, 1, 5, 63, 64, 65, 1_000])
    func `each document is in exactly one shard, and the shards are as even as can be`(count: Int, documents: Int)
        throws
    {
        let shards = try (1...count).map { try #require(Shard($0, of: count)) }
        for position in 0..<documents { #expect(shards.count { $0.contains(position: position) } == 1) }
        let sizes = shards.map { shard in (0..<documents).count { shard.contains(position: $0) } }
        #expect(sizes == shards.map { $0.size(of: documents) })
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
    }

    @Test(arguments: [
        (["SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "0"], "auto", "1/4"),
        (["SLURM_ARRAY_TASK_ID": "4", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "1"], "auto", "4/4"),
        (
            [
                "SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "3",
                "SLURM_ARRAY_TASK_MAX": "11", "SLURM_ARRAY_TASK_STEP": "4",
            ], "auto", "2/3"
        ),
        (["AWS_BATCH_JOB_ARRAY_INDEX": "2", "AWS_BATCH_JOB_ARRAY_SIZE": "3"], "auto", "3/3"),
        (["AWS_BATCH_JOB_ARRAY_INDEX": "2"], "auto/3", "3/3"), (["JOB_COMPLETION_INDEX": "0"], "auto/5", "1/5"),
        (["JOB_COMPLETION_INDEX": "0", "SLURM_ARRAY_TASK_ID": ""], "auto/5", "1/5"), ([:], "2/9", "2/9"),
    ])
    func `a job array says which shard it is`(variables: [String: String], text: String, expected: String) throws {
        let choice = try #require(ShardChoice(text))
        #expect(try choice.shard { variables[$0] } == Shard(expected))
    }

    @Test(arguments: [
        ([:], "auto"), (["JOB_COMPLETION_INDEX": "0"], "auto"), (["JOB_COMPLETION_INDEX": "5"], "auto/5"),
        (["JOB_COMPLETION_INDEX": "x"], "auto/5"),
        (["AWS_BATCH_JOB_ARRAY_INDEX": "3", "AWS_BATCH_JOB_ARRAY_SIZE": "3"], "auto"),
        // Some jobs of a larger array, run again: as an array of its own its parts would be other ones.
        (
            [
                "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "2", "SLURM_ARRAY_TASK_MIN": "3",
                "SLURM_ARRAY_TASK_MAX": "9", "SLURM_ARRAY_TASK_STEP": "1",
            ], "auto"
        ),
        (["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "1", "SLURM_ARRAY_TASK_MIN": "3"], "auto/64"),
        (["SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_COUNT": "4", "SLURM_ARRAY_TASK_MIN": "1"], "auto"),
    ])
    func `what a job array cannot say for sure is refused`(variables: [String: String], text: String) throws {
        let choice = try #require(ShardChoice(text))
        #expect(throws: Refusal.self) { try choice.shard { variables[$0] } }
    }
}
