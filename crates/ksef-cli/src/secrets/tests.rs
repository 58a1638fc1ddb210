use super::*;
use crate::exit::Exit;
use crate::lang::Lang;

fn open(folder: &Path) -> Secrets {
    Secrets::new(folder, Prompt::new(Lang::En, true))
}

fn now() -> Timestamp {
    "2026-11-21T08:00:00Z".parse().unwrap()
}

#[test]
fn a_secret_survives_and_is_nowhere_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = open(folder.path());
    assert_eq!(secrets.get("a").unwrap(), None);
    assert!(secrets.protection().unwrap().is_none());
    secrets
        .set("a", SecretText::new("planted-secret"), now())
        .unwrap();
    secrets.set("b", SecretText::new("other"), now()).unwrap();

    let again = open(folder.path());
    assert_eq!(
        again.get("a").unwrap(),
        Some(SecretText::new("planted-secret"))
    );
    assert_eq!(again.protection().unwrap(), Some(Protection::KeyFile));
    let names: Vec<String> = again
        .list()
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    assert_eq!(names, ["a", "b"]);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(14).any(|window| window == b"planted-secret"));
    }
    assert!(again.remove("a").unwrap());
    assert!(!again.remove("a").unwrap());
    assert_eq!(open(folder.path()).get("a").unwrap(), None);
}

#[test]
fn a_passphrase_replaces_the_key_file_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = open(folder.path());
    secrets.set("a", SecretText::new("1"), now()).unwrap();
    secrets
        .protect(Some(&SecretText::new("correct horse")))
        .unwrap();
    assert_eq!(
        secrets.get("a").unwrap(),
        Some(SecretText::new("1")),
        "the key is remembered"
    );
    let key_files = || {
        let names = std::fs::read_dir(folder.path()).unwrap();
        names
            .filter(|name| {
                name.as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with("key-")
            })
            .count()
    };
    assert_eq!(key_files(), 0);
    assert_eq!(secrets.protection().unwrap(), Some(Protection::Passphrase));

    let stranger = open(folder.path());
    assert_eq!(
        stranger.get("a").unwrap_err().exit(),
        Exit::Auth,
        "no passphrase at hand"
    );

    secrets.protect(None).unwrap();
    assert_eq!(key_files(), 1);
    assert_eq!(
        open(folder.path()).get("a").unwrap(),
        Some(SecretText::new("1"))
    );
}

#[test]
fn damage_and_tampering_are_noticed() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path())
        .set("a", SecretText::new("1"), now())
        .unwrap();
    let path = folder.path().join("store.json");
    let good = std::fs::read_to_string(&path).unwrap();
    let flipped = good.replace("\"sealed\":\"", "\"sealed\":\"AAAA");
    for bad in [
        "",
        "{}",
        flipped.as_str(),
        &good.replace("\"version\":1", "\"version\":2"),
    ] {
        std::fs::write(&path, bad).unwrap();
        let error = open(folder.path()).get("a").unwrap_err();
        assert_eq!(error.exit(), Exit::Failed, "{bad}");
        assert!(
            open(folder.path())
                .set("b", SecretText::new("2"), now())
                .is_err()
        );
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            bad,
            "damaged stores are kept"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    open(folder.path())
        .set("a", SecretText::new("1"), now())
        .unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("key-")
        {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
    assert_eq!(
        open(folder.path()).get("a").unwrap_err().exit(),
        Exit::Failed
    );
}
