//! From a particle to its position automaton.

use std::rc::Rc;

use crate::schema::model::{
    Candidate, ElementId, Model, NamespaceConstraint, NamespaceId, Position, QName, Slice,
    Term as Place, Wildcard, WildcardId,
};

use super::error::CompileErrorKind as Kind;
use super::particle::{Particle, Term};
use super::pools::{Pools, number};

/// Builds the automaton of a particle and checks that it is deterministic.
pub(super) fn build(pools: &mut Pools, particle: &Particle) -> Result<Model, Kind> {
    let particle = expand(particle, &mut 0)?;
    let len = count(&particle, &mut 0)?;
    let mut graph = Graph {
        words: len.div_ceil(64).max(1),
        places: Vec::with_capacity(len),
        follow: Vec::with_capacity(len),
    };
    let whole = graph.particle(&particle)?;
    graph.merge_loops(pools)?;
    graph.check_unique(pools, &whole)?;
    graph.finish(pools, &whole)
}

/// Writes `all` as choices, `all(a b) = a b | b a`, where it has few members.
fn expand(particle: &Particle, steps: &mut usize) -> Result<Particle, Kind> {
    *steps += 1;
    if *steps > POSITIONS_MAX * 4 {
        return Err(Kind::TooLarge("content model"));
    }
    let mut inner = |items: &[Rc<Particle>]| -> Result<Vec<Rc<Particle>>, Kind> {
        items
            .iter()
            .map(|item| expand(item, steps).map(Rc::new))
            .collect()
    };
    let mut min = particle.min;
    let term = match &particle.term {
        Term::Sequence(items) => Term::Sequence(inner(items)?),
        Term::Choice(items) => Term::Choice(inner(items)?),
        Term::All(items) if items.len() > ALL_MAX => {
            return Err(Kind::Unsupported("all with more than five elements"));
        }
        Term::All(items) => {
            if items.iter().all(|item| item.min == 0) {
                min = 0;
            }
            permutations(items)
        }
        other => other.clone(),
    };
    Ok(Particle {
        term,
        min,
        max: particle.max,
    })
}

/// Every order of the members, as a tree that branches on the next one.
fn permutations(items: &[Rc<Particle>]) -> Term {
    let mut branches = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let first = Particle {
            term: item.term.clone(),
            min: 1,
            max: item.max,
        };
        let mut rest = items.to_vec();
        rest.remove(index);
        let mut sequence = vec![Rc::new(first)];
        if !rest.is_empty() {
            let is_optional = rest.iter().all(|item| item.min == 0);
            sequence.push(Rc::new(Particle {
                term: permutations(&rest),
                min: u32::from(!is_optional),
                max: Some(1),
            }));
        }
        branches.push(Particle::once(Term::Sequence(sequence)));
    }
    Term::Choice(branches)
}

/// How many positions a particle needs, groups with counts unrolled.
fn count(particle: &Particle, steps: &mut usize) -> Result<usize, Kind> {
    *steps += 1;
    let items = match &particle.term {
        Term::Element(_) | Term::Wildcard(_) => return Ok(1),
        Term::Sequence(items) | Term::Choice(items) | Term::All(items) => items,
    };
    let mut total = 0_usize;
    for item in items {
        total = total.saturating_add(count(item, steps)?);
    }
    if counted(particle).is_none() {
        let copies = particle.max.unwrap_or(particle.min.max(1));
        total = total.saturating_mul(usize::try_from(copies).unwrap_or(usize::MAX));
    }
    if total > POSITIONS_MAX || *steps > POSITIONS_MAX * 10 {
        return Err(Kind::TooLarge("content model"));
    }
    Ok(total)
}

/// A group around a single element: its count is the element's.
fn counted(group: &Particle) -> Option<&Rc<Particle>> {
    let (Term::Sequence(items) | Term::Choice(items)) = &group.term else {
        return None;
    };
    match items.as_slice() {
        [only] if matches!(only.term, Term::Element(_) | Term::Wildcard(_)) => {
            (only.min == 1 && only.max == Some(1)).then_some(only)
        }
        _ => None,
    }
}

type Set = Vec<u64>;

struct Graph {
    words: usize,
    places: Vec<(Position, Rc<[ElementId]>)>,
    follow: Vec<Set>,
}

/// A part of the automaton.
#[derive(Debug, Clone)]
struct Fragment {
    is_emptiable: bool,
    first: Set,
    last: Set,
    required: Set,
}

impl Graph {
    fn nothing(&self) -> Fragment {
        let empty = vec![0; self.words];
        Fragment {
            is_emptiable: true,
            first: empty.clone(),
            last: empty.clone(),
            required: empty,
        }
    }

    fn particle(&mut self, particle: &Particle) -> Result<Fragment, Kind> {
        if let Some(only) = counted(particle) {
            let inner = Particle {
                term: only.term.clone(),
                min: particle.min,
                max: particle.max,
            };
            return self.particle(&inner);
        }
        match &particle.term {
            Term::Element(elements) => {
                let element = elements
                    .first()
                    .copied()
                    .ok_or(Kind::TooLarge("elements"))?;
                self.place(particle, Place::Element(element), Rc::clone(elements))
            }
            Term::Wildcard(id) => self.place(particle, Place::Wildcard(*id), Rc::from([])),
            Term::Sequence(_) | Term::Choice(_) => self.repeated(particle),
            Term::All(_) => Err(Kind::Unsupported("all within a group")),
        }
    }

