//! The reference of the command line is what the program says.

use std::path::Path;

use crate::user::User;

/// `KSEF_UPDATE_REFERENCE=1 cargo test -p ksef-cli reference` writes the page anew.
#[test]
fn the_reference_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    let user = User::new();
    let page = user.run(["help-markdown"]).ends_with(0).stdout;
    if std::env::var_os("KSEF_UPDATE_REFERENCE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, page, "run the test with KSEF_UPDATE_REFERENCE=1");
}

/// Every command tells by an example how it is used.
#[test]
fn every_command_has_an_example() {
    let user = User::new();
    let page = user.run(["help-markdown"]).ends_with(0).stdout;
    let sections = page.split("\n#").skip(1);
    let mut commands = 0;
    for section in sections {
        let title = section.lines().next().unwrap_or_default();
        if section.contains("```text\nksef ") {
            commands += 1;
            assert!(section.contains("Examples:"), "{title} has no example");
        }
    }
    assert!(commands >= 30, "{commands}");
}
