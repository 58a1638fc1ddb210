//! Goods and services, described.

use rust_decimal::Decimal;

use crate::fa3::value::code::Gtu;

/// Goods or a service, described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub(super) name: String,
    pub(super) unit: Option<String>,
    pub(super) unique_id: Option<String>,
    pub(super) index: Option<String>,
    pub(super) gtin: Option<String>,
    pub(super) pkwiu: Option<String>,
    pub(super) cn: Option<String>,
    pub(super) pkob: Option<String>,
    pub(super) gtu: Option<Gtu>,
    pub(super) excise: Option<Decimal>,
    pub(super) is_of_annex_15: bool,
}

impl Item {
    /// Goods or a service by name, at most 512 characters (`P_7`).
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            unit: None,
            unique_id: None,
            index: None,
            gtin: None,
            pkwiu: None,
            cn: None,
            pkob: None,
            gtu: None,
            excise: None,
            is_of_annex_15: false,
        }
    }

    /// The unit of its quantity, at most 256 characters (`P_8A`).
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The line's identifier in the books, at most 50 characters (`UU_ID`).
    #[must_use]
    pub fn with_unique_id(mut self, id: impl Into<String>) -> Self {
        self.unique_id = Some(id.into());
        self
    }

    /// The seller's own code, at most 50 characters (`Indeks`).
    #[must_use]
    pub fn with_index(mut self, index: impl Into<String>) -> Self {
        self.index = Some(index.into());
        self
    }

    /// The global trade number, at most 20 characters (`GTIN`).
    #[must_use]
    pub fn with_gtin(mut self, gtin: impl Into<String>) -> Self {
        self.gtin = Some(gtin.into());
        self
    }

    /// The code of the Polish classification of goods and services, at most 50 characters (`PKWiU`).
    #[must_use]
    pub fn with_pkwiu(mut self, code: impl Into<String>) -> Self {
        self.pkwiu = Some(code.into());
        self
    }

    /// The code of the combined nomenclature, at most 50 characters (`CN`).
    #[must_use]
    pub fn with_cn(mut self, code: impl Into<String>) -> Self {
        self.cn = Some(code.into());
        self
    }

    /// The code of the Polish classification of buildings, at most 50 characters (`PKOB`).
    #[must_use]
    pub fn with_pkob(mut self, code: impl Into<String>) -> Self {
        self.pkob = Some(code.into());
        self
    }

    /// The group of goods and services (`GTU`).
    #[must_use]
    pub const fn with_gtu(mut self, group: Gtu) -> Self {
        self.gtu = Some(group);
        self
    }

    /// The excise duty inside the price, in the invoice's currency (`KwotaAkcyzy`).
    #[must_use]
    pub fn with_excise(mut self, amount: impl Into<Decimal>) -> Self {
        self.excise = Some(amount.into());
        self
    }

    /// It is listed in annex 15 of the VAT act (`P_12_Zal_15`). An invoice above 15 000 zł with such
    /// goods is marked for split payment by the builder.
    #[must_use]
    pub const fn of_annex_15(mut self) -> Self {
        self.is_of_annex_15 = true;
        self
    }
}

impl From<&str> for Item {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Item {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}
