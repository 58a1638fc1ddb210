//! Status of a KSeF certificate.

use super::Text;
use crate::open_enum::open_enum;

open_enum! {
    /// Status of a KSeF certificate (`CertificateListItemStatus`).
    pub enum CertificateStatus {
        /// Usable.
        Active = "Active",
        /// Being revoked; not usable any more.
        Blocked = "Blocked",
        /// Revoked.
        Revoked = "Revoked",
        /// Its validity has ended.
        Expired = "Expired",
    }
}

impl CertificateStatus {
    /// What the status means, in one sentence.
    #[must_use]
    pub const fn meaning(&self) -> Text {
        match self {
            Self::Active => Text {
                en: "usable",
                pl: "można go używać",
            },
            Self::Blocked => Text {
                en: "blocked while it is being revoked",
                pl: "zablokowany na czas unieważniania",
            },
            Self::Revoked => Text {
                en: "revoked",
                pl: "unieważniony",
            },
            Self::Expired => Text {
                en: "its validity has ended",
                pl: "jego ważność się skończyła",
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
            Self::Blocked | Self::Revoked | Self::Expired => Text {
                en: "request another certificate",
                pl: "złóż wniosek o nowy certyfikat",
            },
            Self::Active | Self::Other(_) => Text::NONE,
        }
    }
}
