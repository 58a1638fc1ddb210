mod content;
mod official;
mod refusals;
mod simple_types;

use std::collections::BTreeMap;

use crate::schema::model::{ComplexType, Content, Model, Schema, Term, Type};

use super::*;

/// A schema of one document: `body` inside of `schema`, target namespace `urn:t`, prefix `t`.
fn document(body: &str) -> Vec<u8> {
    format!(
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:t='urn:t' \
         targetNamespace='urn:t' elementFormDefault='qualified'>{body}</xs:schema>"
    )
    .into_bytes()
}

fn try_schema(body: &str) -> Result<Schema, CompileError> {
    let files = BTreeMap::from([("a.xsd".to_owned(), document(body))]);
    compile(&files, "a.xsd")
}

fn schema(body: &str) -> Schema {
    try_schema(body).unwrap()
}

/// The complex type of a global element.
fn type_of<'s>(schema: &'s Schema, element: &str) -> &'s ComplexType {
    let name = schema.find("urn:t", element).unwrap();
    let decl = schema
        .element(schema.global_element(name).unwrap())
        .unwrap();
    schema.complex_type(decl.type_.complex().unwrap()).unwrap()
}

fn model_of(schema: &Schema, element: &str) -> Model {
    match type_of(schema, element).content {
        Content::Children(model) => model,
        other => panic!("{other:?}"),
    }
}

/// Runs a content model over child names of the target namespace, as its documentation says.
fn accepts(schema: &Schema, model: &Model, children: &[&str]) -> bool {
    let positions = schema.positions(model);
    let mut state: Option<(usize, u32)> = None;
    for child in children {
        let name = schema.find("urn:t", child).unwrap();
        let mut next = None;
        let mut fits = |position: usize| {
            let taken = match state {
                Some((current, count))
                    if current == position
                        && positions[current].max.is_none_or(|max| count < max) =>
                {
                    Some((position, count + 1))
                }
                Some((current, count)) => (count >= positions[current].min
                    && schema.follow(model, current).contains(position))
                .then_some((position, 1)),
                None => schema
                    .first(model)
                    .contains(position)
                    .then_some((position, 1)),
            };
            if taken.is_some() {
                assert!(next.is_none(), "two positions take {child}");
                next = taken;
            }
        };
        for candidate in schema.candidates(model, name) {
            fits(usize::from(candidate.position));
        }
        for (index, position) in positions.iter().enumerate() {
            if let Term::Wildcard(id) = position.term
                && schema.allows(schema.wildcard(id).unwrap(), Some(name.namespace))
            {
                fits(index);
            }
        }
        state = next;
        if state.is_none() {
            return false;
        }
    }
    match state {
        None => model.is_emptiable,
        Some((current, count)) => {
            count >= positions[current].min && schema.accepting(model).contains(current)
        }
    }
}

/// Complete and incomplete contents of `<root>`, children separated by spaces.
fn check_content(body: &str, complete: &[&str], incomplete: &[&str]) {
    let schema = schema(body);
    let model = model_of(&schema, "root");
    let judge = |children: &str| {
        let children: Vec<&str> = children.split_whitespace().collect();
        accepts(&schema, &model, &children)
    };
    for children in complete {
        assert!(judge(children), "{body}: {children:?}");
    }
    for children in incomplete {
        assert!(!judge(children), "{body}: {children:?}");
    }
}

/// A root element with elements `a` to `d` beside it.
fn root(content: &str) -> String {
    format!(
        "<xs:element name='root'><xs:complexType>{content}</xs:complexType></xs:element>\
         <xs:element name='a'/><xs:element name='b'/><xs:element name='c'/><xs:element name='d'/>"
    )
}

#[test]
fn names_are_found() {
    let schema = schema(&root("<xs:sequence><xs:element ref='t:a'/></xs:sequence>"));
    for (index, name) in schema.names.iter().enumerate() {
        assert_eq!(usize::from(schema.find_name(name).unwrap().0), index);
    }
    assert_eq!(schema.find_name("x"), None);
    assert!(schema.names.is_sorted());
    assert_eq!(schema.global_type("urn:t", "a"), None);
    assert_eq!(
        schema.global_type(documents::XSD, "anyType"),
        Some(Type::ANY)
    );
}
