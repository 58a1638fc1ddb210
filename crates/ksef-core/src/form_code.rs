//! Which kind of document a session takes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A form code: system code, schema version and value, as a session is opened with.
///
/// Source: `#/components/schemas/FormCode`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FormCode {
    /// `FA (2)` 1-0E: the previous structured invoice, on the test environment only.
    Fa2,
    /// `FA (3)` 1-0E: the structured invoice.
    Fa3,
    /// `PEF (3)` 2-1: the Peppol invoice.
    Pef3,
    /// `PEF_KOR (3)` 2-1: the Peppol credit note.
    PefKor3,
    /// `FA_RR (1)` 1-1E: the flat-rate farmer's invoice.
    FaRr1,
    /// A form that this release does not know.
    Other(Box<FormCodeParts>),
}

/// A form code as it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FormCodeParts {
    /// For instance `FA (3)`, one space before the parenthesis.
    pub system_code: String,
    /// For instance `1-0E`.
    pub schema_version: String,
    /// For instance `FA`.
    pub value: String,
}

impl FormCode {
    /// The forms that this release knows.
    pub const KNOWN: [Self; 5] = [Self::Fa3, Self::Fa2, Self::FaRr1, Self::Pef3, Self::PefKor3];

    /// The form with these three texts, [`FormCode::Other`] when they are not known together.
    #[must_use]
    pub fn from_parts(system_code: &str, schema_version: &str, value: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|form| {
            (form.system_code(), form.schema_version(), form.value())
                == (system_code, schema_version, value)
        });
        known.unwrap_or_else(|| {
            Self::Other(Box::new(FormCodeParts {
                system_code: system_code.to_owned(),
                schema_version: schema_version.to_owned(),
                value: value.to_owned(),
            }))
        })
    }

    /// The system code, for instance `FA (3)`.
    #[must_use]
    pub fn system_code(&self) -> &str {
        self.parts().0
    }

    /// The schema version, for instance `1-0E`.
    #[must_use]
    pub fn schema_version(&self) -> &str {
        self.parts().1
    }

    /// The value, for instance `FA`.
    #[must_use]
    pub fn value(&self) -> &str {
        self.parts().2
    }

    /// The name of the schema as a UPO writes it, for instance `Schemat_FA(3)_v1-0E.xsd`.
    #[must_use]
    pub fn schema_file(&self) -> String {
        format!(
            "Schemat_{}_v{}.xsd",
            self.system_code().replace(' ', ""),
            self.schema_version()
        )
    }

    /// May the form be sent in a batch session? Peppol documents may not.
    #[must_use]
    pub fn allows_batch(&self) -> bool {
        matches!(self, Self::Fa2 | Self::Fa3 | Self::FaRr1)
    }

    fn parts(&self) -> (&str, &str, &str) {
        match self {
            Self::Fa2 => ("FA (2)", "1-0E", "FA"),
            Self::Fa3 => ("FA (3)", "1-0E", "FA"),
            Self::Pef3 => ("PEF (3)", "2-1", "PEF"),
            Self::PefKor3 => ("PEF_KOR (3)", "2-1", "PEF"),
            Self::FaRr1 => ("FA_RR (1)", "1-1E", "FA_RR"),
            Self::Other(parts) => (&parts.system_code, &parts.schema_version, &parts.value),
        }
    }
}

impl fmt::Display for FormCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.system_code())
    }
}

impl Serialize for FormCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (system_code, schema_version, value) = self.parts();
        FormCodeParts {
            system_code: system_code.to_owned(),
            schema_version: schema_version.to_owned(),
            value: value.to_owned(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FormCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = FormCodeParts::deserialize(deserializer)?;
        Ok(Self::from_parts(
            &parts.system_code,
            &parts.schema_version,
            &parts.value,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_forms_survive_the_wire() {
        for form in FormCode::KNOWN {
            let json = serde_json::to_string(&form).unwrap();
            assert_eq!(serde_json::from_str::<FormCode>(&json).unwrap(), form);
        }
        assert_eq!(
            serde_json::to_string(&FormCode::Fa3).unwrap(),
            r#"{"systemCode":"FA (3)","schemaVersion":"1-0E","value":"FA"}"#
        );
        assert_eq!(FormCode::Fa3.schema_file(), "Schemat_FA(3)_v1-0E.xsd");
        assert_eq!(
            FormCode::PefKor3.schema_file(),
            "Schemat_PEF_KOR(3)_v2-1.xsd"
        );
    }

    #[test]
    fn unknown_forms_are_kept_as_they_are() {
        let form = FormCode::from_parts("FA (4)", "1-0E", "FA");
        assert!(matches!(form, FormCode::Other(_)));
        assert_eq!(form.system_code(), "FA (4)");
        assert!(matches!(
            FormCode::from_parts("FA (3)", "1-0", "FA"),
            FormCode::Other(_)
        ));
    }
}
