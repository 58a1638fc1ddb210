//! What stands under a code.

use ksef_core::ksef_number::KsefNumber;

/// What stands under a code (facts 08 §5 and §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Label {
    /// Code I of an invoice that KSeF has accepted: its number.
    Number(KsefNumber),
    /// Code I of an invoice that has no number yet: `OFFLINE`.
    Offline,
    /// Code II: `CERTYFIKAT`.
    Certificate,
}

impl Label {
    /// The label as one text: upper-case letters, digits and hyphens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(number) => number.as_str(),
            Self::Offline => "OFFLINE",
            Self::Certificate => "CERTYFIKAT",
        }
    }

    /// The label as it is set: a KSeF number in two lines, since in one it would be too small to read under a code.
    pub(super) fn lines(&self) -> [&str; 2] {
        match self {
            Self::Number(number) => {
                // NIP and date, with the hyphen that says that it goes on.
                let text = number.as_str();
                text.split_at_checked(NIP_AND_DATE)
                    .map_or([text, ""], |(first, second)| [first, second])
            }
            Self::Offline | Self::Certificate => [self.as_str(), ""],
        }
    }

    /// The lines that are not empty.
    pub(super) fn line_count(&self) -> usize {
        self.lines().iter().filter(|line| !line.is_empty()).count()
    }
}

/// `NIP-YYYYMMDD-`
const NIP_AND_DATE: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_whole_label() {
        let number: KsefNumber = "5265877635-20250826-0100001AF629-AF".parse().unwrap();
        let label = Label::Number(number);
        assert_eq!(label.lines(), ["5265877635-20250826-", "0100001AF629-AF"]);
        assert_eq!(label.line_count(), 2);
        assert_eq!(Label::Offline.lines(), ["OFFLINE", ""]);
        assert_eq!(Label::Certificate.line_count(), 1);
    }
}
