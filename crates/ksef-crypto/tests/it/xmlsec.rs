//! xmlsec1 judges our signatures, and we judge those that it makes.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use ksef_core::nip::Nip;
use ksef_crypto::certificate::{Certificate, Identity, KeyKind, PrivateKey};
use ksef_crypto::digest::sha256;
use ksef_crypto::self_signed::{Validity, company_seal};
use ksef_crypto::xades::{Packaging, Verified, VerifyOptions, sign_enveloped, verify};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const EXCLUSIVE_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
const C14N10: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const C14N10_COMMENTS: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
const C14N11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const C14N11_COMMENTS: &str = "http://www.w3.org/2006/12/xml-c14n11#WithComments";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A document on which canonicalization has something to do.
const DOCUMENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- before --><?p a b?>\r\n\
    <a:root  xmlns:a='urn:a'\txmlns='urn:d' xmlns:unused=\"urn:u\" z='1' a='&quot;&#9;x' \
    xml:lang='pl'>\r\n<!-- inside --> <b xmlns=''><c a:x=\"y\" xmlns:e='urn:e'/></b>\
    <![CDATA[<&>]]>&#13;zażółć &amp; &lt;\r<?q?>{SIGNATURE}\n</a:root><!-- after -->\n";

fn has_xmlsec() -> bool {
    let found = Command::new("xmlsec1").arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: xmlsec1 is not installed");
    }
    found
}

fn identity(kind: KeyKind) -> Identity {
    let validity = Validity::days("2026-01-01T00:00:00Z".parse().unwrap(), 3650);
    company_seal(
        "Test, \"s\" & <sp>",
        &Nip::parse("5265877635").unwrap(),
        kind,
        validity,
    )
    .unwrap()
}

fn time() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

fn check(xml: &[u8]) -> Verified {
    verify(xml, &VerifyOptions::default())
        .unwrap_or_else(|error| panic!("{error:?}\n{}", String::from_utf8_lossy(xml)))
}

/// Runs xmlsec1 with the Id attributes that our documents have.
fn xmlsec(dir: &Path, arguments: &[&str]) -> Result<(), String> {
    let out = Command::new("xmlsec1")
        .current_dir(dir)
        .args(arguments.first())
        .args([
            "--id-attr:Id",
            "SignedProperties",
            "--id-attr:Id",
            "Signature",
        ])
        .args([
            "--id-attr:Id",
            "Object",
            "--id-attr:Id",
            "KeyInfo",
            "--id-attr:Id",
            "doc",
        ])
        .args(&arguments[1..])
        .output()
        .unwrap();
    if out.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8_lossy(&out.stderr).into_owned())
    }
}

fn xmlsec_verifies(xml: &[u8]) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("signed.xml"), xml).unwrap();
    let keys = "x509,rsa,ec,key-value";
    xmlsec(
        dir.path(),
        &[
            "--verify",
            "--insecure",
            "--enabled-key-data",
            keys,
            "signed.xml",
        ],
    )
}

#[test]
fn xmlsec_accepts_what_we_sign() {
    if !has_xmlsec() {
        return;
    }
    for kind in [KeyKind::Rsa2048, KeyKind::EcP256, KeyKind::EcP384] {
        let identity = identity(kind);
        for document in [
            "<a/>",
            "<x xmlns='urn:x'>t</x>",
            &DOCUMENT.replace("{SIGNATURE}", ""),
        ] {
            let signed = sign_enveloped(document.as_bytes(), &identity, time()).unwrap();
            xmlsec_verifies(&signed).unwrap_or_else(|error| panic!("{kind:?} {document}: {error}"));
            check(&signed);
            let changed = String::from_utf8(signed)
                .unwrap()
                .replacen("T08:", "T09:", 1);
            assert!(
                xmlsec_verifies(changed.as_bytes()).is_err(),
                "the oracle refuses nothing"
            );
        }
    }
}

/// A signature to be filled in by xmlsec1.
#[derive(Clone)]
struct Template {
    canonicalization: String,
    method: String,
    digest: String,
    content_uri: String,
    content_transforms: Option<String>,
    properties_transforms: Option<String>,
    /// `SigningCertificate`, `SigningCertificateV2` or nothing.
    named_certificate: String,
    key_value: bool,
    sign_key_info: bool,
    /// Attributes of the `Signature` element.
    attributes: String,
    /// A second object, for enveloping signatures.
    object: String,
    signing_time: String,
}

