//! Element declarations.

use crate::schema::model::{
    Block, Content, ElementDecl, ElementId, Slice, Type, ValueConstraint, WhiteSpace,
};

use super::builder::Builder;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::symbols::{Name, Node, Symbol};

impl<'t> Builder<'t> {
    /// A global element.
    pub(super) fn global_element(
        &mut self,
        name: Name<'t>,
        node: Node<'t>,
    ) -> Result<ElementId, CompileError> {
        if let Some(known) = self.elements.get(&name) {
            return Ok(*known);
        }
        let id = self.element(name, node)?;
        self.elements.insert(name, id);
        Ok(id)
    }

    /// The element that a particle names or declares.
    pub(super) fn element_of(&mut self, node: Node<'t>) -> Result<ElementId, CompileError> {
        if let Some(reference) = node.attribute("ref") {
            if let Some(child) = node.children()?.first() {
                return Err(child.misplaced());
            }
            let name = node.resolve(reference)?;
            let Some(global) = self.symbols.find(Symbol::Element, name) else {
                return Err(node.unresolved("element", name));
            };
            return self.global_element(name, global);
        }
        let local = node.required("name")?;
        let is_qualified = match node.attribute("form") {
            Some("qualified") => true,
            Some("unqualified") => false,
            Some(other) => return Err(node.bad_value("form", other)),
            None => node.document.qualifies_elements,
        };
        let namespace = if is_qualified { node.target() } else { "" };
        self.element(Name { namespace, local }, node)
    }

    fn element(&mut self, name: Name<'t>, node: Node<'t>) -> Result<ElementId, CompileError> {
        self.spend(node)?;
        let mut nested = None;
        let mut constraints = Vec::new();
        for child in node.children()? {
            match child.name() {
                "simpleType" | "complexType" if nested.is_none() && constraints.is_empty() => {
                    nested = Some(child);
                }
                "unique" | "key" => constraints.push(child),
                "keyref" => return Err(child.unsupported("keyref")),
                _ => return Err(child.misplaced()),
            }
        }
        let type_ = self.element_type(node, nested)?;
        let decl = ElementDecl {
            name: self.pool(node, |pools| pools.qname(name))?,
            type_,
            nillable: node.flag("nillable")?,
            is_abstract: node.flag("abstract")?,
            constraint: ValueConstraint::None,
            block: block(node)?,
            identities: Slice::EMPTY,
        };
        let number = u16::try_from(self.pools.elements.len())
            .map_err(|_| node.error(Kind::TooLarge("elements")))?;
        let id = ElementId(number);
        self.pools.elements.push(decl);
        if node
            .element
            .attribute("fixed")
            .or(node.element.attribute("default"))
            .is_some()
        {
            self.constraints.push((id, node));
        }
        let identities = self.identity_constraints(&constraints)?;
        if let Some(decl) = self.pools.elements.get_mut(usize::from(number)) {
            decl.identities = identities;
        }
        Ok(id)
    }

    fn element_type(
        &mut self,
        node: Node<'t>,
        nested: Option<Node<'t>>,
    ) -> Result<Type, CompileError> {
        match (node.attribute("type"), nested) {
            (Some(_), Some(nested)) => Err(nested.misplaced()),
            (Some(name), None) => {
                let name = node.resolve(name)?;
                self.type_named(name, node)
            }
            (None, Some(nested)) if nested.name() == "simpleType" => {
                self.simple_definition(nested, None).map(Type::Simple)
            }
            (None, Some(nested)) => self
                .announce_complex(Some(nested), nested)
                .map(Type::Complex),
            (None, None) => match node.attribute("substitutionGroup") {
                None => Ok(Type::ANY),
                // A member without a type has that of its head. Heads of heads end: each step is
                // paid for.
                Some(head) => {
                    self.descend(node)?;
                    let name = node.resolve(head)?;
                    let Some(head) = self.symbols.find(Symbol::Element, name) else {
                        return Err(node.unresolved("element", name));
                    };
                    let nested = head
                        .children()?
                        .into_iter()
                        .find(|child| matches!(child.name(), "simpleType" | "complexType"));
                    if nested.is_some() {
                        let id = self.global_element(name, head)?;
                        self.ascend();
                        let decl = self.pools.elements.get(usize::from(id.0));
                        return Ok(decl.map_or(Type::ANY, |decl| decl.type_));
                    }
                    let type_ = self.element_type(head, None)?;
                    self.ascend();
                    Ok(type_)
                }
            },
        }
    }

    /// An element and those that may stand in its place, with their declarations.
    pub(super) fn substitutes_of(
        &mut self,
        name: Name<'t>,
        place: Node<'t>,
    ) -> Result<Vec<ElementId>, CompileError> {
        let mut found = Vec::new();
        let mut open = vec![name];
        let mut seen = vec![name];
        while let Some(head) = open.pop() {
            let Some(node) = self.symbols.find(Symbol::Element, head) else {
                return Err(place.unresolved("element", head));
            };
            found.push(self.global_element(head, node)?);
            if block(node)?.substitution {
                continue;
            }
            for member in self.substitutes.get(&head).cloned().unwrap_or_default() {
                self.spend(place)?;
                let member = Name {
                    namespace: member.target(),
                    local: member.required("name")?,
                };
                if seen.contains(&member) {
                    return Err(place.error(Kind::Cycle(member.to_text())));
                }
                seen.push(member);
                open.push(member);
            }
        }
        Ok(found)
    }

    /// Normalises fixed and default values of elements, whose types are known now.
    pub(super) fn complete_constraints(&mut self) -> Result<(), CompileError> {
        for (id, node) in std::mem::take(&mut self.constraints) {
            let index = usize::from(id.0);
            let type_ = self.pools.elements.get(index).map(|decl| decl.type_);
            let white_space = match type_ {
                Some(Type::Simple(simple)) => self.white_space(simple),
                Some(Type::Complex(complex)) => {
                    let known = self.pools.complex_types.get(usize::from(complex.0));
                    match known.copied().flatten() {
                        Some(known) if matches!(known.content, Content::Simple(_)) => {
                            match known.content {
                                Content::Simple(simple) => self.white_space(simple),
                                _ => WhiteSpace::Preserve,
                            }
                        }
                        Some(known) if known.is_mixed => WhiteSpace::Preserve,
                        _ => {
                            return Err(node.bad_value("fixed", "a value for element content"));
                        }
                    }
                }
                None => WhiteSpace::Preserve,
            };
            let constraint = self.value_constraint(node, white_space)?;
            if let Some(decl) = self.pools.elements.get_mut(index) {
                decl.constraint = constraint;
            }
        }
        Ok(())
    }
}

/// The `block` of an element or complex type.
pub(super) fn block(node: Node<'_>) -> Result<Block, CompileError> {
    let text = node.attribute("block").unwrap_or(node.document.block);
    let mut block = Block::NONE;
    for part in text.split_ascii_whitespace() {
        match part {
            "#all" => {
                block = Block {
                    extension: true,
                    restriction: true,
                    substitution: true,
                };
            }
            "extension" => block.extension = true,
            "restriction" => block.restriction = true,
            "substitution" => block.substitution = true,
            _ => return Err(node.bad_value("block", part)),
        }
    }
    Ok(block)
}
