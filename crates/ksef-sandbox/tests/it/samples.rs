//! The Ministry's 26 sample invoices, when they are on this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::sending::Sending;
use crate::support::World;

fn samples() -> Option<Vec<(String, String)>> {
    let directory = std::env::var_os("KSEF_SPEC_DIR").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples/fa3"),
        |spec| PathBuf::from(spec).join("../samples/fa3"),
    );
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(directory).ok()? {
        let path = entry.ok()?.path();
        let name = path.file_name()?.to_string_lossy().into_owned();
        samples.push((name, std::fs::read_to_string(path).ok()?));
    }
    samples.sort();
    (samples.len() == 26).then_some(samples)
}

#[tokio::test]
async fn they_end_as_ksef_would_end_them() {
    let Some(samples) = samples() else {
        eprintln!("skipped: the samples are not here");
        return;
    };
    let world = World::start().await;
    let seller = samples[0]
        .1
        .split_once("<NIP>")
        .unwrap()
        .1
        .split_once("</NIP>")
        .unwrap()
        .0
        .to_owned();
    let access = world.owner(&seller).await.access_token;
    let session = Sending::open(&world, &access).await;
    let mut sent = Vec::new();
    for (name, xml) in &samples {
        sent.push((name, session.send(&world, &access, xml).await));
    }
    session.close(&world, &access).await.unwrap();
    let mut outcomes: BTreeMap<i32, usize> = BTreeMap::new();
    for (name, invoice) in sent {
        let outcome = session.settled(&world, &access, invoice).await;
        let code = outcome.status.code;
        assert!(
            [200, 415, 440].contains(&code),
            "{name}: {:?}",
            outcome.status
        );
        assert_eq!(outcome.status.original_ksef_number().is_some(), code == 440);
        *outcomes.entry(code).or_default() += 1;
    }
    assert_eq!(
        outcomes.into_iter().collect::<Vec<_>>(),
        [(200, 12), (415, 2), (440, 12)]
    );
    let ended = session.becomes(&world, &access, 200).await;
    assert_eq!(
        (ended.successful_invoice_count, ended.failed_invoice_count),
        (Some(12), Some(14))
    );
}
