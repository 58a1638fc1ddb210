//! Access to the pools of a schema.

use crate::schema::pattern::Pattern;

use super::{
    AttributeUse, Builtin, Candidate, ComplexId, ComplexType, Derivation, ElementDecl, ElementId,
    GlobalAttribute, Model, NameId, NamespaceConstraint, NamespaceId, PatternId, Position, QName,
    Schema, SimpleId, SimpleType, Slice, Text, Type, ValueId, Wildcard, WildcardId,
};

/// A row of a bit set.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'s>(pub &'s [u64]);

impl<'s> Bits<'s> {
    /// Is the position in the set?
    #[must_use]
    pub fn contains(self, position: usize) -> bool {
        self.0
            .get(position / 64)
            .is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// The positions, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> + 's {
        self.0.iter().enumerate().flat_map(|(index, &word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| index * 64 + bit)
        })
    }
}

/// The hash of a local name in [`Schema::name_slots`]: its length, its first and last eight bytes.
#[must_use]
pub fn name_hash(name: &[u8]) -> usize {
    let head = word(name.get(..8).unwrap_or(name));
    let tail = word(name.get(name.len().saturating_sub(8)..).unwrap_or(name));
    let length = u64::try_from(name.len()).unwrap_or(u64::MAX);
    let mixed =
        (head ^ tail.rotate_left(29) ^ length.rotate_left(57)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from(mixed >> 40).unwrap_or(0)
}

fn word(bytes: &[u8]) -> u64 {
    match <[u8; 8]>::try_from(bytes) {
        Ok(eight) => u64::from_le_bytes(eight),
        Err(_) => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

impl Schema {
    /// A free slot of [`Schema::name_slots`].
    pub const NO_NAME: u16 = u16::MAX;

    /// The number of a local name; `None` when the schema does not mention it.
    #[must_use]
    pub fn find_name(&self, name: &str) -> Option<NameId> {
        let mask = self.name_slots.len().checked_sub(1)?;
        let mut slot = name_hash(name.as_bytes()) & mask;
        loop {
            let index = *self.name_slots.get(slot)?;
            if index == Self::NO_NAME {
                return None;
            }
            if self.names.get(usize::from(index))? == name {
                return Some(NameId(index));
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The number of a namespace, empty for none; `None` when the schema does not mention it.
    #[must_use]
    pub fn find_namespace(&self, namespace: &str) -> Option<NamespaceId> {
        let index = self
            .namespaces
            .iter()
            .position(|known| known == namespace)?;
        u16::try_from(index).ok().map(NamespaceId)
    }

    /// The numbers of a name; `None` when the schema cannot know it.
    #[must_use]
    pub fn find(&self, namespace: &str, name: &str) -> Option<QName> {
        Some(QName {
            name: self.find_name(name)?,
            namespace: self.find_namespace(namespace)?,
        })
    }

    /// The text of a local name.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        text(&self.names, usize::from(id.0))
    }

    /// The text of a namespace, empty for none.
    #[must_use]
    pub fn namespace(&self, id: NamespaceId) -> &str {
        text(&self.namespaces, usize::from(id.0))
    }

    /// A value of a facet or constraint.
    #[must_use]
    pub fn value(&self, id: ValueId) -> &str {
        text(&self.values, id.0 as usize)
    }

    /// The global element with this name.
    #[must_use]
    pub fn global_element(&self, name: QName) -> Option<ElementId> {
        let found = self
            .global_elements
            .binary_search_by_key(&name, |known| known.name);
        self.global_elements
            .get(found.ok()?)
            .map(|known| known.element)
    }

    /// The global attribute with this name.
    #[must_use]
    pub fn global_attribute(&self, name: QName) -> Option<&GlobalAttribute> {
        let found = self
            .global_attributes
            .binary_search_by_key(&name, |known| known.name);
        self.global_attributes.get(found.ok()?)
    }

    /// The type that `xsi:type` names: a global type of the schema, a built-in type, or
    /// `xs:anyType`.
    #[must_use]
    pub fn global_type(&self, namespace: &str, name: &str) -> Option<Type> {
        if namespace == XSD_NAMESPACE {
            if name == "anyType" {
                return Some(Type::ANY);
            }
            return Builtin::from_name(name).map(|builtin| Type::Simple(builtin.id()));
        }
        let name = self.find(namespace, name)?;
        let found = self
            .global_types
            .binary_search_by_key(&name, |known| known.name);
        self.global_types.get(found.ok()?).map(|known| known.type_)
    }

    /// An element declaration.
    #[must_use]
    pub fn element(&self, id: ElementId) -> Option<&ElementDecl> {
        self.elements.get(usize::from(id.0))
    }

    /// A complex type.
    #[must_use]
    pub fn complex_type(&self, id: ComplexId) -> Option<&ComplexType> {
        self.complex_types.get(usize::from(id.0))
    }

    /// A simple type.
    #[must_use]
    pub fn simple_type(&self, id: SimpleId) -> Option<&SimpleType> {
        self.simple_types.get(usize::from(id.0))
    }

    /// A wildcard.
    #[must_use]
    pub fn wildcard(&self, id: WildcardId) -> Option<&Wildcard> {
        self.wildcards.get(usize::from(id.0))
    }

    /// The attributes of a complex type, sorted by name.
    #[must_use]
    pub fn attributes_of(&self, type_: &ComplexType) -> &[AttributeUse] {
        type_.attributes.of(&self.attributes)
    }

    /// The patterns that a simple type has to match, all of them.
    #[must_use]
    pub fn patterns_of(&self, type_: &SimpleType) -> &[PatternId] {
        type_.facets.patterns.of(&self.pattern_lists)
    }

    /// The enumeration of a simple type; empty when there is none.
    #[must_use]
    pub fn enumeration_of(&self, type_: &SimpleType) -> &[Text] {
        type_.facets.enumeration.of(&self.values)
    }

    /// The member types of a union.
    #[must_use]
    pub fn members(&self, slice: Slice) -> &[SimpleId] {
        slice.of(&self.members)
    }

    /// A pattern, compiled at its first use.
    #[must_use]
    pub fn pattern(&self, id: PatternId) -> &Pattern {
        self.pattern_cache.get(&self.patterns, usize::from(id.0))
    }

    /// A pattern as the schema writes it.
    #[must_use]
    pub fn pattern_text(&self, id: PatternId) -> &str {
        text(&self.patterns, usize::from(id.0))
    }

    /// The name of a type as the schema writes it, `None` for an anonymous one.
    #[must_use]
    pub fn type_name(&self, type_: Type) -> Option<&str> {
        match type_ {
            Type::Complex(ComplexId::ANY) => Some("anyType"),
            Type::Complex(id) => self.complex_type(id)?.name.map(|name| self.name(name.name)),
            Type::Simple(id) => match Builtin::ALL.get(usize::from(id.0)) {
                Some(builtin) => Some(builtin.name()),
                None => self.simple_type(id)?.name.map(|name| self.name(name.name)),
            },
        }
    }

    /// Does a wildcard take the namespace? `None` stands for one that the schema never mentions.
    #[must_use]
    pub fn allows(&self, wildcard: &Wildcard, namespace: Option<NamespaceId>) -> bool {
        match wildcard.namespaces {
            NamespaceConstraint::Any => true,
            NamespaceConstraint::Other(excluded) => {
                namespace.is_none_or(|known| known != excluded && known != NamespaceId::NONE)
            }
            NamespaceConstraint::List(list) => {
                namespace.is_some_and(|known| list.of(&self.wildcard_namespaces).contains(&known))
            }
        }
    }

    /// What a type is derived from and how; `None` for `xs:anyType`.
    #[must_use]
    pub fn base_of(&self, type_: Type) -> Option<(Type, Derivation)> {
        match type_ {
            Type::Complex(ComplexId::ANY) => None,
            Type::Complex(id) => self
                .complex_type(id)
                .map(|known| (known.base, known.derivation)),
            Type::Simple(id) if id == Builtin::AnySimpleType.id() => {
                Some((Type::ANY, Derivation::Restriction))
            }
            Type::Simple(id) => self
                .simple_type(id)
                .map(|known| (Type::Simple(known.base), Derivation::Restriction)),
        }
    }

    /// Is `type_` the type `base` or derived from it? When it is, which ways of derivation lie
    /// between: (by extension, by restriction). A member of a union counts as derived from the
    /// union by restriction.
    #[must_use]
    pub fn is_derived(&self, type_: Type, base: Type) -> Option<(bool, bool)> {
        let mut current = type_;
        let (mut extends, mut restricts) = (false, false);
        // A line of derivation has no cycle; the count is a guard for damaged tables.
        for _ in 0..=self.complex_types.len() + self.simple_types.len() {
            if current == base {
                return Some((extends, restricts));
            }
            if let Type::Simple(union) = base
                && let Some(super::Variety::Union(members)) =
                    self.simple_type(union).map(|known| known.variety)
                && self
                    .members(members)
                    .iter()
                    .any(|member| Type::Simple(*member) == current)
            {
                return Some((extends, true));
            }
            let (next, derivation) = self.base_of(current)?;
            match derivation {
                Derivation::Extension => extends = true,
                Derivation::Restriction => restricts = true,
            }
            current = next;
        }
        None
    }

    /// The positions of a content model.
    #[must_use]
    pub fn positions(&self, model: &Model) -> &[Position] {
        model.positions.of(&self.positions)
    }

    /// The places where a content model takes this name, in the order of their positions.
    #[must_use]
    pub fn candidates(&self, model: &Model, name: QName) -> &[Candidate] {
        let all = model.candidates.of(&self.candidates);
        let start = all.partition_point(|known| known.name < name);
        let rest = all.get(start..).unwrap_or_default();
        let len = rest.iter().take_while(|known| known.name == name).count();
        rest.get(..len).unwrap_or_default()
    }

    /// The positions with which content may begin.
    #[must_use]
    pub fn first(&self, model: &Model) -> Bits<'_> {
        self.row(model, 0)
    }

    /// The positions with which content may end.
    #[must_use]
    pub fn accepting(&self, model: &Model) -> Bits<'_> {
        self.row(model, 1)
    }

    /// The positions without which no content is complete.
    #[must_use]
    pub fn required(&self, model: &Model) -> Bits<'_> {
        self.row(model, 2)
    }

    /// The positions that may come after a position; itself only through a loop of a group, in
    /// which case its count begins anew.
    #[must_use]
    pub fn follow(&self, model: &Model, position: usize) -> Bits<'_> {
        self.row(model, 3 + position)
    }

    fn row(&self, model: &Model, row: usize) -> Bits<'_> {
        let words = usize::from(model.words);
        let start = model.bits as usize + row * words;
        Bits(self.bits.get(start..start + words).unwrap_or_default())
    }
}

fn text(pool: &[Text], index: usize) -> &str {
    pool.get(index).map_or("", AsRef::as_ref)
}

/// The namespace of XML Schema documents.
const XSD_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema";
