//! A UPO against its schema, as far as KSeF keeps to it.

use crate::check::Rules;
use crate::finding::Finding;
use crate::rule::Rule;
use crate::schema::Schema;

/// Judges a UPO of version 4-3, without its signature, by the schema; none when it is valid.
///
/// The schema fixes the issuer's name to that of production, and KSeF's other environments add to
/// it: another name is no finding. The schema of version 4-2 is published no more, and of its
/// documents only the root is told: judge those by [`read`](super::read) alone.
#[must_use]
pub fn check(unsigned: &[u8]) -> Vec<Finding> {
    let rules = Rules {
        size_max: SIZE_MAX,
        size_max_with_attachment: SIZE_MAX,
        ..Rules::default()
    };
    let mut findings = Schema::upo().validate(unsigned, &rules);
    findings.retain(|finding| finding.rule() != Rule::SchemaValueFixed);
    findings
}

/// The largest UPO that is judged, in bytes. A page of 10 000 documents has about 7 000 000; with the
/// longest numbers of invoices it stays below 20 000 000.
const SIZE_MAX: u64 = 32_000_000;
