//! Is a UPO genuine, and does it speak of this invoice?

use std::path::Path;

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;
use ksef_crypto::chain::Anchors;
use ksef_invoice::metadata::InvoiceMetadata;
use ksef_invoice::upo::Upo;
use ksef_sdk::upo;

use crate::error::Error;
use crate::lang::text;

/// Checks the UPO of one invoice; the answer names the signer. Without anchors nobody vouches for that one.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_invoice_upo(
    bytes: &[u8],
    number: &KsefNumber,
    hash: &Sha256Digest,
    metadata: Option<&InvoiceMetadata>,
    anchors: &Anchors,
    now: Timestamp,
) -> Result<String, String> {
    let (upo, signer) = read_signed(bytes, anchors, now)?;
    confirm(&upo, number, hash, metadata)?;
    Ok(signer)
}

/// Does a UPO speak of this invoice?
///
/// # Errors
/// What it says otherwise.
pub(crate) fn confirm(
    upo: &Upo,
    number: &KsefNumber,
    hash: &Sha256Digest,
    metadata: Option<&InvoiceMetadata>,
) -> Result<(), String> {
    let Some(metadata) = metadata else {
        let document = upo
            .find(number)
            .ok_or_else(|| format!("the UPO does not list {number}"))?;
        if document.digest != *hash {
            return Err("the UPO acknowledges another document".to_owned());
        }
        return Ok(());
    };
    upo.confirm(number, hash, metadata).map_err(|mismatches| {
        mismatches
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    })?;
    Ok(())
}

/// Checks a page of the UPO of a session: what it says, and who signed it.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_session_upo(
    bytes: &[u8],
    session: SessionRef,
    anchors: &Anchors,
    now: Timestamp,
) -> Result<(Upo, String), String> {
    let (upo, signer) = read_signed(bytes, anchors, now)?;
    if upo.session != session {
        return Err(format!("it is the UPO of session {}", upo.session));
    }
    Ok((upo, signer))
}

/// The error of a result that cannot be saved.
pub(crate) fn cannot_save(path: &Path, error: std::io::Error) -> Error {
    let shown = path.display();
    Error::failed(text!("cannot save {shown}", "nie można zapisać {shown}", shown = shown))
        .caused_by(error)
        .hint(text!(
            "make room or give another folder with --out, then run the same command again; nothing is sent twice",
            "zwolnij miejsce albo podaj inny folder w --out i uruchom to samo polecenie ponownie; nic nie zostanie wysłane dwa razy"
        ))
}

/// What was signed (and nothing beside it), and by whom.
fn read_signed(bytes: &[u8], anchors: &Anchors, now: Timestamp) -> Result<(Upo, String), String> {
    let signed = upo::verify(bytes, anchors, now).map_err(|fault| fault.to_string())?;
    let name = signed.signer().subject().to_string();
    Ok((signed.into_upo(), name))
}

#[cfg(test)]
mod tests;
