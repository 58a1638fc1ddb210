//! Access to `openapi.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value};

/// The contract.
pub(super) struct Document {
    root: Value,
}

/// One operation of the contract.
#[derive(Clone, Copy)]
pub(super) struct SpecOperation<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) node: &'a Value,
}

/// Members of an object schema, those of its `allOf` parts included.
#[derive(Default)]
pub(super) struct Members<'a> {
    pub(super) all: BTreeMap<&'a str, &'a Value>,
    pub(super) required: BTreeSet<&'a str>,
}

impl Document {
    pub(super) fn load(file: &Path) -> Result<Self, String> {
        let text = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let root: Value = serde_json::from_slice(&text)
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let document = Self::of(root);
        if document.operations().next().is_none() {
            return Err(format!("{}: no operations in it", file.display()));
        }
        Ok(document)
    }

    /// A document that was read already.
    pub(super) const fn of(root: Value) -> Self {
        Self { root }
    }

    /// Named schemas.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        object(self.root.pointer("/components/schemas"))
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = SpecOperation<'_>> {
        object(self.root.get("paths")).flat_map(|(path, methods)| {
            object(Some(methods)).map(move |(method, node)| SpecOperation { method, path, node })
        })
    }

    pub(super) fn operation(&self, method: &str, path: &str) -> Option<SpecOperation<'_>> {
        self.operations()
            .find(|known| known.path == path && known.method.eq_ignore_ascii_case(method))
    }

    pub(super) fn schema(&self, name: &str) -> Option<&Value> {
        self.root.pointer("/components/schemas")?.get(name)
    }

    /// Follows `$ref`, and an `allOf` of one part that only decorates a reference.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        if let Some(name) = reference(schema) {
            return self
                .schema(name)
                .map_or(schema, |target| self.resolve(target));
        }
        match schema
            .get("allOf")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([only]) => self.resolve(only),
            _ => schema,
        }
    }

    /// The name of the schema that a reference leads to, through decorations.
    pub(super) fn name_of<'a>(&'a self, schema: &'a Value) -> Option<&'a str> {
        reference(schema).or_else(|| match schema.get("allOf")?.as_array()?.as_slice() {
            [only] => self.name_of(only),
            _ => None,
        })
    }

    pub(super) fn members<'a>(&'a self, schema: &'a Value) -> Members<'a> {
        let mut members = Members::default();
        self.collect(schema, &mut members);
        members
    }

    fn collect<'a>(&'a self, schema: &'a Value, members: &mut Members<'a>) {
        if let Some(target) = reference(schema).and_then(|name| self.schema(name)) {
            self.collect(target, members);
        }
        for part in array(schema.get("allOf")) {
            self.collect(part, members);
        }
        members.all.extend(object(schema.get("properties")));
        members
            .required
            .extend(array(schema.get("required")).filter_map(Value::as_str));
    }
}

impl<'a> SpecOperation<'a> {
    /// The successful status with its description.
    pub(super) fn success(&self) -> Option<(u16, &'a Value)> {
        object(self.node.get("responses"))
            .filter_map(|(status, answer)| Some((status.parse().ok()?, answer)))
            .find(|(status, _)| (200..300).contains(status))
    }

    /// Every status that is described.
    pub(super) fn statuses(&self) -> BTreeSet<u16> {
        object(self.node.get("responses"))
            .filter_map(|(status, _)| status.parse().ok())
            .collect()
    }

    /// The content of the successful answer by media type.
    pub(super) fn answer_content(&self) -> Option<&'a Map<String, Value>> {
        self.success()?.1.get("content")?.as_object()
    }

    /// The content of the request body by media type.
    pub(super) fn body_content(&self) -> Option<&'a Map<String, Value>> {
        self.node.get("requestBody")?.get("content")?.as_object()
    }

    /// The group of request limits that the table of status 429 names.
    pub(super) fn rate_group(&self) -> Option<&'a str> {
        let table = self.node.pointer("/responses/429/description")?.as_str()?;
        let row = table.lines().find(|line| line.starts_with("| **"))?;
        let mut cells = row
            .split('|')
            .map(str::trim)
            .filter(|cell| !cell.is_empty());
        cells.nth(4).filter(|group| *group != "-")
    }

    /// Codes of the table of status 400 with their descriptions; some codes have several.
    pub(super) fn exception_codes(&self) -> BTreeMap<i32, Vec<String>> {
        let table = self.node.pointer("/responses/400/description");
        let mut codes = BTreeMap::<i32, Vec<String>>::new();
        for (code, description) in table
            .and_then(Value::as_str)
            .into_iter()
            .flat_map(str::lines)
            .filter_map(row)
        {
            codes.entry(code).or_default().push(description);
        }
        codes
    }

    /// Names of the parameters at this place (`query`, `header`, `path`).
    pub(super) fn parameters(&self, place: &str) -> BTreeSet<&'a str> {
        array(self.node.get("parameters"))
            .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some(place))
            .filter_map(|parameter| parameter.get("name")?.as_str())
            .collect()
    }

    /// Schema of a query parameter.
    pub(super) fn query_schema(&self, name: &str) -> Option<&'a Value> {
        array(self.node.get("parameters"))
            .find(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))?
            .get("schema")
    }
}

/// `example` and `examples` of a media type.
pub(super) fn examples(content: &Value) -> Vec<&Value> {
    content
        .get("example")
        .into_iter()
        .chain(object(content.get("examples")).filter_map(|(_, example)| example.get("value")))
        .collect()
}

pub(super) fn object(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|members| members.iter().map(|(name, value)| (name.as_str(), value)))
}

pub(super) fn array(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
}

/// A row `| code | description | …` of a table.
pub(super) fn row(line: &str) -> Option<(i32, String)> {
    let mut cells = line.trim().strip_prefix('|')?.split('|').map(str::trim);
    Some((cells.next()?.parse().ok()?, cells.next()?.to_owned()))
}

/// The name that a `$ref` leads to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}
