//! Particles: what a content model is written as.

use std::rc::Rc;

use crate::schema::model::{ElementId, WildcardId};

use super::builder::Builder;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::symbols::{Name, Node, Symbol};

/// A particle.
#[derive(Debug, Clone)]
pub(super) struct Particle {
    pub(super) term: Term,
    pub(super) min: u32,
    /// `None` is unbounded.
    pub(super) max: Option<u32>,
}

/// What is to occur.
#[derive(Debug, Clone)]
pub(super) enum Term {
    /// An element with those of its substitution group; the first is the one named.
    Element(Rc<[ElementId]>),
    Wildcard(WildcardId),
    Sequence(Vec<Rc<Particle>>),
    Choice(Vec<Rc<Particle>>),
    All(Vec<Rc<Particle>>),
}

impl Particle {
    /// A particle that occurs once.
    pub(super) fn once(term: Term) -> Rc<Self> {
        Rc::new(Self {
            term,
            min: 1,
            max: Some(1),
        })
    }

    /// Nothing at all: no element can occur.
    pub(super) fn is_empty(&self) -> bool {
        match &self.term {
            Term::Sequence(items) | Term::All(items) => items.iter().all(|item| item.is_empty()),
            // A choice without alternatives takes nothing, not even the empty content.
            Term::Choice(items) => items.is_empty() && self.min == 0,
            Term::Element(_) | Term::Wildcard(_) => false,
        }
    }
}

impl<'t> Builder<'t> {
    /// The particle among the children of a complex type or its derivation; `None` without one, or
    /// when it may not occur.
    pub(super) fn content_particle(
        &mut self,
        children: &[Node<'t>],
    ) -> Result<Option<Rc<Particle>>, CompileError> {
        let Some(first) = children.first() else {
            return Ok(None);
        };
        match first.name() {
            "sequence" | "choice" | "all" | "group" => {
                let particle = self.particle(*first, &mut Vec::new(), true)?;
                Ok(particle.filter(|particle| !particle.is_empty()))
            }
            _ => Ok(None),
        }
    }

    /// A particle; `None` when it may not occur.
    fn particle(
        &mut self,
        node: Node<'t>,
        groups: &mut Vec<Name<'t>>,
        is_whole: bool,
    ) -> Result<Option<Rc<Particle>>, CompileError> {
        self.descend(node)?;
        let (min, max) = occurs(node)?;
        let term = match node.name() {
            "element" => self.element_term(node)?,
            "any" => Term::Wildcard(self.wildcard(node)?),
            "sequence" => Term::Sequence(self.particles(node, groups, false)?),
            "choice" => Term::Choice(self.particles(node, groups, false)?),
            "all" if is_whole && max == Some(1) => Term::All(self.particles(node, groups, true)?),
            "group" => {
                let name = node.resolve(node.required("ref")?)?;
                if groups.contains(&name) {
                    return Err(node.error(Kind::Cycle(name.to_text())));
                }
                let Some(group) = self.symbols.find(Symbol::Group, name) else {
                    return Err(node.unresolved("group", name));
                };
                let inner = group
                    .child_of(&["sequence", "choice", "all"])?
                    .ok_or_else(|| group.misplaced())?;
                groups.push(name);
                let particle = self.particle(inner, groups, is_whole && max == Some(1))?;
                groups.pop();
                Term::Sequence(particle.into_iter().collect())
            }
            _ => return Err(node.misplaced()),
        };
        self.ascend();
        if max == Some(0) {
            return Ok(None);
        }
        Ok(Some(Rc::new(Particle { term, min, max })))
    }

    fn particles(
        &mut self,
        node: Node<'t>,
        groups: &mut Vec<Name<'t>>,
        of_all: bool,
    ) -> Result<Vec<Rc<Particle>>, CompileError> {
        let mut particles = Vec::new();
        for child in node.children()? {
            if of_all && (child.name() != "element" || !matches!(occurs(child)?.1, Some(0 | 1))) {
                return Err(child.misplaced());
            }
            particles.extend(self.particle(child, groups, false)?);
        }
        Ok(particles)
    }

    fn element_term(&mut self, node: Node<'t>) -> Result<Term, CompileError> {
        let id = self.element_of(node)?;
        let elements = match node.attribute("ref") {
            None => vec![id],
            Some(reference) => {
                let name = node.resolve(reference)?;
                self.substitutes_of(name, node)?
            }
        };
        Ok(Term::Element(elements.into()))
    }
}

/// How often a particle occurs.
fn occurs(node: Node<'_>) -> Result<(u32, Option<u32>), CompileError> {
    let number = |name: &'static str, value: &str| {
        value
            .parse::<u32>()
            .map_err(|_| node.bad_value(name, value))
    };
    let min = match node.attribute("minOccurs") {
        None => 1,
        Some(value) => number("minOccurs", value)?,
    };
    let max = match node.attribute("maxOccurs") {
        None => Some(1),
        Some("unbounded") => None,
        Some(value) => Some(number("maxOccurs", value)?),
    };
    if max.is_some_and(|max| max < min) {
        return Err(node.bad_value("minOccurs", &min.to_string()));
    }
    Ok((min, max))
}
