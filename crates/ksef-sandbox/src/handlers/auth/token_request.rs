//! `AuthTokenRequest`: what somebody signs to sign in.
//!
//! Checked as the schemas 2.0 and 2.1 mean it: order and number of elements strictly, values by patterns without the
//! anchors that the published schemas contain by mistake. Every violation is named.

use ksef_core::context::ContextIdentifier;
use ksef_core::reference::Challenge;
use roxmltree::{Document, Node};

use crate::ip_policy::{IpPolicy, parse_address, parse_mask, parse_range};

/// The content of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenRequest {
    pub(super) challenge: Challenge,
    pub(super) context: ContextIdentifier,
    pub(super) subject_type: SubjectType,
    pub(super) ip_policy: IpPolicy,
}

/// What of the certificate identifies the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SubjectType {
    /// The NIP or PESEL in its subject.
    Subject,
    /// Its fingerprint.
    Fingerprint,
}

impl TokenRequest {
    /// Reads a document without its signature.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the document.
    pub(super) fn parse(document: &[u8]) -> Result<Self, Vec<String>> {
        let text = std::str::from_utf8(document).map_err(|error| vec![error.to_string()])?;
        let parsed = Document::parse(text).map_err(|error| vec![error.to_string()])?;
        let mut reader = Reader {
            document: &parsed,
            namespace: "",
            errors: Vec::new(),
        };
        let request = reader.request(parsed.root_element());
        match request {
            Some(request) if reader.errors.is_empty() => Ok(request),
            _ => Err(reader.errors),
        }
    }
}

/// Reads elements and collects what is wrong.
struct Reader<'a, 'd> {
    document: &'a Document<'d>,
    namespace: &'a str,
    errors: Vec<String>,
}

impl<'a, 'd> Reader<'a, 'd> {
    fn request(&mut self, root: Node<'a, 'd>) -> Option<TokenRequest> {
        let namespace = root.tag_name().namespace().unwrap_or_default();
        let Some(known) = NAMESPACES.iter().find(|known| **known == namespace) else {
            self.error(
                root,
                format!(
                    "The '{namespace}:{}' element is not declared.",
                    root.tag_name().name()
                ),
            );
            return None;
        };
        self.namespace = known;
        if root.tag_name().name() != "AuthTokenRequest" {
            self.error(
                root,
                format!("The '{}' element is not declared.", root.tag_name().name()),
            );
            return None;
        }
        let [challenge, context, subject, policy] = self.children(
            root,
            &[
                ("Challenge", 1, 1),
                ("ContextIdentifier", 1, 1),
                ("SubjectIdentifierType", 1, 1),
                ("AuthorizationPolicy", 0, 1),
            ],
        )?;
        let challenge = self.value(challenge.first()?, |text| {
            Challenge::parse(text)
                .ok()
                .filter(|challenge| challenge.as_reference().kind() == "CR")
        });
        let context = self.context(context.first()?);
        let subject_type = self.value(subject.first()?, |text| match text {
            "certificateSubject" => Some(SubjectType::Subject),
            "certificateFingerprint" => Some(SubjectType::Fingerprint),
            _ => None,
        });
        let ip_policy = match policy.first() {
            Some(policy) => self.policy(policy)?,
            None => IpPolicy::default(),
        };
        Some(TokenRequest {
            challenge: challenge?,
            context: context?,
            subject_type: subject_type?,
            ip_policy,
        })
    }

    fn context(&mut self, parent: &Node<'a, 'd>) -> Option<ContextIdentifier> {
        let kinds = self.children(
            *parent,
            &[
                ("Nip", 0, 1),
                ("InternalId", 0, 1),
                ("NipVatUe", 0, 1),
                ("PeppolId", 0, 1),
            ],
        )?;
        let chosen: Vec<_> = kinds.into_iter().flatten().collect();
        let [child] = chosen.as_slice() else {
            self.error(
                *parent,
                "The element 'ContextIdentifier' must have exactly one of 'Nip, InternalId, NipVatUe, PeppolId'.".to_owned(),
            );
            return None;
        };
        let kind = child.tag_name().name();
        self.value(child, |text| ContextIdentifier::from_parts(kind, text).ok())
    }

