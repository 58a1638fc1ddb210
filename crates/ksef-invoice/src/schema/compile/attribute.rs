//! Attributes of complex types.

use std::collections::BTreeMap;

use crate::schema::model::{
    AttributeUse, GlobalAttribute, NamespaceConstraint, NamespaceId, ProcessContents, QName,
    SimpleId, Slice, ValueConstraint, WhiteSpace, Wildcard, WildcardId,
};
use crate::schema::simple::white_space::normalise;

use super::builder::Builder;
use super::error::{CompileError, CompileErrorKind as Kind};
use super::symbols::{Name, Node, Symbol};

/// The attributes of a complex type while it is built.
#[derive(Debug, Clone, Default)]
pub(super) struct Attributes {
    pub(super) uses: BTreeMap<QName, AttributeUse>,
    /// Prohibited by a restriction.
    pub(super) prohibited: Vec<QName>,
    pub(super) wildcard: Option<WildcardId>,
}

impl<'t> Builder<'t> {
    /// The attributes, groups and wildcard among `children`; others are left alone.
    pub(super) fn attributes(&mut self, children: &[Node<'t>]) -> Result<Attributes, CompileError> {
        let mut attributes = Attributes::default();
        let mut groups = Vec::new();
        self.collect_attributes(children, &mut attributes, &mut groups)?;
        Ok(attributes)
    }

    fn collect_attributes(
        &mut self,
        children: &[Node<'t>],
        attributes: &mut Attributes,
        groups: &mut Vec<Name<'t>>,
    ) -> Result<(), CompileError> {
        for child in children {
            self.spend(*child)?;
            match child.name() {
                "attribute" => self.attribute_use(*child, attributes)?,
                "attributeGroup" => {
                    let name = child.resolve(child.required("ref")?)?;
                    if groups.contains(&name) {
                        return Err(child.error(Kind::Cycle(name.to_text())));
                    }
                    let Some(group) = self.symbols.find(Symbol::AttributeGroup, name) else {
                        return Err(child.unresolved("attribute group", name));
                    };
                    groups.push(name);
                    let inner = group.children()?;
                    self.collect_attributes(&inner, attributes, groups)?;
                    groups.pop();
                }
                "anyAttribute" => {
                    let wildcard = self.wildcard(*child)?;
                    if attributes.wildcard.is_some_and(|known| known != wildcard) {
                        return Err(child.unsupported("intersection of attribute wildcards"));
                    }
                    attributes.wildcard = Some(wildcard);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn attribute_use(
        &mut self,
        node: Node<'t>,
        attributes: &mut Attributes,
    ) -> Result<(), CompileError> {
        let declared = match node.attribute("ref") {
            Some(reference) => {
                let name = node.resolve(reference)?;
                let Some(global) = self.symbols.find(Symbol::Attribute, name) else {
                    return Err(node.unresolved("attribute", name));
                };
                self.global_attribute(name, global)?
            }
            None => {
                let local = node.required("name")?;
                let is_qualified = match node.attribute("form") {
                    Some("qualified") => true,
                    Some("unqualified") => false,
                    Some(other) => return Err(node.bad_value("form", other)),
                    None => node.document.qualifies_attributes,
                };
                let namespace = if is_qualified { node.target() } else { "" };
                self.declared_attribute(Name { namespace, local }, node)?
            }
        };
        let is_required = match node.attribute("use") {
            None | Some("optional") => false,
            Some("required") => true,
            Some("prohibited") => {
                attributes.prohibited.push(declared.name);
                return Ok(());
            }
            Some(other) => return Err(node.bad_value("use", other)),
        };
        let own = self.attribute_constraint(node, declared.type_)?;
        let use_ = AttributeUse {
            name: declared.name,
            type_: declared.type_,
            is_required,
            constraint: match own {
                ValueConstraint::None => declared.constraint,
                own => own,
            },
        };
        if attributes.uses.insert(declared.name, use_).is_some() {
            let what = Symbol::Attribute.what();
            let name = node
                .attribute("name")
                .or(node.attribute("ref"))
                .unwrap_or_default();
            return Err(node.error(Kind::Duplicate {
                what,
                name: name.to_owned(),
            }));
        }
        Ok(())
    }

    /// A global attribute.
    pub(super) fn global_attribute(
        &mut self,
        name: Name<'t>,
        node: Node<'t>,
    ) -> Result<GlobalAttribute, CompileError> {
        self.declared_attribute(name, node)
    }

    fn declared_attribute(
        &mut self,
        name: Name<'t>,
        node: Node<'t>,
    ) -> Result<GlobalAttribute, CompileError> {
        let nested = node.child_of(&["simpleType"])?;
        let type_ = self.simple_of(node, nested)?;
        Ok(GlobalAttribute {
            name: self.pool(node, |pools| pools.qname(name))?,
            type_,
            constraint: self.attribute_constraint(node, type_)?,
        })
    }

    fn attribute_constraint(
        &mut self,
        node: Node<'t>,
        type_: SimpleId,
    ) -> Result<ValueConstraint, CompileError> {
        let white_space = self.white_space(type_);
        self.value_constraint(node, white_space)
    }

    /// How a simple type treats white space.
    pub(super) fn white_space(&self, type_: SimpleId) -> WhiteSpace {
        let known = self.pools.simple_types.get(usize::from(type_.0));
        known.map_or(WhiteSpace::Preserve, |known| known.white_space)
    }

    /// The `fixed` or `default` of an element or attribute.
    pub(super) fn value_constraint(
        &mut self,
        node: Node<'t>,
        white_space: WhiteSpace,
    ) -> Result<ValueConstraint, CompileError> {
        let fixed = node.element.attribute("fixed");
        let default = node.element.attribute("default");
        let mut value = |raw: &str| {
            let text = normalise(raw, white_space);
            self.pool(node, |pools| pools.value(&text))
        };
        match (fixed, default) {
            (Some(_), Some(default)) => Err(node.bad_value("default", default)),
            (Some(fixed), None) => Ok(ValueConstraint::Fixed(value(fixed)?)),
            (None, Some(default)) => Ok(ValueConstraint::Default(value(default)?)),
            (None, None) => Ok(ValueConstraint::None),
        }
    }

    /// An `any` or `anyAttribute`.
    pub(super) fn wildcard(&mut self, node: Node<'t>) -> Result<WildcardId, CompileError> {
        let process = match node.attribute("processContents") {
            None | Some("strict") => ProcessContents::Strict,
            Some("lax") => ProcessContents::Lax,
            Some("skip") => ProcessContents::Skip,
            Some(other) => return Err(node.bad_value("processContents", other)),
        };
        let namespaces = match node.attribute("namespace") {
            None | Some("##any") => NamespaceConstraint::Any,
            Some("##other") => {
                let target = node.target();
                NamespaceConstraint::Other(self.pool(node, |pools| pools.namespace(target))?)
            }
            Some(list) => {
                let mut found = Vec::new();
                for part in list.split_ascii_whitespace() {
                    let namespace = match part {
                        "##targetNamespace" => node.target(),
                        "##local" => "",
                        other if other.starts_with("##") => {
                            return Err(node.bad_value("namespace", other));
                        }
                        other => other,
                    };
                    found.push(self.pool(node, |pools| pools.namespace(namespace))?);
                }
                NamespaceConstraint::List(self.pool(node, |pools| pools.namespace_list(found))?)
            }
        };
        let wildcard = Wildcard {
            namespaces,
            process,
        };
        self.pool(node, |pools| pools.wildcard(wildcard))
    }

    /// The attributes of a type derived by extension.
    pub(super) fn extended(
        &mut self,
        base: &Attributes,
        own: Attributes,
        place: Node<'t>,
    ) -> Result<Attributes, CompileError> {
        let mut uses = base.uses.clone();
        for (name, use_) in own.uses {
            if uses.insert(name, use_).is_some() {
                return Err(place.error(Kind::Duplicate {
                    what: Symbol::Attribute.what(),
                    name: "of the base type".to_owned(),
                }));
            }
        }
        let wildcard = match (base.wildcard, own.wildcard) {
            (Some(base), Some(own)) => Some(self.wildcard_union(base, own, place)?),
            (base, own) => own.or(base),
        };
        Ok(Attributes {
            uses,
            prohibited: Vec::new(),
            wildcard,
        })
    }

    /// The attributes of a type derived by restriction.
    pub(super) fn narrowed(
        &mut self,
        base: &Attributes,
        own: Attributes,
        place: Node<'t>,
    ) -> Result<Attributes, CompileError> {
        let mut uses = base.uses.clone();
        for name in &own.prohibited {
            uses.remove(name);
        }
        for (name, use_) in own.uses {
            if !uses.contains_key(&name) && base.wildcard.is_none() {
                return Err(place.error(Kind::BadBase("a type without this attribute".to_owned())));
            }
            uses.insert(name, use_);
        }
        Ok(Attributes {
            uses,
            prohibited: Vec::new(),
            wildcard: own.wildcard,
        })
    }

    /// The union of two wildcards (part 1, 3.10.6), judged as the second says.
    fn wildcard_union(
        &mut self,
        base: WildcardId,
        own: WildcardId,
        place: Node<'t>,
    ) -> Result<WildcardId, CompileError> {
        let (Some(first), Some(second)) =
            (self.pools.wildcard_at(base), self.pools.wildcard_at(own))
        else {
            return Ok(own);
        };
        use NamespaceConstraint::{Any, List, Other};
        let namespaces = match (first.namespaces, second.namespaces) {
            (Any, _) | (_, Any) => Any,
            (Other(one), Other(two)) if one == two => Other(one),
            (List(one), List(two)) => {
                let list = self.listed(one, two);
                List(self.pool(place, |pools| pools.namespace_list(list))?)
            }
            (Other(not), List(list)) | (List(list), Other(not))
                if !self.pools.namespaces_in(list).contains(&not)
                    && !self.pools.namespaces_in(list).contains(&NamespaceId::NONE) =>
            {
                Other(not)
            }
            _ => return Err(place.unsupported("union of these attribute wildcards")),
        };
        let wildcard = Wildcard {
            namespaces,
            process: second.process,
        };
        self.pool(place, |pools| pools.wildcard(wildcard))
    }

    fn listed(&self, one: Slice, two: Slice) -> Vec<NamespaceId> {
        let (one, two) = (self.pools.namespaces_in(one), self.pools.namespaces_in(two));
        one.iter().chain(two).copied().collect()
    }
}
