//! A document that can be changed and written again, well-formed or not.
//!
//! It has nothing in common with the reader under test: it splits markup at angle brackets and
//! keeps every character, so only well-formed documents of a plain form can be read.

/// A document: nodes in one list, the prolog as it stood.
#[derive(Debug, Clone)]
pub struct Document {
    pub prolog: String,
    pub nodes: Vec<Node>,
    pub root: usize,
    pub epilog: String,
}

#[derive(Debug, Clone)]
pub enum Node {
    Element(Element),
    /// Characters, references and everything else as written.
    Raw(String),
}

#[derive(Debug, Clone, Default)]
pub struct Element {
    pub name: String,
    /// Names and values as written, without quotes.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<usize>,
    /// Another name in the end tag.
    pub end_name: Option<String>,
}

impl Document {
    /// Reads a document.
    pub fn parse(text: &str) -> Self {
        let root_at = root_offset(text);
        let mut document = Self {
            prolog: text[..root_at].to_owned(),
            nodes: Vec::new(),
            root: 0,
            epilog: String::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        let mut rest = &text[root_at..];
        while let Some(start) = rest.find('<') {
            if open.is_empty() && !document.nodes.is_empty() {
                break;
            }
            document.add_raw(&rest[..start], &open);
            rest = &rest[start..];
            rest = document.read_markup(rest, &mut open);
        }
        document.epilog = rest.to_owned();
        document
    }

    fn read_markup<'t>(&mut self, rest: &'t str, open: &mut Vec<usize>) -> &'t str {
        for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
            if rest.starts_with(begin) {
                let length = rest.find(end).unwrap() + end.len();
                self.add_raw(&rest[..length], open);
                return &rest[length..];
            }
        }
        let length = tag_length(rest);
        let tag = &rest[1..length - 1];
        if tag.starts_with('/') {
            open.pop();
        } else {
            let is_empty = tag.ends_with('/');
            let element = Element::of_tag(tag.trim_end_matches('/'));
            let index = self.add(Node::Element(element), open);
            if !is_empty {
                open.push(index);
            }
        }
        &rest[length..]
    }

    fn add_raw(&mut self, text: &str, open: &[usize]) {
        if !text.is_empty() && !open.is_empty() {
            self.add(Node::Raw(text.to_owned()), open);
        }
    }

    fn add(&mut self, node: Node, open: &[usize]) -> usize {
        let index = self.nodes.len();
        self.nodes.push(node);
        if let Some(parent) = open.last() {
            self.element_mut(*parent).children.push(index);
        }
        index
    }

    /// A node that no element has yet.
    pub fn create(&mut self, node: Node) -> usize {
        self.add(node, &[])
    }

    pub fn element(&self, index: usize) -> Option<&Element> {
        match &self.nodes[index] {
            Node::Element(element) => Some(element),
            Node::Raw(_) => None,
        }
    }

    /// The element with this index, which must be one.
    pub fn element_mut(&mut self, index: usize) -> &mut Element {
        match &mut self.nodes[index] {
            Node::Element(element) => element,
            Node::Raw(text) => panic!("no element: {text}"),
        }
    }

    /// Every element that is still in the tree, the root first.
    pub fn elements(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut waiting = vec![self.root];
        while let Some(index) = waiting.pop() {
            if let Node::Element(element) = &self.nodes[index] {
                found.push(index);
                waiting.extend(element.children.iter().rev());
            }
        }
        found
    }

    /// The parent and the place among its children.
    pub fn place(&self, node: usize) -> Option<(usize, usize)> {
        self.elements().into_iter().find_map(|parent| {
            let children = &self.element(parent)?.children;
            let at = children.iter().position(|child| *child == node)?;
            Some((parent, at))
        })
    }

    /// Child elements.
    pub fn child_elements(&self, parent: usize) -> Vec<usize> {
        let children = self.element(parent).map_or(&[][..], |it| &it.children);
        let is_element = |child: &usize| self.element(*child).is_some();
        children.iter().copied().filter(is_element).collect()
    }

    /// Elements with text and without child elements.
    pub fn leaves(&self) -> Vec<usize> {
        let has_text = |index: &usize| self.text(*index).is_some();
        self.elements().into_iter().filter(has_text).collect()
    }

    /// The text of an element that has exactly one piece of it and nothing else.
    pub fn text(&self, index: usize) -> Option<&str> {
        match self.element(index)?.children.as_slice() {
            [only] => match &self.nodes[*only] {
                Node::Raw(text) => Some(text),
                Node::Element(_) => None,
            },
            _ => None,
        }
    }

    /// Replaces the content by text as written.
    pub fn set_text(&mut self, index: usize, text: &str) {
        let raw = self.create(Node::Raw(text.to_owned()));
        self.element_mut(index).children = vec![raw];
    }

    /// Copies an element of this or another document, with everything in it.
    pub fn copy_from(&mut self, source: &Self, index: usize) -> usize {
        let mut node = source.nodes[index].clone();
        if let Node::Element(element) = &mut node {
            for child in &mut element.children {
                *child = self.copy_from(source, *child);
            }
        }
        self.create(node)
    }

    /// Copies an element of this document.
    pub fn copy(&mut self, index: usize) -> usize {
        let mut node = self.nodes[index].clone();
        if let Node::Element(element) = &mut node {
            for child in &mut element.children {
                *child = self.copy(*child);
            }
        }
        self.create(node)
    }

    /// Whether `inner` is `outer` or lies in it.
    pub fn contains(&self, outer: usize, inner: usize) -> bool {
        let children = self.element(outer).map_or(&[][..], |it| &it.children);
        outer == inner || children.iter().any(|child| self.contains(*child, inner))
    }

    /// The document as text.
    pub fn write(&self) -> String {
        let mut text = self.prolog.clone();
        self.write_node(self.root, &mut text);
        text.push_str(&self.epilog);
        text
    }

    fn write_node(&self, index: usize, text: &mut String) {
        let element = match &self.nodes[index] {
            Node::Raw(raw) => return text.push_str(raw),
            Node::Element(element) => element,
        };
        text.push('<');
        text.push_str(&element.name);
        for (name, value) in &element.attributes {
            let quote = if value.contains('"') { '\'' } else { '"' };
            text.extend([" ", name, "="]);
            text.push(quote);
            text.push_str(value);
            text.push(quote);
        }
        if element.children.is_empty() && element.end_name.is_none() {
            text.push_str("/>");
            return;
        }
        text.push('>');
        for child in &element.children {
            self.write_node(*child, text);
        }
        text.push_str("</");
        text.push_str(element.end_name.as_ref().unwrap_or(&element.name));
        text.push('>');
    }
}

