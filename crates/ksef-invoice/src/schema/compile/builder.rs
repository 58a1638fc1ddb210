//! From components to pools: what was built, what is being built, what waits.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::schema::model::{ComplexId, ElementId, SimpleId, Type, Variety};

use super::Rewrite;
use super::attribute::Attributes;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::particle::Particle;
use super::pools::{Pools, is_builtin};
use super::symbols::{Name, Node, Symbol, Symbols};

/// Builds the pools of a schema.
pub(super) struct Builder<'t> {
    pub(super) symbols: Symbols<'t>,
    pub(super) pools: Pools,
    /// Corrects patterns.
    pub(super) rewrite: Option<Rewrite>,
    pub(super) simple: HashMap<Name<'t>, State<SimpleId>>,
    pub(super) complex: HashMap<Name<'t>, ComplexId>,
    pub(super) elements: HashMap<Name<'t>, ElementId>,
    /// Substitution groups: the members of each head, itself not among them.
    pub(super) substitutes: HashMap<Name<'t>, Vec<Node<'t>>>,
    /// For each complex type its definition, `None` for `xs:anyType`.
    pub(super) definitions: Vec<Option<Node<'t>>>,
    /// For each complex type what derived types need.
    pub(super) parts: Vec<State<Rc<Parts>>>,
    /// Elements with fixed or default values, to be normalised when all types are known.
    pub(super) constraints: Vec<(ElementId, Node<'t>)>,
    /// Identity constraints by name.
    pub(super) identities: HashSet<Name<'t>>,
    /// What may still be looked at.
    budget: usize,
    /// How deep definitions lean on each other.
    depth: usize,
}

/// Where a thing stands between its first mention and its completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State<T> {
    New,
    Open,
    Done(T),
}

/// What a complex type hands down to those derived from it.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) content: Body,
    pub(super) is_mixed: bool,
    pub(super) attributes: Attributes,
}

/// The content of a complex type before it becomes an automaton.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Empty,
    Simple(SimpleId),
    Children(Rc<Particle>),
}

impl<'t> Builder<'t> {
    pub(super) fn new(symbols: Symbols<'t>, pools: Pools, rewrite: Option<Rewrite>) -> Self {
        Self {
            symbols,
            pools,
            rewrite,
            simple: HashMap::new(),
            complex: HashMap::new(),
            elements: HashMap::new(),
            substitutes: HashMap::new(),
            definitions: Vec::new(),
            parts: Vec::new(),
            constraints: Vec::new(),
            identities: HashSet::new(),
            budget: BUDGET,
            depth: 0,
        }
    }

    /// Counts a step of work at a place; groups that multiply each other run out of it.
    pub(super) fn spend(&mut self, place: Node<'_>) -> Result<(), CompileError> {
        match self.budget.checked_sub(1) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => Err(place.error(Kind::TooLarge("components"))),
        }
    }

    /// Enters a definition that may lead to another one.
    pub(super) fn descend(&mut self, place: Node<'_>) -> Result<(), CompileError> {
        self.spend(place)?;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(place.error(Kind::TooLarge("depth of definitions")));
        }
        Ok(())
    }

    /// Leaves it. An error ends the compilation, so that only success has to come here.
    pub(super) const fn ascend(&mut self) {
        self.depth -= 1;
    }

    /// Every global component, then everything they led to.
    pub(super) fn build_all(&mut self) -> Result<(), CompileError> {
        let all: Vec<_> = self
            .symbols
            .all
            .iter()
            .map(|(symbol, name, node, _)| (*symbol, *name, *node))
            .collect();
        for (symbol, _, node) in &all {
            if *symbol == Symbol::Element
                && let Some(head) = node.attribute("substitutionGroup")
            {
                let head = node.resolve(head)?;
                self.substitutes.entry(head).or_default().push(*node);
            }
        }
        for (symbol, name, node) in &all {
            match symbol {
                Symbol::Element => {
                    self.global_element(*name, *node)?;
                }
                Symbol::Type => {
                    self.type_named(*name, *node)?;
                }
                // Attributes and groups are built where they are used; a look at them finds
                // mistakes.
                Symbol::Attribute => {
                    self.global_attribute(*name, *node)?;
                }
                Symbol::Group | Symbol::AttributeGroup => {}
            }
        }
        let mut next = 0;
        while next < self.definitions.len() {
            self.complete_complex(next)?;
            next += 1;
        }
        self.complete_constraints()
    }

    /// The type with a name, which `place` refers to.
    pub(super) fn type_named(
        &mut self,
        name: Name<'t>,
        place: Node<'t>,
    ) -> Result<Type, CompileError> {
        if is_builtin(name) {
            if name.local == "anyType" {
                return Ok(Type::ANY);
            }
            return self.simple_named(name, place).map(Type::Simple);
        }
        let Some(node) = self.symbols.find(Symbol::Type, name) else {
            return Err(place.unresolved("type", name));
        };
        if node.name() == "simpleType" {
            return self.simple_named(name, place).map(Type::Simple);
        }
        if let Some(known) = self.complex.get(&name) {
            return Ok(Type::Complex(*known));
        }
        let id = self.announce_complex(Some(node), place)?;
        self.complex.insert(name, id);
        Ok(Type::Complex(id))
    }

    /// A number for a complex type that is built later.
    pub(super) fn announce_complex(
        &mut self,
        node: Option<Node<'t>>,
        place: Node<'t>,
    ) -> Result<ComplexId, CompileError> {
        let id = u16::try_from(self.definitions.len())
            .map_err(|_| place.error(Kind::TooLarge("complex types")))?;
        self.definitions.push(node);
        self.parts.push(State::New);
        self.pools.complex_types.push(None);
        Ok(ComplexId(id))
    }

    /// Runs something on the pools; its error is one of `place`.
    pub(super) fn pool<T>(
        &mut self,
        place: Node<'_>,
        action: impl FnOnce(&mut Pools) -> Result<T, Kind>,
    ) -> Result<T, CompileError> {
        action(&mut self.pools).map_err(|kind| place.error(kind))
    }

    /// The simple types of a union.
    pub(super) fn members_of(&self, id: SimpleId) -> &[SimpleId] {
        match self
            .pools
            .simple_types
            .get(usize::from(id.0))
            .map(|known| known.variety)
        {
            Some(Variety::Union(members)) => self.pools.members_in(members),
            _ => &[],
        }
    }
}

/// How many particles, attributes and references are looked at; UBL needs 20 000.
const BUDGET: usize = 500_000;

/// How deep definitions may lean on each other: bases of bases, groups in groups.
const DEPTH_MAX: usize = 200;
