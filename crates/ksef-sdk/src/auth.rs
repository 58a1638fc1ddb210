//! Signing in: challenge, signature or KSeF token, status, tokens.
//!
//! [`crate::Client`] does all of it by itself when it is built with [`Credentials`]. Signing elsewhere (qualified
//! signature, Profil Zaufany) takes two steps: [`AuthTokenRequest`] writes the document to be signed, and
//! [`crate::Client::submit_signed`] continues with the signed one.

mod credentials;
mod login;
mod request;

pub use credentials::{AuthSigner, Credentials, SigningError};
pub use login::LoginOptions;
pub use request::{AuthTokenRequest, SchemaVersion, SubjectType};

pub(crate) use login::Login;
