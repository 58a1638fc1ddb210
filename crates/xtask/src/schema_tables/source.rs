//! Schemas as Rust source.

use std::fmt::Write as _;

use ksef_invoice::schema::Schema;
use ksef_invoice::schema::model::{
    AttributeUse, Block, Bound, Candidate, ComplexType, Content, Derivation, ElementDecl, Facets,
    GlobalAttribute, Identity, Model, NamespaceConstraint, Path, Point, Position, QName,
    SimpleType, Slice, Step, Term, Text, Type, ValueConstraint, Variety, Wildcard,
};

/// The source of a file with schemas that share their pools: the constants' names and schemas.
pub(super) fn write(schemas: &[(&str, &Schema)]) -> String {
    let mut source = String::from(HEADER);
    let Some((_, shared)) = schemas.first() else {
        return source;
    };
    for (name, schema) in schemas {
        let _ = write!(
            source,
            "pub(in crate::schema) static {name}: Schema = schema({name}_ELEMENTS, \
             {name}_TYPES, {name}_ATTRIBUTES);\n\n"
        );
        write_globals(&mut source, name, schema);
    }
    source.push_str(CONSTRUCTOR);
    write_names(&mut source, shared);
    write_simple(&mut source, shared);
    write_complex(&mut source, shared);
    write_wildcards(&mut source, shared);
    write_identities(&mut source, shared);
    source
}

fn write_globals(source: &mut String, name: &str, schema: &Schema) {
    let elements = schema.global_elements.iter().map(|known| {
        let QName { name, namespace } = known.name;
        format!("ge({},{},{})", namespace.0, name.0, known.element.0)
    });
    list(
        source,
        &format!("{name}_ELEMENTS"),
        "GlobalElement",
        elements,
    );
    let types = schema.global_types.iter().map(|known| {
        let QName { name, namespace } = known.name;
        format!("gt({},{},{})", namespace.0, name.0, type_(known.type_))
    });
    list(source, &format!("{name}_TYPES"), "GlobalType", types);
    let attributes = schema.global_attributes.iter().map(|known| {
        let GlobalAttribute {
            name,
            type_,
            constraint,
        } = known;
        format!(
            "GlobalAttribute {{ name: {}, type_: SimpleId({}), constraint: {} }}",
            qname(*name),
            type_.0,
            value_constraint(*constraint)
        )
    });
    list(
        source,
        &format!("{name}_ATTRIBUTES"),
        "GlobalAttribute",
        attributes,
    );
}

fn write_names(source: &mut String, schema: &Schema) {
    let texts = |pool: &[Text]| {
        pool.iter()
            .map(|text| format!("t({text:?})"))
            .collect::<Vec<_>>()
    };
    list(source, "NAMES", "Text", texts(&schema.names));
    let slots = schema.name_slots.iter().map(u16::to_string);
    list(source, "NAME_SLOTS", "u16", slots);
    list(source, "NAMESPACES", "Text", texts(&schema.namespaces));
    list(source, "VALUES", "Text", texts(&schema.values));
    list(source, "PATTERNS", "Text", texts(&schema.patterns));
    let patterns = schema
        .pattern_lists
        .iter()
        .map(|id| format!("PatternId({})", id.0));
    list(source, "PATTERN_LISTS", "PatternId", patterns);
}

fn write_simple(source: &mut String, schema: &Schema) {
    let types = schema.simple_types.iter().map(simple_type);
    list(source, "SIMPLE_TYPES", "SimpleType", types);
    let members = schema
        .members
        .iter()
        .map(|id| format!("SimpleId({})", id.0));
    list(source, "MEMBERS", "SimpleId", members);
}

