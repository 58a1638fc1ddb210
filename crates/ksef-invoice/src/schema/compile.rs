//! The compiler: from XML Schema documents to the tables of [`super::model`].
//!
//! It reads XSD 1.0: `include` and `import`, simple types of every variety and facet, complex
//! types with extension and restriction, groups, wildcards, substitution groups, `unique` and
//! `key`. It refuses, by name, what it does not do: `redefine`, `notation`, `keyref`, enumerations
//! of qualified names, `all` with more than five elements, content models beyond 1 000 positions
//! (a group with a count is written out, an element with a count is not), and unions and
//! intersections of attribute wildcards that cannot be written as one.
//!
//! It checks what validation depends on: references, cycles, facets against those of the base,
//! Unique Particle Attribution, patterns, fixed and default values. It does not prove that a
//! restricted content model is a part of its base's, and it does not read `final`: a schema that
//! breaks those rules is compiled as it is written.
//!
//! Time and memory are bounded for hostile schemas, too: by the bytes and number of files, the
//! number of components looked at, the depth of derivation, and the size of a content model.

mod attribute;
mod automaton;
mod builder;
mod builtin;
mod complex;
mod documents;
mod element;
mod error;
mod facet;
mod identity;
mod loader;
mod particle;
mod pools;
mod simple;
mod symbols;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::model::{
    GlobalAttribute, GlobalElement, GlobalType, Schema, SimpleId, Type, ValueConstraint, ValueId,
};
use super::simple::{NoPrefixes, check};
use builder::Builder;
use documents::Sources;
use pools::Pools;
use symbols::{Document, Symbol, Symbols};

pub use error::{CompileError, CompileErrorKind, LoadError};
pub use loader::{FileLoader, Loader};

/// Compiles a schema and everything it includes and imports.
///
/// # Errors
/// What is wrong with the schema, or what this engine does not do, with file, line and column.
pub fn compile(loader: &dyn Loader, entry: &str) -> Result<Schema, CompileError> {
    Compiler::new().compile(loader, entry)
}

/// A compiler with corrections.
#[derive(Debug, Clone, Copy, Default)]
pub struct Compiler {
    rewrite: Option<Rewrite>,
}

/// Another text for a pattern, or `None` to take it as it is written.
pub type Rewrite = fn(&str) -> Option<String>;

impl Compiler {
    /// A compiler that takes schemas as they are written.
    #[must_use]
    pub const fn new() -> Self {
        Self { rewrite: None }
    }

    /// Lets a function correct patterns, for schemas that are written in another dialect of
    /// regular expressions.
    #[must_use]
    pub const fn with_patterns(self, rewrite: Rewrite) -> Self {
        Self {
            rewrite: Some(rewrite),
        }
    }

    /// Compiles one schema.
    ///
    /// # Errors
    /// As [`compile`].
    pub fn compile(&self, loader: &dyn Loader, entry: &str) -> Result<Schema, CompileError> {
        let mut schemas = self.compile_together(loader, &[entry])?;
        schemas
            .pop()
            .ok_or_else(|| CompileError::new(CompileErrorKind::TooLarge("entries"), entry, None))
    }

    /// Compiles schemas that share documents: their pools are equal, and each has the global
    /// components that it reaches.
    ///
    /// # Errors
    /// As [`compile`]; and when two of them define the same name in different documents.
    pub fn compile_together(
        &self,
        loader: &dyn Loader,
        entries: &[&str],
    ) -> Result<Vec<Schema>, CompileError> {
        let sources = Sources::load(loader, entries)?;
        let mut trees = Vec::with_capacity(sources.documents.len());
        for source in &sources.documents {
            trees.push(documents::read(&source.location, &source.bytes)?);
        }
        let documents: Vec<Document<'_>> = sources
            .documents
            .iter()
            .zip(&trees)
            .map(|(source, tree)| Document::new(source, tree))
            .collect();
        let whole = |kind| {
            let place = entries.first().copied().unwrap_or_default();
            CompileError::new(kind, place, None)
        };
        let symbols = Symbols::collect(&documents)?;
        let mut pools = Pools::new(&documents).map_err(whole)?;
        builtin::declare(&mut pools).map_err(whole)?;
        let mut builder = Builder::new(symbols, pools, self.rewrite);
        builder.declare_any_type().map_err(whole)?;
        builder.build_all()?;
        let globals = Globals::collect(&mut builder)?;
        let schema = builder.pools.into_schema();
        check_values(&schema, &documents)?;
        Ok(sources
            .entries
            .iter()
            .map(|entry| globals.apply(&schema, &sources.reach(*entry)))
            .collect())
    }
}

