use std::path::Path;
use std::process::Command;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use super::*;
use crate::issuing::since_1970;

/// A certificate with its key, and what it takes to issue others.
struct Made {
    certificate: Certificate,
    params: CertificateParams,
    key: KeyPair,
}

/// What a certificate is to be.
#[derive(Clone)]
struct Wish {
    name: &'static str,
    from: &'static str,
    until: &'static str,
    is_ca: IsCa,
    usages: Vec<KeyUsagePurpose>,
    critical: Option<Vec<u64>>,
}

impl Wish {
    fn authority(name: &'static str) -> Self {
        Self {
            name,
            from: "2020-01-01T00:00:00Z",
            until: "2040-01-01T00:00:00Z",
            is_ca: IsCa::Ca(BasicConstraints::Unconstrained),
            usages: vec![KeyUsagePurpose::KeyCertSign],
            critical: None,
        }
    }

    fn signer() -> Self {
        Self {
            is_ca: IsCa::ExplicitNoCa,
            usages: vec![KeyUsagePurpose::DigitalSignature],
            ..Self::authority("signer")
        }
    }

    fn valid(mut self, from: &'static str, until: &'static str) -> Self {
        (self.from, self.until) = (from, until);
        self
    }

    fn with(mut self, is_ca: IsCa) -> Self {
        self.is_ca = is_ca;
        self
    }

    fn for_use(mut self, usages: &[KeyUsagePurpose]) -> Self {
        self.usages = usages.to_vec();
        self
    }

    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, self.name);
        let instant = |text: &str| since_1970(text.parse().unwrap()).unwrap();
        params.not_before = rcgen::date_time_ymd(1970, 1, 1) + instant(self.from);
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + instant(self.until);
        params.is_ca = self.is_ca;
        // openssl chooses among namesakes by it and tries no other.
        params.use_authority_key_identifier_extension = true;
        params.key_usages.clone_from(&self.usages);
        if let Some(oid) = &self.critical {
            let mut extension = CustomExtension::from_oid_content(oid, vec![5, 0]);
            extension.set_criticality(true);
            params.custom_extensions.push(extension);
        }
        params
    }

    fn root(&self) -> Made {
        let (params, key) = (self.params(), KeyPair::generate().unwrap());
        let made = params.self_signed(&key).unwrap();
        Made::of(made.der(), params, key)
    }

    fn by(&self, issuer: &Made) -> Made {
        let (params, key) = (self.params(), KeyPair::generate().unwrap());
        let above = Issuer::from_params(&issuer.params, &issuer.key);
        let made = params.signed_by(&key, &above).unwrap();
        Made::of(made.der(), params, key)
    }
}

impl Made {
    fn of(der: &[u8], params: CertificateParams, key: KeyPair) -> Self {
        let certificate = Certificate::from_der(der).unwrap();
        Self {
            certificate,
            params,
            key,
        }
    }
}

const THEN: &str = "2026-03-01T12:00:00Z";

fn then() -> Timestamp {
    THEN.parse().unwrap()
}

fn of(made: &[&Made]) -> Vec<Certificate> {
    made.iter().map(|made| made.certificate.clone()).collect()
}

/// Asks both us and, where it is there, openssl; their verdicts must agree.
fn judge_by_both(
    trusted: &[&Made],
    carried: &[&Made],
    end: &Made,
) -> Result<Vec<Certificate>, ChainError> {
    let anchors = Anchors::new(of(trusted));
    let ours = anchors
        .chain(&end.certificate, &of(carried), then())
        .map(|chain| chain.certificates);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let all = |certificates: &[Certificate]| -> String {
        certificates.iter().map(Certificate::to_pem).collect()
    };
    std::fs::write(path.join("trusted.pem"), all(anchors.trusted())).unwrap();
    let others = [anchors.below.clone(), of(carried)].concat();
    std::fs::write(path.join("others.pem"), all(&others)).unwrap();
    std::fs::write(path.join("end.pem"), end.certificate.to_pem()).unwrap();
    if let Some(theirs) = openssl_accepts(path, !others.is_empty()) {
        assert_eq!(ours.is_ok(), theirs, "openssl differs: {ours:?}");
    }
    ours
}

