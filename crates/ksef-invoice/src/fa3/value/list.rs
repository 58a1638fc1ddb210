//! Lists that cannot hold more than the schema allows.

use std::ops::{Deref, DerefMut};

use super::error::{Phrase, Reason, ValueError};

/// Up to `MAX` entries. It reads like a slice; [`Self::push`] and `TryFrom<Vec<T>>` refuse too many.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct List<T, const MAX: usize>(Vec<T>);

/// One to `MAX` entries.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NonEmpty<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> List<T, MAX> {
    /// Adds an entry at the end.
    ///
    /// # Errors
    /// When there are `MAX` entries already.
    pub fn push(&mut self, entry: T) -> Result<(), ValueError> {
        push(&mut self.0, entry, MAX)
    }

    /// The entries.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }

    /// Takes every entry out.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl<T, const MAX: usize> NonEmpty<T, MAX> {
    /// A list of one entry.
    #[must_use]
    pub fn of(first: T) -> Self {
        Self(vec![first])
    }

    /// Adds an entry at the end.
    ///
    /// # Errors
    /// When there are `MAX` entries already.
    pub fn push(&mut self, entry: T) -> Result<(), ValueError> {
        push(&mut self.0, entry, MAX)
    }

    /// The entries.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> TryFrom<Vec<T>> for List<T, MAX> {
    type Error = ValueError;

    fn try_from(entries: Vec<T>) -> Result<Self, Self::Error> {
        check(&entries, MAX)?;
        Ok(Self(entries))
    }
}

impl<T, const MAX: usize> TryFrom<Vec<T>> for NonEmpty<T, MAX> {
    type Error = ValueError;

    fn try_from(entries: Vec<T>) -> Result<Self, Self::Error> {
        if entries.is_empty() {
            return Err(ValueError::new(LIST, Reason::Empty, ""));
        }
        check(&entries, MAX)?;
        Ok(Self(entries))
    }
}

impl<T, const MAX: usize> From<NonEmpty<T, MAX>> for List<T, MAX> {
    fn from(list: NonEmpty<T, MAX>) -> Self {
        Self(list.0)
    }
}

macro_rules! slice_traits {
    ($($name:ident),*) => {$(
        impl<T, const MAX: usize> Deref for $name<T, MAX> {
            type Target = [T];

            fn deref(&self) -> &[T] {
                &self.0
            }
        }

        impl<T, const MAX: usize> DerefMut for $name<T, MAX> {
            fn deref_mut(&mut self) -> &mut [T] {
                &mut self.0
            }
        }

        impl<T, const MAX: usize> IntoIterator for $name<T, MAX> {
            type Item = T;
            type IntoIter = std::vec::IntoIter<T>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }

        impl<'a, T, const MAX: usize> IntoIterator for &'a $name<T, MAX> {
            type Item = &'a T;
            type IntoIter = std::slice::Iter<'a, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }
    )*};
}
slice_traits!(List, NonEmpty);

fn push<T>(entries: &mut Vec<T>, entry: T, max: usize) -> Result<(), ValueError> {
    if entries.len() >= max {
        return Err(too_many(entries.len() + 1, max));
    }
    entries.push(entry);
    Ok(())
}

fn check<T>(entries: &[T], max: usize) -> Result<(), ValueError> {
    if entries.len() > max {
        return Err(too_many(entries.len(), max));
    }
    Ok(())
}

fn too_many(actual: usize, max: usize) -> ValueError {
    ValueError::new(LIST, Reason::TooMany { max }, &actual.to_string())
}

const LIST: Phrase = Phrase::new("liczba pozycji listy", "the length of the list");
