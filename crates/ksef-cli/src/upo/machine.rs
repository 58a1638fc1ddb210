//! Results for programs.

use ksef_crypto::certificate::Certificate;
use ksef_invoice::upo::{AuthenticationProof, Upo, UpoDocument};
use ksef_sdk::upo::SignedUpo;
use serde_json::{Map, Value, json};

use super::entry::Match;
use super::file::{Claims, Judged};
use super::papers::Papers;
use super::words;
use crate::lang::{Lang, Text};
use crate::validate::finding_json;

/// Everything, as one document.
pub(crate) fn document(files: &[Judged], papers: &Papers, lang: Lang) -> Value {
    let claims = || files.iter().filter_map(|file| file.claims.as_ref().ok());
    let matches = || claims().flat_map(|claims| &claims.matches);
    let count = |wanted: fn(&Match) -> bool| matches().filter(|found| wanted(found)).count();
    let verdicts = |name: &str| {
        let is = |file: &&Judged| file.verdict().name() == name;
        files.iter().filter(is).count()
    };
    let without: Vec<Value> = papers
        .without_entry()
        .map(|paper| {
            json!({
                "file": paper.path.display().to_string(),
                "hash": paper.digest,
                "invoiceNumber": paper.metadata.as_ref().map(|known| &known.number),
            })
        })
        .collect();
    let unreadable: Vec<Value> = papers
        .unreadable
        .iter()
        .map(|(path, why)| json!({"file": path.display().to_string(), "reason": why.in_lang(lang)}))
        .collect();
    json!({
        "files": files.iter().map(|file| file_json(file, lang)).collect::<Vec<_>>(),
        "invoicesWithoutEntry": without,
        "unreadableInvoices": unreadable,
        "totals": {
            "files": files.len(),
            "genuine": verdicts("genuine"),
            "signerUnchecked": verdicts("signer-unchecked"),
            "wrong": verdicts("wrong"),
            "entries": matches().count(),
            "confirmed": count(|found| matches!(found, Match::Confirmed { .. })),
            "different": count(|found| matches!(found, Match::Differs { .. })),
            "withoutInvoice": count(|found| matches!(found, Match::Unmatched)),
            "invoicesWithoutEntry": without.len(),
        },
    })
}

fn file_json(file: &Judged, lang: Lang) -> Value {
    let mut value = Map::new();
    value.insert("file".into(), file.name.clone().into());
    value.insert("verdict".into(), file.verdict().name().into());
    match &file.claims {
        Err(why) => {
            value.insert("problems".into(), json!([why.in_lang(lang)]));
        }
        Ok(claims) => {
            let all =
                |texts: &[Text]| -> Value { texts.iter().map(|text| text.in_lang(lang)).collect() };
            value.insert("problems".into(), all(&claims.problems));
            value.insert("warnings".into(), all(&claims.warnings));
            value.insert("signature".into(), signature_json(&claims.signed));
            let findings = claims.signed.findings();
            let findings: Vec<Value> = findings.iter().map(finding_json).collect();
            value.insert("schemaFindings".into(), findings.into());
            value.insert("upo".into(), claims_json(claims, lang));
        }
    }
    Value::Object(value)
}

fn signature_json(signed: &SignedUpo) -> Value {
    let chain = signed.chain().map(|chain| {
        let certificates = chain.certificates().iter();
        certificates.map(certificate_json).collect::<Vec<_>>()
    });
    json!({
        "signer": certificate_json(signed.signer()),
        "signingTime": signed.signing_time(),
        "signerIsTrusted": chain.is_some(),
        "chain": chain,
    })
}

fn certificate_json(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serialNumber": certificate.serial_hex(),
        "fingerprint": certificate.fingerprint().to_string(),
        "validFrom": certificate.not_before(),
        "validTo": certificate.not_after(),
    })
}

fn claims_json(claims: &Claims, lang: Lang) -> Value {
    let mut value = upo_json(claims.signed.upo());
    let documents = value.get_mut("documents").and_then(Value::as_array_mut);
    for (entry, found) in documents.into_iter().flatten().zip(&claims.matches) {
        if let Some(entry) = entry.as_object_mut() {
            entry.insert("match".into(), match_json(found, lang));
        }
    }
    value
}

fn match_json(found: &Match, lang: Lang) -> Value {
    match found {
        Match::Unmatched => json!({"outcome": "without-invoice"}),
        Match::Confirmed { path, origin } => json!({
            "outcome": "confirmed",
            "invoice": path.display().to_string(),
            "origin": origin.name(),
        }),
        Match::Differs {
            path,
            origin,
            differences,
        } => {
            let told = |difference| words::difference(difference).in_lang(lang).to_owned();
            json!({
                "outcome": "different",
                "invoice": path.display().to_string(),
                "origin": origin.name(),
                "differences": differences.iter().map(told).collect::<Vec<_>>(),
            })
        }
    }
}

/// What a UPO says.
pub(crate) fn upo_json(upo: &Upo) -> Value {
    let (token, document) = match &upo.proof {
        AuthenticationProof::Token(token) => (Some(token), None),
        AuthenticationProof::Document(digest) => (None, Some(digest)),
    };
    json!({
        "version": upo.version.name(),
        "declaredVersion": upo.declared_version,
        "issuer": upo.issuer,
        "sessionReferenceNumber": upo.session,
        "context": upo.context.to_string(),
        "tokenReferenceNumber": token,
        "authenticationDocumentHash": document,
        "page": upo.page.map(|page| json!({
            "number": page.number,
            "count": page.count,
            "first": page.first,
            "last": page.last,
            "total": page.total,
        })),
        "schema": upo.schema,
        "form": upo.form,
        "documents": upo.documents.iter().map(entry_json).collect::<Vec<_>>(),
    })
}

fn entry_json(entry: &UpoDocument) -> Value {
    json!({
        "ksefNumber": entry.ksef_number,
        "sellerNip": entry.seller,
        "invoiceNumber": entry.number,
        "issueDate": entry.issue_date,
        "sent": entry.sent,
        "numbered": entry.numbered,
        "invoiceHash": entry.digest,
        "invoicingMode": entry.mode.map(|mode| mode.wire_name()),
    })
}
