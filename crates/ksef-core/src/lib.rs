//! Values of KSeF, the Polish state's e-invoicing system: what every other crate speaks in.
//!
//! No I/O, no async, no cryptography. A value that exists is well formed: parsing is the only way in, and
//! it says what was expected, what was found and where.
//!
//! | module | values |
//! |---|---|
//! | [`nip`], [`pesel`], [`internal_id`], [`vat_ue`], [`peppol_id`], [`fingerprint`] | who |
//! | [`context`] | on whose behalf, and as whom |
//! | [`ksef_number`], [`collective_identifier`], [`mod@reference`], [`certificate_serial`], [`permission_id`] | numbers that KSeF gives |
//! | [`digest`], [`key_id`], [`crc8`] | digests and checksums |
//! | [`form_code`], [`environment`] | which document, which KSeF |
//! | [`verification_link`] | the texts of the QR codes I and II |
//! | [`clock`], [`calendar`] | instants in UTC, legal days in Europe/Warsaw |
//! | [`offline_deadline`] | until when an invoice issued offline has to be sent |
//! | [`secret`], [`ksef_token`] | what must never be shown |

#![cfg_attr(
    test,
    allow(clippy::string_slice, reason = "the texts of the tests are ASCII")
)]

mod ascii;
pub mod calendar;
pub mod certificate_serial;
pub mod clock;
pub mod collective_identifier;
pub mod context;
pub mod crc8;
pub mod digest;
pub mod environment;
pub mod fingerprint;
pub mod form_code;
pub mod internal_id;
pub mod key_id;
pub mod ksef_number;
pub mod ksef_token;
pub mod nip;
pub mod offline_deadline;
pub mod parse;
pub mod peppol_id;
pub mod permission_id;
pub mod pesel;
pub mod reference;
pub mod secret;
pub mod vat_ue;
pub mod verification_link;
