//! Mutants: documents that differ from a good one in a few places, the same for the same seed.

mod document;
mod edges;
mod markup;
mod random;
mod structure;
mod value;

pub use self::document::{Document, Node};
pub use self::random::Random;

/// Documents of one form, and the words they are made of.
#[derive(Debug)]
pub struct Corpus {
    documents: Vec<Document>,
    /// Every element name with its prefix, and further ones nobody uses.
    names: Vec<String>,
    /// Attributes with a value.
    attributes: Vec<(String, String)>,
    /// Texts of leaves.
    values: Vec<String>,
    namespaces: Vec<String>,
}

/// A changed document.
#[derive(Debug, Clone)]
pub struct Mutant {
    pub bytes: Vec<u8>,
    /// What was done, for a person who looks for the reason of a difference.
    pub story: String,
}

impl Corpus {
    /// A corpus of good documents.
    pub fn new(texts: &[String]) -> Self {
        let documents: Vec<_> = texts.iter().map(|text| Document::parse(text)).collect();
        let mut corpus = Self {
            documents,
            names: Vec::new(),
            attributes: Vec::new(),
            values: Vec::new(),
            namespaces: markup::NAMESPACES.map(str::to_owned).to_vec(),
        };
        for document in &corpus.documents {
            for index in document.elements() {
                let Some(element) = document.element(index) else {
                    continue;
                };
                corpus.names.push(element.name.clone());
                corpus
                    .values
                    .extend(document.text(index).map(str::to_owned));
                for (name, value) in &element.attributes {
                    if name.starts_with("xmlns") {
                        corpus.namespaces.push(value.clone());
                    } else {
                        corpus.attributes.push((name.clone(), value.clone()));
                    }
                }
            }
        }
        for list in [
            &mut corpus.names,
            &mut corpus.values,
            &mut corpus.namespaces,
        ] {
            list.sort();
            list.dedup();
        }
        corpus.attributes.sort();
        corpus.attributes.dedup();
        corpus
    }

    /// The mutant with this number.
    pub fn mutant(&self, seed: u64, number: u64) -> Mutant {
        let mut random = Random::new(seed, number);
        let base = random.below(self.documents.len());
        let mut work = Work {
            corpus: self,
            document: self.documents[base].clone(),
            random,
            story: format!("document {base}"),
        };
        for _ in 0..work.changes() {
            work.change();
        }
        let text = work.document.write();
        let bytes = if work.random.chance(1, 14) {
            work.break_text(text)
        } else {
            text.into_bytes()
        };
        Mutant {
            bytes,
            story: work.story,
        }
    }

    /// The documents as they are written again, without a change.
    pub fn originals(&self) -> impl Iterator<Item = Vec<u8>> {
        self.documents.iter().map(|it| it.write().into_bytes())
    }
}

/// A mutant that is being made.
struct Work<'c> {
    corpus: &'c Corpus,
    document: Document,
    random: Random,
    story: String,
}

impl Work<'_> {
    /// Mostly one change: others would hide whether it was noticed.
    fn changes(&mut self) -> usize {
        match self.random.below(20) {
            0..=13 => 1,
            14..=17 => 2,
            18 => 3,
            _ => 5,
        }
    }

    fn change(&mut self) {
        match self.random.below(100) {
            0..=49 => self.change_value(),
            50..=74 => self.change_structure(),
            75..=86 => self.change_attribute(),
            87..=91 => self.change_namespace(),
            _ => self.change_text(),
        }
    }

    fn tell(&mut self, what: &str, index: usize, detail: &str) {
        let name = self.document.element(index).map_or("", |it| &it.name);
        let shown: String = detail.chars().take(80).collect();
        let story = format!("; {what} {name} {shown:?}");
        self.story.push_str(&story);
    }

    fn any_element(&mut self) -> usize {
        let all = self.document.elements();
        all[self.random.below(all.len())]
    }

    /// An element that is not the root; the root when there is no other.
    fn inner_element(&mut self) -> usize {
        let all = self.document.elements();
        match all.len() {
            1 => all[0],
            count => all[1 + self.random.below(count - 1)],
        }
    }

    fn any_leaf(&mut self) -> Option<usize> {
        let leaves = self.document.leaves();
        (!leaves.is_empty()).then(|| leaves[self.random.below(leaves.len())])
    }

    fn any_name(&mut self) -> String {
        let names = &self.corpus.names;
        names[self.random.below(names.len())].clone()
    }

    fn any_value(&mut self) -> String {
        let values = &self.corpus.values;
        values[self.random.below(values.len())].clone()
    }
}
