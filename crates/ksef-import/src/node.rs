//! The tree every input becomes before it is judged: values with the places they came from.

/// Where a value stands in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// In a text: line and column, from 1.
    Text { line: u32, column: u32 },
    /// In a table: row from 1, column from 0.
    Cell { row: u32, column: u16 },
    /// A row of a table, from 1, where no single cell is meant.
    Row { row: u32 },
    /// In the mapping file: line and column, from 1.
    Mapping { line: u32, column: u32 },
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    pub(crate) value: Value,
}

/// A value. Numbers keep the characters they were written with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<Entry>),
}

/// A key of an object with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) key_spot: Spot,
    pub(crate) node: Node,
}

impl Node {
    pub(crate) const fn new(spot: Spot, value: Value) -> Self {
        Self { spot, value }
    }

    /// The value of a key of an object; `None` for other values too. `null` counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Object(entries) => entries
                .iter()
                .find(|entry| entry.key == key)
                .map(|entry| &entry.node)
                .filter(|node| node.value != Value::Null),
            _ => None,
        }
    }

    /// The place of a key of an object.
    pub(crate) fn key_spot(&self, key: &str) -> Option<Spot> {
        match &self.value {
            Value::Object(entries) => entries
                .iter()
                .find(|entry| entry.key == key)
                .map(|entry| entry.key_spot),
            _ => None,
        }
    }

    /// The elements of a list; none for other values.
    pub(crate) fn elements(&self) -> &[Self] {
        match &self.value {
            Value::List(nodes) => nodes,
            _ => &[],
        }
    }

    /// The text of a string or a number.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Number(text) => Some(text),
            _ => None,
        }
    }

    /// The node at a JSON pointer, or the deepest one on the way to it.
    pub(crate) fn at_pointer(&self, pointer: &str) -> &Self {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let next = match &node.value {
                Value::Object(entries) => entries
                    .iter()
                    .find(|entry| entry.key == step)
                    .map(|entry| &entry.node),
                Value::List(nodes) => step.parse::<usize>().ok().and_then(|i| nodes.get(i)),
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// Puts a value at a path such as `seller/address/line1` or `payment/accounts/0/number`,
    /// making what is missing on the way; `false` when something else stands there.
    pub(crate) fn put(&mut self, path: &str, leaf: Self) -> bool {
        let (step, rest) = match path.split_once('/') {
            Some((step, rest)) => (step, Some(rest)),
            None => (path, None),
        };
        let spot = leaf.spot;
        let slot = match &mut self.value {
            Value::Object(entries) => {
                let index = match entries.iter().position(|entry| entry.key == step) {
                    Some(index) => index,
                    None => {
                        entries.push(Entry {
                            key: step.to_owned(),
                            key_spot: spot,
                            node: Self::new(spot, Value::Null),
                        });
                        entries.len().saturating_sub(1)
                    }
                };
                entries.get_mut(index).map(|entry| &mut entry.node)
            }
            Value::List(nodes) => match step.parse::<usize>() {
                Ok(index) if index <= nodes.len() => {
                    if index == nodes.len() {
                        nodes.push(Self::new(spot, Value::Null));
                    }
                    nodes.get_mut(index)
                }
                _ => None,
            },
            _ => None,
        };
        let Some(slot) = slot else { return false };
        let Some(rest) = rest else {
            if slot.value != Value::Null {
                return false;
            }
            *slot = leaf;
            return true;
        };
        if slot.value == Value::Null {
            let list = rest
                .split('/')
                .next()
                .is_some_and(|step| step.bytes().all(|byte| byte.is_ascii_digit()));
            slot.value = if list {
                Value::List(Vec::new())
            } else {
                Value::Object(Vec::new())
            };
        }
        slot.put(rest, leaf)
    }

    /// Fills what is absent from `defaults`, deep in objects; lists are not merged.
    pub(crate) fn fill(&mut self, defaults: &Self) {
        if let (Value::Object(own), Value::Object(theirs)) = (&mut self.value, &defaults.value) {
            for entry in theirs {
                match own.iter_mut().find(|mine| mine.key == entry.key) {
                    Some(mine) => mine.node.fill(&entry.node),
                    None => own.push(entry.clone()),
                }
            }
        }
    }

    /// Fills the elements of a list from `defaults`.
    pub(crate) fn fill_elements(&mut self, key: &str, defaults: &Self) {
        let Value::Object(entries) = &mut self.value else {
            return;
        };
        for entry in entries.iter_mut().filter(|entry| entry.key == key) {
            if let Value::List(nodes) = &mut entry.node.value {
                for node in nodes {
                    node.fill(defaults);
                }
            }
        }
    }

    /// The same as `serde_json`'s value, for the schema. A number that does not fit becomes 0:
    /// its digits are judged where it is converted.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => serde_json::Value::Bool(*value),
            Value::Number(raw) => raw
                .parse::<serde_json::Number>()
                .map_or_else(|_| 0.into(), serde_json::Value::Number),
            Value::Text(text) => serde_json::Value::String(text.clone()),
            Value::List(nodes) => {
                serde_json::Value::Array(nodes.iter().map(Self::to_json).collect())
            }
            Value::Object(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .filter(|entry| entry.node.value != Value::Null)
                    .map(|entry| (entry.key.clone(), entry.node.to_json()))
                    .collect(),
            ),
        }
    }
}

/// A key as a step of a JSON pointer.
pub(crate) fn pointer_step(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