impl Template {
    fn new() -> Self {
        let transforms = format!("{}{}", transform(ENVELOPED), transform(EXCLUSIVE));
        Self {
            canonicalization: format!("<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"/>"),
            method: RSA_SHA256.into(),
            digest: SHA256.into(),
            content_uri: String::new(),
            content_transforms: Some(transforms),
            properties_transforms: Some(transform(EXCLUSIVE)),
            named_certificate: "V1".into(),
            key_value: false,
            sign_key_info: false,
            attributes: String::new(),
            object: String::new(),
            signing_time: "2026-11-21T08:00:00.123456+00:00".into(),
        }
    }

    fn text(&self, certificate: &Certificate) -> String {
        let reference = |attributes: &str, transforms: &Option<String>| {
            let transforms = transforms
                .as_ref()
                .map(|all| format!("<ds:Transforms>{all}</ds:Transforms>"))
                .unwrap_or_default();
            format!(
                "<ds:Reference {attributes}>\n{transforms}<ds:DigestMethod Algorithm=\"{}\"/>\
                 <ds:DigestValue/></ds:Reference>",
                self.digest
            )
        };
        let mut references = reference(
            &format!("URI=\"{}\"", self.content_uri),
            &self.content_transforms,
        );
        references += &reference(
            "Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#props\"",
            &self.properties_transforms,
        );
        if self.sign_key_info {
            references += &reference("URI=\"#key\"", &Some(transform(EXCLUSIVE)));
        }
        let key_value = if self.key_value { "<ds:KeyValue/>" } else { "" };
        format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"sig\"{}>\n\
             <ds:SignedInfo>\n{}<ds:SignatureMethod Algorithm=\"{}\"/>\r\n{references}\
             </ds:SignedInfo>\n<ds:SignatureValue/>\n<ds:KeyInfo Id=\"key\">{key_value}<ds:X509Data>\
             <ds:X509Certificate/></ds:X509Data></ds:KeyInfo>{}\n<ds:Object>\
             <xades:QualifyingProperties xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\" \
             Target=\"#sig\"><xades:SignedProperties Id=\"props\">\
             <xades:SignedSignatureProperties><xades:SigningTime>{}</xades:SigningTime>{}\
             </xades:SignedSignatureProperties></xades:SignedProperties>\
             </xades:QualifyingProperties></ds:Object></ds:Signature>",
            self.attributes,
            self.canonicalization,
            self.method,
            self.object,
            self.signing_time,
            named(&self.named_certificate, certificate),
        )
    }
}

fn transform(uri: &str) -> String {
    format!("<ds:Transform Algorithm=\"{uri}\"/>")
}

fn named(how: &str, certificate: &Certificate) -> String {
    let digest = format!(
        "<xades:CertDigest><ds:DigestMethod Algorithm=\"{SHA256}\"/><ds:DigestValue>{}\
         </ds:DigestValue></xades:CertDigest>",
        sha256(certificate.der())
    );
    match how {
        "V1" => format!(
            "<xades:SigningCertificate><xades:Cert>{digest}<xades:IssuerSerial>\
             <ds:X509IssuerName>CN=written differently</ds:X509IssuerName>\
             <ds:X509SerialNumber>{}</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert>\
             </xades:SigningCertificate>",
            certificate.serial_decimal()
        ),
        "V2" => format!(
            "<xades:SigningCertificateV2><xades:Cert>{digest}</xades:Cert>\
             </xades:SigningCertificateV2>"
        ),
        "V2 with serial" => format!(
            "<xades:SigningCertificateV2><xades:Cert>{digest}<xades:IssuerSerialV2>{}\
             </xades:IssuerSerialV2></xades:Cert></xades:SigningCertificateV2>",
            issuer_serial(certificate)
        ),
        _ => String::new(),
    }
}

