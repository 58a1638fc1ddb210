//! `ksef testdata`.

use serde_json::{Value, json};

use crate::local_ksef::LocalKsef;
use crate::user::{Run, SELLER, User};

/// Runs a command against a local KSeF on behalf of the seller.
fn at(user: &User, ksef: &LocalKsef, line: &str) -> Run {
    let url = ksef.url();
    let place = ["--url", url.as_str(), "--context", SELLER];
    user.run(line.split(' ').chain(place))
}

fn asked(user: &User, ksef: &LocalKsef, path: &str) -> Value {
    at(user, ksef, &format!("raw GET {path}"))
        .ends_with(0)
        .json()
}

#[test]
fn entities_and_persons_come_and_go() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let create = "testdata subject create 5265877635 --kind vat-group --unit 7762811692=Branch";
    let dry = at(&user, &ksef, &format!("{create} --dry-run")).ends_with(0);
    assert!(dry.stdout.is_empty() && dry.stderr.contains("would create 5265877635"));
    at(&user, &ksef, create).says("as VatGroup with 1 units");
    at(&user, &ksef, create).fails_with(5, "30001");
    let removed = at(&user, &ksef, "testdata subject remove 5265877635 --json").ends_with(0);
    assert_eq!(removed.json(), json!({"removed": "5265877635"}));

    let person = "testdata person create 7762811692 --pesel 15062788702 --bailiff --json";
    let created = at(&user, &ksef, person).ends_with(0).json();
    assert_eq!(
        (&created["bailiff"], &created["deceased"]),
        (&json!(true), &json!(false))
    );
    at(&user, &ksef, person).fails_with(5, "30001");
    at(&user, &ksef, "testdata person remove 7762811692").says("removed the person");
    at(&user, &ksef, "testdata person create 7762811692 --pesel 1").fails_with(2, "--pesel");
    at(
        &user,
        &ksef,
        "testdata subject create 5265877635 --kind church",
    )
    .fails_with(2, "vat-group");
    at(
        &user,
        &ksef,
        "testdata subject create 5265877635 --kind vat-group --description x",
    )
    .fails_with(2, "5 to 256");
}

#[test]
fn permissions_are_granted_and_withdrawn() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let grant = "testdata permission grant 7762811692 --to 5265877635 --permission invoiceread";
    at(&user, &ksef, grant)
        .says("granted Nip:5265877635 in the context of 7762811692: InvoiceRead");
    at(
        &user,
        &ksef,
        "testdata permission revoke 7762811692 --from Nip:5265877635",
    )
    .says("withdrew");
    at(
        &user,
        &ksef,
        "testdata permission grant 7762811692 --to 1 --permission InvoiceRead",
    )
    .fails_with(2, "a PESEL (11 digits)");
    at(
        &user,
        &ksef,
        "testdata permission grant 7762811692 --to 5265877635 --permission Fly",
    )
    .fails_with(2, "InvoiceRead, InvoiceWrite");
}

#[test]
fn nobody_logs_in_to_a_blocked_context() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(&user, &ksef, "testdata context block 5265877635").says("blocked Nip:5265877635");
    at(&user, &ksef, "auth login").fails_with(3, "480");
    at(&user, &ksef, "testdata context unblock 5265877635").says("unblocked");
    at(&user, &ksef, "auth login").ends_with(0);
    at(&user, &ksef, "testdata context block nobody").fails_with(2, "nobody");
}

#[test]
fn the_consent_to_attachments_is_given_and_withdrawn() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let status = "/permissions/attachments/status";
    at(&user, &ksef, "testdata attachment grant 5265877635").says("may send");
    assert_eq!(asked(&user, &ksef, status)["isAttachmentAllowed"], true);
    at(
        &user,
        &ksef,
        "testdata attachment revoke 5265877635 --from 2099-01-01",
    )
    .says("2099-01-01");
    let ends = asked(&user, &ksef, status);
    assert_eq!(ends["isAttachmentAllowed"], true);
    assert_eq!(ends["revokedDate"], "2098-12-31T23:00:00.0000000+00:00");
    at(&user, &ksef, "testdata attachment revoke 5265877635").says("withdrew");
    assert_eq!(asked(&user, &ksef, status)["isAttachmentAllowed"], false);
    at(&user, &ksef, "testdata attachment grant 1").fails_with(2, "NIP");
}

