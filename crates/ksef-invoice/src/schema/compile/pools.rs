//! The pools of a schema while it is built.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::schema::model::{
    AttributeUse, Candidate, ComplexType, ElementDecl, Identity, NameId, NamespaceId, Path,
    PatternId, Position, QName, Schema, SimpleId, SimpleType, Slice, Step, Text, ValueId, Wildcard,
    WildcardId, name_hash,
};
use crate::schema::pattern::{Pattern, PatternCache, PatternError};

use super::documents::XSD;
use super::error::CompileErrorKind as Kind;
use super::symbols::{Document, Name};

/// The pools, with what finds equal entries again.
#[derive(Debug, Default)]
pub(super) struct Pools {
    names: Vec<String>,
    namespaces: Vec<String>,
    values: Vec<String>,
    value_runs: HashMap<Vec<String>, Slice>,
    patterns: Vec<String>,
    pattern_lists: Vec<PatternId>,
    pattern_runs: HashMap<Vec<PatternId>, Slice>,
    pub(super) simple_types: Vec<SimpleType>,
    members: Vec<SimpleId>,
    pub(super) complex_types: Vec<Option<ComplexType>>,
    pub(super) elements: Vec<ElementDecl>,
    attributes: Vec<AttributeUse>,
    positions: Vec<Position>,
    candidates: Vec<Candidate>,
    bits: Vec<u64>,
    wildcards: Vec<Wildcard>,
    wildcard_namespaces: Vec<NamespaceId>,
    pub(super) identities: Vec<Identity>,
    pub(super) paths: Vec<Path>,
    pub(super) steps: Vec<Step>,
}

