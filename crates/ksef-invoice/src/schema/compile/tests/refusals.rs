//! Schemas that are wrong, or beyond the engine or its limits.

use super::*;

fn refusal(body: &str) -> String {
    match try_schema(body) {
        Ok(_) => panic!("accepted: {body}"),
        Err(error) => error.to_string(),
    }
}

/// Each schema is refused, in its file, with these words.
fn check_refusals(cases: &[(String, &str)]) {
    for (body, expected) in cases {
        let message = refusal(body);
        assert!(message.contains(expected), "{body}\n{message}");
        assert!(message.starts_with("a.xsd"), "{message}");
    }
}

#[test]
fn mistakes_have_a_place_and_a_name() {
    check_refusals(&[
        (
            "<xs:element name='r' type='t:no'/>".to_owned(),
            "no type {urn:t}no",
        ),
        ("<xs:element name='r' type='xs:no'/>".to_owned(), "no type"),
        (
            "<xs:element name='r' type='u:no'/>".to_owned(),
            "not declared or imported: u:no",
        ),
        ("<xs:element/>".to_owned(), "attribute name is missing"),
        (
            "<xs:elment name='r'/>".to_owned(),
            "unexpected element elment",
        ),
        ("<other/>".to_owned(), "unexpected element other"),
        (
            "<xs:element name='r'/><xs:element name='r'/>".to_owned(),
            "a second element {urn:t}r",
        ),
        (
            root("<xs:sequence><xs:element ref='t:x'/></xs:sequence>"),
            "no element {urn:t}x",
        ),
        (
            root("<xs:sequence><xs:group ref='t:x'/></xs:sequence>"),
            "no group {urn:t}x",
        ),
        (
            root("<xs:attributeGroup ref='t:x'/>"),
            "no attribute group {urn:t}x",
        ),
        (
            root("<xs:sequence><xs:element ref='t:a' minOccurs='2'/></xs:sequence>"),
            "minOccurs",
        ),
        (
            root("<xs:sequence><xs:element ref='t:a' maxOccurs='x'/></xs:sequence>"),
            "maxOccurs",
        ),
        (
            root("<xs:attribute name='x'/><xs:attribute name='x'/>"),
            "a second attribute x",
        ),
        (
            root("<xs:attribute name='x'/><xs:sequence/>"),
            "unexpected element sequence",
        ),
        (
            root("<xs:attribute name='x' use='maybe'/>"),
            "use cannot be \"maybe\"",
        ),
        (
            root("<xs:attribute name='x' type='xs:int' fixed='y'/>"),
            "fixed cannot be \"y\"",
        ),
        (
            "<xs:element name='r' type='xs:int' default='y'/>".to_owned(),
            "fixed cannot be \"y\"",
        ),
    ]);
}

#[test]
fn facets_have_to_fit() {
    let simple = |inner: &str| format!("<xs:simpleType name='s'>{inner}</xs:simpleType>");
    let facet = |base: &str, facets: &str| {
        simple(&format!(
            "<xs:restriction base='xs:{base}'>{facets}</xs:restriction>"
        ))
    };
    check_refusals(&[
        (
            facet("string", "<xs:pattern value='a('/>"),
            "pattern refused",
        ),
        (
            facet("string", "<xs:totalDigits value='3'/>"),
            "facet totalDigits",
        ),
        (facet("decimal", "<xs:length value='3'/>"), "facet length"),
        (
            facet("byte", "<xs:maxInclusive value='128'/>"),
            "facet maxInclusive",
        ),
        (
            facet("byte", "<xs:maxInclusive value='1.5'/>"),
            "maxInclusive cannot be",
        ),
        (
            facet("date", "<xs:minInclusive value='2020-13-01'/>"),
            "minInclusive cannot be",
        ),
        (
            facet("token", "<xs:whiteSpace value='preserve'/>"),
            "facet whiteSpace",
        ),
        (
            facet(
                "string",
                "<xs:minLength value='3'/><xs:maxLength value='2'/>",
            ),
            "facet length",
        ),
        (
            facet("string", "<xs:length value='-1'/>"),
            "length cannot be",
        ),
        (
            facet("anySimpleType", "<xs:pattern value='a'/>"),
            "anySimpleType cannot be the base",
        ),
        (
            simple("<xs:list itemType='xs:NMTOKENS'/>"),
            "a list cannot be the base",
        ),
        (simple("<xs:union/>"), "memberTypes is missing"),
        (
            simple("<xs:restriction base='t:s'/>"),
            "{urn:t}s is defined by itself",
        ),
    ]);
}

#[test]
fn cycles_and_the_unsupported_are_named() {
    check_refusals(&[
        (
            "<xs:complexType name='x'><xs:complexContent><xs:extension base='t:x'/>\
             </xs:complexContent></xs:complexType>"
                .to_owned(),
            "x is defined by itself",
        ),
        (
            "<xs:group name='g'><xs:sequence><xs:group ref='t:g'/></xs:sequence></xs:group>"
                .to_owned()
                + &root("<xs:group ref='t:g'/>"),
            "{urn:t}g is defined by itself",
        ),
        (
            "<xs:notation name='n' public='x'/>".to_owned(),
            "notation is not supported",
        ),
        (
            "<xs:redefine schemaLocation='a.xsd'/>".to_owned(),
            "redefine is not supported",
        ),
        (
            "<xs:element name='r'><xs:keyref name='k' refer='t:x'/></xs:element>".to_owned(),
            "keyref is not supported",
        ),
        (
            "<xs:element name='r'><xs:unique name='k'><xs:selector xpath='a'/>\
             <xs:field xpath='b[1]'/></xs:unique></xs:element>"
                .to_owned(),
            "xpath cannot be",
        ),
    ]);
}