fn write_complex(source: &mut String, schema: &Schema) {
    let types = schema.complex_types.iter().map(complex_type);
    list(source, "COMPLEX_TYPES", "ComplexType", types);
    list(
        source,
        "ELEMENTS",
        "ElementDecl",
        schema.elements.iter().map(element),
    );
    list(
        source,
        "ATTRIBUTES",
        "AttributeUse",
        schema.attributes.iter().map(attribute),
    );
    list(
        source,
        "POSITIONS",
        "Position",
        schema.positions.iter().map(position),
    );
    let candidates = schema.candidates.iter().map(|known| {
        let Candidate {
            name,
            position,
            element,
        } = known;
        format!(
            "n({},{},{position},{})",
            name.namespace.0, name.name.0, element.0
        )
    });
    list(source, "CANDIDATES", "Candidate", candidates);
    let bits = schema.bits.iter().map(|word| match word {
        0..=9 => word.to_string(),
        _ => format!("{word:#x}"),
    });
    list(source, "BITS", "u64", bits);
}

fn write_wildcards(source: &mut String, schema: &Schema) {
    let wildcards = schema.wildcards.iter().map(|known| {
        let Wildcard {
            namespaces,
            process,
        } = known;
        let namespaces = match namespaces {
            NamespaceConstraint::Any => "NamespaceConstraint::Any".to_owned(),
            NamespaceConstraint::Other(not) => {
                format!("NamespaceConstraint::Other(NamespaceId({}))", not.0)
            }
            NamespaceConstraint::List(list) => {
                format!("NamespaceConstraint::List({})", slice(*list))
            }
        };
        format!("Wildcard {{ namespaces: {namespaces}, process: ProcessContents::{process:?} }}")
    });
    list(source, "WILDCARDS", "Wildcard", wildcards);
    let namespaces = schema
        .wildcard_namespaces
        .iter()
        .map(|id| format!("NamespaceId({})", id.0));
    list(source, "WILDCARD_NAMESPACES", "NamespaceId", namespaces);
}

fn write_identities(source: &mut String, schema: &Schema) {
    let identities = schema.identities.iter().map(|known| {
        let Identity {
            name,
            kind,
            selector,
            fields,
        } = known;
        format!(
            "Identity {{ name: ValueId({}), kind: IdentityKind::{kind:?}, selector: {}, fields: {} }}",
            name.0,
            slice(*selector),
            slice(*fields)
        )
    });
    list(source, "IDENTITIES", "Identity", identities);
    let paths = schema.paths.iter().map(|known| {
        let Path {
            field,
            is_descendant,
            steps,
            attribute,
        } = known;
        let attribute = attribute.map_or_else(
            || "None".to_owned(),
            |attribute| format!("Some({})", step(attribute)),
        );
        format!(
            "Path {{ field: {field}, is_descendant: {is_descendant}, steps: {}, attribute: {attribute} }}",
            slice(*steps)
        )
    });
    list(source, "PATHS", "Path", paths);
    list(
        source,
        "STEPS",
        "Step",
        schema.steps.iter().copied().map(step),
    );
}

/// A static slice, its entries packed into lines.
fn list(source: &mut String, name: &str, type_: &str, entries: impl IntoIterator<Item = String>) {
    let _ = write!(source, "const {name}: &[{type_}] = &[");
    let mut width = usize::MAX;
    for entry in entries {
        // A tuple of columns: what fits into a line of 120 stands in one.
        if width.saturating_add(entry.len()) > 118 {
            source.push_str("\n    ");
            width = 4;
        } else {
            source.push(' ');
            width += 1;
        }
        source.push_str(&entry);
        source.push(',');
        width += entry.len() + 1;
    }
    source.push_str(if width == usize::MAX {
        "];\n\n"
    } else {
        "\n];\n\n"
    });
}

fn qname(name: QName) -> String {
    format!("q({},{})", name.namespace.0, name.name.0)
}

fn name(name: Option<QName>) -> String {
    name.map_or_else(
        || "None".to_owned(),
        |name| format!("Some({})", qname(name)),
    )
}

fn type_(type_: Type) -> String {
    match type_ {
        Type::Simple(id) => format!("s({})", id.0),
        Type::Complex(id) => format!("c({})", id.0),
    }
}

fn slice(slice: Slice) -> String {
    if slice.is_empty() {
        "Slice::EMPTY".to_owned()
    } else {
        format!("sl({},{})", slice.start, slice.len)
    }
}

