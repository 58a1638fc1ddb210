//! Typed status codes, one type per resource: 440 is a duplicate invoice in one place and a cancelled session in another.
//!
//! Codes are open: an unknown one keeps its number and falls into a class by its size.

mod auth;
mod certificate;
mod enrollment;
mod export;
mod invoice;
mod permission;
mod session;
mod token;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::wire;

pub use auth::AuthStatus;
pub use certificate::CertificateStatus;
pub use enrollment::EnrollmentStatus;
pub use export::ExportStatus;
pub use invoice::InvoiceStatus;
pub use permission::PermissionOperationStatus;
pub use session::SessionStatus;
pub use token::TokenStatus;

/// A status as the API writes it (`StatusInfo`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusInfo {
    /// Code; what it means depends on the resource.
    pub code: i32,
    /// Description in Polish.
    pub description: String,
    /// Details in Polish.
    #[serde(
        default,
        deserialize_with = "wire::null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub details: Vec<String>,
}

impl StatusInfo {
    /// A status without details.
    #[must_use]
    pub fn new(code: i32, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            details: Vec::new(),
        }
    }

    /// With one more detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }
}

impl fmt::Display for StatusInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.description)?;
        if !self.details.is_empty() {
            write!(f, " ({})", self.details.join("; "))?;
        }
        Ok(())
    }
}

/// Class of a status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusClass {
    /// Not finished: ask again.
    Pending,
    /// Finished well.
    Done,
    /// Finished badly; it will not change any more.
    Failed,
}

impl StatusClass {
    /// The class of a code: below 200 pending, 200 to 399 done, from 400 failed.
    #[must_use]
    pub const fn of_code(code: i32) -> Self {
        match code {
            ..200 => Self::Pending,
            200..400 => Self::Done,
            400.. => Self::Failed,
        }
    }

    /// Whether the status will not change any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending)
    }
}

/// A text in both languages of the tools. Empty when there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Polish.
    pub pl: &'static str,
}

impl Text {
    /// Nothing to say.
    pub const NONE: Self = Self { en: "", pl: "" };

    /// Whether there is nothing to say.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.en.is_empty()
    }
}

/// Defines the codes of one resource.
///
/// Each line: variant, code, description of the contract; then its meaning (en, pl) and what to do (en, pl).
macro_rules! status_codes {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $code:literal $wire:literal
                means $en:literal / $pl:literal do $hint_en:literal / $hint_pl:literal;)+
        }
        unknown means $unknown_en:literal / $unknown_pl:literal;
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A code that this version does not know.
            Other(i32),
        }

        impl $name {
            /// Every code that the contract lists.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            /// The status of this code.
            #[must_use]
            pub const fn from_code(code: i32) -> Self {
                match code {
                    $($code => Self::$variant,)+
                    other => Self::Other(other),
                }
            }

            /// The code.
            #[must_use]
            pub const fn code(self) -> i32 {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Other(code) => code,
                }
            }

            /// The class of the code.
            #[must_use]
            pub const fn class(self) -> $crate::status::StatusClass {
                $crate::status::StatusClass::of_code(self.code())
            }

            /// The description that the server sends, in Polish.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $wire,)+
                    Self::Other(_) => "Nieznany status",
                }
            }

            /// What the status means, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> $crate::status::Text {
                match self {
                    $(Self::$variant => $crate::status::Text { en: $en, pl: $pl },)+
                    Self::Other(_) => $crate::status::Text { en: $unknown_en, pl: $unknown_pl },
                }
            }

            /// What to do about it; empty when there is nothing to do.
            #[must_use]
            pub const fn hint(self) -> $crate::status::Text {
                match self {
                    $(Self::$variant => $crate::status::Text { en: $hint_en, pl: $hint_pl },)+
                    Self::Other(_) => $crate::status::Text::NONE,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{} {}", self.code(), self.description())
            }
        }
    };
}

pub(crate) use status_codes;

#[cfg(test)]
mod tests;
