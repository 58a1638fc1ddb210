#![no_main]

//! Archives from somebody else: whatever they are, reading ends, keeps its limits, and shows every file at most once.
//!
//! The first byte says what the rest is: an archive as it stands, or the tape inside one, so that the checksum of gzip
//! does not keep the fuzzer away from it.

use std::io::{Cursor, Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use ksef_crypto::package::build::{BuildOptions, Builder, Part, PartSink};
use ksef_crypto::package::{self, ArchiveForm, Limits, PackageError};
use ksef_crypto::session_key::SessionKey;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

const LIMITS: Limits = Limits {
    entries_max: 20,
    total_bytes_max: 100_000,
};

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else { return };
    if kind & 1 == 0 {
        read(rest);
    } else {
        let mut packed = GzEncoder::new(Vec::new(), Compression::none());
        packed.write_all(rest).unwrap();
        read(&packed.finish().unwrap());
    }
});

fn read(archive: &[u8]) {
    let (mut files, mut bytes) = (0, 0);
    let outcome = package::read(Cursor::new(archive), &LIMITS, |mut entry| {
        files += 1;
        if let Some(content) = entry.content(1_000)? {
            bytes += content.len() as u64;
        } else {
            let mut rest = Vec::new();
            entry.read_to_end(&mut rest)?;
            bytes += 1_001 + rest.len() as u64;
        }
        assert!(files <= LIMITS.entries_max);
        Ok::<_, PackageError>(())
    });
    assert!(outcome.is_err() || bytes <= LIMITS.total_bytes_max, "{bytes}");
    if outcome.is_ok() {
        assert_eq!(package::count(Cursor::new(archive), &LIMITS).unwrap(), files);
    }
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if size < 30 || seed % 64 == 0 {
        let fresh = fresh(seed);
        if let Some(place) = data.get_mut(..fresh.len()) {
            place.copy_from_slice(&fresh);
            return fresh.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
});

/// A sound archive, or its tape.
fn fresh(seed: u32) -> Vec<u8> {
    let form = if seed & 128 == 0 { ArchiveForm::Zip } else { ArchiveForm::TarGz };
    let key = SessionKey::from_parts([1; 32], [2; 16]);
    let mut sealed = Sealed(Vec::new());
    let mut builder = Builder::new(&key, &BuildOptions::default().with_form(form), &mut sealed);
    for number in 0..(seed >> 8) % 4 + 1 {
        let content = vec![b'a' + number as u8; (seed >> 12) as usize % 700];
        builder.add(&format!("{number}.xml"), content, None).unwrap();
    }
    builder.finish().unwrap();
    let archive = key.decrypt(&sealed.0).unwrap();
    let is_tape = form == ArchiveForm::TarGz && seed & 256 == 0;
    let mut input = vec![u8::from(is_tape)];
    if is_tape {
        flate2::read::GzDecoder::new(&archive[..]).read_to_end(&mut input).unwrap();
    } else {
        input.extend(archive);
    }
    input
}

struct Sealed(Vec<u8>);

impl PartSink for Sealed {
    fn begin(&mut self, _: u32) -> std::io::Result<()> {
        Ok(())
    }

    fn write(&mut self, sealed: &[u8]) -> std::io::Result<()> {
        self.0.extend_from_slice(sealed);
        Ok(())
    }

    fn end(&mut self, _: &Part) -> std::io::Result<()> {
        Ok(())
    }
}
