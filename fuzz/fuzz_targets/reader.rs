#![no_main]
#![allow(dead_code, reason = "modules that tests share")]

#[path = "../../crates/ksef-invoice/tests/differential/forms.rs"]
mod forms;
#[path = "../../crates/ksef-invoice/tests/differential/mutant/mod.rs"]
mod mutant;
#[path = "../seeds.rs"]
mod seeds;
#[path = "../../crates/ksef-invoice/tests/fuzz/targets.rs"]
mod targets;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|input: &[u8]| targets::reader(input));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    seeds::mutate(data, size, max_size, seed, 0)
});
