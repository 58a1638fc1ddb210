#![no_main]

use std::collections::HashSet;

use ksef_sdk::receiving::parse_metadata;
use libfuzzer_sys::fuzz_target;

// Whatever a package calls its list: it is refused, or it names as many different invoices as were promised.
fuzz_target!(|input: &[u8]| {
    for promised in 0..4 {
        let Ok(invoices) = parse_metadata(input, promised) else {
            continue;
        };
        let numbers: HashSet<_> = invoices.iter().map(|invoice| invoice.ksef_number).collect();
        assert_eq!(numbers.len() as u64, promised);
        assert_eq!(invoices.len() as u64, promised);
    }
});