/// SEQUENCE { SEQUENCE { [4] issuer }, INTEGER serial } in Base64.
fn issuer_serial(certificate: &Certificate) -> String {
    let element = |tag: u8, content: &[u8]| {
        let length = u8::try_from(content.len()).unwrap();
        let header = if length < 0x80 {
            vec![tag, length]
        } else {
            vec![tag, 0x81, length]
        };
        [header, content.to_vec()].concat()
    };
    let names = element(0x30, &element(0xa4, certificate.issuer().der()));
    let serial = element(0x02, certificate.serial());
    base64_simd::STANDARD.encode_to_string(element(0x30, &[names, serial].concat()))
}

/// Has xmlsec1 sign `unsigned` with the key.
fn xmlsec_signs(unsigned: &str, key: &PrivateKey, certificate: &Certificate) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("key.pem"), key.to_pem().as_bytes()).unwrap();
    std::fs::write(at("cert.pem"), certificate.to_pem()).unwrap();
    std::fs::write(at("template.xml"), unsigned).unwrap();
    let keys = "key.pem,cert.pem";
    xmlsec(
        dir.path(),
        &[
            "--sign",
            "--privkey-pem",
            keys,
            "--output",
            "signed.xml",
            "template.xml",
        ],
    )
    .unwrap_or_else(|error| panic!("{error}\n{unsigned}"));
    std::fs::read(at("signed.xml")).unwrap()
}

fn enveloped(template: &Template, identity: &Identity) -> Verified {
    let text = template.text(identity.certificate());
    let unsigned = DOCUMENT.replace("{SIGNATURE}", &text);
    let signed = xmlsec_signs(&unsigned, identity.key(), identity.certificate());
    let verified = check(&signed);
    assert_eq!(verified.packaging(), Packaging::Enveloped);
    assert_eq!(verified.signer(), identity.certificate());
    assert_eq!(
        verified.signing_time().unwrap().as_second(),
        time().as_second()
    );
    let changed = String::from_utf8(signed)
        .unwrap()
        .replacen("zażółć", "zażółc", 1);
    assert!(verify(changed.as_bytes(), &VerifyOptions::default()).is_err());
    verified
}

#[test]
fn we_accept_every_canonicalization_of_xmlsec() {
    if !has_xmlsec() {
        return;
    }
    let identity = identity(KeyKind::Rsa2048);
    let all = [
        EXCLUSIVE,
        EXCLUSIVE_COMMENTS,
        C14N10,
        C14N10_COMMENTS,
        C14N11,
        C14N11_COMMENTS,
    ];
    for uri in all {
        let template = Template {
            canonicalization: format!("<ds:CanonicalizationMethod Algorithm=\"{uri}\"/>"),
            content_transforms: Some(transform(ENVELOPED) + &transform(uri)),
            properties_transforms: Some(transform(uri)),
            ..Template::new()
        };
        enveloped(&template, &identity);
        // As the Ministry's C# client does: another algorithm for the references.
        let mixed = transform(ENVELOPED) + &transform(EXCLUSIVE);
        enveloped(
            &Template {
                content_transforms: Some(mixed),
                properties_transforms: None,
                ..template.clone()
            },
            &identity,
        );
        // Comments stay when the whole document is named by an XPointer.
        let template = Template {
            content_uri: "#xpointer(/)".into(),
            ..template
        };
        let verified = enveloped(&template, &identity);
        let comments = String::from_utf8_lossy(verified.canonical()).contains("<!-- inside -->");
        assert_eq!(comments, uri.ends_with("WithComments"), "{uri}");
    }
    let list = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"><i:InclusiveNamespaces \
         xmlns:i=\"{EXCLUSIVE}\" PrefixList=\"a #default unused nowhere\"/>\
         </ds:CanonicalizationMethod>"
    );
    let as_transform = list.replace("CanonicalizationMethod", "Transform");
    enveloped(
        &Template {
            content_transforms: Some(transform(ENVELOPED) + &as_transform),
            properties_transforms: Some(as_transform),
            canonicalization: list,
            ..Template::new()
        },
        &identity,
    );
}