impl Pools {
    /// Pools that know every local name that the documents give or refer to.
    pub(super) fn new(documents: &[Document<'_>]) -> Result<Self, Kind> {
        let mut names = Vec::new();
        for document in documents {
            for element in document.tree.elements() {
                for (name, value) in element.attributes() {
                    match name {
                        "name" | "ref" | "type" => {
                            names.push(value.rsplit(':').next().unwrap_or(value).trim().to_owned());
                        }
                        "xpath" => names.extend(
                            value
                                .split(['/', '|', ':', '@', '*', ' ', '\t', '\r', '\n'])
                                .filter(|part| !part.is_empty())
                                .map(str::to_owned),
                        ),
                        _ => {}
                    }
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        if names.len() >= usize::from(Schema::NO_NAME) {
            return Err(Kind::TooLarge("names"));
        }
        Ok(Self {
            names,
            namespaces: vec![String::new()],
            ..Self::default()
        })
    }

    pub(super) fn qname(&mut self, name: Name<'_>) -> Result<QName, Kind> {
        let found = self
            .names
            .binary_search_by(|known| known.as_str().cmp(name.local))
            .map_err(|_| Kind::Unresolved {
                what: "name",
                name: name.to_text(),
            })?;
        Ok(QName {
            name: NameId(number(found, "names")?),
            namespace: self.namespace(name.namespace)?,
        })
    }

    /// A name for a message.
    pub(super) fn name_text(&self, name: QName) -> String {
        let local = self.names.get(usize::from(name.name.0));
        local.cloned().unwrap_or_default()
    }

    pub(super) fn namespace(&mut self, namespace: &str) -> Result<NamespaceId, Kind> {
        let found = self.namespaces.iter().position(|known| known == namespace);
        let index = found.unwrap_or_else(|| {
            self.namespaces.push(namespace.to_owned());
            self.namespaces.len() - 1
        });
        Ok(NamespaceId(number(index, "namespaces")?))
    }

    pub(super) fn value(&mut self, value: &str) -> Result<ValueId, Kind> {
        Ok(ValueId(self.value_run(vec![value.to_owned()])?.start))
    }

    pub(super) fn value_run(&mut self, run: Vec<String>) -> Result<Slice, Kind> {
        if let Some(known) = self.value_runs.get(&run) {
            return Ok(*known);
        }
        let slice = append(&mut self.values, run.clone(), "values")?;
        self.value_runs.insert(run, slice);
        Ok(slice)
    }

    pub(super) fn value_texts(&self, slice: Slice) -> &[String] {
        slice.of(&self.values)
    }

    /// A pattern, checked; equal ones are one.
    pub(super) fn pattern(&mut self, pattern: &str) -> Result<PatternId, Kind> {
        if let Some(known) = self.patterns.iter().position(|known| known == pattern) {
            return Ok(PatternId(number(known, "patterns")?));
        }
        if self.patterns.len() >= PATTERNS_MAX {
            return Err(Kind::TooLarge("patterns"));
        }
        Pattern::compile(pattern).map_err(|error: PatternError| Kind::Pattern(error))?;
        self.patterns.push(pattern.to_owned());
        Ok(PatternId(number(self.patterns.len() - 1, "patterns")?))
    }

    pub(super) fn pattern_list(&mut self, list: Vec<PatternId>) -> Result<Slice, Kind> {
        if list.is_empty() {
            return Ok(Slice::EMPTY);
        }
        if let Some(known) = self.pattern_runs.get(&list) {
            return Ok(*known);
        }
        let slice = append(&mut self.pattern_lists, list.clone(), "patterns")?;
        self.pattern_runs.insert(list, slice);
        Ok(slice)
    }

    pub(super) fn patterns_in(&self, slice: Slice) -> &[PatternId] {
        slice.of(&self.pattern_lists)
    }

    pub(super) fn simple_type(&mut self, type_: SimpleType) -> Result<SimpleId, Kind> {
        self.simple_types.push(type_);
        Ok(SimpleId(number(
            self.simple_types.len() - 1,
            "simple types",
        )?))
    }

    pub(super) fn members(&mut self, members: Vec<SimpleId>) -> Result<Slice, Kind> {
        append(&mut self.members, members, "members of unions")
    }

    pub(super) fn members_in(&self, slice: Slice) -> &[SimpleId] {
        slice.of(&self.members)
    }

    pub(super) fn attributes(&mut self, uses: Vec<AttributeUse>) -> Result<Slice, Kind> {
        if uses.is_empty() {
            return Ok(Slice::EMPTY);
        }
        // Hundreds of types of UBL inherit the same attributes.
        let known = self
            .attributes
            .windows(uses.len())
            .position(|known| known == uses);
        match known {
            Some(start) => Ok(Slice {
                start: number(start, "attributes")?,
                len: number(uses.len(), "attributes")?,
            }),
            None => append(&mut self.attributes, uses, "attributes"),
        }
    }

    pub(super) fn positions(&mut self, positions: Vec<Position>) -> Result<Slice, Kind> {
        append(&mut self.positions, positions, "positions")
    }

    pub(super) fn candidates(&mut self, candidates: Vec<Candidate>) -> Result<Slice, Kind> {
        append(&mut self.candidates, candidates, "candidates")
    }

    pub(super) fn rows(&mut self, rows: Vec<u64>) -> Result<u32, Kind> {
        Ok(append(&mut self.bits, rows, "content models")?.start)
    }

    pub(super) fn wildcard(&mut self, wildcard: Wildcard) -> Result<WildcardId, Kind> {
        let found = self.wildcards.iter().position(|known| *known == wildcard);
        let index = found.unwrap_or_else(|| {
            self.wildcards.push(wildcard);
            self.wildcards.len() - 1
        });
        Ok(WildcardId(number(index, "wildcards")?))
    }

    pub(super) fn wildcard_at(&self, id: WildcardId) -> Option<Wildcard> {
        self.wildcards.get(usize::from(id.0)).copied()
    }

    /// A list of namespaces, sorted; equal ones are one.
    pub(super) fn namespace_list(&mut self, mut list: Vec<NamespaceId>) -> Result<Slice, Kind> {
        list.sort_unstable();
        list.dedup();
        if list.is_empty() {
            return Ok(Slice::EMPTY);
        }
        let known = self
            .wildcard_namespaces
            .windows(list.len())
            .position(|known| known == list);
        match known {
            Some(start) => Ok(Slice {
                start: number(start, "namespaces")?,
                len: number(list.len(), "namespaces")?,
            }),
            None => append(&mut self.wildcard_namespaces, list, "namespaces"),
        }
    }

    pub(super) fn namespaces_in(&self, slice: Slice) -> &[NamespaceId] {
        slice.of(&self.wildcard_namespaces)
    }

    /// The schema without its global components.
    pub(super) fn into_schema(self) -> Schema {
        let name_slots = name_slots(&self.names);
        Schema {
            names: texts(self.names),
            name_slots: Cow::Owned(name_slots),
            namespaces: texts(self.namespaces),
            values: texts(self.values),
            patterns: texts(self.patterns),
            pattern_cache: PatternCache::new(),
            pattern_lists: Cow::Owned(self.pattern_lists),
            simple_types: Cow::Owned(self.simple_types),
            members: Cow::Owned(self.members),
            complex_types: Cow::Owned(self.complex_types.into_iter().flatten().collect()),
            elements: Cow::Owned(self.elements),
            attributes: Cow::Owned(self.attributes),
            positions: Cow::Owned(self.positions),
            candidates: Cow::Owned(self.candidates),
            bits: Cow::Owned(self.bits),
            wildcards: Cow::Owned(self.wildcards),
            wildcard_namespaces: Cow::Owned(self.wildcard_namespaces),
            identities: Cow::Owned(self.identities),
            paths: Cow::Owned(self.paths),
            steps: Cow::Owned(self.steps),
            global_elements: Cow::Owned(Vec::new()),
            global_types: Cow::Owned(Vec::new()),
            global_attributes: Cow::Owned(Vec::new()),
        }
    }
}

/// Appends a run of entries to a pool.
pub(super) fn append<T>(pool: &mut Vec<T>, run: Vec<T>, what: &'static str) -> Result<Slice, Kind> {
    let slice = Slice {
        start: number(pool.len(), what)?,
        len: number(run.len(), what)?,
    };
    if pool.len() + run.len() > ENTRIES_MAX {
        return Err(Kind::TooLarge(what));
    }
    pool.extend(run);
    Ok(slice)
}

/// An index as small as the model wants it.
pub(super) fn number<T: TryFrom<usize>>(index: usize, what: &'static str) -> Result<T, Kind> {
    T::try_from(index).map_err(|_| Kind::TooLarge(what))
}

fn texts(texts: Vec<String>) -> Cow<'static, [Text]> {
    texts.into_iter().map(Cow::Owned).collect()
}

fn name_slots(names: &[String]) -> Vec<u16> {
    let len = (names.len() * 2 + 1).next_power_of_two();
    let mut slots = vec![Schema::NO_NAME; len];
    for (index, name) in names.iter().enumerate() {
        let mut at = name_hash(name.as_bytes()) & (len - 1);
        while slots.get(at).is_some_and(|slot| *slot != Schema::NO_NAME) {
            at = (at + 1) & (len - 1);
        }
        if let (Some(slot), Ok(number)) = (slots.get_mut(at), u16::try_from(index)) {
            *slot = number;
        }
    }
    slots
}

/// Does a name belong to XML Schema itself?
pub(super) fn is_builtin(name: Name<'_>) -> bool {
    name.namespace == XSD
}

/// How many entries a pool may have.
const ENTRIES_MAX: usize = 4_000_000;

/// How many distinct patterns a schema may have.
const PATTERNS_MAX: usize = 2_000;