    fn policy(&mut self, parent: &Node<'a, 'd>) -> Option<IpPolicy> {
        let [allowed] = self.children(*parent, &[("AllowedIps", 1, 1)])?;
        let most = IpPolicy::LIST_MAX;
        let [addresses, ranges, masks] = self.children(
            *allowed.first()?,
            &[
                ("Ip4Address", 0, most),
                ("Ip4Range", 0, most),
                ("Ip4Mask", 0, most),
            ],
        )?;
        Some(IpPolicy {
            ip4_addresses: self.values(&addresses, |text| parse_address(text).is_some()),
            ip4_ranges: self.values(&ranges, |text| parse_range(text).is_some()),
            ip4_masks: self.values(&masks, |text| parse_mask(text).is_some()),
        })
    }

    /// The children by name. They must come in this order, each as often as allowed, and nothing beside them.
    fn children<const N: usize>(
        &mut self,
        parent: Node<'a, 'd>,
        expected: &[(&'static str, usize, usize); N],
    ) -> Option<[Vec<Node<'a, 'd>>; N]> {
        self.check_attributes(parent);
        let mut found: [Vec<Node<'a, 'd>>; N] = std::array::from_fn(|_| Vec::new());
        let mut place = 0;
        let names: Vec<_> = expected.iter().map(|(name, ..)| *name).collect();
        for child in parent.children() {
            if child.is_text() && !child.text().unwrap_or_default().trim().is_empty() {
                self.error(
                    child,
                    format!(
                        "The element '{}' cannot contain text.",
                        parent.tag_name().name()
                    ),
                );
                return None;
            }
            if !child.is_element() {
                continue;
            }
            let name = child.tag_name().name();
            let is_ours = child.tag_name().namespace() == Some(self.namespace);
            let at = names
                .iter()
                .skip(place)
                .position(|known| is_ours && *known == name);
            let Some(at) = at.map(|offset| place + offset) else {
                let possible = names.get(place..).unwrap_or_default().join(", ");
                self.error(
                    child,
                    format!(
                        "The element '{}' has invalid child element '{name}'. List of possible elements expected: '{possible}'.",
                        parent.tag_name().name()
                    ),
                );
                return None;
            };
            place = at;
            found.get_mut(at)?.push(child);
        }
        let mut complete = true;
        for ((name, least, most), nodes) in expected.iter().zip(&found) {
            if !(*least..=*most).contains(&nodes.len()) {
                complete = false;
                self.error(
                    parent,
                    format!(
                        "The element '{}' must have {} of '{name}', found {}.",
                        parent.tag_name().name(),
                        if least == most {
                            least.to_string()
                        } else {
                            format!("{least} to {most}")
                        },
                        nodes.len()
                    ),
                );
            }
        }
        complete.then_some(found)
    }

    /// The value of an element without children; XML whitespace around it is not part of it.
    fn value<T>(
        &mut self,
        node: &Node<'a, 'd>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.check_attributes(*node);
        if node.children().any(|child| child.is_element()) {
            self.error(
                *node,
                format!(
                    "The element '{}' cannot contain elements.",
                    node.tag_name().name()
                ),
            );
            return None;
        }
        let text: String = node
            .children()
            .filter_map(|child| child.text().filter(|_| child.is_text()))
            .collect();
        let value = parse(text.trim_matches([' ', '\t', '\r', '\n']));
        if value.is_none() {
            self.error(
                *node,
                format!(
                    "The '{}' element is invalid - The value '{text}' is invalid according to its datatype.",
                    node.tag_name().name()
                ),
            );
        }
        value
    }

    fn values(&mut self, nodes: &[Node<'a, 'd>], is_valid: impl Fn(&str) -> bool) -> Vec<String> {
        let read = |text: &str| is_valid(text).then(|| text.to_owned());
        nodes
            .iter()
            .filter_map(|node| self.value(node, read))
            .collect()
    }

    /// The schema declares no attributes. `Id` on the root is what enveloping signatures refer to.
    fn check_attributes(&mut self, node: Node<'a, 'd>) {
        let is_root = node == self.document.root_element();
        let unknown: Vec<_> = node
            .attributes()
            .filter(|attribute| attribute.namespace() != Some(INSTANCE))
            .map(|attribute| attribute.name().to_owned())
            .filter(|name| !(is_root && name == "Id"))
            .collect();
        for name in unknown {
            self.error(node, format!("The '{name}' attribute is not declared."));
        }
    }

    fn error(&mut self, node: Node<'a, 'd>, what: String) {
        let at = self.document.text_pos_at(node.range().start);
        self.errors
            .push(format!("{what} Line {}, position {}.", at.row, at.col));
    }
}

const NAMESPACES: &[&str] = &[
    "http://ksef.mf.gov.pl/auth/token/2.0",
    "http://ksef.mf.gov.pl/auth/token/2.1",
];
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

#[cfg(test)]
mod tests;