impl Element {
    fn of_tag(tag: &str) -> Self {
        let name_length = tag.find(char::is_whitespace).unwrap_or(tag.len());
        let mut element = Self {
            name: tag[..name_length].to_owned(),
            ..Self::default()
        };
        let mut rest = tag[name_length..].trim();
        while let Some(equals) = rest.find('=') {
            let name = rest[..equals].trim().to_owned();
            let value = rest[equals + 1..].trim_start();
            let quote = value.chars().next().unwrap();
            let length = value[1..].find(quote).unwrap();
            element
                .attributes
                .push((name, value[1..=length].to_owned()));
            rest = value[length + 2..].trim_start();
        }
        element
    }

    /// The prefix with its colon, or nothing.
    pub fn prefix(&self) -> &str {
        let length = self.name.find(':').map_or(0, |colon| colon + 1);
        &self.name[..length]
    }

    /// The name without prefix.
    pub fn local(&self) -> &str {
        &self.name[self.prefix().len()..]
    }
}

/// Where the root element begins.
fn root_offset(text: &str) -> usize {
    let mut at = 0;
    loop {
        at += text[at..].find('<').unwrap();
        let rest = &text[at..];
        let end = match rest.as_bytes()[1] {
            b'?' => "?>",
            b'!' => "-->",
            _ => return at,
        };
        at += rest.find(end).unwrap() + end.len();
    }
}

/// The length of the tag at the start, with both brackets; quotes may hold a bracket.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    panic!("a tag without end");
}
