use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::EntryType;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

const LIMITS: Limits = Limits {
    entries_max: 3,
    total_bytes_max: 1_000_000,
};

type Files<'a> = &'a [(&'a str, &'a [u8])];
/// Names, and contents that were not too long.
type Seen = Vec<(String, Option<Vec<u8>>)>;

fn zip(files: Files<'_>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    writer.add_directory("folder", options).unwrap();
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_gz(files: Files<'_>) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(EntryType::Symlink);
    link.set_size(0);
    builder
        .append_link(&mut link, "link", "/etc/passwd")
        .unwrap();
    builder.into_inner().unwrap().finish().unwrap()
}

fn both(files: Files<'_>) -> [Vec<u8>; 2] {
    [zip(files), tar_gz(files)]
}

fn unpack(archive: &[u8], limits: &Limits) -> Result<Seen, PackageError> {
    let mut seen = Vec::new();
    read(Cursor::new(archive), limits, |mut entry| {
        let name = entry.name().to_owned();
        seen.push((name, entry.content(100)?));
        Ok::<_, PackageError>(())
    })?;
    Ok(seen)
}

#[test]
fn every_file_is_shown_with_its_name_as_it_stands() {
    let long = format!("folder/{}.xml", "n".repeat(150));
    let files: Files<'_> = &[("a.xml", b"<a/>"), (long.as_str(), b""), ("x.txt", b"x")];
    for archive in both(files) {
        let seen = unpack(&archive, &LIMITS).unwrap();
        let expected: Vec<_> = files
            .iter()
            .map(|(name, content)| ((*name).to_owned(), Some(content.to_vec())))
            .collect();
        assert_eq!(seen, expected);
        assert_eq!(count(Cursor::new(&archive), &LIMITS).unwrap(), 3);
    }
}

#[test]
fn a_file_that_is_too_long_is_known_as_such_and_the_next_one_follows() {
    let files: Files<'_> = &[("a.xml", &[b'a'; 101]), ("b.xml", &[b'b'; 100])];
    for archive in both(files) {
        let seen = unpack(&archive, &LIMITS).unwrap();
        assert_eq!(seen[0].1, None);
        assert_eq!(seen[1].1.as_deref(), Some(&[b'b'; 100][..]));
    }
}

#[test]
fn limits_hold() {
    let one: (&str, &[u8]) = ("a", b"");
    for archive in both(&[one, ("b", b""), ("c", b""), ("d", b"")]) {
        let error = unpack(&archive, &LIMITS).unwrap_err();
        let entries_max = 3;
        assert_eq!(
            error.kind(),
            PackageErrorKind::TooManyEntries { entries_max }
        );
        assert_eq!(count(Cursor::new(&archive), &LIMITS).unwrap(), 4);
    }
    // Five megabytes of nothing pack into a few kilobytes.
    let zeros = vec![0; 5_000_000];
    for archive in both(&[("a", &zeros)]) {
        assert!(archive.len() < 50_000);
        let mut read_all = |mut entry: Entry<'_>| entry.content(u64::MAX - 1).map(drop);
        let error = read(Cursor::new(&archive), &LIMITS, &mut read_all).unwrap_err();
        assert!(
            matches!(error.kind(), PackageErrorKind::TooLarge { .. }),
            "{error}"
        );
    }
    // What is skipped has to be unpacked all the same on a tape.
    let error = count(Cursor::new(tar_gz(&[("a", &zeros)])), &LIMITS).unwrap_err();
    assert!(matches!(error.kind(), PackageErrorKind::TooLarge { .. }));
}

#[test]
fn damage_is_an_error_wherever_it_is() {
    for (text, kind) in [
        (&b""[..], PackageErrorKind::UnknownForm),
        (b"P", PackageErrorKind::UnknownForm),
        (b"<Faktura/>", PackageErrorKind::UnknownForm),
        (b"PK", PackageErrorKind::Malformed),
        (b"\x1F\x8B", PackageErrorKind::Malformed),
    ] {
        assert_eq!(unpack(text, &LIMITS).unwrap_err().kind(), kind, "{text:?}");
    }
    let content: Vec<u8> = (0..99_u8).collect();
    for archive in both(&[("a.xml", &content)]) {
        for length in [archive.len() / 3, archive.len() - 9] {
            assert!(unpack(&archive[..length], &LIMITS).is_err(), "{length}");
        }
    }
}

#[test]
fn a_directory_that_announces_too_much_is_not_even_read() {
    let mut archive = zip(&[("a", b"")]);
    let end = archive
        .windows(4)
        .rposition(|window| window == b"PK\x05\x06")
        .unwrap();
    archive[end + 10..end + 12].copy_from_slice(&[0xFF, 0xFF]);
    let error = unpack(&archive, &LIMITS).unwrap_err();
    assert!(matches!(
        error.kind(),
        PackageErrorKind::TooManyEntries { .. }
    ));
}

/// What would be passed over without a word if it were not refused.
#[test]
fn tapes_that_hide_files_are_refused() {
    let pack = |tape: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(tape).unwrap();
        packed.finish().unwrap()
    };
    let tape = |kind: EntryType, name: &str, content: &[u8]| {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        builder.append_data(&mut header, name, content).unwrap();
        builder.into_inner().unwrap()
    };
    let one = tape(EntryType::Regular, "a.xml", b"<a/>");
    assert_eq!(unpack(&pack(&one), &LIMITS).unwrap().len(), 1);
    let padded = [one.clone(), vec![0; 10_240]].concat();
    assert_eq!(unpack(&pack(&padded), &LIMITS).unwrap().len(), 1);
    let two = [one.clone(), tape(EntryType::Regular, "b.xml", b"<b/>")].concat();
    let sparse = tape(EntryType::GNUSparse, "a.xml", b"<a/>");
    let mut sized = tape(EntryType::XHeader, "pax", b"11 size=99\n");
    sized.truncate(1024);
    sized.extend(&one);
    for hidden in [two, sparse, sized] {
        let error = unpack(&pack(&hidden), &LIMITS).unwrap_err();
        assert_eq!(error.kind(), PackageErrorKind::Malformed);
    }
}