/// The global components, each with the number of its document.
struct Globals {
    elements: Vec<(usize, GlobalElement)>,
    types: Vec<(usize, GlobalType)>,
    attributes: Vec<(usize, GlobalAttribute)>,
}

impl Globals {
    fn collect(builder: &mut Builder<'_>) -> Result<Self, CompileError> {
        let mut globals = Self {
            elements: Vec::new(),
            types: Vec::new(),
            attributes: Vec::new(),
        };
        for (symbol, name, node, document) in builder.symbols.all.clone() {
            match symbol {
                Symbol::Element => {
                    let element = builder.global_element(name, node)?;
                    let name = builder.pool(node, |pools| pools.qname(name))?;
                    globals
                        .elements
                        .push((document, GlobalElement { name, element }));
                }
                Symbol::Type => {
                    let type_ = match builder.complex_named(name) {
                        Some(id) => Type::Complex(id),
                        None => Type::Simple(builder.simple_named(name, node)?),
                    };
                    let name = builder.pool(node, |pools| pools.qname(name))?;
                    globals.types.push((document, GlobalType { name, type_ }));
                }
                Symbol::Attribute => {
                    let attribute = builder.global_attribute(name, node)?;
                    globals.attributes.push((document, attribute));
                }
                Symbol::Group | Symbol::AttributeGroup => {}
            }
        }
        globals.elements.sort_by_key(|(_, known)| known.name);
        globals.types.sort_by_key(|(_, known)| known.name);
        globals.attributes.sort_by_key(|(_, known)| known.name);
        Ok(globals)
    }

    /// The schema with those of the documents that are reached.
    fn apply(&self, schema: &Schema, reached: &[bool]) -> Schema {
        fn some<T: Copy>(all: &[(usize, T)], reached: &[bool]) -> Cow<'static, [T]> {
            all.iter()
                .filter(|(document, _)| reached.get(*document) == Some(&true))
                .map(|(_, known)| *known)
                .collect()
        }
        Schema {
            global_elements: some(&self.elements, reached),
            global_types: some(&self.types, reached),
            global_attributes: some(&self.attributes, reached),
            ..schema.clone()
        }
    }
}

/// Fixed and default values have to be values of their types.
fn check_values(schema: &Schema, documents: &[Document<'_>]) -> Result<(), CompileError> {
    let refuse = |value: &str| {
        let place = documents.first().map_or("", |known| &known.source.location);
        let kind = CompileErrorKind::BadValue {
            what: "fixed",
            value: value.to_owned(),
        };
        CompileError::new(kind, place, None)
    };
    let judge = |type_: SimpleId, constraint: ValueConstraint| -> Result<(), CompileError> {
        let (ValueConstraint::Fixed(id) | ValueConstraint::Default(id)) = constraint else {
            return Ok(());
        };
        let value: &str = schema.value(ValueId(id.0));
        match check(schema, type_, value, &NoPrefixes) {
            Ok(_) => Ok(()),
            Err(_) => Err(refuse(value)),
        }
    };
    for decl in schema.elements.iter() {
        let simple = match decl.type_ {
            Type::Simple(id) => Some(id),
            Type::Complex(id) => match schema.complex_type(id).map(|known| known.content) {
                Some(super::model::Content::Simple(id)) => Some(id),
                _ => None,
            },
        };
        if let Some(id) = simple {
            judge(id, decl.constraint)?;
        }
    }
    for use_ in schema.attributes.iter() {
        judge(use_.type_, use_.constraint)?;
    }
    Ok(())
}
