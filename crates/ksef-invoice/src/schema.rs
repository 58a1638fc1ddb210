//! Validation by the official schemas: an XSD 1.0 engine over the streaming reader.
//!
//! [`model`] is a schema in the compact form that the validator runs: the same structure is
//! committed as constant data for the official forms and built at run time for any other schema.

pub mod compile;
pub mod model;
pub mod pattern;
pub mod problem;
pub(crate) mod simple;
mod tables;
pub(crate) mod validate;

use ksef_core::form_code::FormCode;

pub use model::Schema;
pub use validate::FINDINGS_MAX;

impl Schema {
    /// The official schema of a form; `None` for a form that this release does not know.
    ///
    /// `FA (2)` 1-0E, `FA (3)` 1-0E, `FA_RR (1)` 1-1E, `PEF (3)` 2-1 and `PEF_KOR (3)` 2-1.
    #[must_use]
    pub fn of(form: &FormCode) -> Option<&'static Self> {
        match form {
            FormCode::Fa2 => Some(&tables::FA2),
            FormCode::Fa3 => Some(&tables::FA3),
            FormCode::FaRr1 => Some(&tables::FA_RR1),
            FormCode::Pef3 => Some(&tables::PEF3),
            FormCode::PefKor3 => Some(&tables::PEF_KOR3),
            _ => None,
        }
    }

    /// The official schema whose documents have this root element.
    #[must_use]
    pub fn of_root(namespace: &str, name: &str) -> Option<&'static Self> {
        ROOTS
            .iter()
            .find(|(known, root, _)| *known == namespace && *root == name)
            .map(|(_, _, schema)| *schema)
    }

    /// UPO v4-3, the receipt, exactly as published.
    ///
    /// What KSeF sends differs from it in two places, which a check of a received UPO has to allow
    /// for: the published schema fixes the issuer's name (`NazwaPodmiotuPrzyjmujacego`) to that of
    /// the production environment, while the other environments add a suffix to it; and it has no
    /// place for the signature that is the last child of the root. Remove
    /// `{http://www.w3.org/2000/09/xmldsig#}Signature` and take the name from
    /// [`Schema::UPO_ISSUER`] to compare.
    #[must_use]
    pub fn upo() -> &'static Self {
        &tables::UPO
    }

    /// The issuer's name that the schema of the UPO fixes; on test environments KSeF puts a suffix
    /// behind it.
    pub const UPO_ISSUER: &'static str = "Ministerstwo Finansów";

    /// AuthTokenRequest 2.0, its patterns read as KSeF reads them.
    ///
    /// The schema has no place for the signature: validate the document without it.
    #[must_use]
    pub fn auth_token_request_2_0() -> &'static Self {
        &tables::AUTH_2_0
    }

    /// AuthTokenRequest 2.1, its patterns read as KSeF reads them.
    ///
    /// The schema has no place for the signature: validate the document without it.
    #[must_use]
    pub fn auth_token_request_2_1() -> &'static Self {
        &tables::AUTH_2_1
    }
}

/// The root elements of the official documents.
const ROOTS: [(&str, &str, &Schema); 8] = [
    (
        "http://crd.gov.pl/wzor/2025/06/25/13775/",
        "Faktura",
        &tables::FA3,
    ),
    (
        "http://crd.gov.pl/wzor/2023/06/29/12648/",
        "Faktura",
        &tables::FA2,
    ),
    (
        "http://crd.gov.pl/wzor/2026/03/06/14189/",
        "Faktura",
        &tables::FA_RR1,
    ),
    (
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        "Invoice",
        &tables::PEF3,
    ),
    (
        "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
        "CreditNote",
        &tables::PEF_KOR3,
    ),
    (
        "http://upo.schematy.mf.gov.pl/KSeF/v4-3",
        "Potwierdzenie",
        &tables::UPO,
    ),
    (
        "http://ksef.mf.gov.pl/auth/token/2.0",
        "AuthTokenRequest",
        &tables::AUTH_2_0,
    ),
    (
        "http://ksef.mf.gov.pl/auth/token/2.1",
        "AuthTokenRequest",
        &tables::AUTH_2_1,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_the_schema_of_its_root() {
        for form in FormCode::KNOWN {
            let schema = Schema::of(&form).unwrap();
            let found = ROOTS
                .iter()
                .find(|(_, _, known)| std::ptr::eq(*known, schema));
            assert!(found.is_some(), "{form}");
        }
        for (namespace, name, schema) in ROOTS {
            let root = schema.find(namespace, name).unwrap();
            assert!(schema.global_element(root).is_some(), "{namespace} {name}");
            let others = ROOTS.iter().filter(|(other, _, _)| *other != namespace);
            for (_, _, other) in others {
                let known = other.find(namespace, name);
                assert_eq!(known.and_then(|name| other.global_element(name)), None);
            }
        }
        assert!(Schema::of_root("urn:other", "Faktura").is_none());
    }

    #[test]
    fn tables_are_whole() {
        for (table, schema) in tables::ALL {
            for index in 0..schema.patterns.len() {
                let text = schema.patterns.get(index).unwrap();
                assert!(pattern::Pattern::compile(text).is_ok(), "{table} {text}");
            }
            for (index, name) in schema.names.iter().enumerate() {
                let found = schema.find_name(name).unwrap();
                assert_eq!(usize::from(found.0), index, "{table} {name}");
            }
            assert_eq!(schema.find_name("NoSuchName"), None);
            for global in schema.global_elements.iter() {
                assert_eq!(schema.global_element(global.name), Some(global.element));
                let decl = schema.element(global.element).unwrap();
                assert_eq!(decl.name, global.name, "{table}");
            }
            assert!(schema.values.iter().all(|value| !value.contains("<")));
        }
    }
}
