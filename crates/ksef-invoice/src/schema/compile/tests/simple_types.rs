//! Simple types: facets merged, varieties, built-in types.

use crate::schema::model::{Builtin, Point, Primitive, SimpleType, Variety, WhiteSpace};

use super::*;

fn named<'s>(schema: &'s Schema, name: &str) -> &'s SimpleType {
    match schema.global_type("urn:t", name) {
        Some(Type::Simple(id)) => schema.simple_type(id).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn facets_narrow_step_by_step() {
    let schema = schema(
        "<xs:simpleType name='a'><xs:restriction base='xs:string'><xs:maxLength value='9'/>\
         <xs:pattern value='a.*'/><xs:pattern value='b.*'/></xs:restriction></xs:simpleType>\
         <xs:simpleType name='b'><xs:restriction base='t:a'><xs:whiteSpace value='collapse'/>\
         <xs:minLength value='2'/><xs:maxLength value='5'/><xs:pattern value='.*z'/>\
         <xs:enumeration value=' bz '/><xs:enumeration value='az'/></xs:restriction>\
         </xs:simpleType>",
    );
    let b = named(&schema, "b");
    assert_eq!(
        (b.facets.min_length, b.facets.max_length),
        (Some(2), Some(5))
    );
    assert_eq!(
        (b.builtin, b.white_space),
        (Builtin::String, WhiteSpace::Collapse)
    );
    assert_eq!(schema.enumeration_of(b), ["az", "bz"]);
    let patterns = schema.patterns_of(b);
    let texts: Vec<_> = patterns.iter().map(|id| schema.pattern_text(*id)).collect();
    assert_eq!(texts, ["a.*|b.*", ".*z"]);
    let matches = |value: &str| {
        patterns
            .iter()
            .all(|id| schema.pattern(*id).is_match(value))
    };
    assert!(matches("bz") && matches("az") && !matches("cz") && !matches("ba"));
    assert_eq!(
        schema
            .base_of(schema.global_type("urn:t", "b").unwrap())
            .unwrap()
            .0,
        schema.global_type("urn:t", "a").unwrap()
    );
}

#[test]
fn bounds_are_ready_to_compare() {
    let schema = schema(
        "<xs:simpleType name='n'><xs:restriction base='xs:decimal'><xs:minInclusive value='-1.50'/>\
         <xs:maxExclusive value='100'/></xs:restriction></xs:simpleType>\
         <xs:simpleType name='d'><xs:restriction base='xs:date'><xs:minInclusive \
         value='1970-01-02'/></xs:restriction></xs:simpleType>",
    );
    let n = named(&schema, "n").facets;
    assert_eq!(
        n.min.unwrap().point,
        Point::Decimal {
            mantissa: -15,
            scale: 1
        }
    );
    assert_eq!(schema.value(n.min.unwrap().value), "-1.50");
    assert!(n.min.unwrap().is_inclusive && !n.max.unwrap().is_inclusive);
    match named(&schema, "d").facets.min.unwrap().point {
        Point::Moment(moment) => assert_eq!((moment.seconds, moment.is_zoned), (86_400, false)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_and_unions() {
    let schema = schema(
        "<xs:simpleType name='l'><xs:list itemType='xs:int'/></xs:simpleType>\
         <xs:simpleType name='m'><xs:restriction base='t:l'><xs:maxLength value='3'/>\
         </xs:restriction></xs:simpleType>\
         <xs:simpleType name='u'><xs:union memberTypes='xs:int t:l'><xs:simpleType>\
         <xs:restriction base='xs:token'/></xs:simpleType></xs:union></xs:simpleType>\
         <xs:simpleType name='v'><xs:union memberTypes='t:u xs:date'/></xs:simpleType>",
    );
    assert_eq!(
        named(&schema, "m").variety,
        Variety::List(Builtin::Int.id())
    );
    let Variety::Union(members) = named(&schema, "v").variety else {
        panic!()
    };
    assert_eq!(schema.members(members).len(), 4);
    let (u, int) = (
        schema.global_type("urn:t", "u").unwrap(),
        Type::Simple(Builtin::Int.id()),
    );
    assert_eq!(schema.is_derived(int, u), Some((false, true)));
}

#[test]
fn built_in_types_stand_first() {
    let schema = schema("");
    for builtin in Builtin::ALL {
        let type_ = schema.simple_type(builtin.id()).unwrap();
        assert_eq!(type_.base, builtin.base().id());
        assert_eq!(Builtin::from_name(builtin.name()), Some(builtin));
        assert_eq!(
            schema.type_name(Type::Simple(builtin.id())),
            Some(builtin.name())
        );
    }
    let byte = schema.simple_type(Builtin::Byte.id()).unwrap();
    assert_eq!(schema.value(byte.facets.min.unwrap().value), "-128");
    assert_eq!(Builtin::Byte.primitive(), Primitive::Decimal);
}
