//! Content models and attributes.

use proptest::prelude::*;

use crate::schema::model::{
    ComplexId, Derivation, IdentityKind, ProcessContents, Step, ValueConstraint,
};

use super::*;

#[test]
fn groups_and_counts() {
    let e = |name: &str, occurs: &str| format!("<xs:element ref='t:{name}' {occurs}/>");
    let (a, b, c) = (e("a", ""), e("b", ""), e("c", ""));
    check_content(
        &root(&format!(
            "<xs:sequence>{a}{}{c}</xs:sequence>",
            e("b", "minOccurs='0' maxOccurs='3'")
        )),
        &["a c", "a b c", "a b b b c"],
        &["", "a", "c", "a b", "a b b b b c", "b c", "a c c"],
    );
    check_content(
        &root(&format!(
            "<xs:choice>{a}{}</xs:choice>",
            e("b", "minOccurs='2' maxOccurs='2'")
        )),
        &["a", "b b"],
        &["", "b", "a b", "b b b"],
    );
    check_content(
        &root(&format!(
            "<xs:choice minOccurs='0' maxOccurs='unbounded'>{a}<xs:sequence>{b}{c}</xs:sequence></xs:choice>"
        )),
        &["", "a", "a a b c a", "b c b c"],
        &["b", "a b", "c"],
    );
}

#[test]
fn counted_groups_are_written_out() {
    let e = |name: &str, occurs: &str| format!("<xs:element ref='t:{name}' {occurs}/>");
    let (a, b, c) = (e("a", ""), e("b", ""), e("c", ""));
    check_content(
        &root(&format!(
            "<xs:sequence minOccurs='2' maxOccurs='3'>{a}{b}</xs:sequence>"
        )),
        &["a b a b", "a b a b a b"],
        &["", "a b", "a b a", "a b a b a b a b"],
    );
    check_content(
        &root(&format!(
            "<xs:sequence minOccurs='0' maxOccurs='2'>{a}<xs:choice>{b}{c}</xs:choice></xs:sequence>"
        )),
        &["", "a b", "a c a b"],
        &["a", "a b a", "a b a b a b"],
    );
    check_content(
        &root(&format!(
            "<xs:sequence>{a}<xs:sequence maxOccurs='unbounded'>{b}</xs:sequence></xs:sequence>"
        )),
        &["a b", "a b b b"],
        &["a", "b"],
    );
    check_content(
        &root(&format!(
            "<xs:sequence minOccurs='0' maxOccurs='unbounded'>{}</xs:sequence>",
            e("a", "maxOccurs='5'")
        )),
        &["", "a", "a a a a a a a"],
        &["b"],
    );
    // A second `a` behind exactly two is no choice.
    check_content(
        &root(&format!(
            "<xs:sequence>{}{b}</xs:sequence>",
            e("a", "minOccurs='50000' maxOccurs='50000'")
        )),
        &[],
        &["a b", "b"],
    );
    check_content(
        &root(&format!(
            "<xs:sequence>{a}<xs:any namespace='##other' minOccurs='0'/>{}</xs:sequence>",
            e("b", "minOccurs='0' maxOccurs='0'")
        )),
        &["a"],
        &["a b"],
    );
}

#[test]
fn all_takes_any_order() {
    check_content(
        &root(
            "<xs:all><xs:element ref='t:a'/><xs:element ref='t:b' minOccurs='0'/><xs:element ref='t:c'/></xs:all>",
        ),
        &["a c", "c a", "a b c", "c b a", "b a c", "c a b"],
        &["", "a", "a b", "a a c", "a b c b"],
    );
    check_content(
        &root("<xs:all minOccurs='0'><xs:element ref='t:a'/><xs:element ref='t:b'/></xs:all>"),
        &["", "a b", "b a"],
        &["a", "b"],
    );
}

