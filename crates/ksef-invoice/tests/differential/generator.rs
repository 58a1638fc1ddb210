//! Documents made from a schema: every element and attribute in turn, values at the edges of their
//! facets.

mod pattern;
mod value;

use std::collections::BTreeSet;

use ksef_invoice::schema::Schema;
use ksef_invoice::schema::model::{
    ComplexType, Content, ElementDecl, ElementId, Model, QName, Term, Type, ValueConstraint,
    Wildcard,
};

use crate::mutant::Random;

/// Makes documents of one schema; each prefers what those before it did not use.
pub struct Generator<'s> {
    schema: &'s Schema,
    root: QName,
    /// How often each position of the content models was used.
    used: Vec<u32>,
    random: Random,
    text: String,
    /// Elements that the document may still have before it takes the shortest way out.
    budget: usize,
    /// One value in this many leaves its facets; 0 for none.
    broken_in: usize,
}

impl<'s> Generator<'s> {
    /// A generator of documents with this root element.
    pub fn new(schema: &'s Schema, namespace: &str, root: &str, seed: u64) -> Self {
        Self {
            schema,
            root: schema.find(namespace, root).unwrap(),
            used: vec![0; schema.positions.len()],
            random: Random::new(seed, 0),
            text: String::new(),
            budget: 0,
            broken_in: 0,
        }
    }

    /// How many positions of content models were used, of how many that can be reached from the
    /// root or stand in a wildcard's place.
    pub fn coverage(&self) -> (usize, usize) {
        let used = self.used.iter().filter(|count| **count > 0).count();
        (used, self.reachable().len())
    }

    fn reachable(&self) -> BTreeSet<usize> {
        let mut positions = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut waiting = vec![self.schema.global_element(self.root).unwrap()];
        while let Some(id) = waiting.pop() {
            let declaration = self.schema.element(id).unwrap();
            let Some(complex) = declaration.type_.complex() else {
                continue;
            };
            let Content::Children(model) = self.schema.complex_type(complex).unwrap().content
            else {
                continue;
            };
            if !seen.insert(complex) {
                continue;
            }
            let start = model.positions.start as usize;
            for (at, position) in self.schema.positions(&model).iter().enumerate() {
                positions.insert(start + at);
                match position.term {
                    Term::Element(next) => waiting.push(next),
                    Term::Wildcard(_) => {
                        let globals = &self.schema.global_elements;
                        waiting.extend(globals.iter().map(|global| global.element));
                    }
                }
            }
        }
        positions
    }

    /// The next document. In some of them a few values leave their facets.
    pub fn document(&mut self) -> String {
        self.text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
        self.budget = 20 + self.random.below(180);
        self.broken_in = if self.random.chance(1, 3) { 150 } else { 0 };
        let declaration = self.schema.global_element(self.root).unwrap();
        let declaration = *self.schema.element(declaration).unwrap();
        self.element(&declaration, 0);
        std::mem::take(&mut self.text)
    }

    fn element(&mut self, declaration: &ElementDecl, depth: usize) {
        self.budget = self.budget.saturating_sub(1);
        let name = self.tag_name(declaration.name);
        self.text.push_str(&format!("<{name}"));
        if depth == 0 {
            self.declare_namespaces();
        }
        match declaration.type_ {
            Type::Simple(id) => {
                let fixed = self.fixed_value(declaration.constraint);
                let value = fixed.unwrap_or_else(|| self.value(id));
                self.text.push_str(&format!(">{value}</{name}>\n"));
            }
            Type::Complex(id) => {
                let complex = *self.schema.complex_type(id).unwrap();
                self.attributes(&complex);
                self.text.push('>');
                self.content(&complex, declaration.constraint, depth);
                self.text.push_str(&format!("</{name}>\n"));
            }
        }
    }

    fn content(&mut self, complex: &ComplexType, constraint: ValueConstraint, depth: usize) {
        match complex.content {
            Content::Empty => {}
            Content::Simple(id) => {
                let fixed = self.fixed_value(constraint);
                let value = fixed.unwrap_or_else(|| self.value(id));
                self.text.push_str(&value);
            }
            Content::Children(model) => {
                self.text.push('\n');
                self.children(&model, depth);
            }
        }
    }

    fn fixed_value(&mut self, constraint: ValueConstraint) -> Option<String> {
        match constraint {
            ValueConstraint::Fixed(value) if !self.breaks() => {
                Some(value::escape(self.schema.value(value)))
            }
            _ => None,
        }
    }

    fn attributes(&mut self, complex: &ComplexType) {
        for attribute in self.schema.attributes_of(complex) {
            let is_wanted = if attribute.is_required {
                !self.breaks()
            } else {
                self.random.chance(1, 3)
            };
            if is_wanted {
                let name = self.tag_name(attribute.name);
                let fixed = self.fixed_value(attribute.constraint);
                let value = fixed.unwrap_or_else(|| self.value(attribute.type_));
                self.text.push_str(&format!(" {name}=\"{value}\""));
            }
        }
    }

