use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;
use crate::digest::sha256;
use crate::package::{self, Limits, PackageError};

/// Files in memory.
struct Memory(Vec<(String, Vec<u8>)>);

impl Source for Memory {
    fn read_from(
        &self,
        first: usize,
        visit: &mut dyn FnMut(SourceFile<'_>) -> Result<ControlFlow<()>, BuildError>,
    ) -> Result<(), BuildError> {
        for (name, content) in self.0.iter().skip(first) {
            let file = SourceFile {
                name,
                expected: Some(sha256(content)),
                content: &mut content.as_slice(),
            };
            if visit(file)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Parts in memory.
#[derive(Default)]
struct Parts(Vec<Vec<u8>>);

impl PartSink for Parts {
    fn begin(&mut self, ordinal: u32) -> io::Result<()> {
        self.0.push(Vec::new());
        assert_eq!(usize::try_from(ordinal).unwrap(), self.0.len());
        Ok(())
    }

    fn write(&mut self, sealed: &[u8]) -> io::Result<()> {
        self.0.last_mut().unwrap().extend(sealed);
        Ok(())
    }

    fn end(&mut self, part: &Part) -> io::Result<()> {
        let bytes = self.0.last().unwrap();
        assert_eq!(part.sealed_size, bytes.len() as u64);
        assert_eq!(part.sealed_hash, sha256(bytes));
        Ok(())
    }
}

const FORMS: [ArchiveForm; 2] = [ArchiveForm::TarGz, ArchiveForm::Zip];

fn key() -> SessionKey {
    SessionKey::from_parts([7; 32], [9; 16])
}

/// An invoice that no other is like, and that compresses as invoices do.
fn invoice(number: usize, bytes: usize) -> Vec<u8> {
    let mut text = format!("<Faktura><P_2>FV/{number}</P_2>");
    let mut state = number as u64;
    let mut line = 0;
    while text.len() < bytes {
        line += 1;
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let (price, code) = (state >> 48, (state >> 20) & 0xFF_FFFF);
        write!(
            text,
            "<FaWiersz><NrWierszaFa>{line}</NrWierszaFa><P_7>towar {code:06x}</P_7><P_9A>{price}</P_9A></FaWiersz>"
        )
        .unwrap();
    }
    text.truncate(bytes);
    text.into_bytes()
}

fn files(count: usize, bytes: usize) -> Memory {
    let file = |number| (format!("folder/{number:05}.xml"), invoice(number, bytes));
    Memory((0..count).map(file).collect())
}

fn build(source: &Memory, options: &BuildOptions) -> Result<(Blueprint, Vec<Vec<u8>>), BuildError> {
    let mut parts = Parts::default();
    let blueprint = seal(source, &key(), options, &mut |_| (), &mut parts)?;
    Ok((blueprint, parts.0))
}

/// The archive behind encrypted parts.
fn join(parts: &[Vec<u8>]) -> Vec<u8> {
    parts
        .iter()
        .flat_map(|part| key().decrypt(part).unwrap())
        .collect()
}

fn unpack(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let limits = Limits {
        entries_max: 20_000,
        total_bytes_max: 1_000_000_000,
    };
    let mut seen = Vec::new();
    package::read(Cursor::new(archive), &limits, |mut entry| {
        let name = entry.name().to_owned();
        seen.push((name, entry.content(FILE_BYTES_MAX)?.unwrap()));
        Ok::<_, PackageError>(())
    })
    .unwrap();
    seen
}

fn options(form: ArchiveForm) -> BuildOptions {
    BuildOptions::default()
        .with_form(form)
        .with_part_bytes_max(100_000)
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

#[test]
fn what_goes_in_comes_out_and_is_declared_as_it_is() {
    for form in FORMS {
        let source = files(900, 5_000);
        let (blueprint, parts) = build(&source, &options(form)).unwrap();
        let archive = join(&parts);
        assert!(parts.len() > 3, "{form:?}: {}", parts.len());
        assert_eq!(unpack(&archive), source.0);
        assert_eq!(blueprint.hash(), sha256(&archive));
        assert_eq!(blueprint.size(), archive.len() as u64);
        assert_eq!(ArchiveForm::detect(&archive), Some(blueprint.form()));
        for (part, bytes) in blueprint.parts().iter().zip(&parts) {
            assert_eq!(part.sealed_size, (part.plain_size / 16 + 1) * 16);
            assert_eq!(part.sealed_size, bytes.len() as u64);
        }
        let plain = |range: &[Part]| range.iter().map(|part| part.plain_size).collect::<Vec<_>>();
        let (last, full) = blueprint.parts().split_last().unwrap();
        assert!(plain(full).iter().all(|size| *size == 100_000));
        assert!((1..=100_000).contains(&last.plain_size));
        for (file, (name, content)) in blueprint.files().iter().zip(&source.0) {
            assert_eq!((&file.name, file.hash), (name, sha256(content)));
            assert_eq!(file.size, content.len() as u64);
        }
    }
}

#[test]
fn a_part_is_made_again_from_what_is_written_down() {
    for form in FORMS {
        let source = files(900, 5_000);
        let (blueprint, parts) = build(&source, &options(form)).unwrap();
        let text = serde_json::to_string(&blueprint).unwrap();
        let read: Blueprint = serde_json::from_str(&text).unwrap();
        assert_eq!(read, blueprint);
        for (part, sealed) in read.parts().iter().zip(&parts) {
            let mut again = Vec::new();
            read.rebuild(&source, &key(), part.ordinal, &mut again)
                .unwrap();
            assert!(again == *sealed, "{form:?} part {}", part.ordinal);
        }
        let measured = measure(&source, &key(), &options(form), &mut |_| ()).unwrap();
        assert_eq!(measured, blueprint);
    }
}

#[test]
fn what_changed_is_not_sent() {
    for form in FORMS {
        let source = files(300, 9_000);
        let (blueprint, _) = build(&source, &options(form)).unwrap();
        let rebuild = |source: &Memory, key: &SessionKey, ordinal| {
            blueprint
                .rebuild(source, key, ordinal, io::sink())
                .unwrap_err()
                .kind()
                .clone()
        };
        let mut edited = files(300, 9_000);
        edited.0[0].1[100] ^= 1;
        let name = edited.0[0].0.clone();
        assert_eq!(
            rebuild(&edited, &key(), 1),
            BuildErrorKind::Changed { name }
        );
        let mut shorter = files(300, 9_000);
        shorter.0.pop();
        let last = u32::try_from(blueprint.parts().len()).unwrap();
        // Parts that hold nothing of the missing file are what they were.
        let different = (1..=last).filter(|ordinal| {
            let outcome = blueprint.rebuild(&shorter, &key(), *ordinal, io::sink());
            let kind = outcome.err().map(|error| error.kind().clone());
            assert!(
                kind.is_none() || kind == Some(BuildErrorKind::Different { ordinal: *ordinal })
            );
            kind.is_some()
        });
        assert!((1..=3).contains(&different.count()));
        let other_key = SessionKey::from_parts([8; 32], [9; 16]);
        assert_eq!(
            rebuild(&source, &other_key, 1),
            BuildErrorKind::Different { ordinal: 1 }
        );
        assert_eq!(
            rebuild(&source, &key(), 0),
            BuildErrorKind::NoSuchPart { ordinal: 0 }
        );
        assert_eq!(
            rebuild(&source, &key(), last + 1),
            BuildErrorKind::NoSuchPart { ordinal: last + 1 }
        );
    }
}

#[test]
fn what_cannot_be_packed_is_refused_with_its_name() {
    let add = |files: Vec<(&str, Vec<u8>, Option<Sha256Digest>)>| -> Result<Blueprint, BuildError> {
        let mut builder = Builder::new(&key(), &BuildOptions::default(), Discard);
        for (name, content, expected) in files {
            builder.add(name, content, expected)?;
        }
        builder.finish()
    };
    let kind = |files| add(files).unwrap_err().kind().clone();
    assert_eq!(kind(vec![]), BuildErrorKind::Empty);
    let long = "ż".repeat(51);
    for name in [
        "", "/a", "a/../b", ".", "a//b", "C:a", "a\\b", "a\nb", &long,
    ] {
        let owned = name.to_owned();
        assert_eq!(
            kind(vec![(name, vec![], None)]),
            BuildErrorKind::UnusableName { name: owned }
        );
    }
    let name = "a.xml".to_owned();
    assert_eq!(
        kind(vec![("a.xml", vec![], None), ("a.xml", vec![], None)]),
        BuildErrorKind::RepeatedName { name: name.clone() }
    );
    assert_eq!(
        kind(vec![("a.xml", b"b".to_vec(), Some(sha256(b"a")))]),
        BuildErrorKind::Changed { name: name.clone() }
    );
    let large = vec![0; usize::try_from(FILE_BYTES_MAX).unwrap() + 1];
    assert_eq!(
        kind(vec![("a.xml", large, None)]),
        BuildErrorKind::FileTooLarge { name }
    );
    let many: Vec<_> = (0..=FILES_MAX).map(|number| number.to_string()).collect();
    let many = many
        .iter()
        .map(|name| (name.as_str(), vec![], None))
        .collect();
    assert_eq!(kind(many), BuildErrorKind::TooManyFiles);
    // 255 bytes of a letter with an accent, and the longest name, pass.
    assert!(
        add(vec![
            ("ż.xml", vec![], None),
            (&"n".repeat(100), vec![], None)
        ])
        .is_ok()
    );
    let folder = format!("{}/{}", "f".repeat(60), "n".repeat(39));
    assert!(add(vec![(&folder, vec![], None)]).is_ok());
}

#[test]
fn more_parts_than_ksef_takes_are_refused() {
    let options = options(ArchiveForm::Zip).with_part_bytes_max(1_000);
    let error = build(&files(200, 5_000), &options).unwrap_err();
    assert_eq!(*error.kind(), BuildErrorKind::TooManyParts);
}

#[test]
fn a_sink_that_fails_ends_the_building() {
    struct Full;
    impl PartSink for Full {
        fn begin(&mut self, _: u32) -> io::Result<()> {
            Ok(())
        }
        fn write(&mut self, _: &[u8]) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn end(&mut self, _: &Part) -> io::Result<()> {
            Ok(())
        }
    }
    let error = seal(
        &files(10, 10),
        &key(),
        &BuildOptions::default(),
        &mut |_| (),
        Full,
    )
    .unwrap_err();
    assert_eq!(*error.kind(), BuildErrorKind::Sink);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any sizes, any parts, any number of threads: the same bytes, and every part made again.
    #[test]
    fn bytes_depend_on_the_files_alone(
        sizes in prop::collection::vec(prop_oneof![0..2_000_usize, 0..400_000_usize], 1..30),
        part in 30_000..300_000_u64,
        form in prop::sample::select(FORMS.to_vec()),
    ) {
        let source = Memory(
            sizes.iter().enumerate().map(|(n, size)| (format!("{n}.xml"), invoice(n, *size))).collect(),
        );
        let options = BuildOptions::default().with_form(form).with_part_bytes_max(part);
        let (blueprint, parts) = build(&source, &options.with_threads(threads(1))).unwrap();
        let (with_three, _) = build(&source, &options.with_threads(threads(3))).unwrap();
        prop_assert_eq!(&with_three, &blueprint);
        prop_assert_eq!(unpack(&join(&parts)), source.0.clone());
        let total: u64 = blueprint.parts().iter().map(|part| part.plain_size).sum();
        prop_assert_eq!(total, blueprint.size());
        for (part, sealed) in blueprint.parts().iter().zip(&parts) {
            let mut again = Vec::new();
            blueprint.rebuild(&source, &key(), part.ordinal, &mut again).unwrap();
            prop_assert!(again == *sealed);
        }
    }

    /// Every file in one package, in order, within the limits, and no package that could have been left out.
    #[test]
    fn packages_hold_every_file_once(
        sizes in prop::collection::vec(0..3_000_u64, 0..200),
        files_max in 1..20_usize,
        bytes_max in 5_000..40_000_u64,
    ) {
        let limits = PackageLimits { files_max, bytes_max };
        let packages = split(sizes.iter().copied(), &limits);
        let flat: Vec<usize> = packages.iter().cloned().flatten().collect();
        prop_assert_eq!(flat, (0..sizes.len()).collect::<Vec<_>>());
        for range in &packages {
            prop_assert!((1..=files_max).contains(&range.len()));
            let bytes: u64 = sizes[range.clone()].iter().sum();
            prop_assert!(range.len() == 1 || bytes <= bytes_max);
            prop_assert_eq!(split(sizes[range.clone()].iter().copied(), &limits).len(), 1);
        }
    }
}

#[test]
fn ten_thousand_one_are_two_packages() {
    let limits = PackageLimits::default();
    assert_eq!(split(vec![10_000; 10_000], &limits).len(), 1);
    assert_eq!(
        split(vec![10_000; 10_001], &limits),
        [0..10_000, 10_000..10_001]
    );
    let heavy = split(vec![3_000_000; 5_000], &limits);
    assert_eq!(heavy.len(), 4);
    assert_eq!(split([], &limits), []);
}

/// Runs a program on a file; `None` when there is no such program.
fn judge(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: no {program} here");
        return None;
    };
    assert!(output.status.success(), "{program}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn other_programs_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let source = files(700, 4_000);
    let names: Vec<&str> = source.0.iter().map(|(name, _)| name.as_str()).collect();
    for form in FORMS {
        let (_, parts) = build(&source, &options(form)).unwrap();
        let path = folder.path().join("archive.gz");
        std::fs::write(&path, join(&parts)).unwrap();
        if form == ArchiveForm::TarGz {
            judge("gzip", &["-t"], &path);
            if let Some(list) = judge("tar", &["-tzf"], &path) {
                assert_eq!(list.lines().collect::<Vec<_>>(), names);
            }
            // One member: a reader that stops after the first has everything.
            let mut first = flate2::read::GzDecoder::new(Cursor::new(join(&parts)));
            let tape = io::copy(&mut first, &mut io::sink()).unwrap();
            assert_eq!(tape % 512, 0);
            assert!(tape > 700 * 4_000);
            let mut rest = Vec::new();
            first.into_inner().read_to_end(&mut rest).unwrap();
            assert!(rest.is_empty(), "{} bytes after the member", rest.len());
        } else {
            judge("unzip", &["-tq"], &path);
            let script = "import sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint('\\n'.join(z.namelist()))";
            if let Some(list) = judge("python3", &["-c", script], &path) {
                assert_eq!(list.lines().collect::<Vec<_>>(), names);
            }
        }
    }
}

#[test]
fn openssl_decrypts_the_parts() {
    let folder = tempfile::tempdir().unwrap();
    let (_, parts) = build(&files(50, 9_000), &options(ArchiveForm::Zip)).unwrap();
    let path = folder.path().join("part");
    std::fs::File::create(&path)
        .unwrap()
        .write_all(&parts[0])
        .unwrap();
    let (k, iv) = ("07".repeat(32), "09".repeat(16));
    let output = Command::new("openssl")
        .args(["enc", "-d", "-aes-256-cbc", "-K", &k, "-iv", &iv, "-in"])
        .arg(&path)
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: no openssl here");
        return;
    };
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout == key().decrypt(&parts[0]).unwrap());
}
