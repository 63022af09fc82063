// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

//! How fast four tables count in Rust: kernels FILE

use std::hint::black_box;
use std::time::Instant;

fn one_table(bytes: &[u8]) -> [u64; 256] {
    let mut bins = [0u64; 256];
    for &byte in bytes {
        bins[byte as usize] += 1;
    }
    bins
}

fn four_tables(bytes: &[u8]) -> [u64; 256] {
    let mut tables = [[0u32; 256]; 4];
    let mut words = bytes.chunks_exact(4);
    for word in &mut words {
        tables[0][word[0] as usize] += 1;
        tables[1][word[1] as usize] += 1;
        tables[2][word[2] as usize] += 1;
        tables[3][word[3] as usize] += 1;
    }
    let mut bins = one_table(words.remainder());
    for (byte, bin) in bins.iter_mut().enumerate() {
        *bin += tables.iter().map(|table| table[byte] as u64).sum::<u64>();
    }
    bins
}

fn measure(place: &str, bytes: &[u8], repetitions: usize) {
    let counts = four_tables(bytes);
    assert!(counts == one_table(bytes), "wrong counts");
    if place == "document" {
        println!("bytes counts\t{}", counts.map(|count| count.to_string()).join(" "));
    }
    let speeds: Vec<String> = (0..5)
        .map(|_| {
            let began = Instant::now();
            for _ in 0..repetitions {
                black_box(four_tables(black_box(bytes)));
            }
            (bytes.len() as f64 * repetitions as f64 / began.elapsed().as_secs_f64()).to_string()
        })
        .collect();
    println!("bytes {place}\t{}", speeds.join(" "));
}

fn main() {
    let path = std::env::args().nth(1).expect("usage: kernels FILE");
    let text = std::fs::read(path).expect("a file that can be read");
    let bytes: Vec<u8> = text.iter().copied().cycle().take(1 << 30).collect();
    measure("document", &bytes[1..1 + (48 << 10)], 20);
    measure("cache", &bytes[..512 << 10], 4);
    measure("memory", &bytes, 1);
    let mut state = 1u64;
    let binary: Vec<u8> = (0..512 << 10)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect();
    measure("binary", &binary, 4);
}
