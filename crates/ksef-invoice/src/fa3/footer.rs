//! The footer: remarks and register numbers.

use super::section::section;
use super::value::identifier::{KrsNumber, RegonNumber};
use super::value::text::Prose;
use super::value::{List, Text};

section! {
    /// What else stands on the invoice.
    ///
    /// Source: `Stopka`.
    #[derive(Default)]
    pub struct Footer {
        /// Remarks, up to 3.
        pub remarks: List<FooterRemark, 3> = "Informacje",
        /// Numbers in other registers, up to 100.
        pub registers: List<Register, 100> = "Rejestry",
    }
}

section! {
    /// A remark.
    ///
    /// Source: `Informacje`.
    #[derive(Default)]
    pub struct FooterRemark {
        /// Its text.
        pub text: Option<Prose> = "StopkaFaktury",
    }
}

section! {
    /// Numbers of an entity, or a group of entities, in other registers.
    ///
    /// Source: `Rejestry`.
    #[derive(Default)]
    pub struct Register {
        /// Full name.
        pub name: Option<Text<256>> = "PelnaNazwa",
        /// National Court Register.
        pub krs: Option<KrsNumber> = "KRS",
        /// Statistical register.
        pub regon: Option<RegonNumber> = "REGON",
        /// Register of waste and products.
        pub bdo: Option<Text<9>> = "BDO",
    }
}
