//! PEM, read leniently: any line width, text around the blocks, CR LF.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// One block of a PEM text.
pub(super) struct Block {
    /// What stands after `BEGIN`.
    pub(super) label: String,
    /// OpenSSL's traditional encryption, from the `DEK-Info` header.
    pub(super) traditional_encryption: Option<String>,
    /// The decoded bytes.
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// A block without an end, or not in Base64.
#[derive(Debug)]
pub(super) struct Malformed;

/// Whether the bytes look like PEM rather than DER.
pub(super) fn is_pem(bytes: &[u8]) -> bool {
    bytes
        .windows(BEGIN.len())
        .any(|window| window == BEGIN.as_bytes())
}

/// All blocks in their order.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Block>, Malformed> {
    let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (label, after) = after.split_once("-----").ok_or(Malformed)?;
        let (body, after) = after
            .split_once(&format!("-----END {label}-----"))
            .ok_or(Malformed)?;
        found.push(block(label, body)?);
        rest = after;
    }
    Ok(found)
}

/// One block of 64-character lines.
pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let body = Zeroizing::new(STANDARD.encode(bytes));
    // The text may hold a key: with room for all of it no copies stay behind.
    let lines = body.len() / 64 + 1;
    let mut text = String::with_capacity(body.len() + lines + 2 * label.len() + 32);
    text.extend([BEGIN, label, "-----\n"]);
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

fn block(label: &str, body: &str) -> Result<Block, Malformed> {
    let mut encryption = None;
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    for line in body.lines() {
        match line.split_once(':') {
            Some(("DEK-Info", value)) => encryption = Some(value.trim().to_owned()),
            Some(_) => {}
            None => digits.extend(line.chars().filter(|c| !c.is_ascii_whitespace())),
        }
    }
    let bytes = STANDARD.decode(digits.as_bytes()).map_err(|_| Malformed)?;
    Ok(Block {
        label: label.to_owned(),
        traditional_encryption: encryption,
        bytes: Zeroizing::new(bytes),
    })
}

const BEGIN: &str = "-----BEGIN ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_and_line_ends_do_not_matter() {
        let pem = format!("subject=x\r\n{}", encode("THING", &[1; 100])).replace('\n', "\r\n");
        let found = blocks(format!("{pem}between{pem}").as_bytes()).unwrap();
        assert_eq!(found.len(), 2);
        assert!(
            found
                .iter()
                .all(|b| b.label == "THING" && b.bytes.as_slice() == [1; 100])
        );
        assert!(is_pem(pem.as_bytes()));
        assert!(!is_pem(&[0x30, 1, 0]));
    }

    #[test]
    fn cut_blocks_are_malformed() {
        for text in [
            "-----BEGIN A-----\nAAAA\n",
            "-----BEGIN A-----\nA*A\n-----END A-----",
        ] {
            assert!(blocks(text.as_bytes()).is_err(), "{text}");
        }
    }
}
