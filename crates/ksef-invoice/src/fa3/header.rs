//! The header: when and with what the file was made.

use crate::tree::Element;

use super::reading::{Fields, expect_text, leaf};
use super::remark::Remarks;
use super::section::{Content, Field};
use super::value::Text;
use super::value::date::CreationTime;
use super::writing::Writer;

/// The header of the file. The form's code and version are written by themselves.
///
/// On the wire: `KodFormularza`, `WariantFormularza`, then the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// When the file was made.
    ///
    /// On the wire: `DataWytworzeniaFa`.
    pub created: CreationTime,
    /// The name of the system that made it.
    ///
    /// On the wire: `SystemInfo`.
    pub system: Option<Text<256>>,
}

impl Header {
    /// A header with its time.
    #[must_use]
    pub const fn new(created: CreationTime) -> Self {
        Self {
            created,
            system: None,
        }
    }

    /// Names the system that makes the file.
    #[must_use]
    pub fn with_system(mut self, system: Text<256>) -> Self {
        self.system = Some(system);
        self
    }
}

impl Content for Header {
    fn read(element: Element<'_>, remarks: &mut Remarks) -> Option<Self> {
        let mut fields = Fields::of(element, remarks);
        read_code(&mut fields);
        read_fixed(VARIANT, VARIANT_VALUE, &mut fields);
        let created = Field::read(CREATED, &mut fields);
        let system = Field::read(SYSTEM, &mut fields);
        fields.finish();
        Some(Self {
            created: created?,
            system: system?,
        })
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        out.element(name, &[], |out| {
            out.leaf_with(CODE, &CODE_ATTRIBUTES, CODE_VALUE);
            out.leaf(VARIANT, VARIANT_VALUE);
            Content::write(&self.created, CREATED, out);
            Field::write(&self.system, SYSTEM, out);
        });
    }

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline) {
        outline.element(CODE, 1, |_| {});
        outline.element(VARIANT, 1, |_| {});
        <CreationTime as Field>::outline(CREATED, outline);
        <Option<Text<256>> as Field>::outline(SYSTEM, outline);
    }
}

/// Remarks on a form's code that is another one.
fn read_code(fields: &mut Fields<'_, '_>) {
    let Some(element) = fields.take(CODE) else {
        fields.missing(CODE);
        return;
    };
    let names = CODE_ATTRIBUTES.map(|(name, _)| name);
    if let Some(code) = leaf::<Text<256, 0>>(element, &names, fields.remarks)
        && code.as_str() != CODE_VALUE
    {
        fields.remarks.not_fixed(element, CODE_VALUE, code.as_str());
    }
    for (name, expected) in CODE_ATTRIBUTES {
        let actual = element.attribute(name).unwrap_or_default();
        if actual != expected {
            let expected = format!("{name}=\"{expected}\"");
            fields.remarks.not_fixed(element, &expected, actual);
        }
    }
}

fn read_fixed(name: &'static str, expected: &'static str, fields: &mut Fields<'_, '_>) {
    let Some(element) = fields.take(name) else {
        fields.missing(name);
        return;
    };
    expect_text(element, &[], fields.remarks);
    if super::value::integer_code(element.text()) != Some(expected) {
        let actual = element.value();
        fields.remarks.not_fixed(element, expected, actual);
    }
}

const CODE: &str = "KodFormularza";
const CODE_VALUE: &str = "FA";
const CODE_ATTRIBUTES: [(&str, &str); 2] = [("kodSystemowy", "FA (3)"), ("wersjaSchemy", "1-0E")];
const VARIANT: &str = "WariantFormularza";
const VARIANT_VALUE: &str = "3";
const CREATED: &str = "DataWytworzeniaFa";
const SYSTEM: &str = "SystemInfo";
