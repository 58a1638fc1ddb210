//! Attributes, namespaces, text between elements, and documents that are no XML any more.

use super::{Node, Work};

impl Work<'_> {
    pub(super) fn change_attribute(&mut self) {
        let with: Vec<_> = self
            .document
            .elements()
            .into_iter()
            .filter(|it| self.plain_attributes(*it) > 0)
            .collect();
        if with.is_empty() || self.random.chance(2, 5) {
            self.add_attribute();
            return;
        }
        let index = with[self.random.below(with.len())];
        self.tell("attribute of", index, "");
        let attributes = &self.document.element_mut(index).attributes;
        let places: Vec<_> = (0..attributes.len())
            .filter(|at| !attributes[*at].0.starts_with("xmlns"))
            .collect();
        let at = places[self.random.below(places.len())];
        let (name, value) = attributes[at].clone();
        match self.random.below(12) {
            0 | 1 => {
                self.document.element_mut(index).attributes.remove(at);
            }
            2 => self.rename_attribute(index, at, &name),
            3 => {
                let other = self.other_attribute();
                self.document.element_mut(index).attributes[at].0 = other.0;
            }
            4 => self.document.element_mut(index).attributes.swap(0, at),
            5 => {
                let double = (name, value);
                self.document.element_mut(index).attributes.push(double);
            }
            _ => {
                let other = self.another_value(&value);
                self.tell("value", index, &other);
                // quotes and tags cannot stand in an attribute
                let other = other.replace(['<', '\''], "");
                self.document.element_mut(index).attributes[at].1 = other;
            }
        }
    }

    fn plain_attributes(&self, index: usize) -> usize {
        let attributes = self
            .document
            .element(index)
            .map_or(&[][..], |it| &it.attributes);
        let is_plain = |it: &&(String, String)| !it.0.starts_with("xmlns");
        attributes.iter().filter(is_plain).count()
    }

    fn rename_attribute(&mut self, index: usize, at: usize, name: &str) {
        let new = match self.random.below(5) {
            0 => name.to_lowercase(),
            1 => name.to_uppercase(),
            2 => format!("{name}2"),
            3 => format!("{}{name}", self.document.element_mut(index).prefix()),
            _ => format!("xml:{name}"),
        };
        self.document.element_mut(index).attributes[at].0 = new;
    }

    fn other_attribute(&mut self) -> (String, String) {
        let attributes = &self.corpus.attributes;
        match self.random.below(attributes.len() + 1) {
            0 => ("nieznany".into(), "1".into()),
            at => attributes[at - 1].clone(),
        }
    }

    fn add_attribute(&mut self) {
        let index = self.any_element();
        let (name, value) = if self.random.chance(1, 2) {
            self.other_attribute()
        } else {
            let added = ATTRIBUTES[self.random.below(ATTRIBUTES.len())];
            (added.0.to_owned(), added.1.to_owned())
        };
        self.tell("add attribute", index, &format!("{name}={value}"));
        let attributes = &mut self.document.element_mut(index).attributes;
        if name.starts_with("xsi:") {
            let value = value.replace("tns:", &prefix_of_root(attributes));
            attributes.push(("xmlns:xsi".into(), XSI.into()));
            attributes.push(("xmlns:xs".into(), XS.into()));
            attributes.push((name, value));
        } else if name.starts_with("obcy:") {
            attributes.push(("xmlns:obcy".into(), "urn:example:obcy".into()));
            attributes.push((name, value));
        } else {
            attributes.push((name, value));
        }
    }

    pub(super) fn change_namespace(&mut self) {
        let index = if self.random.chance(1, 3) {
            self.document.root
        } else {
            self.any_element()
        };
        self.tell("namespace of", index, "");
        let element = self.document.element_mut(index);
        let prefix = element.prefix().trim_end_matches(':').to_owned();
        let local = element.local().to_owned();
        let declared: Vec<_> = (0..element.attributes.len())
            .filter(|at| element.attributes[*at].0.starts_with("xmlns"))
            .collect();
        let uri = {
            let all = &self.corpus.namespaces;
            all[self.random.below(all.len())].clone()
        };
        let kind = self.random.below(12);
        let chosen = self.random.below(declared.len());
        let element = self.document.element_mut(index);
        let attributes = &mut element.attributes;
        match (kind, declared.get(chosen)) {
            (0 | 1, Some(at)) => attributes[*at].1 = uri,
            (2, Some(at)) => {
                attributes.remove(*at);
            }
            (3, Some(at)) => attributes[*at].1.push('/'),
            (4, Some(at)) => attributes[*at].0.push('x'),
            (5, _) => attributes.push((declaration_of(&prefix), uri)),
            (6, _) => attributes.push((declaration_of(&prefix), String::new())),
            (7, _) => attributes.push(("xmlns:nic".into(), uri)),
            (8, _) => {
                element.name = format!("inny:{local}");
                element.attributes.push(("xmlns:inny".into(), uri));
            }
            (9, _) => element.name = format!("nieznany:{local}"),
            (10, _) => element.name = local,
            (11, _) if prefix.is_empty() => self.give_prefix(),
            _ => attributes.push(("xmlns:xml".into(), uri)),
        }
    }

    /// Writes the whole document with a prefix, which changes nothing; now and then forgets one.
    fn give_prefix(&mut self) {
        let forgetful = self.random.chance(1, 3);
        for index in self.document.elements() {
            let forgets = forgetful && self.random.chance(1, 50);
            let element = self.document.element_mut(index);
            if !forgets && element.prefix().is_empty() {
                element.name = format!("q:{}", element.name);
            }
            for (name, _) in &mut element.attributes {
                if name == "xmlns" {
                    "xmlns:q".clone_into(name);
                }
            }
        }
    }

    /// Text, comments and sections between elements.
    pub(super) fn change_text(&mut self) {
        let index = self.any_element();
        let text = self.random.pick(BETWEEN);
        self.tell("text in", index, text);
        let node = self.document.create(Node::Raw(text.to_owned()));
        let count = self.document.element_mut(index).children.len();
        let at = self.random.below(count + 1);
        self.document.element_mut(index).children.insert(at, node);
    }

    /// Breaks the text of the document, mostly so that it is no XML.
    pub(super) fn break_text(&mut self, text: String) -> Vec<u8> {
        let mut bytes = text.into_bytes();
        let at = self.random.below(bytes.len());
        self.story.push_str(&format!("; break at {at}"));
        match self.random.below(16) {
            0 => bytes.truncate(at),
            1 | 2 => {
                bytes.remove(at);
            }
            3 | 4 => {
                let piece = self.random.pick(PIECES);
                bytes.splice(at..at, piece.bytes());
            }
            5 => bytes[at] = u8::try_from(self.random.below(256)).unwrap(),
            6 => {
                bytes.extend_from_slice(self.random.pick(AFTER).as_bytes());
            }
            7 => {
                let before = self.random.pick(BEFORE);
                bytes.splice(0..0, before.bytes());
            }
            8 => {
                let end = (at + self.random.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            9 => {
                let end = (at + self.random.below(60)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            10 => return replace_declaration(&bytes, self.random.pick(DECLARATIONS)),
            11 => bytes = self.wrong_end_tag(bytes),
            12 => bytes = replace_all(&bytes, b"\n", b"\r\n"),
            13 => bytes = replace_all(&bytes, b"\n", b"\r"),
            14 => bytes = replace_all(&bytes, b"\n", b""),
            _ => bytes = replace_all(&bytes, b"\n  ", b"<!-- - -->\n"),
        }
        bytes
    }

    fn wrong_end_tag(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let index = self.any_element();
        let name = self.any_name();
        if self.document.element_mut(index).children.is_empty() {
            return bytes;
        }
        self.document.element_mut(index).end_name = Some(name);
        self.document.write().into_bytes()
    }
}

fn declaration_of(prefix: &str) -> String {
    if prefix.is_empty() {
        "xmlns".into()
    } else {
        format!("xmlns:{prefix}")
    }
}

/// The prefix with which types of the form are named below this element.
fn prefix_of_root(attributes: &[(String, String)]) -> String {
    let declared = attributes
        .iter()
        .find_map(|(name, _)| name.strip_prefix("xmlns:"));
    declared.map_or(String::new(), |prefix| format!("{prefix}:"))
}

fn replace_declaration(bytes: &[u8], declaration: &str) -> Vec<u8> {
    let end = bytes
        .windows(2)
        .position(|it| it == b"?>")
        .map_or(0, |at| at + 2);
    [declaration.as_bytes(), &bytes[end..]].concat()
}

fn replace_all(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let (from, to) = (String::from_utf8_lossy(from), String::from_utf8_lossy(to));
    text.replace(from.as_ref(), to.as_ref()).into_bytes()
}

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XS: &str = "http://www.w3.org/2001/XMLSchema";

/// Namespaces beside the form's own.
pub(super) const NAMESPACES: [&str; 8] = [
    "",
    "urn:example:obcy",
    "http://crd.gov.pl/wzor/2025/06/25/13775/",
    "http://crd.gov.pl/wzor/2025/06/25/13775",
    "http://crd.gov.pl/xml/schematy/dziedzinowe/mf/2022/01/05/eD/DefinicjeTypy/",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
];

/// Attributes that may stand anywhere, must not, or mean something to a validator.
const ATTRIBUTES: [(&str, &str); 40] = [
    ("nieznany", ""),
    ("xml:lang", "pl"),
    ("xml:space", "preserve"),
    ("xml:id", "a"),
    ("obcy:a", "1"),
    ("xsi:nil", "true"),
    ("xsi:nil", "false"),
    ("xsi:nil", "1"),
    ("xsi:nil", "tak"),
    ("xsi:nil", " true "),
    ("xsi:schemaLocation", "urn:example:a nic.xsd"),
    ("xsi:noNamespaceSchemaLocation", "nic.xsd"),
    ("xsi:nieznany", "1"),
    ("xsi:type", "xs:string"),
    ("xsi:type", "xs:token"),
    ("xsi:type", "xs:decimal"),
    ("xsi:type", "xs:anyType"),
    ("xsi:type", "xs:anySimpleType"),
    ("xsi:type", "xs:date"),
    ("xsi:type", "xs:dateTime"),
    ("xsi:type", "xs:byte"),
    ("xsi:type", "xs:integer"),
    ("xsi:type", "xs:nieznany"),
    ("xsi:type", "brak:typ"),
    ("xsi:type", ""),
    ("xsi:type", "a b"),
    ("xsi:type", "tns:TZnakowy"),
    ("xsi:type", "tns:TZnakowy20"),
    ("xsi:type", "tns:TZnakowy512"),
    ("xsi:type", "tns:TNIPIdWew"),
    ("xsi:type", "tns:TKwotowy"),
    ("xsi:type", "tns:TKwotowy2"),
    ("xsi:type", "tns:TAdres"),
    ("xsi:type", " tns:TAdres "),
    ("xsi:type", "tns:TPodmiot1"),
    ("xsi:type", "tns:TPodmiot2"),
    ("xsi:type", "tns:TData"),
    ("xsi:type", "tns:TDataT"),
    ("xsi:type", "tns:TNip"),
    ("xsi:type", "tns:TNieznany"),
];

/// What is put between the children of an element, or into its text.
const BETWEEN: &[&str] = &[
    "tekst",
    "0",
    " ",
    "\n\n",
    "\t",
    "&#32;",
    "&#9;",
    "&#10;",
    "&#13;",
    "&#160;",
    "\u{A0}",
    "\u{3000}",
    "\u{FEFF}",
    "\u{200B}",
    "<![CDATA[]]>",
    "<![CDATA[ ]]>",
    "<![CDATA[x]]>",
    "<![CDATA[\n]]>",
    "<!-- uwaga -->",
    "<!---->",
    "<!-- a - b -->",
    "&amp;",
    "&lt;x/&gt;",
    "<?instrukcja x?>",
    "&#x20;&#x20;",
    ".",
    "]]",
    "&gt;",
    "\u{85}",
    "\u{7F}",
    "\u{9F}",
    "&#x85;",
    "\u{2028}",
    "&apos;",
    "&#0;",
    "&#xB;",
    "&nieznana;",
    "&#x110000;",
    "<x",
    "</x>",
    "]]>",
    "<!-- -- -->",
];

/// What is put anywhere into the text of a document.
const PIECES: &[&str] = &[
    "<",
    ">",
    "&",
    "\"",
    "'",
    "/",
    "=",
    ";",
    "#",
    " ",
    "\n",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?a?>",
    "&#1;",
    "&#xD800;",
    "&#65;",
    "&amp;",
    "&quot;",
    "&nbsp;",
    "\u{0}",
    "\u{1}",
    "\u{B}",
    "\u{C}",
    "\u{FFFE}",
    "\u{FFFF}",
    "\u{7F}",
    "\u{85}",
    "\u{9F}",
    "\u{FDD0}",
    "\u{1FFFF}",
    ":",
    "xml",
    "xmlns",
    "a=\"1\" ",
    " a='<'",
    "<!DOCTYPE a>",
    "<!ENTITY a 'b'>",
    "ż",
    "0",
    "-",
];

/// What may or may not follow the root element.
const AFTER: &[&str] = &[
    "\n",
    "   ",
    "<!-- koniec -->",
    "x",
    "<x/>",
    "&#32;",
    "<![CDATA[]]>",
    "\u{0}",
    "\u{FEFF}",
    "<?a b?>",
    "</x>",
    "\u{A0}",
    "<!-- -- -->",
];

/// What may or may not precede everything.
const BEFORE: &[&str] = &[
    " ",
    "\n",
    "x",
    "\u{FEFF}",
    "<!-- a -->",
    "<?a?>",
    "<x/>",
    "\u{0}",
];

const DECLARATIONS: &[&str] = &[
    "",
    "<?xml version=\"1.0\"?>",
    "<?xml version='1.0' encoding='utf-8'?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
    "<?xml version=\"1.0\" standalone=\"no\" ?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- a --><!-- b -->",
    "<?xml version=\"1.1\" encoding=\"UTF-8\"?>",
    "<?xml version=\"1.0\" encoding=\"ISO-8859-2\"?>",
    "<?xml version=\"1.0\" encoding=\"windows-1250\"?>",
    "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
    "<?xml version=\"1.0\" encoding=\"UTF8\"?>",
    "<?xml encoding=\"UTF-8\"?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"tak\"?>",
    "<?XML version=\"1.0\"?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\u{FEFF}",
    "<!DOCTYPE Faktura>",
    "<?xml version=\"1.0\"?><!DOCTYPE Faktura [<!ENTITY a \"b\">]>",
    "<?xml version=\"1.0\"?><?xml-stylesheet href=\"a\"?>",
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\n\t<!---->\n",
];
