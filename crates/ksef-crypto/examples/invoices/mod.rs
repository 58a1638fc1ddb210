//! Invoices for measuring: each like no other, and compressible as real ones are, about 39 % alone and 14 % in a row.

use std::fmt::Write as _;

/// An invoice of this number, of so many bytes. Not a valid one.
pub(crate) fn invoice(number: usize, bytes: usize) -> Vec<u8> {
    let mut text = String::with_capacity(bytes + 1_000);
    // What every invoice of a seller repeats, and hardly repeats in itself: names, addresses, terms of payment.
    let mut same = Random(1);
    let _ = write!(
        text,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Faktura>"
    );
    while text.len() < bytes * 7 / 20 {
        let tag = ["Adres", "Opis", "Stopka", "KRS"][same.below(4)];
        let _ = write!(text, "<{tag}>");
        for _ in 0..40 {
            let letter = same.below(30);
            text.push(char::from(b"abcdefghijklmnoprstuwyz .-0123"[letter]));
        }
        let _ = write!(text, "</{tag}>");
    }
    let mut own = Random(number as u64 + 2);
    let mut line = 0;
    while text.len() < bytes {
        line += 1;
        let _ = write!(
            text,
            "<FaWiersz><NrWierszaFa>{line}</NrWierszaFa><UU_ID>{:08x}{:08x}</UU_ID><P_7>towar {:05}</P_7><P_8B>{}</P_8B><P_9A>{}.{:02}</P_9A></FaWiersz>",
            own.below(1 << 31),
            own.below(1 << 31),
            own.below(100_000),
            own.below(50),
            own.below(10_000),
            own.below(100),
        );
    }
    let mut text = text.into_bytes();
    text.truncate(bytes);
    text
}

/// A linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}