#[test]
fn required_positions_are_known() {
    let schema = schema(&root(
        "<xs:sequence><xs:element ref='t:a'/><xs:element ref='t:b' minOccurs='0'/>\
         <xs:choice><xs:element ref='t:c'/><xs:element ref='t:d'/></xs:choice></xs:sequence>",
    ));
    let model = model_of(&schema, "root");
    assert_eq!(schema.required(&model).iter().collect::<Vec<_>>(), [0]);
    assert_eq!(schema.first(&model).iter().collect::<Vec<_>>(), [0]);
    assert_eq!(
        schema.follow(&model, 0).iter().collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(schema.accepting(&model).iter().collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn types_are_derived() {
    let body = "<xs:complexType name='base'><xs:sequence><xs:element name='a' type='xs:int'/>\
        </xs:sequence><xs:attribute name='x' type='xs:int' use='required'/></xs:complexType>\
        <xs:complexType name='more'><xs:complexContent><xs:extension base='t:base'><xs:sequence>\
        <xs:element name='b' type='xs:int' minOccurs='0'/></xs:sequence><xs:attribute name='y' \
        default=' v ' type='xs:token'/></xs:extension></xs:complexContent></xs:complexType>\
        <xs:complexType name='less'><xs:complexContent><xs:restriction base='t:more'><xs:sequence>\
        <xs:element name='a' type='xs:int'/></xs:sequence><xs:attribute name='y' use='prohibited'/>\
        </xs:restriction></xs:complexContent></xs:complexType>\
        <xs:element name='root' type='t:more'/><xs:element name='less' type='t:less'/>";
    check_content(body, &["a", "a b"], &["", "b", "a a"]);
    let schema = schema(body);
    let attributes = |element: &str| {
        let uses = schema.attributes_of(type_of(&schema, element)).to_vec();
        uses.into_iter()
            .map(|known| (schema.name(known.name.name).to_owned(), known.is_required))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        attributes("root"),
        [("x".to_owned(), true), ("y".to_owned(), false)]
    );
    assert_eq!(attributes("less"), [("x".to_owned(), true)]);
    let y = schema.attributes_of(type_of(&schema, "root"))[1];
    assert!(matches!(y.constraint, ValueConstraint::Default(id) if schema.value(id) == "v"));
    let named = |name: &str| schema.global_type("urn:t", name).unwrap();
    assert_eq!(
        schema.is_derived(named("less"), named("base")),
        Some((true, true))
    );
    assert_eq!(
        schema.is_derived(named("more"), named("base")),
        Some((true, false))
    );
    assert_eq!(schema.is_derived(named("base"), named("more")), None);
    assert_eq!(
        schema.is_derived(named("base"), Type::ANY),
        Some((false, true))
    );
    assert_eq!(type_of(&schema, "less").derivation, Derivation::Restriction);
}

#[test]
fn simple_content_is_extended_and_restricted() {
    let schema = schema(
        "<xs:complexType name='amount'><xs:simpleContent><xs:extension base='xs:decimal'>\
         <xs:attribute name='currency' type='xs:token' use='required'/></xs:extension>\
         </xs:simpleContent></xs:complexType><xs:element name='root'><xs:complexType>\
         <xs:simpleContent><xs:restriction base='t:amount'><xs:fractionDigits value='2'/>\
         <xs:attribute name='currency' use='required'><xs:simpleType><xs:restriction \
         base='xs:token'><xs:enumeration value='PLN'/></xs:restriction></xs:simpleType>\
         </xs:attribute></xs:restriction></xs:simpleContent></xs:complexType></xs:element>",
    );
    let root = type_of(&schema, "root");
    let Content::Simple(id) = root.content else {
        panic!()
    };
    let simple = schema.simple_type(id).unwrap();
    assert_eq!(simple.facets.fraction_digits, Some(2));
    let currency = schema.attributes_of(root)[0];
    let values = schema.enumeration_of(schema.simple_type(currency.type_).unwrap());
    assert_eq!(values, ["PLN"]);
}

#[test]
fn substitutes_stand_for_their_head() {
    check_content(
        "<xs:element name='root'><xs:complexType><xs:sequence><xs:element ref='t:head' \
         maxOccurs='2'/></xs:sequence></xs:complexType></xs:element><xs:element name='head' \
         abstract='true' type='xs:string'/><xs:element name='one' substitutionGroup='t:head'/>\
         <xs:element name='two' substitutionGroup='t:one'/>",
        &["one", "one two", "head"],
        &["", "root", "one one one"],
    );
    let schema = schema(
        "<xs:element name='head' abstract='true' type='xs:int' block='substitution'/>\
         <xs:element name='one' substitutionGroup='t:head'/><xs:element name='root'>\
         <xs:complexType><xs:sequence><xs:element ref='t:head'/></xs:sequence></xs:complexType>\
         </xs:element>",
    );
    let one = schema.find("urn:t", "one").unwrap();
    assert!(
        schema
            .candidates(&model_of(&schema, "root"), one)
            .is_empty()
    );
    let one = schema.element(schema.global_element(one).unwrap()).unwrap();
    assert_eq!(schema.type_name(one.type_), Some("int"));
}

#[test]
fn wildcards_forms_and_any_type() {
    let schema = schema(
        "<xs:element name='root' nillable='true'><xs:complexType mixed='true'><xs:sequence>\
         <xs:element name='u' form='unqualified'/><xs:any namespace='##other urn:x' \
         processContents='lax' minOccurs='0' maxOccurs='unbounded'/></xs:sequence>\
         <xs:anyAttribute namespace='##targetNamespace ##local' processContents='skip'/>\
         </xs:complexType></xs:element><xs:element name='free'/>"
            .replace("##other urn:x", "urn:x urn:y")
            .as_str(),
    );
    let root = type_of(&schema, "root");
    assert!(root.is_mixed);
    assert!(schema.find("", "u").is_some());
    let attribute = schema.wildcard(root.any_attribute.unwrap()).unwrap();
    assert_eq!(attribute.process, ProcessContents::Skip);
    let id = |uri: &str| schema.find_namespace(uri);
    assert!(schema.allows(attribute, id("urn:t")) && schema.allows(attribute, id("")));
    assert!(!schema.allows(attribute, id("urn:x")) && !schema.allows(attribute, None));
    let free = schema.find("urn:t", "free").unwrap();
    let free = schema
        .element(schema.global_element(free).unwrap())
        .unwrap();
    assert_eq!(free.type_, Type::Complex(ComplexId::ANY));
    let Content::Children(any) = schema.complex_type(ComplexId::ANY).unwrap().content else {
        panic!()
    };
    assert!(accepts(&schema, &any, &["root", "free", "root"]) && any.is_emptiable);
}

#[test]
fn identity_constraints_have_their_paths() {
    let schema = schema(
        "<xs:element name='root'><xs:complexType/><xs:unique name='k'><xs:selector \
         xpath='t:a/t:b | .//t:c'/><xs:field xpath='.'/><xs:field xpath='t:d/@x'/></xs:unique>\
         <xs:key name='l'><xs:selector xpath='*'/><xs:field xpath='@x'/></xs:key></xs:element>\
         <xs:element name='a'/><xs:element name='b'/><xs:element name='c'/><xs:element name='d'/>\
         <xs:attribute name='x'/>",
    );
    let name = schema.find("urn:t", "root").unwrap();
    let decl = schema
        .element(schema.global_element(name).unwrap())
        .unwrap();
    let found = decl.identities.of(&schema.identities);
    let [unique, key] = found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (unique.kind, key.kind),
        (IdentityKind::Unique, IdentityKind::Key)
    );
    let selector = unique.selector.of(&schema.paths);
    assert_eq!(
        selector
            .iter()
            .map(|path| path.is_descendant)
            .collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(selector[0].steps.of(&schema.steps).len(), 2);
    let fields = unique.fields.of(&schema.paths);
    assert!(fields[0].steps.is_empty() && fields[0].attribute.is_none());
    let x = schema.find("", "x").unwrap();
    assert_eq!(
        (fields[1].field, fields[1].attribute),
        (1, Some(Step::Name(x)))
    );
    assert_eq!(
        key.selector.of(&schema.paths)[0].steps.of(&schema.steps),
        [Step::Any]
    );
}

/// A particle of which we know without the compiler what it takes.
#[derive(Debug, Clone)]
enum Sample {
    Element(char),
    Sequence(Vec<(Sample, usize, Option<usize>)>),
    Choice(Vec<(Sample, usize, Option<usize>)>),
}

type Counted = (Sample, usize, Option<usize>);

fn write((sample, min, max): &Counted) -> String {
    let max = max.map_or("unbounded".to_owned(), |max| max.to_string());
    let occurs = format!("minOccurs='{min}' maxOccurs='{max}'");
    let all = |items: &[Counted]| items.iter().map(write).collect::<String>();
    match sample {
        Sample::Element(name) => format!("<xs:element ref='t:{name}' {occurs}/>"),
        Sample::Sequence(items) => format!("<xs:sequence {occurs}>{}</xs:sequence>", all(items)),
        Sample::Choice(items) => format!("<xs:choice {occurs}>{}</xs:choice>", all(items)),
    }
}

/// Where a particle that begins at `start` may end: by trying everything.
fn ends((sample, min, max): &Counted, value: &[char], start: usize) -> Vec<usize> {
    let once = |start: usize| match sample {
        Sample::Element(name) => match value.get(start) {
            Some(found) if found == name => vec![start + 1],
            _ => Vec::new(),
        },
        Sample::Sequence(items) => items.iter().fold(vec![start], |starts, item| {
            let mut found: Vec<_> = starts
                .into_iter()
                .flat_map(|start| ends(item, value, start))
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        }),
        Sample::Choice(items) => items
            .iter()
            .flat_map(|item| ends(item, value, start))
            .collect(),
    };
    let mut found = Vec::new();
    let mut starts = vec![start];
    for count in 0..=max.unwrap_or(min + value.len() + 1) {
        if count >= *min {
            found.extend(&starts);
        }
        starts = starts.into_iter().flat_map(once).collect();
        starts.sort_unstable();
        starts.dedup();
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn samples() -> impl Strategy<Value = Counted> {
    let counted = |sample: BoxedStrategy<Sample>| {
        (sample, 0_usize..3, prop::option::weighted(0.8, 0_usize..3))
            .prop_map(|(sample, min, more)| (sample, min, more.map(|more| (min + more).max(1))))
            .boxed()
    };
    let leaf = prop::sample::select(vec!['a', 'b', 'c', 'd'])
        .prop_map(Sample::Element)
        .boxed();
    let group = leaf.prop_recursive(3, 8, 3, move |inner| {
        let items = prop::collection::vec(counted(inner.boxed()), 1..4);
        prop_oneof![
            items.clone().prop_map(Sample::Sequence),
            items.prop_map(Sample::Choice),
        ]
    });
    counted(
        group
            .prop_map(|sample| Sample::Sequence(vec![(sample, 1, Some(1))]))
            .boxed(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    /// Whatever is not ambiguous takes what trying everything takes.
    #[test]
    fn models_agree_with_trying_everything(sample in samples(), values in prop::collection::vec("[abcd]{0,7}", 12)) {
        let compiled = match try_schema(&root(&write(&sample))) {
            Ok(compiled) => compiled,
            Err(error) => {
                let is_expected = matches!(error.kind(), CompileErrorKind::Ambiguous(_));
                prop_assert!(is_expected, "{}", error);
                return Err(TestCaseError::reject("ambiguous"));
            }
        };
        let model = model_of(&compiled, "root");
        for value in values {
            let characters: Vec<char> = value.chars().collect();
            let names: Vec<String> = characters.iter().map(char::to_string).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let expected = ends(&sample, &characters, 0).contains(&characters.len());
            prop_assert_eq!(accepts(&compiled, &model, &names), expected, "{} {}", write(&sample), value);
        }
    }
}