#[test]
fn we_accept_the_ways_to_leave_out_the_signature() {
    if !has_xmlsec() {
        return;
    }
    let identity = identity(KeyKind::Rsa2048);
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">\
        <ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>";
    let filter = |expression: &str| {
        format!(
            "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath \
             xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">\
             {expression}</f:XPath></ds:Transform>"
        )
    };
    for transforms in [
        transform(ENVELOPED),
        format!("{xpath}{}", transform(C14N10)),
        format!("{}{xpath}{}", transform(ENVELOPED), transform(EXCLUSIVE)),
        xpath.to_owned(),
        format!(
            "{}{}",
            filter("/descendant::ds:Signature"),
            transform(EXCLUSIVE)
        ),
        format!("{}{}", filter("//ds:Signature"), transform(C14N11)),
        format!(
            "{}{}",
            filter("here()/ancestor::ds:Signature[1]"),
            transform(EXCLUSIVE)
        ),
    ] {
        let template = Template {
            content_transforms: Some(transforms),
            ..Template::new()
        };
        enveloped(&template, &identity);
    }
}

#[test]
fn we_accept_what_clients_put_into_key_info_and_properties() {
    if !has_xmlsec() {
        return;
    }
    for kind in [KeyKind::Rsa2048, KeyKind::EcP256] {
        let identity = identity(kind);
        let method = match kind {
            KeyKind::Rsa2048 => RSA_SHA256,
            _ => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        };
        for named in ["V1", "V2", "V2 with serial", "none"] {
            for (key_value, sign_key_info) in [(false, true), (true, true), (true, false)] {
                if named == "none" && !sign_key_info {
                    continue;
                }
                // xmlsec1 1.2 writes no KeyValue for elliptic curves.
                let template = Template {
                    method: method.into(),
                    named_certificate: named.into(),
                    key_value: key_value && kind == KeyKind::Rsa2048,
                    sign_key_info,
                    ..Template::new()
                };
                enveloped(&template, &identity);
            }
        }
    }
}

#[test]
fn we_accept_all_methods_that_xmlsec_has() {
    if !has_xmlsec() {
        return;
    }
    let rsa = identity(KeyKind::Rsa2048);
    let more = "http://www.w3.org/2001/04/xmldsig-more#";
    let digests = [
        "http://www.w3.org/2000/09/xmldsig#sha1".to_owned(),
        SHA256.to_owned(),
        format!("{more}sha384"),
        "http://www.w3.org/2001/04/xmlenc#sha512".to_owned(),
    ];
    for digest in &digests {
        enveloped(
            &Template {
                digest: digest.clone(),
                ..Template::new()
            },
            &rsa,
        );
    }
    for name in ["rsa-sha256", "rsa-sha384", "rsa-sha512"] {
        enveloped(
            &Template {
                method: format!("{more}{name}"),
                ..Template::new()
            },
            &rsa,
        );
    }
    let old = "http://www.w3.org/2000/09/xmldsig#rsa-sha1".to_owned();
    enveloped(
        &Template {
            method: old,
            ..Template::new()
        },
        &rsa,
    );
    for (kind, names) in [
        (
            KeyKind::EcP256,
            &["ecdsa-sha1", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"][..],
        ),
        (
            KeyKind::EcP384,
            &["ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"],
        ),
    ] {
        let identity = identity(kind);
        for name in names {
            enveloped(
                &Template {
                    method: format!("{more}{name}"),
                    ..Template::new()
                },
                &identity,
            );
        }
    }
}

#[test]
fn we_accept_p521_of_openssl() {
    if !has_xmlsec() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .current_dir(dir.path())
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-521",
            "-nodes",
        ])
        .args([
            "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=x", "-days", "30",
        ])
        .output();
    if !made.is_ok_and(|out| out.status.success()) {
        eprintln!("skipped: openssl is not installed");
        return;
    }
    let read = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    let identity =
        Identity::from_certificate_and_key(&read("cert.pem"), &read("key.pem"), None).unwrap();
    let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512".to_owned();
    enveloped(
        &Template {
            method,
            ..Template::new()
        },
        &identity,
    );
    let signed = sign_enveloped(b"<a>x</a>", &identity, time()).unwrap();
    check(&signed);
    xmlsec_verifies(&signed).unwrap();
}

