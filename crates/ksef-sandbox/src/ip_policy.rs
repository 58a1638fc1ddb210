//! From which addresses the tokens of an authentication may be used.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

/// The policy `AllowedIps`; an empty one allows every address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct IpPolicy {
    /// Single addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ip4_addresses: Vec<String>,
    /// Ranges `from-to`, both ends included.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ip4_ranges: Vec<String>,
    /// Networks `address/bits`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) ip4_masks: Vec<String>,
}

impl IpPolicy {
    /// Entries of each list at most.
    pub(crate) const LIST_MAX: usize = 10;

    /// Does it name no address at all?
    pub(crate) fn is_empty(&self) -> bool {
        self.ip4_addresses.is_empty() && self.ip4_ranges.is_empty() && self.ip4_masks.is_empty()
    }

    /// May tokens be used from `address`? An IPv6 client passes only where nothing is restricted.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        if self.is_empty() {
            return true;
        }
        let IpAddr::V4(address) = address.to_canonical() else {
            return false;
        };
        let found = u32::from(address);
        self.ip4_addresses
            .iter()
            .any(|text| parse_address(text) == Some(address))
            || self
                .ip4_ranges
                .iter()
                .filter_map(|text| parse_range(text))
                .any(|(from, to)| (u32::from(from)..=u32::from(to)).contains(&found))
            || self
                .ip4_masks
                .iter()
                .filter_map(|text| parse_mask(text))
                .any(|(network, bits)| {
                    let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
                    u32::from(network) & mask == found & mask
                })
    }
}

/// `a.b.c.d`, without leading zeros.
pub(crate) fn parse_address(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok()
}

/// `a.b.c.d-e.f.g.h`.
pub(crate) fn parse_range(text: &str) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let (from, to) = text.split_once('-')?;
    Some((parse_address(from)?, parse_address(to)?))
}

/// `a.b.c.d/bits`, 0 to 32.
pub(crate) fn parse_mask(text: &str) -> Option<(Ipv4Addr, u8)> {
    let (network, bits) = text.split_once('/')?;
    let plain =
        bits.bytes().all(|byte| byte.is_ascii_digit()) && (bits == "0" || !bits.starts_with('0'));
    let bits = bits
        .parse::<u8>()
        .ok()
        .filter(|bits| plain && *bits <= 32)?;
    Some((parse_address(network)?, bits))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(addresses: &[&str], ranges: &[&str], masks: &[&str]) -> IpPolicy {
        let list = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        IpPolicy {
            ip4_addresses: list(addresses),
            ip4_ranges: list(ranges),
            ip4_masks: list(masks),
        }
    }

    #[test]
    fn each_list_allows_what_it_names() {
        let policy = policy(&["10.0.0.1"], &["10.0.1.5-10.0.1.9"], &["192.168.0.0/16"]);
        for (address, allowed) in [
            ("10.0.0.1", true),
            ("10.0.0.2", false),
            ("10.0.1.4", false),
            ("10.0.1.5", true),
            ("10.0.1.9", true),
            ("10.0.1.10", false),
            ("192.168.77.1", true),
            ("192.169.0.1", false),
            ("::ffff:10.0.0.1", true),
            ("::1", false),
        ] {
            assert_eq!(
                policy.allows(address.parse().unwrap()),
                allowed,
                "{address}"
            );
        }
        assert!(IpPolicy::default().allows("::1".parse().unwrap()));
    }

    #[test]
    fn masks_at_both_ends() {
        assert!(policy(&[], &[], &["0.0.0.0/0"]).allows("8.8.8.8".parse().unwrap()));
        let single = policy(&[], &[], &["8.8.8.8/32"]);
        assert!(single.allows("8.8.8.8".parse().unwrap()));
        assert!(!single.allows("8.8.8.9".parse().unwrap()));
    }

    #[test]
    fn refuses_other_texts() {
        for text in ["", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4 "] {
            assert!(parse_address(text).is_none(), "{text}");
        }
        for text in ["1.2.3.4", "1.2.3.4–1.2.3.5", "1.2.3.4-"] {
            assert!(parse_range(text).is_none(), "{text}");
        }
        for text in [
            "1.2.3.4/33",
            "1.2.3.4/",
            "1.2.3.4/08",
            "1.2.3.4/-1",
            "1.2.3.4/+8",
        ] {
            assert!(parse_mask(text).is_none(), "{text}");
        }
    }
}
