use std::io::Cursor;
use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::*;

fn key() -> SessionKey {
    SessionKey::from_parts(
        std::array::from_fn(|i| i as u8),
        std::array::from_fn(|i| 200 - i as u8),
    )
}

fn streamed(key: &SessionKey, plain: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let count = key.encrypt_stream(plain, &mut out).unwrap();
    assert_eq!(count.read, plain.len() as u64);
    assert_eq!(count.written, out.len() as u64);
    out
}

#[test]
fn nist_vector_of_aes_256_cbc() {
    // NIST SP 800-38A, F.2.5: the first block of CBC-AES256.Encrypt.
    let key = SessionKey::from_parts(
        [
            0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d,
            0x77, 0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3,
            0x09, 0x14, 0xdf, 0xf4,
        ],
        std::array::from_fn(|i| i as u8),
    );
    let plain = [
        0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17,
        0x2a,
    ];
    let first = [
        0xf5, 0x8c, 0x4c, 0x04, 0xd6, 0xe5, 0xf1, 0xba, 0x77, 0x9e, 0xab, 0xfb, 0x5f, 0x7b, 0xfb,
        0xd6,
    ];
    let cipher = key.encrypt(&plain).unwrap();
    assert_eq!(cipher[..16], first);
    assert_eq!(cipher.len(), 32, "no IV in front, one block of padding");
    assert_eq!(key.encrypt_many(&[plain])[0], cipher);
}

#[test]
fn every_length_near_a_block_or_chunk_border_round_trips() {
    let key = key();
    let lengths = (0..=50).chain([65_519, 65_535, 65_536, 65_537, 131_071, 131_072, 200_000]);
    for length in lengths {
        let plain: Vec<u8> = (0..length).map(|i: u32| (i * 7) as u8).collect();
        let cipher = key.encrypt(&plain).unwrap();
        assert_eq!(cipher.len() as u64, encrypted_len(plain.len() as u64));
        assert_eq!(streamed(&key, &plain), cipher, "length {length}");
        assert_eq!(key.decrypt(&cipher).unwrap(), plain);
        let mut back = Vec::new();
        let count = key.decrypt_stream(Cursor::new(&cipher), &mut back).unwrap();
        assert_eq!(back, plain);
        assert_eq!(
            count,
            Streamed {
                read: cipher.len() as u64,
                written: plain.len() as u64
            }
        );
    }
}

#[test]
fn damaged_ciphertexts_are_typed_errors() {
    let key = key();
    for bytes in [0_usize, 1, 15, 17, 33] {
        let cipher = vec![1; bytes];
        let expected = ErrorKind::CiphertextLength {
            bytes: bytes as u64,
        };
        assert_eq!(key.decrypt(&cipher).unwrap_err().kind(), &expected);
        let streamed = key.decrypt_stream(&cipher[..], Vec::new()).unwrap_err();
        assert_eq!(streamed.kind(), &expected);
    }
    // A wrong IV changes the first block only: with one block, that is the padding.
    let cipher = key.encrypt(b"abc").unwrap();
    let mut iv = *key.iv();
    iv[15] ^= 0x40;
    let other = SessionKey::from_parts(*key.key(), iv);
    assert_eq!(
        other.decrypt(&cipher).unwrap_err().kind(),
        &ErrorKind::Padding
    );
    let streamed = other.decrypt_stream(&cipher[..], Vec::new()).unwrap_err();
    assert_eq!(streamed.kind(), &ErrorKind::Padding);
}

#[test]
fn all_wrong_paddings_are_refused() {
    for value in 0..=255_u8 {
        let mut block = [7_u8; 16];
        block[15] = value;
        let accepted = unpadded_len(&block);
        match value {
            1 => assert_eq!(accepted.unwrap(), 15),
            7 => assert_eq!(accepted.unwrap(), 9),
            _ => assert_eq!(accepted.unwrap_err().kind(), &ErrorKind::Padding),
        }
    }
    assert_eq!(unpadded_len(&[16; 16]).unwrap(), 0);
}

#[test]
fn slices_of_the_wrong_length_are_refused() {
    let wrong = SessionKey::from_slices(&[0; 31], &[0; 16]).unwrap_err();
    assert_eq!(
        wrong.kind(),
        &ErrorKind::KeyLength {
            bytes: 31,
            expected: 32
        }
    );
    let wrong = SessionKey::from_slices(&[0; 32], &[0; 12]).unwrap_err();
    assert_eq!(
        wrong.kind(),
        &ErrorKind::KeyLength {
            bytes: 12,
            expected: 16
        }
    );
    assert!(SessionKey::from_slices(&[0; 32], &[0; 16]).is_ok());
}

#[test]
fn debug_shows_nothing_and_keys_differ() {
    let (one, two) = (
        SessionKey::generate().unwrap(),
        SessionKey::generate().unwrap(),
    );
    assert_eq!(format!("{one:?}"), "SessionKey(redacted)");
    assert_ne!(one.key(), two.key());
    assert_ne!(one.iv(), two.iv());
}

#[test]
fn a_failing_reader_and_writer_are_io_errors() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let key = key();
    for error in [
        key.encrypt_stream(Broken, Vec::new()).unwrap_err(),
        key.encrypt_stream(&b"abc"[..], Broken).unwrap_err(),
        key.decrypt_stream(Broken, Vec::new()).unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::Io);
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[test]
fn openssl_agrees() {
    let Ok(version) = Command::new("openssl").arg("version").output() else {
        eprintln!("skipped: openssl is not installed");
        return;
    };
    assert!(version.status.success());
    let key = key();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for length in [0_usize, 1, 15, 16, 17, 1000, 10_000] {
        let plain = vec![b'x'; length];
        let mut child = Command::new("openssl")
            .args([
                "enc",
                "-aes-256-cbc",
                "-K",
                &hex(key.key()),
                "-iv",
                &hex(key.iv()),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&plain).unwrap();
        let theirs = child.wait_with_output().unwrap();
        assert!(theirs.status.success());
        assert_eq!(
            theirs.stdout,
            key.encrypt(&plain).unwrap(),
            "length {length}"
        );
        assert_eq!(
            theirs.stdout,
            key.encrypt_many(&[&plain])[0],
            "length {length}"
        );
    }
}

proptest! {
    #[test]
    fn lanes_buffer_and_stream_agree(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..40),
        secret in any::<[u8; 32]>(),
        iv in any::<[u8; 16]>(),
    ) {
        let key = SessionKey::from_parts(secret, iv);
        let many = key.encrypt_many(&texts);
        prop_assert_eq!(many.len(), texts.len());
        for (plain, cipher) in texts.iter().zip(&many) {
            prop_assert_eq!(&key.encrypt(plain).unwrap(), cipher);
            prop_assert_eq!(&streamed(&key, plain), cipher);
            prop_assert_eq!(&key.decrypt(cipher).unwrap(), plain);
        }
    }
}
