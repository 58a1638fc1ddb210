//! Identity constraints and their paths.

use crate::schema::model::{Identity, IdentityKind, Path, Slice, Step};

use super::builder::Builder;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::pools::append;
use super::symbols::{Name, Node};

impl<'t> Builder<'t> {
    /// The `unique` and `key` of an element.
    pub(super) fn identity_constraints(
        &mut self,
        nodes: &[Node<'t>],
    ) -> Result<Slice, CompileError> {
        let mut found = Vec::new();
        for node in nodes {
            found.push(self.identity_constraint(*node)?);
        }
        match nodes.first() {
            None => Ok(Slice::EMPTY),
            Some(first) => self.pool(*first, |pools| {
                append(&mut pools.identities, found, "identity constraints")
            }),
        }
    }

    fn identity_constraint(&mut self, node: Node<'t>) -> Result<Identity, CompileError> {
        let name = node.required("name")?;
        let full = Name {
            namespace: node.target(),
            local: name,
        };
        if !self.identities.insert(full) {
            return Err(node.error(Kind::Duplicate {
                what: "identity constraint",
                name: full.to_text(),
            }));
        }
        let children = node.children()?;
        let (selector, fields) = match children.split_first() {
            Some((selector, fields)) if selector.name() == "selector" && !fields.is_empty() => {
                (*selector, fields)
            }
            _ => return Err(node.misplaced()),
        };
        let selector = self.paths(selector, 0, false)?;
        let mut paths = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            if field.name() != "field" {
                return Err(field.misplaced());
            }
            let number = u16::try_from(index).map_err(|_| field.error(Kind::TooLarge("fields")))?;
            paths.extend(self.paths(*field, number, true)?);
        }
        let kind = match node.name() {
            "key" => IdentityKind::Key,
            _ => IdentityKind::Unique,
        };
        self.pool(node, |pools| {
            Ok(Identity {
                name: pools.value(name)?,
                kind,
                selector: append(&mut pools.paths, selector, "paths")?,
                fields: append(&mut pools.paths, paths, "paths")?,
            })
        })
    }

    /// The alternatives of a selector or field (part 1, 3.11.6).
    fn paths(
        &mut self,
        node: Node<'t>,
        field: u16,
        is_field: bool,
    ) -> Result<Vec<Path>, CompileError> {
        let text = node.required("xpath")?;
        let mut paths = Vec::new();
        for alternative in text.split('|') {
            self.spend(node)?;
            let alternative = alternative.trim();
            let (is_descendant, rest) = match alternative.strip_prefix(".//") {
                Some(rest) => (true, rest),
                None => (false, alternative),
            };
            let mut steps = Vec::new();
            let mut attribute = None;
            for part in rest.split('/') {
                let part = part.trim();
                let part = part.strip_prefix("child::").map_or(part, str::trim);
                if attribute.is_some() {
                    return Err(node.bad_value("xpath", text));
                }
                let marked = part.strip_prefix('@').or(part.strip_prefix("attribute::"));
                match marked {
                    Some(name) if is_field => {
                        attribute = Some(self.step(node, name.trim(), text)?);
                    }
                    Some(_) => return Err(node.bad_value("xpath", text)),
                    None if part == "." => {}
                    None => steps.push(self.step(node, part, text)?),
                }
            }
            let steps = self.pool(node, |pools| append(&mut pools.steps, steps, "steps"))?;
            paths.push(Path {
                field,
                is_descendant,
                steps,
                attribute,
            });
        }
        Ok(paths)
    }

    fn step(&mut self, node: Node<'t>, part: &'t str, text: &str) -> Result<Step, CompileError> {
        if part == "*" {
            return Ok(Step::Any);
        }
        let (prefix, local) = part.split_once(':').unwrap_or(("", part));
        let is_name = |name: &str| {
            !name.is_empty()
                && !name.contains(|c: char| c.is_whitespace() || "()[]:@*.=".contains(c))
        };
        if local == "*" {
            let name = node.resolve(part)?;
            let namespace = self.pool(node, |pools| pools.namespace(name.namespace))?;
            return Ok(Step::Namespace(namespace));
        }
        // Dots are allowed inside names; a path never has a step that begins with one.
        if !is_name(&local.replace('.', "_")) || local.starts_with('.') {
            return Err(node.bad_value("xpath", text));
        }
        // Without a prefix a name in a path has no namespace, whatever the default one is.
        let name = if prefix.is_empty() {
            Name {
                namespace: "",
                local,
            }
        } else {
            node.resolve(part)?
        };
        Ok(Step::Name(self.pool(node, |pools| pools.qname(name))?))
    }
}
