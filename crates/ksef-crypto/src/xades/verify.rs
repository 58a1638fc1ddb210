//! Verifying signatures.

use roxmltree::{Document, Node};

use super::properties::Properties;
use super::reference::{self, Ids, Reference, Resolved, attribute};
use super::verified::{Packaging, Verified};
use super::{DSIG, Limits, SIGNED_PROPERTIES, XadesError, XadesErrorKind, algorithm, key_info};
use crate::c14n::source::Source;
use crate::c14n::{Canonicalization, Method, canonicalize};
use crate::certificate::Certificate;
use crate::signature::SignatureScheme;

/// Limits of verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Limits on the document.
    pub limits: Limits,
    /// References of the signature. Default 8.
    pub references_max: usize,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            references_max: 8,
        }
    }
}

/// Verifies the one signature in a document.
///
/// What is accepted and what is refused stands in the [module](super).
///
/// # Errors
/// [`XadesErrorKind`] says what is wrong and which of KSeF's codes it is.
pub fn verify(xml: &[u8], options: &VerifyOptions) -> Result<Verified, XadesError> {
    let source = Source::read(xml, &options.limits)?;
    let document = source.parse()?;
    let signature = only_signature(&document)?;
    let ids = Ids::collect(document.root())?;
    let parts = Parts::of(signature, &ids, options)?;

    let certificates = key_info::certificates(parts.key_info)?;
    let signer = parts.signer(&certificates)?;
    key_info::check_key_values(parts.key_info, &signer)?;
    parts.verify_value(&signer)?;

    let mut content = None;
    for (role, reference) in &parts.references {
        let resolved = reference.verify(signature)?;
        if *role == Role::Content {
            content = Some((reference.target, reference.digest_method, resolved));
        }
    }
    let (target, digest, resolved) = content.ok_or(XadesErrorKind::ContentNotCovered)?;
    let document = match parts.packaging {
        Packaging::Enveloped => without(xml, &source, signature),
        Packaging::Enveloping => enveloped_content(target, &resolved)?,
    };
    let other_certificates = certificates.into_iter().filter(|c| *c != signer).collect();
    Ok(Verified {
        signer,
        other_certificates,
        packaging: parts.packaging,
        document,
        canonical: resolved.octets,
        signing_time: parts.properties.signing_time()?,
        scheme: parts.scheme,
        digest,
    })
}

fn only_signature<'a, 'i>(document: &'a Document<'i>) -> Result<Node<'a, 'i>, XadesError> {
    let mut all = document
        .descendants()
        .filter(|n| n.has_tag_name((DSIG, "Signature")));
    let first = all.next().ok_or(XadesErrorKind::MissingSignature)?;
    match all.count() {
        0 => Ok(first),
        more => Err(XadesErrorKind::TooManySignatures { found: more + 1 }.into()),
    }
}

/// What a reference covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Content,
    Properties,
    KeyInfo,
}

/// The parts of a signature, found in the places where they must be.
struct Parts<'a, 'i> {
    packaging: Packaging,
    signed_info: Node<'a, 'i>,
    canonicalization: Canonicalization,
    scheme: SignatureScheme,
    value: Vec<u8>,
    key_info: Node<'a, 'i>,
    properties: Properties<'a, 'i>,
    references: Vec<(Role, Reference<'a, 'i>)>,
}