    fn place(
        &mut self,
        particle: &Particle,
        term: Place,
        elements: Rc<[ElementId]>,
    ) -> Result<Fragment, Kind> {
        let mut fragment = self.nothing();
        let index = self.places.len();
        if index >= self.words * 64 {
            return Err(Kind::TooLarge("content model"));
        }
        self.places.push((
            Position {
                term,
                min: particle.min.max(1),
                max: particle.max,
            },
            elements,
        ));
        self.follow.push(vec![0; self.words]);
        set(&mut fragment.first, index);
        set(&mut fragment.last, index);
        fragment.is_emptiable = particle.min == 0;
        if particle.min > 0 {
            set(&mut fragment.required, index);
        }
        Ok(fragment)
    }

    /// A group, once for each time that it has to be written out.
    fn repeated(&mut self, particle: &Particle) -> Result<Fragment, Kind> {
        let mut whole = match (particle.min, particle.max) {
            (_, None) => {
                let mut whole = self.nothing();
                for _ in 1..particle.min {
                    let copy = self.group(&particle.term)?;
                    whole = self.chain(whole, &copy);
                }
                let last = self.group(&particle.term)?;
                self.link(&last.last, &last.first);
                self.chain(whole, &last)
            }
            (min, Some(max)) => {
                let mut whole = self.nothing();
                for _ in 0..min {
                    let copy = self.group(&particle.term)?;
                    whole = self.chain(whole, &copy);
                }
                // Each further copy may come only behind the one before it.
                let mut ends = whole.last.clone();
                let is_emptiable = whole.is_emptiable;
                for _ in min..max {
                    let mut copy = self.group(&particle.term)?;
                    copy.required.fill(0);
                    whole = self.chain(whole, &copy);
                    join(&mut ends, &whole.last);
                }
                whole.last = ends;
                whole.is_emptiable = is_emptiable;
                whole
            }
        };
        if particle.min == 0 {
            whole.is_emptiable = true;
        }
        if whole.is_emptiable {
            whole.required.fill(0);
        }
        Ok(whole)
    }

    fn group(&mut self, term: &Term) -> Result<Fragment, Kind> {
        match term {
            Term::Sequence(items) => {
                let mut whole = self.nothing();
                for item in items {
                    let next = self.particle(item)?;
                    whole = self.chain(whole, &next);
                }
                Ok(whole)
            }
            Term::Choice(items) => {
                let mut whole = self.nothing();
                whole.is_emptiable = false;
                for (index, item) in items.iter().enumerate() {
                    let next = self.particle(item)?;
                    join(&mut whole.first, &next.first);
                    join(&mut whole.last, &next.last);
                    whole.is_emptiable |= next.is_emptiable;
                    if index == 0 {
                        whole.required = next.required;
                    } else {
                        meet(&mut whole.required, &next.required);
                    }
                }
                Ok(whole)
            }
            _ => Err(Kind::Unsupported("all within a group")),
        }
    }

    /// One part behind the other.
    fn chain(&mut self, mut left: Fragment, right: &Fragment) -> Fragment {
        self.link(&left.last, &right.first);
        if left.is_emptiable {
            join(&mut left.first, &right.first);
        }
        if right.is_emptiable {
            join(&mut left.last, &right.last);
        } else {
            left.last.clone_from(&right.last);
        }
        join(&mut left.required, &right.required);
        left.is_emptiable &= right.is_emptiable;
        left
    }

    fn link(&mut self, from: &Set, to: &Set) {
        for index in members(from) {
            if let Some(row) = self.follow.get_mut(index) {
                join(row, to);
            }
        }
    }

    /// A loop that leads from a position straight back to it is a larger count.
    fn merge_loops(&mut self, pools: &Pools) -> Result<(), Kind> {
        for (index, row) in self.follow.iter_mut().enumerate() {
            let Some((position, _)) = self.places.get_mut(index) else {
                continue;
            };
            if !has(row, index) {
                continue;
            }
            if position.min == 1 || position.max.is_none() {
                position.max = None;
                clear(row, index);
            } else if position.max != Some(position.min) {
                return Err(Kind::Ambiguous(term_name(pools, position.term)));
            }
        }
        Ok(())
    }

    /// Unique Particle Attribution: wherever content may go on, a name has one position.
    fn check_unique(&self, pools: &Pools, whole: &Fragment) -> Result<(), Kind> {
        self.check_set(pools, &members(&whole.first).collect::<Vec<_>>())?;
        for (index, row) in self.follow.iter().enumerate() {
            let mut next: Vec<usize> = members(row).collect();
            // A position that is taken exactly so often never stands against what follows it.
            let can_choose = self
                .places
                .get(index)
                .is_some_and(|(position, _)| position.max != Some(position.min));
            if can_choose && !has(row, index) {
                next.push(index);
            }
            self.check_set(pools, &next)?;
        }
        Ok(())
    }