/// `None` when openssl is not there.
fn openssl_accepts(folder: &Path, has_others: bool) -> Option<bool> {
    let seconds = then().as_second().to_string();
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(["verify", "-partial_chain"]);
    command.args(["-CAfile", "trusted.pem", "-attime", &seconds]);
    if has_others {
        command.args(["-untrusted", "others.pem"]);
    }
    let output = command.arg("end.pem").output();
    let Ok(output) = output else {
        eprintln!("skipped: openssl is not installed");
        return None;
    };
    Some(output.status.success())
}

fn kind(outcome: Result<Vec<Certificate>, ChainError>) -> ChainErrorKind {
    outcome.unwrap_err().kind().clone()
}

#[test]
fn a_chain_is_found_whatever_is_given_and_carried() {
    let root = Wish::authority("root").root();
    let middle = Wish::authority("middle")
        .with(IsCa::Ca(BasicConstraints::Constrained(0)))
        .by(&root);
    let signer = Wish::signer().by(&middle);
    let stranger = Wish::authority("stranger").root();
    let whole = of(&[&signer, &middle, &root]);
    for (trusted, carried, expected) in [
        (vec![&root, &middle], vec![], &whole[..]),
        (vec![&middle, &root], vec![], &whole[..]),
        (vec![&root], vec![&middle], &whole[..]),
        (vec![&root], vec![&stranger, &middle, &root], &whole[..]),
        (vec![&middle], vec![], &whole[..2]),
        (vec![&stranger, &middle], vec![&root], &whole[..2]),
        (vec![&signer], vec![], &whole[..1]),
    ] {
        let found = judge_by_both(&trusted, &carried, &signer).unwrap();
        assert_eq!(found, expected);
    }
    let anchors = Anchors::new(of(&[&root, &middle, &root]));
    assert_eq!(anchors.trusted(), of(&[&root]));
    let chain = anchors.chain(&signer.certificate, &[], then()).unwrap();
    assert_eq!(chain.anchor(), Some(&root.certificate));
}

#[test]
fn nothing_trusted_or_nobody_known_is_no_chain() {
    let root = Wish::authority("root").root();
    let signer = Wish::signer().by(&root);
    let none = Anchors::default();
    assert!(none.is_empty());
    let error = none
        .chain(&signer.certificate, &of(&[&root]), then())
        .unwrap_err();
    assert_eq!(error.kind(), &ChainErrorKind::NoAnchors);

    // What the signature carries is not trusted for being carried.
    let stranger = Wish::authority("stranger").root();
    let error = judge_by_both(&[&stranger], &[&root], &signer).unwrap_err();
    assert_eq!(error.subject(), "CN=root");
    let issuer = "CN=root".to_owned();
    assert_eq!(error.kind(), &ChainErrorKind::NotTrusted { issuer });
    let issuer = "CN=root".to_owned();
    assert_eq!(
        kind(judge_by_both(&[&stranger], &[], &signer)),
        ChainErrorKind::NotTrusted { issuer }
    );
}

#[test]
fn a_name_alone_proves_nothing() {
    let root = Wish::authority("root").root();
    let namesake = Wish::authority("root").root();
    let signer = Wish::signer().by(&namesake);
    assert_eq!(
        kind(judge_by_both(&[&root], &[], &signer)),
        ChainErrorKind::Signature
    );
    // The right one among several of the same name is found, and the wrong one in the signature harms
    // nobody.
    let honest = Wish::signer().by(&root);
    assert_eq!(
        judge_by_both(&[&namesake, &root], &[], &honest).unwrap(),
        of(&[&honest, &root])
    );
    assert_eq!(
        judge_by_both(&[&root], &[&namesake], &honest).unwrap(),
        of(&[&honest, &root])
    );
    // An intermediate given together with a namesake of its root is not trusted by itself.
    let middle = Wish::authority("middle").by(&namesake);
    let signer = Wish::signer().by(&middle);
    let error = judge_by_both(&[&root, &middle], &[], &signer).unwrap_err();
    assert_eq!(error.kind(), &ChainErrorKind::Signature);
    assert_eq!(error.subject(), "CN=middle");
}

#[test]
fn a_changed_certificate_is_not_the_one_that_was_signed() {
    let root = Wish::authority("root").root();
    let signer = Wish::signer().by(&root);
    let mut der = signer.certificate.der().to_vec();
    let at = der.windows(6).position(|text| text == b"signer").unwrap();
    der[at] = b'S';
    let changed = Made::of(&der, signer.params, signer.key);
    assert_eq!(
        kind(judge_by_both(&[&root], &[], &changed)),
        ChainErrorKind::Signature
    );
}

