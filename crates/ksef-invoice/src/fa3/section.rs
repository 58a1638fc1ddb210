//! How a section of the form is stated: once, as a struct or an enum with wire names, in schema order.
//!
//! [`section!`] declares a struct, [`choice!`] an enum; both come with reader and writer. Fields look like
//! Rust with the wire name behind `=`:
//!
//! ```text
//! section! {
//!     /// A postal address.
//!     pub struct Address {
//!         /// Country.
//!         pub country: CountryCode = "KodKraju",          // [1..1]: an argument of `new`
//!         /// Second line.
//!         pub line2: Option<Text<512>> = "AdresL2",       // [0..1]
//!         /// Numbers of delivery notes.
//!         pub notes: List<Text<256>, 1_000> = "WZ",       // [0..1000]; `NonEmpty` for [1..]
//!         /// Related parties.
//!         pub related: bool = "TP",                       // [0..1] of the value 1
//!         /// Local government.
//!         pub unit: YesNo = "JST" or default,             // [1..1], but `new` does not ask for it
//!         /// Number of the row.
//!         pub number: RowNumber = "NrWierszaFa" or row,   // [1..1], or the row's place when it is missing
//!         /// Sums.
//!         pub totals: Totals = ..,                        // no element of its own: a group, spread here
//!     }
//! }
//! ```
//!
//! `struct X marked "P_22"` starts with an element `P_22` of the value 1. A variant of a choice is
//! `Name(Type) = "Element"`, `Name = "Element"` for an element of the value 1, `Name(Group) = ..`; `after "M"`
//! puts an element `M` of the value 1 before it.

use crate::tree::Element;

use super::reading::{Fields, expect_text, leaf};
use super::remark::Remarks;
use super::value::{List, NonEmpty, Value};
use super::writing::Writer;

/// What an element may contain: a value or a section.
pub(crate) trait Content: Sized {
    /// Reads the element; `None`, with a remark, when the model cannot hold it.
    fn read(element: Element<'_>, remarks: &mut Remarks) -> Option<Self>;

    /// Writes the element under this name.
    fn write(&self, name: &'static str, out: &mut Writer);

    #[cfg(test)]
    fn outline(_outline: &mut super::tests::Outline) {}
}

/// Elements that stand next to each other inside a section.
pub(crate) trait Group: Sized {
    /// Is one of its elements there?
    fn is_present(fields: &Fields<'_, '_>) -> bool;

    /// Takes its elements; `None`, with a remark, when the model cannot hold them.
    fn read(fields: &mut Fields<'_, '_>) -> Option<Self>;

    /// Writes its elements.
    fn write(&self, out: &mut Writer);

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline);
}

/// A field of a section that stands for elements of one name.
pub(crate) trait Field: Sized {
    /// Takes the elements; `None`, with a remark, when the model cannot hold them.
    fn read(name: &'static str, fields: &mut Fields<'_, '_>) -> Option<Self>;

    /// Writes the elements.
    fn write(&self, name: &'static str, out: &mut Writer);

    #[cfg(test)]
    fn outline(name: &'static str, outline: &mut super::tests::Outline);
}

/// A field of a section that stands for a group.
pub(crate) trait GroupField: Sized {
    /// Is one of its elements there?
    fn is_present(fields: &Fields<'_, '_>) -> bool;

    /// Takes the elements; `None`, with a remark, when the model cannot hold them.
    fn read(fields: &mut Fields<'_, '_>) -> Option<Self>;

    /// Writes the elements.
    fn write(&self, out: &mut Writer);

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline);
}

impl<V: Value> Content for V {
    fn read(element: Element<'_>, remarks: &mut Remarks) -> Option<Self> {
        leaf(element, &[], remarks)
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        out.leaf(name, &self.lexical());
    }
}

impl<C: Content> Field for C {
    fn read(name: &'static str, fields: &mut Fields<'_, '_>) -> Option<Self> {
        let Some(element) = fields.take(name) else {
            fields.missing(name);
            return None;
        };
        C::read(element, fields.remarks)
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        Content::write(self, name, out);
    }

    #[cfg(test)]
    fn outline(name: &'static str, outline: &mut super::tests::Outline) {
        outline.element(name, 1, C::outline);
    }
}

impl<C: Content> Field for Option<C> {
    fn read(name: &'static str, fields: &mut Fields<'_, '_>) -> Option<Self> {
        let element = fields.take(name);
        Some(element.and_then(|element| C::read(element, fields.remarks)))
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        if let Some(content) = self {
            content.write(name, out);
        }
    }

    #[cfg(test)]
    fn outline(name: &'static str, outline: &mut super::tests::Outline) {
        outline.element(name, 1, C::outline);
    }
}

impl<C: Content, const MAX: usize> Field for List<C, MAX> {
    fn read(name: &'static str, fields: &mut Fields<'_, '_>) -> Option<Self> {
        let mut list = Self::default();
        for (place, element) in fields.take_all(name, MAX).into_iter().enumerate() {
            fields.remarks.enter(place);
            // Never full: no more than MAX are taken.
            let _ = C::read(element, fields.remarks).map(|content| list.push(content));
        }
        Some(list)
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        for content in self {
            content.write(name, out);
        }
    }

    #[cfg(test)]
    fn outline(name: &'static str, outline: &mut super::tests::Outline) {
        outline.element(name, MAX, C::outline);
    }
}

impl<C: Content, const MAX: usize> Field for NonEmpty<C, MAX> {
    fn read(name: &'static str, fields: &mut Fields<'_, '_>) -> Option<Self> {
        let mut content = Vec::new();
        let elements = fields.take_all(name, MAX);
        if elements.is_empty() {
            fields.missing(name);
        }
        for (place, element) in elements.into_iter().enumerate() {
            fields.remarks.enter(place);
            content.extend(C::read(element, fields.remarks));
        }
        Self::try_from(content).ok()
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        for content in self {
            content.write(name, out);
        }
    }

    #[cfg(test)]
    fn outline(name: &'static str, outline: &mut super::tests::Outline) {
        outline.element(name, MAX, C::outline);
    }
}

impl Field for bool {
    fn read(name: &'static str, fields: &mut Fields<'_, '_>) -> Option<Self> {
        let element = fields.take(name);
        Some(element.is_some_and(|element| read_mark(element, fields.remarks)))
    }

    fn write(&self, name: &'static str, out: &mut Writer) {
        if *self {
            out.leaf(name, MARK);
        }
    }

    #[cfg(test)]
    fn outline(name: &'static str, outline: &mut super::tests::Outline) {
        outline.element(name, 1, |_| {});
    }
}

impl<G: Group> GroupField for G {
    fn is_present(fields: &Fields<'_, '_>) -> bool {
        G::is_present(fields)
    }

    fn read(fields: &mut Fields<'_, '_>) -> Option<Self> {
        G::read(fields)
    }

    fn write(&self, out: &mut Writer) {
        Group::write(self, out);
    }

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline) {
        G::outline(outline);
    }
}

impl<G: Group> GroupField for Option<G> {
    fn is_present(fields: &Fields<'_, '_>) -> bool {
        G::is_present(fields)
    }