/// An enveloping signature made by xmlsec1, verified by us.
fn enveloping(template: &Template, attributes: &str) -> Verified {
    let identity = identity(KeyKind::Rsa2048);
    let template_text = Template {
        attributes: attributes.into(),
        ..template.clone()
    };
    let unsigned = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c -->{}\n",
        template_text.text(identity.certificate())
    );
    let signed = xmlsec_signs(&unsigned, identity.key(), identity.certificate());
    let verified = check(&signed);
    assert_eq!(verified.packaging(), Packaging::Enveloping);
    assert_eq!(verified.signer(), identity.certificate());
    verified
}

#[test]
fn we_accept_enveloping_signatures() {
    if !has_xmlsec() {
        return;
    }
    let content = "<doc xmlns=\"urn:d\" a=\"1\">x<!-- c --><b/></doc>";
    let object = format!("<ds:Object Id=\"obj\">{content}</ds:Object>");
    for (uri, transforms) in [
        ("#obj", None),
        ("#obj", Some(transform(EXCLUSIVE))),
        ("#obj", Some(transform(C14N10))),
        ("#obj", Some(transform(C14N11))),
        ("#xpointer(id('obj'))", Some(transform(C14N10_COMMENTS))),
    ] {
        let template = Template {
            content_uri: uri.into(),
            content_transforms: transforms.clone(),
            properties_transforms: transforms,
            object: object.clone(),
            signing_time: "2026-11-21T08:00:00".into(),
            ..Template::new()
        };
        // What stands on the ancestors of the object enters its canonical form.
        for attributes in [
            "",
            " xmlns:n=\"urn:n\"",
            " xml:lang=\"pl\" xml:space=\"preserve\" xml:base=\"http://h/a/b\"",
        ] {
            let verified = enveloping(&template, attributes);
            assert_eq!(verified.document(), content.as_bytes());
            assert_eq!(verified.signing_time(), Some(time()));
        }
    }
}

#[test]
fn we_join_the_base_of_a_subset_like_xmlsec() {
    if !has_xmlsec() {
        return;
    }
    for (above, own) in [
        ("http://h/a/b", ""),
        ("http://h/a/b", " xml:base=\"c\""),
        ("http://h/a/b", " xml:base=\"../c/\""),
        ("http://h/a/b", " xml:base=\"http://other/\""),
        ("http://h/a/b", " xml:base=\"/c\""),
    ] {
        let template = Template {
            content_uri: "#obj".into(),
            content_transforms: Some(transform(C14N11)),
            properties_transforms: Some(transform(C14N11)),
            object: format!("<ds:Object Id=\"obj\"{own}><doc/></ds:Object>"),
            ..Template::new()
        };
        enveloping(&template, &format!(" xml:base=\"{above}\""));
    }
}

#[test]
fn we_decode_enveloped_base64() {
    if !has_xmlsec() {
        return;
    }
    let content = "<doc>zażółć</doc>";
    let mut digits = base64_simd::STANDARD.encode_to_string(content);
    digits.insert_str(8, "\n  ");
    let object = format!(
        "<ds:Object Id=\"obj\" Encoding=\"http://www.w3.org/2000/09/xmldsig#base64\">{digits}\
         </ds:Object>"
    );
    for transforms in [
        transform("http://www.w3.org/2000/09/xmldsig#base64"),
        transform(C14N10),
    ] {
        let template = Template {
            content_uri: "#obj".into(),
            content_transforms: Some(transforms),
            object: object.clone(),
            ..Template::new()
        };
        assert_eq!(enveloping(&template, "").document(), content.as_bytes());
    }
}

#[test]
fn content_that_needs_declarations_from_outside_gets_them() {
    if !has_xmlsec() {
        return;
    }
    let template = Template {
        content_uri: "#obj".into(),
        content_transforms: Some(transform(EXCLUSIVE)),
        object: "<ds:Object Id=\"obj\"> <n:doc><n:b/></n:doc> </ds:Object>".into(),
        ..Template::new()
    };
    let verified = enveloping(&template, " xmlns:n=\"urn:n\"");
    let document = String::from_utf8(verified.document().to_vec()).unwrap();
    assert_eq!(
        document,
        "<n:doc xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:n=\"urn:n\"><n:b></n:b></n:doc>"
    );
}
