//! Identity constraints, and the uniqueness of identifiers.
//!
//! Selectors and fields are chains of child steps, so that whether an element is selected follows
//! from the names of the open elements above it: no state is kept between siblings, and the work
//! per element is bounded by the depth limit.

use std::collections::HashSet;

use super::super::model::{
    Builtin, Identity, IdentityKind, Path, QName, Schema, SimpleId, Slice, Step,
};
use super::super::problem::{SchemaProblem, ValueFault};
use super::super::simple::{value_key, white_space};
use super::{Validator, frame};
use crate::finding::shorten;

/// What is remembered for identity constraints.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// Constraints of open elements.
    scopes: Vec<Scope>,
    /// Selected elements that are open.
    targets: Vec<Target>,
    /// The expanded names of the open elements, while a scope is open.
    names: Vec<Option<QName>>,
    /// Values of type `ID`.
    ids: HashSet<String>,
    /// Values of type `IDREF`, with their places.
    references: Vec<(String, usize, String)>,
}

#[derive(Debug)]
struct Scope {
    identity: usize,
    /// How many elements are open up to and including the constrained one.
    depth: usize,
    known: HashSet<Vec<String>>,
}

#[derive(Debug)]
struct Target {
    scope: usize,
    depth: usize,
    offset: usize,
    /// Value and text, for each field.
    fields: Vec<Option<(String, String)>>,
}

impl Identities {
    pub(super) fn is_active(&self) -> bool {
        !self.scopes.is_empty()
    }

    /// References to identifiers that the document does not have.
    pub(super) fn dangling(&mut self) -> Vec<(String, usize, String)> {
        let ids = &self.ids;
        let mut references = std::mem::take(&mut self.references);
        references.retain(|(id, ..)| !ids.contains(id));
        references
    }
}

impl Validator<'_, '_> {
    /// An element was opened: does it open constraints, and is it selected by one?
    pub(super) fn identities_start(&mut self, own: Slice) {
        let schema = self.schema;
        let depth = self.frames.len();
        let Some(frame) = self.frames.last() else {
            return;
        };
        let name = frame
            .element
            .and_then(|id| schema.element(id))
            .map(|element| element.name);
        let offset = frame.offset;
        let identities = &mut self.identities;
        identities.names.resize(depth - 1, None);
        identities.names.push(name);
        for index in own.start..own.start + own.len {
            identities.scopes.push(Scope {
                identity: index as usize,
                depth,
                known: HashSet::new(),
            });
        }
        for index in 0..identities.scopes.len() {
            let Some(scope) = identities.scopes.get(index) else {
                break;
            };
            let Some(identity) = schema.identities.get(scope.identity) else {
                continue;
            };
            let below = identities.names.get(scope.depth..).unwrap_or_default();
            let mut selectors = identity.selector.of(&schema.paths).iter();
            if selectors.any(|path| selects(schema, path, below)) {
                let fields = vec![None; field_count(schema, identity)];
                identities.targets.push(Target {
                    scope: index,
                    depth,
                    offset,
                    fields,
                });
            }
        }
    }

    /// A simple value of the innermost element.
    pub(super) fn identities_value(&mut self, type_: SimpleId, value: &str) {
        self.set_fields(None, type_, value);
    }

    /// A value of an attribute of the innermost element.
    pub(super) fn identities_attribute(&mut self, name: QName, type_: SimpleId, value: &str) {
        self.set_fields(Some(name), type_, value);
    }

    fn set_fields(&mut self, attribute: Option<QName>, type_: SimpleId, value: &str) {
        let schema = self.schema;
        let identities = &mut self.identities;
        for target in &mut identities.targets {
            let Some(scope) = identities.scopes.get(target.scope) else {
                continue;
            };
            let Some(identity) = schema.identities.get(scope.identity) else {
                continue;
            };
            let below = identities.names.get(target.depth..).unwrap_or_default();
            for path in identity.fields.of(&schema.paths) {
                let is_meant = match (path.attribute, attribute) {
                    (None, None) => true,
                    (Some(step), Some(name)) => takes(step, Some(name)),
                    _ => false,
                };
                if is_meant
                    && selects(schema, path, below)
                    && let Some(field) = target.fields.get_mut(usize::from(path.field))
                {
                    let key = value_key(schema, type_, value);
                    *field = Some((key, shorten(value)));
                }
            }
        }
    }

    /// The innermost element ends.
    pub(super) fn identities_end(&mut self) {
        let depth = self.frames.len();
        while let Some(target) = self
            .identities
            .targets
            .pop_if(|target| target.depth == depth)
        {
            self.close_target(target);
        }
        let identities = &mut self.identities;
        while identities
            .scopes
            .pop_if(|scope| scope.depth == depth)
            .is_some()
        {}
        identities.names.truncate(depth.saturating_sub(1));
    }

    fn close_target(&mut self, target: Target) {
        let schema = self.schema;
        let Some(scope) = self.identities.scopes.get_mut(target.scope) else {
            return;
        };
        let Some(identity) = schema.identities.get(scope.identity) else {
            return;
        };
        let constraint = schema.value(identity.name).to_owned();
        let fields: Option<Vec<_>> = target.fields.into_iter().collect();
        let Some(fields) = fields else {
            if identity.kind == IdentityKind::Key {
                self.fault(target.offset, SchemaProblem::KeyIncomplete { constraint });
            }
            return;
        };
        let (keys, values) = fields.into_iter().unzip();
        if !scope.known.insert(keys) {
            self.fault(
                target.offset,
                SchemaProblem::NotUnique { constraint, values },
            );
        }
    }

    /// Values of type `ID` are unique in the document; references are kept for the end.
    pub(super) fn identifiers(
        &mut self,
        builtin: Option<Builtin>,
        value: &str,
        name: &str,
        is_attribute: bool,
        offset: usize,
    ) {
        match builtin {
            Some(Builtin::Id) => {
                let is_new = self.identities.ids.insert(value.to_owned());
                let problem = (!is_new).then(|| SchemaProblem::Value {
                    name: shorten(name),
                    is_attribute,
                    value: shorten(value),
                    fault: ValueFault::Taken,
                    suggestion: None,
                });
                if let Some(problem) = problem {
                    self.fault(offset, problem);
                }
            }
            Some(Builtin::IdRef | Builtin::IdRefs) => {
                for id in white_space::words(value) {
                    let path = frame::path(&self.frames, None);
                    let place = (id.to_owned(), offset, path);
                    self.identities.references.push(place);
                }
            }
            _ => {}
        }
    }
}

fn field_count(schema: &Schema, identity: &Identity) -> usize {
    let paths = identity.fields.of(&schema.paths).iter();
    paths
        .map(|path| usize::from(path.field) + 1)
        .max()
        .unwrap_or(0)
}

/// Does a path lead to the last of these names?
fn selects(schema: &Schema, path: &Path, below: &[Option<QName>]) -> bool {
    let steps = path.steps.of(&schema.steps);
    let Some(extra) = below.len().checked_sub(steps.len()) else {
        return false;
    };
    let names = below.get(extra..).unwrap_or_default();
    (path.is_descendant || extra == 0)
        && steps
            .iter()
            .zip(names)
            .all(|(step, name)| takes(*step, *name))
}

fn takes(step: Step, name: Option<QName>) -> bool {
    match (step, name) {
        (Step::Any, _) => true,
        (Step::Name(expected), Some(name)) => expected == name,
        (Step::Namespace(namespace), Some(name)) => namespace == name.namespace,
        _ => false,
    }
}