fn value_constraint(constraint: ValueConstraint) -> String {
    match constraint {
        ValueConstraint::None => "ValueConstraint::None".to_owned(),
        ValueConstraint::Default(id) => format!("ValueConstraint::Default(ValueId({}))", id.0),
        ValueConstraint::Fixed(id) => format!("ValueConstraint::Fixed(ValueId({}))", id.0),
    }
}

fn simple_type(type_: &SimpleType) -> String {
    let variety = match type_.variety {
        Variety::Atomic => "Variety::Atomic".to_owned(),
        Variety::List(item) => format!("Variety::List(SimpleId({}))", item.0),
        Variety::Union(members) => format!("Variety::Union({})", slice(members)),
    };
    format!(
        "SimpleType {{ name: {}, base: SimpleId({}), builtin: Builtin::{:?}, variety: {variety}, \
         white_space: WhiteSpace::{:?}, facets: {} }}",
        name(type_.name),
        type_.base.0,
        type_.builtin,
        type_.white_space,
        facets(&type_.facets)
    )
}

fn facets(facets: &Facets) -> String {
    if *facets == Facets::NONE {
        return "Facets::NONE".to_owned();
    }
    let mut text = String::from("Facets { ");
    for (name, value) in [
        ("length", facets.length),
        ("min_length", facets.min_length),
        ("max_length", facets.max_length),
        ("total_digits", facets.total_digits),
        ("fraction_digits", facets.fraction_digits),
    ] {
        if let Some(value) = value {
            let _ = write!(text, "{name}: Some({value}), ");
        }
    }
    for (name, value) in [("min", facets.min), ("max", facets.max)] {
        if let Some(value) = value {
            let _ = write!(text, "{name}: Some({}), ", bound(value));
        }
    }
    for (name, value) in [
        ("patterns", facets.patterns),
        ("enumeration", facets.enumeration),
    ] {
        if !value.is_empty() {
            let _ = write!(text, "{name}: {}, ", slice(value));
        }
    }
    text.push_str("..Facets::NONE }");
    text
}

fn bound(bound: Bound) -> String {
    let point = match bound.point {
        Point::Text => "Point::Text".to_owned(),
        Point::Decimal { mantissa, scale } => {
            format!("Point::Decimal {{ mantissa: {mantissa}, scale: {scale} }}")
        }
        Point::Moment(moment) => format!(
            "Point::Moment(Moment {{ seconds: {}, nanoseconds: {}, is_zoned: {} }})",
            moment.seconds, moment.nanoseconds, moment.is_zoned
        ),
    };
    format!(
        "Bound {{ value: ValueId({}), is_inclusive: {}, point: {point} }}",
        bound.value.0, bound.is_inclusive
    )
}

fn complex_type(type_: &ComplexType) -> String {
    let ComplexType {
        name: own_name,
        base,
        derivation,
        is_abstract,
        block,
        is_mixed,
        content,
        attributes,
        any_attribute,
    } = type_;
    let derivation = match derivation {
        Derivation::Restriction => "R",
        Derivation::Extension => "X",
    };
    let short = format!(
        "d({},{},{derivation},{},{})",
        name(*own_name),
        self::type_(*base),
        content_of(content),
        slice(*attributes)
    );
    if !is_abstract && !is_mixed && *block == Block::NONE && any_attribute.is_none() {
        return short;
    }
    let wildcard = any_attribute.map_or_else(
        || "None".to_owned(),
        |wildcard| format!("Some(WildcardId({}))", wildcard.0),
    );
    format!(
        "ComplexType {{ is_abstract: {is_abstract}, is_mixed: {is_mixed}, block: {}, any_attribute: \
         {wildcard}, ..{short} }}",
        self::block(*block)
    )
}

fn content_of(content: &Content) -> String {
    match content {
        Content::Empty => "Content::Empty".to_owned(),
        Content::Simple(id) => format!("Content::Simple(SimpleId({}))", id.0),
        Content::Children(model) => {
            let Model {
                positions,
                bits,
                words,
                is_emptiable,
                candidates,
                has_wildcard,
            } = model;
            let name = if *has_wildcard { "w" } else { "m" };
            format!(
                "{name}({},{bits},{words},{is_emptiable},{})",
                slice(*positions),
                slice(*candidates)
            )
        }
    }
}

