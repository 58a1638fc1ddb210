//! Attributes of an element, those of the XML Schema instance namespace included.

use super::super::model::{
    AttributeUse, Builtin, ComplexId, ProcessContents, QName, SimpleId, Type, ValueConstraint,
};
use super::super::problem::{SchemaProblem, TypeFault};
use super::super::simple::names::split_qualified;
use super::super::simple::white_space::collapse;
use super::frame::Body;
use super::{Validator, similar, value};
use crate::finding::shorten;
use crate::xml::{Attribute, Reader, attribute_value};

/// The namespace of `xsi:type`, `xsi:nil` and the hints for locations.
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The value of `xsi:type` on the last start tag.
pub(super) fn instance_type<'a>(reader: &Reader<'a>) -> Option<&'a str> {
    instance(reader, "type").map(|attribute| attribute.raw)
}

fn instance<'r, 'a>(reader: &'r Reader<'a>, local: &str) -> Option<&'r Attribute<'a>> {
    let mut attributes = reader.attributes().iter();
    attributes.find(|known| known.local == local && reader.attribute_namespace(known) == INSTANCE)
}

impl<'a> Validator<'_, 'a> {
    /// Judges the attributes of the element just opened.
    pub(super) fn attributes(&mut self, reader: &Reader<'a>) {
        let is_replaced = match instance_type(reader) {
            Some(written) => self.replace_type(written, reader),
            None => false,
        };
        if !is_replaced && self.frames.last().is_some_and(|frame| frame.is_abstract) {
            self.type_fault("", TypeFault::Abstract);
        }
        self.nil(reader);
        let type_ = self.frames.last().map_or(Type::ANY, |frame| frame.type_);
        let complex = match type_ {
            Type::Complex(id) => Some(id),
            Type::Simple(_) => None,
        };
        let mut found: u64 = 0;
        for attribute in reader.attributes() {
            if is_declaration(attribute) {
                continue;
            }
            let namespace = reader.attribute_namespace(attribute);
            if namespace == INSTANCE && is_instance_name(attribute.local) {
                continue;
            }
            if let Some(index) = self.attribute(complex, attribute, namespace, reader) {
                found |= 1_u64.checked_shl(index).unwrap_or(0);
            }
        }
        if let Some(id) = complex {
            self.required(id, found, reader);
        }
    }

    /// One attribute; the number of its declaration in the type.
    fn attribute(
        &mut self,
        complex: Option<ComplexId>,
        attribute: &Attribute<'a>,
        namespace: &str,
        reader: &Reader<'a>,
    ) -> Option<u32> {
        let schema = self.schema;
        let known = schema.find(namespace, attribute.local);
        let type_ = complex.and_then(|id| schema.complex_type(id));
        let uses = type_.map_or(&[][..], |type_| schema.attributes_of(type_));
        if let Some(name) = known
            && let Ok(index) = uses.binary_search_by_key(&name, |known| known.name)
        {
            if let Some(declared) = uses.get(index) {
                self.value_of(
                    attribute,
                    declared.type_,
                    declared.constraint,
                    Some(name),
                    reader,
                );
            }
            return u32::try_from(index).ok();
        }
        let wildcard = type_
            .and_then(|type_| type_.any_attribute)
            .and_then(|id| schema.wildcard(id))
            .filter(|wildcard| schema.allows(wildcard, schema.find_namespace(namespace)));
        let Some(wildcard) = wildcard else {
            self.unexpected(attribute, uses, reader);
            return None;
        };
        let declared = known.and_then(|name| schema.global_attribute(name));
        match (wildcard.process, declared) {
            (ProcessContents::Skip, _) | (ProcessContents::Lax, None) => {}
            (_, Some(declared)) => {
                self.value_of(
                    attribute,
                    declared.type_,
                    declared.constraint,
                    known,
                    reader,
                );
            }
            (ProcessContents::Strict, None) => {
                let problem = SchemaProblem::Undeclared {
                    name: shorten(attribute.name),
                    is_attribute: true,
                };
                self.fault(reader.attribute_offset(attribute), problem);
            }
        }
        None
    }

    fn unexpected(
        &mut self,
        attribute: &Attribute<'a>,
        uses: &[AttributeUse],
        reader: &Reader<'a>,
    ) {
        let schema = self.schema;
        let names = uses.iter().map(|known| schema.name(known.name.name));
        let suggestion = names
            .into_iter()
            .find(|known| similar::is_similar(attribute.local, known))
            .filter(|known| *known != attribute.name);
        let problem = SchemaProblem::AttributeUnexpected {
            name: shorten(attribute.name),
            element: self
                .frames
                .last()
                .map_or("", |frame| frame.local)
                .to_owned(),
            suggestion: suggestion.map(str::to_owned),
        };
        self.fault(reader.attribute_offset(attribute), problem);
    }

    fn value_of(
        &mut self,
        attribute: &Attribute<'a>,
        type_: SimpleId,
        constraint: ValueConstraint,
        name: Option<QName>,
        reader: &Reader<'a>,
    ) {
        let schema = self.schema;
        let text = attribute_value(attribute.raw);
        let offset = reader.attribute_offset(attribute);
        match self.judge(type_, &text, constraint.only_fixed(), reader) {
            Ok(value) => {
                if let Some(name) = name
                    && self.identities.is_active()
                {
                    self.identities_attribute(name, type_, &value);
                }
                let builtin = schema.simple_type(type_).map(|known| known.builtin);
                self.identifiers(builtin, &value, attribute.name, true, offset);
            }
            Err(fault) => {
                let problem = SchemaProblem::Value {
                    name: shorten(attribute.name),
                    is_attribute: true,
                    value: shorten(&text),
                    suggestion: value::suggest(schema, type_, &text, &fault),
                    fault,
                };
                self.fault(offset, problem);
            }
        }
    }

    /// The required attributes that are not there.
    fn required(&mut self, id: ComplexId, found: u64, reader: &Reader<'a>) {
        let schema = self.schema;
        let Some(type_) = schema.complex_type(id) else {
            return;
        };
        for (index, declared) in schema.attributes_of(type_).iter().enumerate() {
            if !declared.is_required {
                continue;
            }
            let is_there = match 1_u64.checked_shl(u32::try_from(index).unwrap_or(u32::MAX)) {
                Some(bit) => found & bit != 0,
                None => reader.attributes().iter().any(|attribute| {
                    attribute.local == schema.name(declared.name.name)
                        && reader.attribute_namespace(attribute)
                            == schema.namespace(declared.name.namespace)
                }),
            };
            if is_there {
                continue;
            }
            let fixed = match declared.constraint {
                ValueConstraint::Fixed(value) => Some(schema.value(value).to_owned()),
                _ => None,
            };
            let (element, offset) = self
                .frames
                .last()
                .map_or(("", 0), |frame| (frame.local, frame.offset));
            let problem = SchemaProblem::AttributeMissing {
                name: schema.name(declared.name.name).to_owned(),
                element: element.to_owned(),
                fixed,
            };
            self.fault(offset, problem);
        }
    }

    /// `xsi:type`: true when it replaced the type.
    fn replace_type(&mut self, written: &'a str, reader: &Reader<'a>) -> bool {
        let schema = self.schema;
        let value = attribute_value(written);
        let value = collapse(&value);
        let named = split_qualified(&value).and_then(|(prefix, local)| {
            let namespace = reader.lookup(prefix)?;
            schema.global_type(namespace, local)
        });
        let Some(type_) = named else {
            self.type_fault(&value, TypeFault::Unknown);
            return true;
        };
        let Some(frame) = self.frames.last() else {
            return false;
        };
        let declared = frame.type_;
        let blocks = frame
            .element
            .and_then(|id| schema.element(id))
            .map(|element| element.block);
        let type_blocks = match declared {
            Type::Complex(id) => schema.complex_type(id).map(|known| known.block),
            Type::Simple(_) => None,
        };
        let is_allowed = schema
            .is_derived(type_, declared)
            .is_some_and(|(extends, restricts)| {
                [blocks, type_blocks]
                    .into_iter()
                    .flatten()
                    .all(|block| !(block.extension && extends || block.restriction && restricts))
            });
        if !is_allowed {
            self.type_fault(&value, TypeFault::NotDerived);
            return true;
        }
        let (is_mixed, is_abstract) = match type_ {
            Type::Complex(id) => schema
                .complex_type(id)
                .map_or((false, false), |known| (known.is_mixed, known.is_abstract)),
            Type::Simple(_) => (false, false),
        };
        let body = self.body_of(type_);
        if matches!(body, Body::Simple(_)) {
            self.content.begin();
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.type_ = type_;
            frame.body = body;
            frame.is_mixed = is_mixed;
            frame.is_abstract = is_abstract;
        }
        if is_abstract {
            self.type_fault(&value, TypeFault::Abstract);
        }
        true
    }

    /// `xsi:nil` (XSD 1.0 part 1, 3.3.4, clause 3).
    fn nil(&mut self, reader: &Reader<'a>) {
        let Some(attribute) = instance(reader, "nil") else {
            return;
        };
        let schema = self.schema;
        let Some(frame) = self.frames.last() else {
            return;
        };
        let offset = reader.attribute_offset(attribute);
        let declaration = frame.element.and_then(|id| schema.element(id));
        if declaration.is_some_and(|known| !known.nillable) {
            let name = frame.local.to_owned();
            self.fault(offset, SchemaProblem::NotNillable { name });
            return;
        }
        let text = attribute_value(attribute.raw);
        let outcome = self.judge(Builtin::Boolean.id(), &text, ValueConstraint::None, reader);
        match outcome {
            Ok(value) if matches!(value.as_ref(), "true" | "1") => {
                let fixed = match declaration.map(|known| known.constraint) {
                    Some(ValueConstraint::Fixed(value)) => Some(schema.value(value).to_owned()),
                    _ => None,
                };
                if let Some(frame) = self.frames.last_mut() {
                    frame.body = Body::Empty { is_nil: true };
                }
                if let Some(fixed) = fixed {
                    self.fault(offset, value::fixed(attribute.name, &text, fixed));
                }
            }
            Ok(_) => {}
            Err(fault) => {
                let problem = SchemaProblem::Value {
                    name: shorten(attribute.name),
                    is_attribute: true,
                    value: shorten(&text),
                    suggestion: None,
                    fault,
                };
                self.fault(offset, problem);
            }
        }
    }
}

impl ValueConstraint {
    /// Without a default: that only concerns what is missing.
    const fn only_fixed(self) -> Self {
        match self {
            Self::Fixed(_) => self,
            Self::Default(_) | Self::None => Self::None,
        }
    }
}

/// Is it a namespace declaration?
fn is_declaration(attribute: &Attribute<'_>) -> bool {
    attribute.prefix == "xmlns" || attribute.name == "xmlns"
}

fn is_instance_name(local: &str) -> bool {
    matches!(
        local,
        "type" | "nil" | "schemaLocation" | "noNamespaceSchemaLocation"
    )
}
