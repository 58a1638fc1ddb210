//! The model against the schema: the compiled one, and the official one where that is at hand.

use super::*;
use crate::fa3::value::code::*;
use crate::fa3::value::country::{CountryCode, EuCountryCode};
use crate::fa3::value::currency::CurrencyCode;
use crate::schema::model::{Content as Compiled, ElementId, SimpleId, Term, Type};

fn outline() -> Vec<(String, usize)> {
    let mut outline = Outline::default();
    outline.element(ROOT, 1, <Invoice as Group>::outline);
    outline.elements
}

/// Adds the elements inside `element`, in order, with how often they may come.
fn walk_compiled(schema: &Schema, element: ElementId, path: &str, out: &mut Vec<(String, usize)>) {
    let Type::Complex(complex) = schema.element(element).unwrap().type_ else {
        return;
    };
    let Compiled::Children(model) = schema.complex_type(complex).unwrap().content else {
        return;
    };
    for position in model.positions.of(&schema.positions) {
        let Term::Element(child) = position.term else {
            panic!("a wildcard in {path}")
        };
        let name = schema.name(schema.element(child).unwrap().name.name);
        let path = format!("{path}/{name}");
        let max = usize::try_from(position.max.unwrap()).unwrap();
        out.push((path.clone(), max));
        walk_compiled(schema, child, &path, out);
    }
}

#[test]
fn the_model_has_every_element_of_the_schema_in_its_order() {
    let schema = Schema::of(&FormCode::Fa3).unwrap();
    let root = schema.find(NAMESPACE, ROOT).unwrap();
    let mut theirs = vec![(format!("/{ROOT}"), 1)];
    walk_compiled(
        schema,
        schema.global_element(root).unwrap(),
        &theirs[0].0.clone(),
        &mut theirs,
    );
    assert!(theirs.len() > 400, "{}", theirs.len());
    assert_same(&theirs);
}

/// The values that the schema lists for the element or attribute at the end of a path, sorted.
fn listed(path: &str) -> Vec<String> {
    let schema = Schema::of(&FormCode::Fa3).unwrap();
    let root = schema.find(NAMESPACE, ROOT).unwrap();
    let mut element = schema.global_element(root).unwrap();
    for name in path.split('/') {
        let Type::Complex(complex) = schema.element(element).unwrap().type_ else {
            panic!("{path}: {name}")
        };
        let complex = schema.complex_type(complex).unwrap();
        if let Some(attribute) = name.strip_prefix('@') {
            let uses = complex.attributes.of(&schema.attributes);
            let used = uses
                .iter()
                .find(|used| schema.name(used.name.name) == attribute);
            return values(schema, used.unwrap().type_);
        }
        let Compiled::Children(model) = complex.content else {
            panic!("{path}: {name}")
        };
        let candidates = model.candidates.of(&schema.candidates);
        let child = candidates
            .iter()
            .find(|known| schema.name(known.name.name) == name);
        element = child.unwrap().element;
    }
    match schema.element(element).unwrap().type_ {
        Type::Simple(simple) => values(schema, simple),
        Type::Complex(_) => panic!("{path}"),
    }
}

fn values(schema: &Schema, id: SimpleId) -> Vec<String> {
    let simple = schema.simple_type(id).unwrap();
    let mut values: Vec<_> = schema
        .enumeration_of(simple)
        .iter()
        .map(|value| value.to_string())
        .collect();
    values.sort();
    values
}