fn block(block: Block) -> String {
    if block == Block::NONE {
        "Block::NONE".to_owned()
    } else {
        format!("{block:?}")
    }
}

fn element(decl: &ElementDecl) -> String {
    let short = format!(
        "e({},{},{})",
        decl.name.namespace.0,
        decl.name.name.0,
        type_(decl.type_)
    );
    let is_plain = !decl.nillable
        && !decl.is_abstract
        && decl.constraint == ValueConstraint::None
        && decl.block == Block::NONE
        && decl.identities.is_empty();
    if is_plain {
        return short;
    }
    format!(
        "ElementDecl {{ nillable: {}, is_abstract: {}, constraint: {}, block: {}, identities: {}, \
         ..{short} }}",
        decl.nillable,
        decl.is_abstract,
        value_constraint(decl.constraint),
        block(decl.block),
        slice(decl.identities)
    )
}

fn attribute(attribute: &AttributeUse) -> String {
    format!(
        "AttributeUse {{ name: {}, type_: SimpleId({}), is_required: {}, constraint: {} }}",
        qname(attribute.name),
        attribute.type_.0,
        attribute.is_required,
        value_constraint(attribute.constraint)
    )
}

fn position(position: &Position) -> String {
    match (position.term, position.min, position.max) {
        (Term::Element(id), 1, Some(1)) => format!("o({})", id.0),
        (Term::Element(id), min, max) => format!("p({},{min},{max:?})", id.0),
        (Term::Wildcard(id), min, max) => format!(
            "Position {{ term: Term::Wildcard(WildcardId({})), min: {min}, max: {max:?} }}",
            id.0
        ),
    }
}

fn step(step: Step) -> String {
    match step {
        Step::Name(name) => format!("Step::Name({})", qname(name)),
        Step::Namespace(id) => format!("Step::Namespace(NamespaceId({}))", id.0),
        Step::Any => "Step::Any".to_owned(),
    }
}

/// The head of a table.
const HEADER: &str = "\
// @generated by `cargo xtask schema-tables`
#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(clippy::unreadable_literal, clippy::wildcard_imports, reason = \"generated data\")]
#![allow(unused_imports, reason = \"not every schema has every construct\")]

use crate::schema::model::*;
use crate::schema::pattern::PatternCache;

use super::*;

";

/// What makes a schema of the pools of a file.
const CONSTRUCTOR: &str = "\
const fn schema(
    elements: &'static [GlobalElement],
    types: &'static [GlobalType],
    attributes: &'static [GlobalAttribute],
) -> Schema {
    Schema {
        names: Cow::Borrowed(NAMES),
        name_slots: Cow::Borrowed(NAME_SLOTS),
        namespaces: Cow::Borrowed(NAMESPACES),
        values: Cow::Borrowed(VALUES),
        patterns: Cow::Borrowed(PATTERNS),
        pattern_cache: PatternCache::new(),
        pattern_lists: Cow::Borrowed(PATTERN_LISTS),
        simple_types: Cow::Borrowed(SIMPLE_TYPES),
        members: Cow::Borrowed(MEMBERS),
        complex_types: Cow::Borrowed(COMPLEX_TYPES),
        elements: Cow::Borrowed(ELEMENTS),
        attributes: Cow::Borrowed(ATTRIBUTES),
        positions: Cow::Borrowed(POSITIONS),
        candidates: Cow::Borrowed(CANDIDATES),
        bits: Cow::Borrowed(BITS),
        wildcards: Cow::Borrowed(WILDCARDS),
        wildcard_namespaces: Cow::Borrowed(WILDCARD_NAMESPACES),
        identities: Cow::Borrowed(IDENTITIES),
        paths: Cow::Borrowed(PATHS),
        steps: Cow::Borrowed(STEPS),
        global_elements: Cow::Borrowed(elements),
        global_types: Cow::Borrowed(types),
        global_attributes: Cow::Borrowed(attributes),
    }
}

";
