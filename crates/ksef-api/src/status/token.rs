//! Status of a KSeF token.

use super::{StatusClass, Text};
use crate::open_enum::open_enum;

open_enum! {
    /// Status of a KSeF token (`AuthenticationTokenStatus`).
    pub enum TokenStatus {
        /// Being activated.
        Pending = "Pending",
        /// Usable.
        Active = "Active",
        /// Being revoked; not usable any more.
        Revoking = "Revoking",
        /// Revoked.
        Revoked = "Revoked",
        /// Activation failed.
        Failed = "Failed",
    }
}

impl TokenStatus {
    /// Pending while it changes by itself, done when usable, failed when it will never be usable.
    ///
    /// An unknown status counts as pending.
    #[must_use]
    pub const fn class(&self) -> StatusClass {
        match self {
            Self::Active => StatusClass::Done,
            Self::Revoking | Self::Revoked | Self::Failed => StatusClass::Failed,
            Self::Pending | Self::Other(_) => StatusClass::Pending,
        }
    }

    /// What the status means, in one sentence.
    #[must_use]
    pub const fn meaning(&self) -> Text {
        match self {
            Self::Pending => Text {
                en: "being activated",
                pl: "w trakcie aktywacji",
            },
            Self::Active => Text {
                en: "usable",
                pl: "można go używać",
            },
            Self::Revoking => Text {
                en: "being revoked",
                pl: "w trakcie unieważniania",
            },
            Self::Revoked => Text {
                en: "revoked",
                pl: "unieważniony",
            },
            Self::Failed => Text {
                en: "activation failed",
                pl: "aktywacja nie powiodła się",
            },
            Self::Other(_) => Text {
                en: "a status that this version does not know",
                pl: "status nieznany tej wersji",
            },
        }
    }

    /// What to do about it; empty when there is nothing to do.
    #[must_use]
    pub const fn hint(&self) -> Text {
        match self {
            Self::Pending => Text {
                en: "ask again in a moment",
                pl: "zapytaj ponownie za chwilę",
            },
            Self::Revoking | Self::Revoked | Self::Failed => Text {
                en: "generate another token",
                pl: "wygeneruj nowy token",
            },
            Self::Active | Self::Other(_) => Text::NONE,
        }
    }
}