#[test]
fn every_certificate_must_have_been_valid() {
    let (past, later) = ("2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let expired = ChainErrorKind::Expired {
        not_after: past.parse().unwrap(),
    };
    let early = ChainErrorKind::NotYetValid {
        not_before: later.parse().unwrap(),
    };
    for (from, until, expected) in [
        ("2020-01-01T00:00:00Z", past, expired),
        (later, "2040-01-01T00:00:00Z", early),
    ] {
        for wrong in 0..3 {
            let wish = |wish: Wish, place| {
                if place == wrong {
                    wish.valid(from, until)
                } else {
                    wish
                }
            };
            let root = wish(Wish::authority("root"), 0).root();
            let middle = wish(Wish::authority("middle"), 1).by(&root);
            let signer = wish(Wish::signer(), 2).by(&middle);
            let error = judge_by_both(&[&root], &[&middle], &signer).unwrap_err();
            assert_eq!(error.kind(), &expected);
            let name = ["CN=root", "CN=middle", "CN=signer"][wrong];
            assert_eq!(error.subject(), name);
        }
    }
    // The ends belong to the validity.
    let root = Wish::authority("root").valid(THEN, THEN).root();
    let signer = Wish::signer().valid(THEN, THEN).by(&root);
    assert!(judge(&[&root], &[], &signer).is_ok());
}

/// Our own verdict: openssl asks less of the signer, and takes the last second of a validity for over.
fn judge(trusted: &[&Made], carried: &[&Made], end: &Made) -> Result<Vec<Certificate>, ChainError> {
    Anchors::new(of(trusted))
        .chain(&end.certificate, &of(carried), then())
        .map(|chain| chain.certificates)
}

#[test]
fn only_authorities_issue() {
    for is_ca in [IsCa::NoCa, IsCa::ExplicitNoCa] {
        let root = Wish::authority("root").root();
        let person = Wish::authority("person")
            .with(is_ca)
            .for_use(&[KeyUsagePurpose::DigitalSignature])
            .by(&root);
        let signer = Wish::signer().by(&person);
        let error = judge_by_both(&[&root], &[&person], &signer).unwrap_err();
        assert_eq!(error.kind(), &ChainErrorKind::NotAuthority);
        assert_eq!(error.subject(), "CN=person");
    }
    let root = Wish::authority("root").root();
    let silent = Wish::authority("middle")
        .for_use(&[KeyUsagePurpose::CrlSign])
        .by(&root);
    let signer = Wish::signer().by(&silent);
    assert_eq!(
        kind(judge_by_both(&[&root], &[&silent], &signer)),
        ChainErrorKind::KeyUsage
    );
    // Without any key usage everything is allowed.
    let middle = Wish::authority("middle").for_use(&[]).by(&root);
    let signer = Wish::signer().for_use(&[]).by(&middle);
    assert!(judge_by_both(&[&root], &[&middle], &signer).is_ok());
}

#[test]
fn the_signer_may_sign_documents() {
    let root = Wish::authority("root").root();
    for (usages, passes) in [
        (vec![KeyUsagePurpose::ContentCommitment], true),
        (vec![KeyUsagePurpose::KeyEncipherment], false),
        (vec![KeyUsagePurpose::KeyCertSign], false),
    ] {
        let signer = Wish::signer().for_use(&usages).by(&root);
        let found = judge(&[&root], &[], &signer);
        assert_eq!(found.is_ok(), passes, "{usages:?}");
        if !passes {
            assert_eq!(kind(found), ChainErrorKind::KeyUsage);
        }
    }
}

#[test]
fn paths_are_as_long_as_authorities_allow() {
    let limited = |allowed| IsCa::Ca(BasicConstraints::Constrained(allowed));
    for (allowed, passes) in [(0, false), (1, true), (200, true)] {
        let root = Wish::authority("root").with(limited(allowed)).root();
        let middle = Wish::authority("middle").by(&root);
        let signer = Wish::signer().by(&middle);
        let found = judge_by_both(&[&root], &[&middle], &signer);
        assert_eq!(found.is_ok(), passes, "{allowed}");
        if !passes {
            assert_eq!(kind(found), ChainErrorKind::PathLength { allowed: 0 });
        }
    }
    // A certificate that an authority gave its own new key does not count.
    let root = Wish::authority("root").root();
    let old = Wish::authority("middle").with(limited(0)).by(&root);
    let new = Wish::authority("middle").by(&old);
    let signer = Wish::signer().by(&new);
    assert!(judge_by_both(&[&root], &[&old, &new], &signer).is_ok());
}

