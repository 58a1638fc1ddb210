//! Complex types.

use std::rc::Rc;

use crate::schema::model::{
    ComplexId, ComplexType, Content, Derivation, NamespaceConstraint, ProcessContents, SimpleId,
    Type, Wildcard,
};

use super::attribute::Attributes;
use super::automaton;
use super::builder::{Body, Builder, Parts, State};
use super::element::block;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::particle::{Particle, Term};
use super::symbols::{Name, Node};

/// What a complex type says of itself.
struct Definition<'t> {
    base: Type,
    derivation: Derivation,
    parts: Parts,
    node: Node<'t>,
}

impl<'t> Builder<'t> {
    /// `xs:anyType`, the first complex type.
    pub(super) fn declare_any_type(&mut self) -> Result<(), Kind> {
        let wildcard = self.pools.wildcard(Wildcard {
            namespaces: NamespaceConstraint::Any,
            process: ProcessContents::Lax,
        })?;
        let particle = Particle {
            term: Term::Wildcard(wildcard),
            min: 0,
            max: None,
        };
        let parts = Parts {
            content: Body::Children(Rc::new(particle)),
            is_mixed: true,
            attributes: Attributes {
                wildcard: Some(wildcard),
                ..Attributes::default()
            },
        };
        let content = self.content(&parts)?;
        self.definitions.push(None);
        self.pools.complex_types.push(Some(ComplexType {
            name: None,
            base: Type::ANY,
            derivation: Derivation::Restriction,
            is_abstract: false,
            block: crate::schema::model::Block::NONE,
            is_mixed: true,
            content,
            attributes: crate::schema::model::Slice::EMPTY,
            any_attribute: Some(wildcard),
        }));
        self.parts.push(State::Done(Rc::new(parts)));
        Ok(())
    }

    /// Builds what a complex type hands down, its bases first, and the type itself.
    pub(super) fn complete_complex(&mut self, index: usize) -> Result<Rc<Parts>, CompileError> {
        if let Some(State::Done(parts)) = self.parts.get(index) {
            return Ok(Rc::clone(parts));
        }
        // Only `xs:anyType` has no definition, and that is complete from the beginning.
        let Some(node) = self.definitions.get(index).copied().flatten() else {
            return Ok(Rc::new(Parts {
                content: Body::Empty,
                is_mixed: false,
                attributes: Attributes::default(),
            }));
        };
        match self.parts.get_mut(index) {
            Some(state @ State::New) => *state = State::Open,
            _ => {
                let name = node.attribute("name").unwrap_or_default();
                return Err(node.error(Kind::Cycle(name.to_owned())));
            }
        }
        self.descend(node)?;
        let definition = self.define(node)?;
        let parts = Rc::new(definition.parts.clone());
        let type_ = self.finish(definition)?;
        if let Some(slot) = self.pools.complex_types.get_mut(index) {
            *slot = Some(type_);
        }
        if let Some(state) = self.parts.get_mut(index) {
            *state = State::Done(Rc::clone(&parts));
        }
        self.ascend();
        Ok(parts)
    }

    fn define(&mut self, node: Node<'t>) -> Result<Definition<'t>, CompileError> {
        let children = node.children()?;
        match children.first().map(|child| (child.name(), *child)) {
            Some(("simpleContent", content)) => self.simple_content(node, content),
            Some(("complexContent", content)) => self.complex_content(node, content),
            _ => {
                let is_mixed = node.flag("mixed")?;
                check_order(&children)?;
                let particle = self.content_particle(&children)?;
                Ok(Definition {
                    base: Type::ANY,
                    derivation: Derivation::Restriction,
                    parts: Parts {
                        content: body(particle),
                        is_mixed,
                        attributes: self.attributes(&children)?,
                    },
                    node,
                })
            }
        }
    }

    /// The derivation in a `simpleContent` or `complexContent`, and its base.
    fn derivation(
        &mut self,
        content: Node<'t>,
    ) -> Result<(Node<'t>, Type, Derivation), CompileError> {
        let step = content.child_of(&["extension", "restriction"])?;
        let step = step.ok_or_else(|| content.misplaced())?;
        let derivation = match step.name() {
            "extension" => Derivation::Extension,
            _ => Derivation::Restriction,
        };
        let base = step.resolve(step.required("base")?)?;
        Ok((step, self.type_named(base, step)?, derivation))
    }

    fn bad_base(&self, place: Node<'t>) -> CompileError {
        let name = place.attribute("base").unwrap_or_default();
        place.error(Kind::BadBase(name.to_owned()))
    }

    fn simple_content(
        &mut self,
        node: Node<'t>,
        content: Node<'t>,
    ) -> Result<Definition<'t>, CompileError> {
        let (step, base, derivation) = self.derivation(content)?;
        let children = step.children()?;
        let own = self.attributes(&children)?;
        let (simple, attributes) = match (base, derivation) {
            (Type::Simple(simple), Derivation::Extension) => {
                (simple, self.extended(&Attributes::default(), own, step)?)
            }
            (Type::Simple(_), Derivation::Restriction) => return Err(self.bad_base(step)),
            (Type::Complex(id), Derivation::Extension) => {
                let parts = self.complete_complex(usize::from(id.0))?;
                let Body::Simple(simple) = parts.content else {
                    return Err(self.bad_base(step));
                };
                (simple, self.extended(&parts.attributes, own, step)?)
            }
            (Type::Complex(id), Derivation::Restriction) => {
                let parts = self.complete_complex(usize::from(id.0))?;
                let simple = self.restricted_content(&parts, &children, step)?;
                (simple, self.narrowed(&parts.attributes, own, step)?)
            }
        };
        if derivation == Derivation::Extension {
            check_order(&children)?;
            if let Some(child) = children.first().filter(|child| !is_attribute(**child)) {
                return Err(child.misplaced());
            }
        }
        Ok(Definition {
            base,
            derivation,
            parts: Parts {
                content: Body::Simple(simple),
                is_mixed: false,
                attributes,
            },
            node,
        })
    }