#[test]
fn closed_lists_are_those_of_the_schema() {
    let lists: &[(&str, Vec<&str>)] = &[
        ("Podmiot2/JST", codes(YesNo::ALL, YesNo::code)),
        ("Fa/Adnotacje/P_16", codes(YesNo::ALL, YesNo::code)),
        (
            "Fa/RodzajFaktury",
            codes(InvoiceKind::ALL, InvoiceKind::code),
        ),
        ("Fa/FaWiersz/P_12", codes(VatRate::ALL, VatRate::code)),
        ("Fa/FaWiersz/GTU", codes(Gtu::ALL, Gtu::code)),
        (
            "Fa/FaWiersz/Procedura",
            codes(Procedure::ALL, Procedure::code),
        ),
        (
            "Fa/Zamowienie/ZamowienieWiersz/ProceduraZ",
            codes(OrderProcedure::ALL, OrderProcedure::code),
        ),
        (
            "Fa/Platnosc/FormaPlatnosci",
            codes(PaymentForm::ALL, PaymentForm::code),
        ),
        (
            "Fa/Platnosc/ZnacznikZaplatyCzesciowej",
            codes(PaidExtent::ALL, PaidExtent::code),
        ),
        (
            "Fa/Platnosc/RachunekBankowy/RachunekWlasnyBanku",
            codes(BankOwnAccount::ALL, BankOwnAccount::code),
        ),
        (
            "Fa/TypKorekty",
            codes(CorrectionEffect::ALL, CorrectionEffect::code),
        ),
        (
            "Podmiot1/StatusInfoPodatnika",
            codes(TaxpayerStatus::ALL, TaxpayerStatus::code),
        ),
        (
            "Podmiot3/Rola",
            codes(ThirdPartyRole::ALL, ThirdPartyRole::code),
        ),
        (
            "PodmiotUpowazniony/RolaPU",
            codes(AuthorizedRole::ALL, AuthorizedRole::code),
        ),
        (
            "Fa/WarunkiTransakcji/Transport/RodzajTransportu",
            codes(TransportKind::ALL, TransportKind::code),
        ),
        (
            "Fa/WarunkiTransakcji/Transport/OpisLadunku",
            codes(LoadKind::ALL, LoadKind::code),
        ),
        (
            "Zalacznik/BlokDanych/Tabela/TNaglowek/Kol/@Typ",
            codes(ColumnKind::ALL, ColumnKind::code),
        ),
    ];
    for (path, ours) in lists {
        assert_eq!(*ours, listed(path), "{path}");
    }
    let currencies: Vec<_> = CurrencyCode::all().map(|code| code.to_string()).collect();
    assert_eq!(currencies, listed("Fa/KodWaluty"));
    let countries: Vec<_> = CountryCode::all().map(|code| code.to_string()).collect();
    assert_eq!(countries, listed("Podmiot1/Adres/KodKraju"));
    let countries: Vec<_> = EuCountryCode::all().map(|code| code.to_string()).collect();
    assert_eq!(countries, listed("Podmiot2/DaneIdentyfikacyjne/KodUE"));
}

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<&'static str> {
    let mut codes: Vec<_> = all.iter().map(|value| code(*value)).collect();
    codes.sort_unstable();
    codes
}

#[track_caller]
fn assert_same(theirs: &[(String, usize)]) {
    let ours = outline();
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
}

/// The elements of the schema in order, with how often they may come: an independent walk of the XSD.
struct Walk<'t> {
    schema: Element<'t>,
    path: String,
    elements: Vec<(String, usize)>,
}

impl<'t> Walk<'t> {
    fn children(&mut self, of: Element<'t>) {
        for child in of.children() {
            match child.name() {
                "element" => self.element(child),
                "sequence" | "choice" => {
                    assert!(matches!(child.attribute("maxOccurs"), None | Some("1")));
                    self.children(child);
                }
                "complexType" | "complexContent" => self.children(child),
                "extension" => {
                    self.named_type(child.attribute("base"));
                    self.children(child);
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, element: Element<'t>) {
        let length = self.path.len();
        self.path.push('/');
        self.path.push_str(element.attribute("name").unwrap());
        let max = element.attribute("maxOccurs").unwrap_or("1");
        self.elements
            .push((self.path.clone(), max.parse().unwrap()));
        self.named_type(element.attribute("type"));
        self.children(element);
        self.path.truncate(length);
    }

    fn named_type(&mut self, name: Option<&str>) {
        let Some(name) = name.and_then(|name| name.strip_prefix("tns:")) else {
            return;
        };
        let complex = self
            .schema
            .children_named("complexType")
            .find(|known| known.attribute("name") == Some(name));
        if let Some(complex) = complex {
            self.children(complex);
        }
    }
}

#[test]
fn so_says_the_official_schema() {
    let Some(xsd) = shared("spec/xsd/fa/schemat_FA(3)_v1-0E.xsd") else {
        return;
    };
    let bytes = std::fs::read(xsd).unwrap();
    let tree = Tree::read(&bytes, &Rules::default()).unwrap();
    let mut walk = Walk {
        schema: tree.root(),
        path: String::new(),
        elements: Vec::new(),
    };
    let root = tree.root().children_named("element").next().unwrap();
    walk.element(root);
    assert_same(&walk.elements);
}