impl<'a, 'i> Parts<'a, 'i> {
    fn of(
        signature: Node<'a, 'i>,
        ids: &Ids<'a, 'i>,
        options: &VerifyOptions,
    ) -> Result<Self, XadesError> {
        let mut children = signature.children().filter(Node::is_element);
        let signed_info = expect(children.next(), "SignedInfo")?;
        let value = reference::base64_text(expect(children.next(), "SignatureValue")?).ok_or(
            XadesErrorKind::Structure {
                part: "SignatureValue",
            },
        )?;
        let key_info = expect(children.next(), "KeyInfo")
            .map_err(|_| XadesError::new(XadesErrorKind::NoCertificate))?;
        if children.any(|n| !n.has_tag_name((DSIG, "Object"))) {
            return Err(XadesErrorKind::Structure { part: "Signature" }.into());
        }

        let mut children = signed_info.children().filter(Node::is_element);
        let canonicalization =
            canonicalization(expect(children.next(), "CanonicalizationMethod")?)?;
        let scheme = scheme(expect(children.next(), "SignatureMethod")?)?;

        let root_is_signature = signature.parent_element().is_none();
        let packaging = if root_is_signature {
            Packaging::Enveloping
        } else {
            Packaging::Enveloped
        };
        let properties = Properties::of(signature)?;
        let mut references = Vec::new();
        for node in children {
            let reference = Reference::read(expect(Some(node), "Reference")?, ids)?;
            if references.len() == options.references_max {
                let references_max = options.references_max;
                return Err(XadesErrorKind::TooManyReferences { references_max }.into());
            }
            let role = role(&reference, signature, key_info, packaging, &properties)?;
            references.push((role, reference));
        }
        check_roles(&references)?;
        Ok(Self {
            packaging,
            signed_info,
            canonicalization,
            scheme,
            value,
            key_info,
            properties,
            references,
        })
    }

    /// The certificate that the signed properties name; without such a name a signed `KeyInfo`
    /// with one certificate will do (XAdES 1.3.2 §4.4.1).
    fn signer(&self, certificates: &[Certificate]) -> Result<Certificate, XadesError> {
        if certificates.is_empty() {
            return Err(XadesErrorKind::NoCertificate.into());
        }
        if let Some(signer) = self.properties.signer(certificates)? {
            return Ok(signer);
        }
        let key_info_is_signed = self
            .references
            .iter()
            .any(|(role, _)| *role == Role::KeyInfo);
        match certificates {
            [only] if key_info_is_signed => Ok(only.clone()),
            _ => Err(XadesErrorKind::CertificateReference.into()),
        }
    }

    fn verify_value(&self, signer: &Certificate) -> Result<(), XadesError> {
        let message = canonicalize(self.signed_info, &[], &self.canonicalization);
        algorithm::verify_value(signer, self.scheme, &message, &self.value)
    }
}

fn expect<'a, 'i>(
    node: Option<Node<'a, 'i>>,
    part: &'static str,
) -> Result<Node<'a, 'i>, XadesError> {
    node.filter(|node| node.has_tag_name((DSIG, part)))
        .ok_or_else(|| XadesErrorKind::Structure { part }.into())
}

fn canonicalization(method: Node<'_, '_>) -> Result<Canonicalization, XadesError> {
    reference::canonicalization(method).ok_or_else(|| {
        let uri = attribute(method, "Algorithm")
            .unwrap_or_default()
            .to_owned();
        XadesErrorKind::UnsupportedAlgorithm { uri }.into()
    })
}

fn scheme(method: Node<'_, '_>) -> Result<SignatureScheme, XadesError> {
    if method.children().any(|n| n.is_element()) {
        let part = "SignatureMethod";
        return Err(XadesErrorKind::Structure { part }.into());
    }
    algorithm::method(attribute(method, "Algorithm").unwrap_or_default())
}

/// One reference covers the content and one the signed properties; one may cover the `KeyInfo`.
fn check_roles(references: &[(Role, Reference<'_, '_>)]) -> Result<(), XadesError> {
    let count = |wanted| {
        references
            .iter()
            .filter(|(role, _)| *role == wanted)
            .count()
    };
    match (
        count(Role::Content),
        count(Role::Properties),
        count(Role::KeyInfo),
    ) {
        (1, 1, 0 | 1) => Ok(()),
        (0, _, _) => Err(XadesErrorKind::ContentNotCovered.into()),
        (_, 0, _) => Err(XadesErrorKind::PropertiesNotCovered.into()),
        _ => Err(XadesErrorKind::Structure { part: "Reference" }.into()),
    }
}

