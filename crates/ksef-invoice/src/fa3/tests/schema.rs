//! The model against the official schema, where that is at hand.

use super::*;

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
fn the_model_has_every_element_of_the_schema_in_its_order() {
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
    let mut outline = Outline::default();
    outline.element(ROOT, 1, <Invoice as Group>::outline);
    assert!(walk.elements.len() > 400, "{}", walk.elements.len());
    for (ours, theirs) in outline.elements.iter().zip(&walk.elements) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(outline.elements.len(), walk.elements.len());
}