#[test]
fn two_particles_for_one_element_are_refused() {
    for content in [
        "<xs:choice><xs:element ref='t:a'/><xs:element ref='t:a'/></xs:choice>",
        "<xs:sequence><xs:element ref='t:a' minOccurs='0'/><xs:element ref='t:a'/></xs:sequence>",
        "<xs:sequence><xs:element ref='t:a' maxOccurs='3'/><xs:element ref='t:a'/></xs:sequence>",
        "<xs:sequence><xs:element ref='t:a' minOccurs='0'/><xs:any/></xs:sequence>",
        "<xs:choice><xs:any/><xs:any namespace='urn:u'/></xs:choice>",
        "<xs:choice maxOccurs='unbounded'><xs:element ref='t:a' minOccurs='2' maxOccurs='3'/>\
         </xs:choice>",
    ] {
        let message = refusal(&root(content));
        assert!(
            message.contains("could be taken by two"),
            "{content}: {message}"
        );
    }
}

#[test]
fn files_are_found_or_named() {
    let main = |inner: &str| {
        format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t' \
             xmlns:u='urn:u' targetNamespace='urn:t'>\n{inner}</xs:schema>"
        )
        .into_bytes()
    };
    let other = |namespace: &str| {
        format!(
            "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' {namespace}>\
             <xs:include schemaLocation='a.xsd'/>\
             <xs:simpleType name='s'><xs:restriction base='xs:string'/></xs:simpleType></xs:schema>"
        )
        .into_bytes()
    };
    let run = |main: Vec<u8>, other: Option<Vec<u8>>| {
        let mut files = BTreeMap::from([("a.xsd".to_owned(), main)]);
        files.extend(other.map(|other| ("b.xsd".to_owned(), other)));
        compile(&files, "a.xsd").map_err(|error| error.to_string())
    };
    let include = "<xs:include schemaLocation='b.xsd'/><xs:element name='r' type='t:s'/>";
    let import = "<xs:import namespace='urn:u' schemaLocation='b.xsd'/>\
                  <xs:element name='r' type='u:s'/>";
    let missing = run(main(include), None).unwrap_err();
    assert_eq!(missing, "a.xsd:2:1: cannot be loaded");
    // Including each other is no cycle of definitions; a document without a target namespace
    // takes that of the includer.
    for namespace in ["targetNamespace='urn:t'", ""] {
        assert!(
            run(main(include), Some(other(namespace))).is_ok(),
            "{namespace}"
        );
    }
    let wrong = run(main(import), Some(other("targetNamespace='urn:t'"))).unwrap_err();
    assert!(wrong.contains("namespace cannot be \"urn:u\""), "{wrong}");
    let unknown = run(main("<xs:element name='r' type='u:s'/>"), None).unwrap_err();
    assert!(unknown.contains("not declared or imported"), "{unknown}");
    let no_schema = run(b"<a/>".to_vec(), None).unwrap_err();
    assert!(no_schema.contains("not an XML Schema"), "{no_schema}");
    let no_xml = run(b"<!DOCTYPE a><a/>".to_vec(), None).unwrap_err();
    assert!(no_xml.starts_with("a.xsd:1:1"), "{no_xml}");
}

/// Schemas that would need endless time or memory end soon.
#[test]
fn hostile_schemas_end() {
    let mut groups = String::from(
        "<xs:group name='g0'><xs:sequence><xs:element name='x' type='xs:int'/></xs:sequence>\
         </xs:group>",
    );
    let mut attributes = String::from("<xs:attributeGroup name='h0'/>");
    for level in 1..40 {
        let below = level - 1;
        groups += &format!(
            "<xs:group name='g{level}'><xs:sequence><xs:group ref='t:g{below}'/>\
             <xs:group ref='t:g{below}'/></xs:sequence></xs:group>"
        );
        attributes += &format!(
            "<xs:attributeGroup name='h{level}'><xs:attributeGroup ref='t:h{below}'/>\
             <xs:attributeGroup ref='t:h{below}'/></xs:attributeGroup>"
        );
    }
    let chain: String = (0..2_000)
        .map(|level| {
            let above = level + 1;
            format!(
                "<xs:simpleType name='s{level}'><xs:restriction base='t:s{above}'/></xs:simpleType>"
            )
        })
        .collect();
    let nested = "<xs:sequence maxOccurs='999'>".repeat(5)
        + "<xs:element ref='t:a'/><xs:element ref='t:b'/>"
        + &"</xs:sequence>".repeat(5);
    let many = |name: &str| {
        (0..6)
            .map(|index| format!("<xs:element name='{name}{index}'/>"))
            .collect::<String>()
    };
    for (body, expected) in [
        (groups + &root("<xs:group ref='t:g39'/>"), "too large"),
        (
            attributes + &root("<xs:attributeGroup ref='t:h39'/>"),
            "too large",
        ),
        (chain, "too large: depth"),
        (root(&nested), "too large: content model"),
        (
            root(&format!("<xs:all>{}</xs:all>", many("x"))),
            "all with more than five",
        ),
        (
            "<xs:simpleType name='s'><xs:restriction base='xs:string'>\
             <xs:pattern value='((a{999}){999}){999}'/></xs:restriction></xs:simpleType>"
                .to_owned(),
            "pattern refused",
        ),
    ] {
        let message = refusal(&body);
        assert!(message.contains(expected), "{message}");
    }
}
