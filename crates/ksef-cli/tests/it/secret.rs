//! `ksef secret`.

use crate::console::{run_with_input, run_with_variables};
use crate::user::User;

#[test]
fn secrets_come_and_go() {
    let user = User::new();
    run_with_input(&user, &["secret", "set", "a", "--stdin"], "hidden\n").says("a");
    let list = user.run(["secret", "list", "--json"]).ends_with(0).json();
    assert_eq!(list["protection"], "key-file");
    assert_eq!(list["secrets"][0]["name"], "a");
    user.run(["secret", "rm", "a"]).says("a");
    user.run(["secret", "rm", "a"]).fails_with(2, "no secret");
}

#[test]
fn a_secret_is_never_an_argument() {
    let user = User::new();
    user.run(["secret", "set", "a", "value"])
        .fails_with(2, "value");
    user.run(["secret", "set", "a"]).fails_with(2, "--stdin");
    run_with_input(&user, &["secret", "set", "a", "--stdin"], "").fails_with(2, "empty");
    run_with_input(&user, &["secret", "set", "a:b", "--stdin"], "x").fails_with(2, "a:b");
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let user = User::new();
    let set = ["secret", "set", "a", "--stdin"];
    let with = |passphrase| [("KSEF_PASSPHRASE", passphrase)];
    let mut child = user.command();
    let child = child
        .args(set)
        .env("KSEF_PASSPHRASE", "right")
        .stdin(std::process::Stdio::piped());
    let mut child = child.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"hidden").unwrap();
    assert!(child.wait().unwrap().success());

    let list = ["secret", "list", "--json"];
    let right = run_with_variables(&user, &list, &with("right")).ends_with(0);
    assert_eq!(right.json()["protection"], "passphrase");
    run_with_variables(&user, &list, &with("wrong")).fails_with(3, "does not open");
    user.run(list).fails_with(3, "KSEF_PASSPHRASE");
    run_with_variables(&user, &["secret", "passphrase", "--remove"], &with("right"))
        .says("key file");
    user.run(list).ends_with(0);
}

#[test]
fn the_passphrase_can_be_changed() {
    let user = User::new();
    run_with_input(&user, &["secret", "set", "a", "--stdin"], "hidden").ends_with(0);
    run_with_input(&user, &["secret", "passphrase", "--stdin"], "new one").says("passphrase");
    run_with_variables(
        &user,
        &["secret", "list"],
        &[("KSEF_PASSPHRASE", "new one")],
    )
    .says("a");
    user.run(["secret", "passphrase"]).fails_with(2, "terminal");
}

#[test]
fn a_damaged_store_is_reported() {
    let user = User::new();
    run_with_input(&user, &["secret", "set", "a", "--stdin"], "hidden").ends_with(0);
    user.write("home/data/secrets/store.json", "{}");
    user.run(["secret", "list"]).fails_with(1, "damaged");
}