/// What a reference covers, or why it may not be there.
fn role(
    reference: &Reference<'_, '_>,
    signature: Node<'_, '_>,
    key_info: Node<'_, '_>,
    packaging: Packaging,
    properties: &Properties<'_, '_>,
) -> Result<Role, XadesError> {
    let target = reference.target;
    let is_inside = target.ancestors().any(|node| node == signature);
    let is_object_content = is_inside && target != properties.signed && target != key_info;
    if reference.decodes_text() && !is_object_content {
        // Elements, attributes and what they mean would not be covered.
        let uri = BASE64.to_owned();
        return Err(XadesErrorKind::UnsupportedTransform { uri }.into());
    }
    if target == properties.signed {
        // The type is what makes it a reference to signed properties (XAdES 1.3.2 §6.3.1).
        return if reference.kind == Some(SIGNED_PROPERTIES) {
            Ok(Role::Properties)
        } else {
            Err(XadesErrorKind::PropertiesNotCovered.into())
        };
    }
    if target == key_info {
        return Ok(Role::KeyInfo);
    }
    let is_content = match packaging {
        Packaging::Enveloped => {
            target.is_root()
                || (target.parent().is_some_and(|p| p.is_root()) && stands_alone(target))
        }
        Packaging::Enveloping => {
            let is_object = |node: Node<'_, '_>| {
                node.has_tag_name((DSIG, "Object")) && node.parent() == Some(signature)
            };
            let is_only_child = || {
                target.parent().is_some_and(is_object)
                    && target.prev_sibling_element().is_none()
                    && target.next_sibling_element().is_none()
            };
            !target.is_root()
                && !properties
                    .signed
                    .ancestors()
                    .any(|ancestor| ancestor == target)
                && (is_object(target) || is_only_child())
        }
    };
    if is_content {
        Ok(Role::Content)
    } else {
        Err(XadesErrorKind::Detached.into())
    }
}

/// Whether nothing that a signature could cover stands beside the root element.
fn stands_alone(root: Node<'_, '_>) -> bool {
    root.parent()
        .is_some_and(|document| document.children().all(|n| n == root || n.is_comment()))
}

/// The original bytes without the signature.
fn without(xml: &[u8], source: &Source<'_>, signature: Node<'_, '_>) -> Vec<u8> {
    let start = source.original_offset(signature.range().start);
    let end = source.original_offset(signature.range().end);
    let before = xml.get(..start).unwrap_or_default();
    let after = xml.get(end..).unwrap_or_default();
    [before, after].concat()
}

/// The document inside an enveloping signature.
fn enveloped_content(target: Node<'_, '_>, resolved: &Resolved) -> Result<Vec<u8>, XadesError> {
    if resolved.is_decoded {
        return Ok(resolved.octets.clone());
    }
    let is_object = target.has_tag_name((DSIG, "Object"));
    if is_object && attribute(target, "Encoding") == Some(BASE64) {
        return reference::base64_text(target)
            .ok_or_else(|| XadesErrorKind::Structure { part: "Object" }.into());
    }
    let has_text = |node: Node<'_, '_>| {
        node.children()
            .any(|n| n.is_text() && n.text().is_some_and(|text| !text.trim().is_empty()))
    };
    if is_object && has_text(target) {
        return Err(XadesErrorKind::Structure { part: "Object" }.into());
    }
    let mut elements = target.children().filter(Node::is_element);
    let content = match (is_object, elements.next(), elements.next()) {
        (false, _, _) => target,
        (true, Some(only), None) => only,
        _ => return Err(XadesErrorKind::Structure { part: "Object" }.into()),
    };
    // As it is written, unless it needs declarations that stand outside of it.
    let written = target
        .document()
        .input_text()
        .get(content.range())
        .unwrap_or_default();
    let exclusive = Canonicalization::new(Method::Exclusive, true);
    let same = Document::parse(written).is_ok_and(|alone| {
        canonicalize(alone.root_element(), &[], &exclusive)
            == canonicalize(content, &[], &exclusive)
    });
    if same {
        return Ok(written.as_bytes().to_vec());
    }
    Ok(canonicalize(
        content,
        &[],
        &Canonicalization::new(Method::Inclusive10, true),
    ))
}

const BASE64: &str = "http://www.w3.org/2000/09/xmldsig#base64";
