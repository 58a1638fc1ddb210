//! KSeF numbers of invoices.
//!
//! A number carries the seller, the Warsaw day on which the invoice was received, and a technical part that grows with
//! every accepted invoice, also over a reset of the world, so that no number is ever given twice.

use jiff::Timestamp;
use ksef_core::calendar::warsaw_date;
use ksef_core::ksef_number::KsefNumber;
use ksef_core::nip::Nip;

/// The KSeF number of the `sequence`-th accepted invoice of the world, received at `received`.
///
/// The technical part is `010040000000` plus the sequence, in the shape of the numbers that KSeF gives.
pub(crate) fn ksef_number(seller: Nip, received: Timestamp, sequence: u64) -> KsefNumber {
    KsefNumber::generate(
        seller,
        warsaw_date(received),
        TECHNICAL_BASE.saturating_add(sequence),
    )
}

/// The sequence inside a number that [`ksef_number`] made; `None` for any other.
pub(crate) fn sequence_of(number: &KsefNumber) -> Option<u64> {
    let technical = u64::from_str_radix(number.as_str().get(20..32)?, 16).ok()?;
    technical.checked_sub(TECHNICAL_BASE)
}

/// Start of the technical part.
const TECHNICAL_BASE: u64 = 0x0100_4000_0000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_and_carry_the_warsaw_day() {
        let seller = Nip::parse("5265877635").unwrap();
        let received: Timestamp = "2026-06-30T22:30:00Z".parse().unwrap();
        let first = ksef_number(seller, received, 1);
        let second = ksef_number(seller, received, 2);
        assert!(
            first
                .as_str()
                .starts_with("5265877635-20260701-010040000001-"),
            "{first}"
        );
        assert!(first < second);
        assert_eq!(sequence_of(&second), Some(2));
        let foreign = KsefNumber::parse("5265877635-20250826-0100001AF629-AF").unwrap();
        assert_eq!(sequence_of(&foreign), None);
    }
}
