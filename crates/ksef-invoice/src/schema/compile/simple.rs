//! Simple types.

use crate::schema::model::{Builtin, Facets, SimpleId, SimpleType, Type, Variety, WhiteSpace};

use super::builder::{Builder, State};
use super::error::{CompileError, CompileErrorKind as Kind};
use super::facet::{self, FACETS};
use super::pools::is_builtin;
use super::symbols::{Name, Node, Symbol};

impl<'t> Builder<'t> {
    /// The simple type with a name, which `place` refers to.
    pub(super) fn simple_named(
        &mut self,
        name: Name<'t>,
        place: Node<'t>,
    ) -> Result<SimpleId, CompileError> {
        if is_builtin(name) {
            return Builtin::from_name(name.local)
                .map(Builtin::id)
                .ok_or_else(|| place.unresolved("type", name));
        }
        match self.simple.get(&name) {
            Some(State::Done(known)) => return Ok(*known),
            Some(_) => return Err(place.error(Kind::Cycle(name.to_text()))),
            None => {}
        }
        let node = self
            .symbols
            .find(Symbol::Type, name)
            .filter(|node| node.name() == "simpleType")
            .ok_or_else(|| place.unresolved("simple type", name))?;
        self.simple.insert(name, State::Open);
        let id = self.simple_definition(node, Some(name))?;
        self.simple.insert(name, State::Done(id));
        Ok(id)
    }

    /// A `simpleType` element.
    pub(super) fn simple_definition(
        &mut self,
        node: Node<'t>,
        name: Option<Name<'t>>,
    ) -> Result<SimpleId, CompileError> {
        self.descend(node)?;
        let derivation = node.child_of(&["restriction", "list", "union"])?;
        let derivation = derivation.ok_or_else(|| node.misplaced())?;
        let mut type_ = match derivation.name() {
            "restriction" => {
                let (base, facets) = self.restriction_base(derivation)?;
                self.restricted(base, &facets, derivation)?
            }
            "list" => self.list(derivation)?,
            _ => self.union(derivation)?,
        };
        type_.name = match name {
            Some(name) => Some(self.pool(node, |pools| pools.qname(name))?),
            None => None,
        };
        self.ascend();
        self.pool(node, |pools| pools.simple_type(type_))
    }

    /// The base type of a `restriction` and its facets.
    fn restriction_base(
        &mut self,
        node: Node<'t>,
    ) -> Result<(SimpleId, Vec<Node<'t>>), CompileError> {
        let mut children = node.children()?;
        let nested = children
            .first()
            .copied()
            .filter(|child| child.name() == "simpleType");
        let base = match (node.attribute("base"), nested) {
            (Some(_), Some(nested)) => return Err(nested.misplaced()),
            (Some(base), None) => {
                let name = node.resolve(base)?;
                self.simple_named(name, node)?
            }
            (None, Some(nested)) => {
                children.remove(0);
                self.simple_definition(nested, None)?
            }
            (None, None) => return Err(node.error(Kind::MissingAttribute("base"))),
        };
        Ok((base, children))
    }

    /// A copy of `base` with facets applied.
    pub(super) fn restricted(
        &mut self,
        base: SimpleId,
        facets: &[Node<'t>],
        place: Node<'t>,
    ) -> Result<SimpleType, CompileError> {
        if base == Builtin::AnySimpleType.id() {
            return Err(place.error(Kind::BadBase("anySimpleType".to_owned())));
        }
        let Some(mut type_) = self.pools.simple_types.get(usize::from(base.0)).copied() else {
            return Err(place.error(Kind::TooLarge("simple types")));
        };
        if let Some(other) = facets.iter().find(|facet| !FACETS.contains(&facet.name())) {
            return Err(other.misplaced());
        }
        type_.name = None;
        type_.base = base;
        let rewrite = self.rewrite;
        facet::restrict(&mut self.pools, &mut type_, facets, rewrite)?;
        Ok(type_)
    }

    fn list(&mut self, node: Node<'t>) -> Result<SimpleType, CompileError> {
        let nested = node.child_of(&["simpleType"])?;
        let item = match (node.attribute("itemType"), nested) {
            (Some(item), None) => {
                let name = node.resolve(item)?;
                self.simple_named(name, node)?
            }
            (None, Some(nested)) => self.simple_definition(nested, None)?,
            (None, None) => return Err(node.error(Kind::MissingAttribute("itemType"))),
            (Some(_), Some(nested)) => return Err(nested.misplaced()),
        };
        let mut items = vec![item];
        items.extend(self.members_of(item));
        let is_list = |id: &SimpleId| {
            let known = self.pools.simple_types.get(usize::from(id.0));
            known.is_some_and(|known| matches!(known.variety, Variety::List(_)))
        };
        if items.iter().any(is_list) {
            return Err(node.error(Kind::BadBase("a list".to_owned())));
        }
        Ok(constructed(Variety::List(item), WhiteSpace::Collapse))
    }

    fn union(&mut self, node: Node<'t>) -> Result<SimpleType, CompileError> {
        let mut members = Vec::new();
        for member in node
            .attribute("memberTypes")
            .unwrap_or_default()
            .split_ascii_whitespace()
        {
            let name = node.resolve(member)?;
            members.push(self.simple_named(name, node)?);
        }
        for child in node.children()? {
            if child.name() != "simpleType" {
                return Err(child.misplaced());
            }
            members.push(self.simple_definition(child, None)?);
        }
        // Unions among them stand for their own members, so that unions are never nested; one that
        // restricts its members by facets cannot be taken apart.
        let mut flat = Vec::new();
        for member in members {
            let inner = self.members_of(member);
            if inner.is_empty() {
                flat.push(member);
                continue;
            }
            let known = self.pools.simple_types.get(usize::from(member.0));
            if known.is_some_and(|known| known.facets != Facets::NONE) {
                return Err(node.unsupported("union of a restricted union"));
            }
            flat.extend_from_slice(inner);
        }
        if flat.is_empty() {
            return Err(node.error(Kind::MissingAttribute("memberTypes")));
        }
        if flat.len() > MEMBERS_MAX {
            return Err(node.error(Kind::TooLarge("members of a union")));
        }
        let members = self.pool(node, |pools| pools.members(flat))?;
        Ok(constructed(Variety::Union(members), WhiteSpace::Collapse))
    }

    /// The simple type of an element or attribute: its `type`, the `simpleType` in it, or
    /// `anySimpleType`.
    pub(super) fn simple_of(
        &mut self,
        node: Node<'t>,
        nested: Option<Node<'t>>,
    ) -> Result<SimpleId, CompileError> {
        match (node.attribute("type"), nested) {
            (Some(_), Some(nested)) => Err(nested.misplaced()),
            (Some(name), None) => {
                let name = node.resolve(name)?;
                match self.type_named(name, node)? {
                    Type::Simple(id) => Ok(id),
                    Type::Complex(_) => Err(node.error(Kind::BadBase(name.to_text()))),
                }
            }
            (None, Some(nested)) => self.simple_definition(nested, None),
            (None, None) => Ok(Builtin::AnySimpleType.id()),
        }
    }
}

/// A list or union without facets.
const fn constructed(variety: Variety, white_space: WhiteSpace) -> SimpleType {
    SimpleType {
        name: None,
        base: Builtin::AnySimpleType.id(),
        builtin: Builtin::AnySimpleType,
        variety,
        white_space,
        facets: Facets::NONE,
    }
}

/// How many members a union may have.
const MEMBERS_MAX: usize = 1_000;