    fn children(&mut self, model: &Model, depth: usize) {
        let positions = self.schema.positions(model);
        let ways = self.ways_out(model);
        let mut state = None;
        loop {
            let may_stop = state.map_or(model.is_emptiable, |at| {
                self.schema.accepting(model).contains(at)
            });
            let options: Vec<usize> = match state {
                None => self.schema.first(model).iter().collect(),
                Some(at) => self.schema.follow(model, at).iter().collect(),
            };
            let is_short = self.budget == 0 || depth > 12;
            if options.is_empty() || may_stop && (is_short || self.random.chance(1, 12)) {
                return;
            }
            let next = if is_short {
                options.iter().copied().min_by_key(|at| ways[*at])
            } else {
                self.least_used(model, &options)
            };
            let Some(next) = next else { return };
            let position = positions[next];
            self.used[model.positions.start as usize + next] += 1;
            for _ in 0..self.count(position.min, position.max, is_short) {
                self.term(position.term, depth);
            }
            state = Some(next);
        }
    }

    /// Of a few at random the one that was used least.
    fn least_used(&mut self, model: &Model, options: &[usize]) -> Option<usize> {
        let start = model.positions.start as usize;
        let mut best: Option<usize> = None;
        for _ in 0..2 + self.random.below(4) {
            let candidate = options[self.random.below(options.len())];
            let usage = |at: usize| self.used[start + at];
            if best.is_none_or(|known| usage(candidate) < usage(known)) {
                best = Some(candidate);
            }
        }
        best
    }

    fn count(&mut self, min: u32, max: Option<u32>, is_short: bool) -> u32 {
        let max = max.unwrap_or(u32::MAX);
        if is_short {
            return min;
        }
        if self.breaks() {
            return if max <= 20 { max + 1 } else { min - 1 };
        }
        match self.random.below(40) {
            0 if max <= 20 => max,
            1..=7 => min.saturating_add(1).min(max),
            _ => min,
        }
    }

    /// Is this the place to break a rule?
    fn breaks(&mut self) -> bool {
        self.broken_in > 0 && self.random.chance(1, self.broken_in)
    }

    fn term(&mut self, term: Term, depth: usize) {
        match term {
            Term::Element(id) => {
                let declaration = *self.schema.element(id).unwrap();
                self.element(&declaration, depth + 1);
            }
            Term::Wildcard(id) => {
                let wildcard = *self.schema.wildcard(id).unwrap();
                self.any(&wildcard, depth);
            }
        }
    }

    /// A global element, fitting or not, or one that nobody knows. Those with content that was not
    /// used yet come first.
    fn any(&mut self, wildcard: &Wildcard, depth: usize) {
        let globals = &self.schema.global_elements;
        let mut chosen = None;
        if depth < 10 && self.random.chance(9, 10) {
            for _ in 0..200 {
                let global = globals[self.random.below(globals.len())];
                let fits = self.schema.allows(wildcard, Some(global.name.namespace));
                if fits || self.breaks() {
                    chosen = Some(global.element);
                    if self.has_news(global.element) {
                        break;
                    }
                }
            }
        }
        match chosen {
            Some(id) => {
                let declaration = *self.schema.element(id).unwrap();
                self.element(&declaration, depth + 1);
            }
            None => self
                .text
                .push_str("<obcy xmlns=\"urn:example:obcy\" a=\"b\">c<d/></obcy>\n"),
        }
    }

    /// Has the element content that was never used?
    fn has_news(&self, id: ElementId) -> bool {
        let declaration = self.schema.element(id).unwrap();
        let Some(complex) = declaration.type_.complex() else {
            return false;
        };
        let Content::Children(model) = self.schema.complex_type(complex).unwrap().content else {
            return false;
        };
        model.positions.of(&self.used).contains(&0)
    }

    /// For each position of a model how many more positions it takes to the end, at least.
    fn ways_out(&self, model: &Model) -> Vec<usize> {
        let count = model.positions.len as usize;
        let accepting = self.schema.accepting(model);
        let mut ways: Vec<usize> = (0..count)
            .map(|at| {
                if accepting.contains(at) {
                    0
                } else {
                    usize::MAX
                }
            })
            .collect();
        loop {
            let mut has_changed = false;
            for at in 0..count {
                let follow = self.schema.follow(model, at);
                let best = follow.iter().map(|next| ways[next].saturating_add(1)).min();
                if best.is_some_and(|best| best < ways[at]) {
                    ways[at] = best.unwrap_or(usize::MAX);
                    has_changed = true;
                }
            }
            if !has_changed {
                return ways;
            }
        }
    }

    fn tag_name(&self, name: QName) -> String {
        let local = self.schema.name(name.name);
        match self.schema.namespace(name.namespace) {
            "" => local.to_owned(),
            XML => format!("xml:{local}"),
            _ => format!("n{}:{local}", name.namespace.0),
        }
    }

    fn declare_namespaces(&mut self) {
        for (number, namespace) in self.schema.namespaces.iter().enumerate() {
            if !namespace.is_empty() && namespace != XML {
                self.text
                    .push_str(&format!(" xmlns:n{number}=\"{namespace}\""));
            }
        }
    }
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";
