//! Now and then the fuzzer gets a mutant of one of our own documents instead of changed bytes.

use std::sync::LazyLock;

use libfuzzer_sys::fuzzer_mutate;

use crate::forms::Form;
use crate::mutant::Corpus;

static CORPORA: LazyLock<Vec<Corpus>> =
    LazyLock::new(|| Form::ALL.iter().map(|form| Corpus::new(&form.examples())).collect());

/// Changes the input; `prefix` bytes before the document belong to the target.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32, prefix: usize) -> usize {
    if size >= prefix && seed % 8 == 0 {
        let corpora = if prefix == 0 && seed % 16 == 0 { &CORPORA[1..2] } else { &CORPORA[..] };
        let corpus = &corpora[seed as usize / 16 % corpora.len()];
        let mutant = corpus.mutant(u64::from(seed), size as u64).bytes;
        if prefix + mutant.len() <= max_size.min(data.len()) {
            data[prefix..prefix + mutant.len()].copy_from_slice(&mutant);
            return prefix + mutant.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
}