    fn check_set(&self, pools: &Pools, set: &[usize]) -> Result<(), Kind> {
        let mut names: Vec<QName> = Vec::new();
        let mut wildcards: Vec<WildcardId> = Vec::new();
        for index in set {
            let Some((position, elements)) = self.places.get(*index) else {
                continue;
            };
            match position.term {
                Place::Wildcard(id) => wildcards.push(id),
                Place::Element(_) => {
                    names.extend(elements.iter().filter_map(|id| name(pools, *id)))
                }
            }
        }
        names.sort_unstable();
        if let Some([twice, _]) = names.array_windows().find(|[one, two]| one == two) {
            return Err(Kind::Ambiguous(pools.name_text(*twice)));
        }
        for (at, id) in wildcards.iter().enumerate() {
            let Some(wildcard) = pools.wildcard_at(*id) else {
                continue;
            };
            let taken = names
                .iter()
                .find(|name| takes(pools, &wildcard, name.namespace));
            if let Some(name) = taken {
                return Err(Kind::Ambiguous(pools.name_text(*name)));
            }
            for other in wildcards.iter().skip(at + 1) {
                if pools
                    .wildcard_at(*other)
                    .is_some_and(|other| overlap(pools, &wildcard, &other))
                {
                    return Err(Kind::Ambiguous("any".to_owned()));
                }
            }
        }
        Ok(())
    }

    fn finish(self, pools: &mut Pools, whole: &Fragment) -> Result<Model, Kind> {
        let mut rows = Vec::with_capacity(self.words * (3 + self.follow.len()));
        rows.extend_from_slice(&whole.first);
        rows.extend_from_slice(&whole.last);
        rows.extend_from_slice(&whole.required);
        rows.extend(self.follow.iter().flatten());
        let mut candidates = Vec::new();
        let mut positions = Vec::with_capacity(self.places.len());
        let mut has_wildcard = false;
        for (index, (position, elements)) in self.places.iter().enumerate() {
            positions.push(*position);
            has_wildcard |= matches!(position.term, Place::Wildcard(_));
            for element in elements.iter() {
                if let Some(name) = name(pools, *element) {
                    candidates.push(Candidate {
                        name,
                        position: number(index, "content model")?,
                        element: *element,
                    });
                }
            }
        }
        candidates.sort_unstable();
        Ok(Model {
            positions: pools.positions(positions)?,
            bits: pools.rows(rows)?,
            words: number(self.words, "content model")?,
            is_emptiable: whole.is_emptiable,
            candidates: pools.candidates(candidates)?,
            has_wildcard,
        })
    }
}

fn name(pools: &Pools, id: ElementId) -> Option<QName> {
    pools.elements.get(usize::from(id.0)).map(|decl| decl.name)
}

fn term_name(pools: &Pools, term: Place) -> String {
    match term {
        Place::Element(id) => {
            name(pools, id).map_or_else(String::new, |name| pools.name_text(name))
        }
        Place::Wildcard(_) => "any".to_owned(),
    }
}

fn takes(pools: &Pools, wildcard: &Wildcard, namespace: NamespaceId) -> bool {
    match wildcard.namespaces {
        NamespaceConstraint::Any => true,
        NamespaceConstraint::Other(not) => namespace != not && namespace != NamespaceId::NONE,
        NamespaceConstraint::List(list) => pools.namespaces_in(list).contains(&namespace),
    }
}

fn overlap(pools: &Pools, one: &Wildcard, two: &Wildcard) -> bool {
    use NamespaceConstraint::{Any, List, Other};
    let any_of = |list: Slice, other: &Wildcard| {
        let mut list = pools.namespaces_in(list).iter();
        list.any(|namespace| takes(pools, other, *namespace))
    };
    match (one.namespaces, two.namespaces) {
        (List(list), _) => any_of(list, two),
        (_, List(list)) => any_of(list, one),
        (Any | Other(_), Any | Other(_)) => true,
    }
}

fn set(set: &mut Set, index: usize) {
    if let Some(word) = set.get_mut(index / 64) {
        *word |= 1 << (index % 64);
    }
}

fn clear(set: &mut Set, index: usize) {
    if let Some(word) = set.get_mut(index / 64) {
        *word &= !(1 << (index % 64));
    }
}

fn has(set: &Set, index: usize) -> bool {
    set.get(index / 64)
        .is_some_and(|word| word >> (index % 64) & 1 == 1)
}

fn join(into: &mut Set, from: &Set) {
    for (word, other) in into.iter_mut().zip(from) {
        *word |= other;
    }
}

fn meet(into: &mut Set, from: &Set) {
    for (word, other) in into.iter_mut().zip(from) {
        *word &= other;
    }
}

fn members(set: &Set) -> impl Iterator<Item = usize> {
    crate::schema::model::Bits(set).iter()
}

/// How many positions a content model may have; UBL's largest has 120.
const POSITIONS_MAX: usize = 1_000;

/// How many elements an `all` may have.
const ALL_MAX: usize = 5;
