//! What people look at: pages and images made of invoices.
//!
//! | module | what it makes |
//! |---|---|
//! | [`qr`] | QR codes: the matrix, SVG and PNG, with the label under the code |
//!
//! No I/O and no clock: values come in, bytes and texts go out. Nothing here signs or hashes; links come from
//! [`ksef_core::verification_link`].

pub mod qr;