    fn read(fields: &mut Fields<'_, '_>) -> Option<Self> {
        Some(if G::is_present(fields) {
            G::read(fields)
        } else {
            None
        })
    }

    fn write(&self, out: &mut Writer) {
        if let Some(group) = self {
            group.write(out);
        }
    }

    #[cfg(test)]
    fn outline(outline: &mut super::tests::Outline) {
        G::outline(outline);
    }
}

/// Takes the marker that starts a section; its absence is remarked and does not stop anything.
pub(crate) fn take_mark(name: &'static str, fields: &mut Fields<'_, '_>) {
    match fields.take(name) {
        Some(element) => {
            read_mark(element, fields.remarks);
        }
        None => fields.missing(name),
    }
}

/// Is the element's value 1, the only one that a marker has?
fn read_mark(element: Element<'_>, remarks: &mut Remarks) -> bool {
    expect_text(element, &[], remarks);
    let is_set = super::value::integer_code(element.text()) == Some(MARK);
    if !is_set {
        remarks.not_fixed(element, MARK, element.value());
    }
    is_set
}

/// The value of markers.
pub(crate) const MARK: &str = "1";

/// The content of an element that is a group.
pub(crate) fn read_content<G: Group>(element: Element<'_>, remarks: &mut Remarks) -> Option<G> {
    let mut fields = Fields::of(element, remarks);
    let content = G::read(&mut fields);
    fields.finish();
    content
}

/// Declares a section: a struct with reader, writer and constructor. See [the module](self).
macro_rules! section {
    (
        $(#[$meta:meta])*
        pub struct $name:ident $(marked $marker:literal)? { $($body:tt)* }
    ) => {
        $crate::fa3::section::section!(@define [$(#[$meta])*] $name [$($marker)?] { $($body)* });
        impl $name {
            $crate::fa3::section::section!(@new [] [] { $($body)* });
        }
        $crate::fa3::section::section!(@content $name);
    };

    (@define [$(#[$meta:meta])*] $name:ident [$($marker:literal)?] {
        $(
            $(#[$field_meta:meta])*
            pub $field:ident: $type:ty = $wire:tt $(or $default:ident)?,
        )*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[doc = $crate::fa3::section::section!(@doc $wire)]
                pub $field: $type,
            )*
        }

        impl $crate::fa3::section::Group for $name {
            fn is_present(fields: &$crate::fa3::reading::Fields<'_, '_>) -> bool {
                $(fields.has($marker) ||)?
                $($crate::fa3::section::section!(@present $wire $type, fields) ||)* false
            }

            fn read(fields: &mut $crate::fa3::reading::Fields<'_, '_>) -> Option<Self> {
                $($crate::fa3::section::take_mark($marker, fields);)?
                $(
                    let $field = $crate::fa3::section::section!(@read $wire $type, fields)
                        $(.or_else(|| $crate::fa3::section::section!(@or $default fields)))?;
                )*
                Some(Self { $($field: $field?,)* })
            }

            fn write(&self, out: &mut $crate::fa3::writing::Writer) {
                $(out.leaf($marker, $crate::fa3::section::MARK);)?
                $($crate::fa3::section::section!(@write $wire self.$field, out);)*
            }

            #[cfg(test)]
            fn outline(outline: &mut $crate::fa3::tests::Outline) {
                $(outline.element($marker, 1, |_| {});)?
                $($crate::fa3::section::section!(@outline $wire $type, outline);)*
            }
        }

        #[cfg(test)]
        impl $crate::fa3::tests::sample::Sample for $name {
            fn sample(source: &mut $crate::fa3::tests::sample::Source<'_>) -> Self {
                Self {
                    $($field: $crate::fa3::tests::sample::Sample::sample(source),)*
                }
            }
        }
    };

    // The constructor asks for what has no natural absence.
    (@new [$($argument:ident: $type:ty,)*] [$($init:tt)*] {
        $(#[$m:meta])* pub $field:ident: Option<$t:ty> = $wire:tt, $($rest:tt)*
    }) => {
        $crate::fa3::section::section!(@new [$($argument: $type,)*] [$($init)* $field: None,] { $($rest)* });
    };
    (@new [$($argument:ident: $type:ty,)*] [$($init:tt)*] {
        $(#[$m:meta])* pub $field:ident: List<$t:ty, $max:literal> = $wire:tt, $($rest:tt)*
    }) => {
        $crate::fa3::section::section!(
            @new [$($argument: $type,)*] [$($init)* $field: List::default(),] { $($rest)* });
    };
    (@new [$($argument:ident: $type:ty,)*] [$($init:tt)*] {
        $(#[$m:meta])* pub $field:ident: bool = $wire:tt, $($rest:tt)*
    }) => {
        $crate::fa3::section::section!(@new [$($argument: $type,)*] [$($init)* $field: false,] { $($rest)* });
    };
    (@new [$($argument:ident: $type:ty,)*] [$($init:tt)*] {
        $(#[$m:meta])* pub $field:ident: $t:ty = $wire:tt or default, $($rest:tt)*
    }) => {
        $crate::fa3::section::section!(
            @new [$($argument: $type,)*] [$($init)* $field: <$t>::default(),] { $($rest)* });
    };
    (@new [$($argument:ident: $type:ty,)*] [$($init:tt)*] {
        $(#[$m:meta])* pub $field:ident: $t:ty = $wire:tt $(or row)?, $($rest:tt)*
    }) => {
        $crate::fa3::section::section!(
            @new [$($argument: $type,)* $field: $t,] [$($init)* $field,] { $($rest)* });
    };
    (@new [] [$($init:tt)*] {}) => {};
    (@new [$($argument:ident: $type:ty,)*] [$($init:tt)*] {}) => {
        /// The section with what it must have; the rest is absent.
        #[must_use]
        pub fn new($($argument: $type),*) -> Self {
            Self { $($init)* }
        }
    };

    (@content $name:ident) => {
        impl $crate::fa3::section::Content for $name {
            fn read(
                element: $crate::tree::Element<'_>,
                remarks: &mut $crate::fa3::remark::Remarks,
            ) -> Option<Self> {
                $crate::fa3::section::read_content(element, remarks)
            }

            fn write(&self, name: &'static str, out: &mut $crate::fa3::writing::Writer) {
                out.element(name, &[], |out| $crate::fa3::section::Group::write(self, out));
            }

            #[cfg(test)]
            fn outline(outline: &mut $crate::fa3::tests::Outline) {
                <Self as $crate::fa3::section::Group>::outline(outline);
            }
        }
    };

    (@doc ..) => { "" };
    (@doc $wire:literal) => { concat!("\n\nOn the wire: `", $wire, "`.") };

    (@present .. $type:ty, $fields:ident) => {
        <$type as $crate::fa3::section::GroupField>::is_present($fields)
    };
    (@present $wire:literal $type:ty, $fields:ident) => { $fields.has($wire) };

    (@read .. $type:ty, $fields:ident) => {
        <$type as $crate::fa3::section::GroupField>::read($fields)
    };
    (@read $wire:literal $type:ty, $fields:ident) => {
        <$type as $crate::fa3::section::Field>::read($wire, $fields)
    };
    (@or default $fields:ident) => { Some(Default::default()) };
    (@or row $fields:ident) => { $fields.remarks.row() };

    (@write .. $value:expr, $out:ident) => {
        $crate::fa3::section::GroupField::write(&$value, $out)
    };
    (@write $wire:literal $value:expr, $out:ident) => {
        $crate::fa3::section::Field::write(&$value, $wire, $out)
    };

    (@outline .. $type:ty, $outline:ident) => {
        <$type as $crate::fa3::section::GroupField>::outline($outline)
    };
    (@outline $wire:literal $type:ty, $outline:ident) => {
        <$type as $crate::fa3::section::Field>::outline($wire, $outline)
    };
}
pub(crate) use section;

/// Declares a choice: an enum with reader and writer. See [the module](self).
macro_rules! choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[$variant_meta:meta])*
                $variant:ident $(($type:ty))? = $wire:tt $(after $marker:literal)?,
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = $crate::fa3::section::section!(@doc $wire)]
                $variant $(($type))?,
            )*
        }

        impl $crate::fa3::section::Group for $name {
            fn is_present(fields: &$crate::fa3::reading::Fields<'_, '_>) -> bool {
                $($crate::fa3::section::choice!(@present [$($type)?] $wire, fields) ||)* false
            }

            fn read(fields: &mut $crate::fa3::reading::Fields<'_, '_>) -> Option<Self> {
                $(
                    if $crate::fa3::section::choice!(@present [$($type)?] $wire, fields) {
                        $($crate::fa3::section::take_mark($marker, fields);)?
                        return $crate::fa3::section::choice!(@read $variant [$($type)?] $wire, fields);
                    }
                )*
                fields.missing([$($crate::fa3::section::choice!(@name $wire)),*].join("").trim_end_matches(" | "));
                None
            }

            fn write(&self, out: &mut $crate::fa3::writing::Writer) {
                $(
                    if matches!(self, Self::$variant { .. }) {
                        $(out.leaf($marker, $crate::fa3::section::MARK);)?
                        $crate::fa3::section::choice!(@write $variant [$($type)?] $wire, self, out);
                    }
                )*
            }

            #[cfg(test)]
            fn outline(outline: &mut $crate::fa3::tests::Outline) {
                $(
                    $(outline.element($marker, 1, |_| {});)?
                    $crate::fa3::section::choice!(@outline [$($type)?] $wire, outline);
                )*
            }
        }

        #[cfg(test)]
        impl $crate::fa3::tests::sample::Sample for $name {
            fn sample(source: &mut $crate::fa3::tests::sample::Source<'_>) -> Self {
                let variants: &[fn(&mut $crate::fa3::tests::sample::Source<'_>) -> Self] = &[
                    $($crate::fa3::section::choice!(@sample $variant [$($type)?])),*
                ];
                let at = source.below(variants.len());
                variants[at](source)
            }
        }

        $crate::fa3::section::section!(@content $name);
    };

    (@sample $variant:ident []) => { |_| Self::$variant };
    (@sample $variant:ident [$type:ty]) => {
        |source| Self::$variant($crate::fa3::tests::sample::Sample::sample(source))
    };

    (@name ..) => { "" };
    (@name $wire:literal) => { concat!($wire, " | ") };

    (@present [] $wire:literal, $fields:ident) => { $fields.has($wire) };
    (@present [$type:ty] $wire:tt, $fields:ident) => {
        $crate::fa3::section::section!(@present $wire $type, $fields)
    };

    (@read $variant:ident [] $wire:literal, $fields:ident) => {{
        $crate::fa3::section::take_mark($wire, $fields);
        Some(Self::$variant)
    }};
    (@read $variant:ident [$type:ty] $wire:tt, $fields:ident) => {
        $crate::fa3::section::section!(@read $wire $type, $fields).map(Self::$variant)
    };

    (@write $variant:ident [] $wire:literal, $self:ident, $out:ident) => {
        $out.leaf($wire, $crate::fa3::section::MARK)
    };
    (@write $variant:ident [$type:ty] $wire:tt, $self:ident, $out:ident) => {
        if let Self::$variant(content) = $self {
            $crate::fa3::section::section!(@write $wire *content, $out);
        }
    };

    (@outline [] $wire:literal, $outline:ident) => { $outline.element($wire, 1, |_| {}) };
    (@outline [$type:ty] $wire:tt, $outline:ident) => {
        $crate::fa3::section::section!(@outline $wire $type, $outline)
    };
}
pub(crate) use choice;