    /// The simple type of a restricted simple content.
    fn restricted_content(
        &mut self,
        base: &Parts,
        children: &[Node<'t>],
        step: Node<'t>,
    ) -> Result<SimpleId, CompileError> {
        let mut facets: Vec<_> = children
            .iter()
            .copied()
            .filter(|child| !is_attribute(*child))
            .collect();
        let nested = facets
            .first()
            .copied()
            .filter(|child| child.name() == "simpleType");
        let start = match (&base.content, nested) {
            (_, Some(nested)) => {
                facets.remove(0);
                self.simple_definition(nested, None)?
            }
            (Body::Simple(simple), None) => *simple,
            _ => return Err(self.bad_base(step)),
        };
        if !matches!(base.content, Body::Simple(_)) && !base.is_mixed {
            return Err(self.bad_base(step));
        }
        if facets.is_empty() {
            return Ok(start);
        }
        let type_ = self.restricted(start, &facets, step)?;
        self.pool(step, |pools| pools.simple_type(type_))
    }

    fn complex_content(
        &mut self,
        node: Node<'t>,
        content: Node<'t>,
    ) -> Result<Definition<'t>, CompileError> {
        let (step, base, derivation) = self.derivation(content)?;
        let Type::Complex(id) = base else {
            return Err(self.bad_base(step));
        };
        let parts = self.complete_complex(usize::from(id.0))?;
        let children = step.children()?;
        check_order(&children)?;
        let own_mixed = match content.attribute("mixed") {
            Some(_) => content.flag("mixed")?,
            None => node.flag("mixed")?,
        };
        let own = body(self.content_particle(&children)?);
        let own_attributes = self.attributes(&children)?;
        let new = match derivation {
            Derivation::Restriction => Parts {
                content: own,
                is_mixed: own_mixed,
                attributes: self.narrowed(&parts.attributes, own_attributes, step)?,
            },
            Derivation::Extension => {
                let attributes = self.extended(&parts.attributes, own_attributes, step)?;
                let (content, is_mixed) = match (&parts.content, own) {
                    (Body::Simple(_), _) => return Err(self.bad_base(step)),
                    (_, Body::Empty) => (parts.content.clone(), parts.is_mixed),
                    (Body::Empty, own) => (own, own_mixed),
                    (Body::Children(_), _) if own_mixed != parts.is_mixed => {
                        return Err(self.bad_base(step));
                    }
                    (Body::Children(first), Body::Children(second)) => {
                        let both = vec![Rc::clone(first), second];
                        (
                            Body::Children(Particle::once(Term::Sequence(both))),
                            own_mixed,
                        )
                    }
                    (Body::Children(_), Body::Simple(_)) => return Err(self.bad_base(step)),
                };
                Parts {
                    content,
                    is_mixed,
                    attributes,
                }
            }
        };
        Ok(Definition {
            base,
            derivation,
            parts: new,
            node,
        })
    }

    fn finish(&mut self, definition: Definition<'t>) -> Result<ComplexType, CompileError> {
        let Definition {
            base,
            derivation,
            parts,
            node,
        } = definition;
        let content = self.content(&parts).map_err(|kind| node.error(kind))?;
        let uses = parts.attributes.uses.values().copied().collect();
        let name = match node.element.parent().map(|parent| parent.name()) {
            Some("schema") => {
                let name = Name {
                    namespace: node.target(),
                    local: node.required("name")?,
                };
                Some(self.pool(node, |pools| pools.qname(name))?)
            }
            _ => None,
        };
        Ok(ComplexType {
            name,
            base,
            derivation,
            is_abstract: node.flag("abstract")?,
            block: block(node)?,
            is_mixed: parts.is_mixed,
            content,
            attributes: self.pool(node, |pools| pools.attributes(uses))?,
            any_attribute: parts.attributes.wildcard,
        })
    }

    fn content(&mut self, parts: &Parts) -> Result<Content, Kind> {
        match &parts.content {
            Body::Empty => Ok(Content::Empty),
            Body::Simple(id) => Ok(Content::Simple(*id)),
            Body::Children(particle) => {
                automaton::build(&mut self.pools, particle).map(Content::Children)
            }
        }
    }

    /// The number of a complex type by name, for the list of global types.
    pub(super) fn complex_named(&self, name: Name<'t>) -> Option<ComplexId> {
        self.complex.get(&name).copied()
    }
}

fn body(particle: Option<Rc<Particle>>) -> Body {
    particle.map_or(Body::Empty, Body::Children)
}

fn is_attribute(node: Node<'_>) -> bool {
    matches!(node.name(), "attribute" | "attributeGroup" | "anyAttribute")
}

/// A particle comes first and only once, then attributes, then at most one wildcard for others.
fn check_order(children: &[Node<'_>]) -> Result<(), CompileError> {
    let mut rank = 0;
    for child in children {
        let own = match child.name() {
            "sequence" | "choice" | "all" | "group" => 1,
            "attribute" | "attributeGroup" => 2,
            "anyAttribute" => 3,
            _ => return Err(child.misplaced()),
        };
        if own < rank || own == rank && own != 2 {
            return Err(child.misplaced());
        }
        rank = own;
    }
    Ok(())
}
