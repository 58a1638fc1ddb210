//! Is a UPO genuine, and does it speak of this invoice?

use std::path::Path;

use jiff::Timestamp;
use ksef_core::digest::Sha256Digest;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::reference::SessionRef;
use ksef_crypto::certificate::Certificate;
use ksef_crypto::xades::{self, VerifyOptions};
use ksef_invoice::metadata::InvoiceMetadata;
use ksef_invoice::upo::{self, Upo};

use crate::error::Error;
use crate::lang::text;

/// Checks the UPO of one invoice; the answer names the signer.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_invoice_upo(
    bytes: &[u8],
    number: &KsefNumber,
    hash: &Sha256Digest,
    metadata: Option<&InvoiceMetadata>,
    authority: Option<&Certificate>,
    now: Timestamp,
) -> Result<String, String> {
    let (upo, signer) = read_signed(bytes, authority, now)?;
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
    authority: Option<&Certificate>,
    now: Timestamp,
) -> Result<(Upo, String), String> {
    let (upo, signer) = read_signed(bytes, authority, now)?;
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
fn read_signed(
    bytes: &[u8],
    authority: Option<&Certificate>,
    now: Timestamp,
) -> Result<(Upo, String), String> {
    let verified = xades::verify(bytes, &VerifyOptions::default())
        .map_err(|error| format!("its signature is not valid: {error}"))?;
    let signer = verified.signer();
    let name = signer.subject().to_string();
    if !signer.is_valid_at(verified.signing_time().unwrap_or(now)) {
        return Err(format!(
            "the certificate of its signer was not valid then: {name}"
        ));
    }
    if authority.is_some_and(|authority| !verified.is_issued_by(authority)) {
        return Err(format!(
            "its signer was not certified by this server: {name}"
        ));
    }
    let upo = upo::read(verified.document()).map_err(|error| format!("it is no UPO: {error}"))?;
    Ok((upo, name))
}

#[cfg(test)]
mod tests;