#[test]
fn what_is_critical_must_be_understood() {
    let root = Wish::authority("root").root();
    let mut wish = Wish::signer();
    wish.critical = Some(vec![1, 2, 3, 4]);
    let signer = wish.by(&root);
    let oid = "1.2.3.4".to_owned();
    assert_eq!(
        kind(judge_by_both(&[&root], &[], &signer)),
        ChainErrorKind::CriticalExtension { oid }
    );
    assert_eq!(
        signer.certificate.critical_extensions(),
        ["2.5.29.15", "2.5.29.19", "1.2.3.4"]
    );
}

#[test]
fn loops_end() {
    // Two authorities that certified each other, and a third one that nobody trusts.
    let first = Wish::authority("first").root();
    let second = Wish::authority("second").by(&first);
    let above = Issuer::from_params(&second.params, &second.key);
    let again = first.params.signed_by(&first.key, &above).unwrap();
    let again = Certificate::from_der(again.der()).unwrap();
    let signer = Wish::signer().by(&second);
    let trusted = Wish::authority("trusted").root();
    let carried = [vec![again], of(&[&second])].concat();
    let found = Anchors::new(of(&[&trusted])).chain(&signer.certificate, &carried, then());
    assert!(matches!(
        found.unwrap_err().kind(),
        ChainErrorKind::NotTrusted { .. } | ChainErrorKind::TooLong
    ));
}

#[test]
fn the_length_and_the_work_are_bounded() {
    let root = Wish::authority("0").root();
    let mut line = vec![root];
    for name in ["1", "2", "3", "4", "5", "6", "7"] {
        let next = Wish::authority(name).by(line.last().unwrap());
        line.push(next);
    }
    let carried: Vec<&Made> = line.iter().skip(1).collect();
    let signer = Wish::signer().by(&line[6]);
    let found = judge_by_both(&[&line[0]], &carried, &signer).unwrap();
    assert_eq!(found.len(), CHAIN_MAX);
    let signer = Wish::signer().by(&line[7]);
    let found = judge(&[&line[0]], &carried, &signer);
    assert_eq!(kind(found), ChainErrorKind::TooLong);

    // As many namesakes as one likes cost no more than the limit.
    let namesakes: Vec<Made> = (0..SIGNATURES_MAX + 10)
        .map(|_| Wish::authority("root").root())
        .collect();
    let root = Wish::authority("root").root();
    let signer = Wish::signer().by(&root);
    let others: Vec<&Made> = namesakes.iter().collect();
    let found = judge(&others, &[], &signer);
    assert_eq!(kind(found), ChainErrorKind::Signature);
    let found = judge(&[&root], &others, &signer);
    assert!(found.is_ok(), "trusted certificates come first");
}

#[test]
fn signatures_that_rest_on_sha_1_are_not_relied_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &str| {
        Command::new("openssl")
            .current_dir(folder.path())
            .args(arguments.split(' '))
            .output()
    };
    let root = "req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 3650 -subj /CN=root";
    let Ok(made) = run(root) else {
        eprintln!("skipped: openssl is not installed");
        return;
    };
    assert!(made.status.success(), "{made:?}");
    for (hash, passes) in [("sha1", false), ("sha256", true)] {
        for command in [
            "req -newkey rsa:2048 -nodes -keyout end.key -out end.csr -subj /CN=end".to_owned(),
            format!(
                "x509 -req -{hash} -in end.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -out end.pem"
            ),
        ] {
            let made = run(&command).unwrap();
            assert!(made.status.success(), "{made:?}");
        }
        let read = |name| {
            let pem = std::fs::read(folder.path().join(name)).unwrap();
            Certificate::from_pem(&pem).unwrap()
        };
        let (root, end) = (read("root.pem"), read("end.pem"));
        let found = Anchors::new([root]).chain(&end, &[], end.not_before());
        assert_eq!(found.is_ok(), passes, "{found:?}");
        if let Err(error) = found {
            let kind = error.kind();
            assert!(
                matches!(kind, ChainErrorKind::WeakSignature { .. }),
                "{kind:?}"
            );
        }
    }
}
