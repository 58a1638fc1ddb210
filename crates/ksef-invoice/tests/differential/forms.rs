//! The forms, their example documents and their place among the official schemas.

use std::path::{Path, PathBuf};

/// A form whose schema the validator knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Fa2,
    Fa3,
    FaRr,
    Pef,
    PefKor,
    Upo,
    Auth20,
    Auth21,
}

impl Form {
    pub const ALL: [Self; 8] = [
        Self::Fa2,
        Self::Fa3,
        Self::FaRr,
        Self::Pef,
        Self::PefKor,
        Self::Upo,
        Self::Auth20,
        Self::Auth21,
    ];

    /// The name on command lines and of files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fa2 => "fa2",
            Self::Fa3 => "fa3",
            Self::FaRr => "rr",
            Self::Pef => "pef",
            Self::PefKor => "pef_kor",
            Self::Upo => "upo",
            Self::Auth20 => "auth20",
            Self::Auth21 => "auth21",
        }
    }

    /// The main schema below the folder of the official schemas.
    pub fn schema_file(self) -> &'static str {
        match self {
            Self::Fa2 => "fa/schemat_FA(2)_v1-0E.xsd",
            Self::Fa3 => "fa/schemat_FA(3)_v1-0E.xsd",
            Self::FaRr => "rr/schemat_FA_RR(1)_v1-1E.xsd",
            Self::Pef => "pef/Schemat_PEF(3)_v2-1.xsd",
            Self::PefKor => "pef/Schemat_PEF_KOR(3)_v2-1.xsd",
            Self::Upo => "upo/upo-v4-3.xsd",
            Self::Auth20 => "auth/schemat_auth_v2-0.xsd",
            Self::Auth21 => "auth/schemat_auth_v2-1.xsd",
        }
    }

    /// Namespace and name of the root element.
    pub fn root(self) -> (&'static str, &'static str) {
        match self {
            Self::Fa2 => ("http://crd.gov.pl/wzor/2023/06/29/12648/", "Faktura"),
            Self::Fa3 => ("http://crd.gov.pl/wzor/2025/06/25/13775/", "Faktura"),
            Self::FaRr => ("http://crd.gov.pl/wzor/2026/03/06/14189/", "Faktura"),
            Self::Pef => (
                "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
                "Invoice",
            ),
            Self::PefKor => (
                "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
                "CreditNote",
            ),
            Self::Upo => ("http://upo.schematy.mf.gov.pl/KSeF/v4-3", "Potwierdzenie"),
            Self::Auth20 => ("http://ksef.mf.gov.pl/auth/token/2.0", "AuthTokenRequest"),
            Self::Auth21 => ("http://ksef.mf.gov.pl/auth/token/2.1", "AuthTokenRequest"),
        }
    }

    /// Our own documents of the form, in the order of their names.
    pub fn examples(self) -> Vec<String> {
        let examples = repository().join("examples");
        let folder = match self {
            Self::Fa3 => examples.join("invoices"),
            _ => examples.join("forms").join(self.name()),
        };
        let mut texts = documents(&folder);
        if self == Self::Fa3 {
            texts.extend(documents(&examples.join("forms").join("fa3")));
        }
        assert!(!texts.is_empty(), "no documents in {}", folder.display());
        texts
    }

    /// Documents of the form that others wrote, where they are at hand: never in the repository.
    pub fn foreign_examples(self, spec: &Path) -> Vec<String> {
        match self {
            Self::Fa3 => documents(&spec.join("../samples/fa3")),
            Self::Upo => ["nip", "internal-id", "id-zlozony-vat-ue"]
                .iter()
                .flat_map(|kind| {
                    documents(&spec.join("upo-examples").join(format!("kontekst-{kind}")))
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The repository's folder.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let has_examples = |folder: &&Path| folder.join("examples/forms").is_dir();
    here.ancestors().find(has_examples).unwrap().to_owned()
}

/// The folder with the official contract and schemas: `KSEF_SPEC_DIR`, or beside the repository.
pub fn spec() -> Option<PathBuf> {
    let folder = match std::env::var_os("KSEF_SPEC_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => repository().join("../shared/spec"),
    };
    folder.join("xsd").is_dir().then_some(folder)
}

/// The XML files of a folder in the order of their names; none when there is no such folder.
fn documents(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "xml"));
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}
