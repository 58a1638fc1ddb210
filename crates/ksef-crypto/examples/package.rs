//! Builds a package of made-up invoices and keeps nothing: for measuring time and memory.
//!
//! `cargo run --release -p ksef-crypto --example package -- tar.gz|zip COUNT BYTES [FILE]`; with FILE the archive is
//! written there, decrypted, for other programs to look at.

#![allow(clippy::print_stderr, clippy::print_stdout, reason = "it is a program")]

mod invoices;

use std::fs::File;
use std::io::{self, BufWriter, Write as _};

use ksef_crypto::package::ArchiveForm;
use ksef_crypto::package::build::{BuildOptions, Builder, Part, PartSink};
use ksef_crypto::session_key::SessionKey;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (form, count, bytes) = match arguments.as_slice() {
        [form, count, bytes, ..] if form == "zip" => (ArchiveForm::Zip, count, bytes),
        [form, count, bytes, ..] if form == "tar.gz" => (ArchiveForm::TarGz, count, bytes),
        _ => return Err("package tar.gz|zip COUNT BYTES [FILE]".into()),
    };
    let (count, bytes): (usize, usize) = (count.parse()?, bytes.parse()?);
    let key = SessionKey::generate()?;
    let archive = arguments.get(3).map(File::create).transpose()?;
    let sink = Opened {
        key: key.clone(),
        archive: archive.map(BufWriter::new),
        part: Vec::new(),
    };
    let mut builder = Builder::new(&key, &BuildOptions::default().with_form(form), sink);
    for number in 0..count {
        let name = format!("{number:05}.xml");
        builder.add(&name, invoices::invoice(number, bytes), None)?;
    }
    let taken = builder.progress();
    let blueprint = builder.finish()?;
    println!(
        "{} files, {} bytes -> {} bytes in {} parts",
        taken.files,
        taken.bytes,
        blueprint.size(),
        blueprint.parts().len()
    );
    Ok(())
}

/// Decrypts the parts again, each held whole, when the archive is wanted.
struct Opened {
    key: SessionKey,
    archive: Option<BufWriter<File>>,
    part: Vec<u8>,
}

impl PartSink for Opened {
    fn begin(&mut self, _: u32) -> io::Result<()> {
        self.part.clear();
        Ok(())
    }

    fn write(&mut self, sealed: &[u8]) -> io::Result<()> {
        if self.archive.is_some() {
            self.part.extend_from_slice(sealed);
        }
        Ok(())
    }

    fn end(&mut self, _: &Part) -> io::Result<()> {
        let Some(archive) = &mut self.archive else {
            return Ok(());
        };
        let plain = self.key.decrypt(&self.part).map_err(io::Error::other)?;
        archive.write_all(&plain)?;
        archive.flush()
    }
}