#[test]
fn limits_change_one_by_one_and_are_restored() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    let before = asked(&user, &ksef, "/limits/context");
    let set = "testdata limit set-sessions --online-invoices 5 --collective-invoices 7";
    at(&user, &ksef, set).says("changed the limits");
    let mut expected = before.clone();
    expected["onlineSession"]["maxInvoices"] = json!(5);
    expected["collectiveIdentifier"]["maxInvoices"] = json!(7);
    assert_eq!(asked(&user, &ksef, "/limits/context"), expected);
    at(&user, &ksef, "testdata limit reset-sessions").says("restored");
    assert_eq!(asked(&user, &ksef, "/limits/context"), before);
    at(&user, &ksef, "testdata limit set-sessions").fails_with(2, "--online-invoices");
    at(
        &user,
        &ksef,
        "testdata limit set-sessions --online-invoice-mb 6",
    )
    .fails_with(2, "0..=5");

    at(
        &user,
        &ksef,
        "testdata limit set-certificates --certificates 2 --of nip",
    )
    .says("changed");
    let subject = asked(&user, &ksef, "/limits/subject");
    assert_eq!(subject["certificate"]["maxCertificates"], 2);
    at(&user, &ksef, "testdata limit reset-certificates").says("restored");
    let subject = asked(&user, &ksef, "/limits/subject");
    assert_eq!(subject["certificate"]["maxCertificates"], 100);
}

#[test]
fn request_limits_are_set_by_group() {
    let (user, ksef) = (User::new(), LocalKsef::start());
    at(
        &user,
        &ksef,
        "testdata rate set --limit invoiceSend=9/28/170 --limit other=7/70/700",
    )
    .says("changed the limits of requests of Nip:5265877635");
    let limits = asked(&user, &ksef, "/rate-limits");
    let values =
        |second, minute, hour| json!({"perSecond": second, "perMinute": minute, "perHour": hour});
    assert_eq!(limits["invoiceSend"], values(9, 28, 170));
    assert_eq!(limits["other"], values(7, 70, 700));
    assert_eq!(
        limits["invoiceStatus"],
        values(30, 120, 1_200),
        "production where it was off"
    );
    at(&user, &ksef, "testdata rate production").says("production");
    assert_eq!(
        asked(&user, &ksef, "/rate-limits")["invoiceSend"],
        values(10, 30, 180)
    );
    at(&user, &ksef, "testdata rate reset").says("restored");
    assert_eq!(
        asked(&user, &ksef, "/rate-limits")["invoiceSend"],
        values(-1, -1, -1)
    );
    for wrong in [
        "invoiceSend=1/2",
        "onlineSessionClose=1/2/3",
        "other=0/1/1",
        "other",
    ] {
        at(&user, &ksef, &format!("testdata rate set --limit {wrong}")).ends_with(2);
    }
    at(
        &user,
        &ksef,
        "testdata rate set --limit invoiceSend=10/30/99999",
    )
    .fails_with(5, "21405");
}

#[test]
fn real_taxpayers_are_no_test_data() {
    let user = User::new();
    for (place, line) in [
        ("demo", "testdata subject remove 5265877635"),
        ("production", "testdata context block 5265877635"),
        ("production", "testdata rate reset"),
    ] {
        let line = format!("{line} --env {place} --context {SELLER}");
        user.run(line.split(' '))
            .fails_with(2, &format!("there is no test data on {place}"));
    }
}
