//! The checksum of KSeF numbers, reference numbers and challenges.

/// CRC-8 with polynomial 0x07, initial value 0, no reflection, no final exclusive-or (CRC-8/SMBUS).
///
/// Source: the official description of the KSeF number; for reference numbers established from samples.
#[must_use]
pub const fn crc8(bytes: &[u8]) -> u8 {
    let mut crc = 0;
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        crc = TABLE[(crc ^ *first) as usize];
        rest = tail;
    }
    crc
}

const TABLE: [u8; 256] = table();

const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut index: u8 = 0;
    loop {
        let mut value = index;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x80 == 0 {
                value << 1
            } else {
                (value << 1) ^ 0x07
            };
            bit += 1;
        }
        table[index as usize] = value;
        if index == u8::MAX {
            return table;
        }
        index += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn check_value_of_the_standard() {
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc8(b""), 0);
    }

    proptest! {
        #[test]
        fn any_single_bit_error_is_seen(bytes in proptest::collection::vec(any::<u8>(), 1..40), at in any::<usize>(), bit in 0u8..8) {
            let mut broken = bytes.clone();
            let at = at % broken.len();
            broken[at] ^= 1 << bit;
            prop_assert_ne!(crc8(&bytes), crc8(&broken));
        }

        #[test]
        fn appending_the_checksum_gives_zero(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut whole = bytes.clone();
            whole.push(crc8(&bytes));
            prop_assert_eq!(crc8(&whole), 0);
        }
    }
}
