//! Invoices and receipts as people look at them.
//!
//! | module | what it is |
//! |---|---|
//! | [`reading`] | from a document to a [`page::Page`]: the order, the labels, the words of codes, in Polish or English |
//! | [`page`] | the model that both ways of setting share |
//! | [`qr`] | QR codes: the matrix, SVG and PNG, with the label under the code |
//! | [`look`] | the logo, colour and foot of a company |
//! | [`html`](mod@html) | a page as one self-contained file |
//! | `pdf` | a page as PDF/A, with the feature `pdf` |
//!
//! No input, no output and no clock: values come in, bytes and texts go out. Nothing here signs or hashes; links come
//! from [`ksef_core::verification_link`].

mod format;
pub mod html;
pub mod look;
pub mod page;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod qr;
pub mod reading;
