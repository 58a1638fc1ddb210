//! Results for machines. The names are part of the interface: add, do not change.

use std::path::Path;

use ksef_api::status::InvoiceStatus;
use serde_json::{Map, Value, json};

use super::{Outcome, Results, Row, SessionRow};
use crate::lang::Lang;
use crate::printer::Printer;
use crate::validate::finding_json;

impl Row {
    fn json(&self) -> Value {
        let mut row = Map::new();
        row.insert("file".into(), self.path.display().to_string().into());
        row.insert("status".into(), self.outcome.name().into());
        if let Some(planned) = &self.planned {
            row.insert("hash".into(), json!(planned.hash));
            row.insert("size".into(), planned.size.into());
            row.insert("form".into(), planned.form.system_code().into());
            row.insert("number".into(), json!(planned.number));
            row.insert("kind".into(), json!(planned.kind));
            row.insert("seller".into(), json!(planned.seller));
            row.insert("issueDate".into(), json!(planned.issued));
        }
        if let Some(context) = &self.context {
            row.insert("context".into(), context.to_string().into());
        }
        if let Some(other) = &self.same_as {
            row.insert("sameAs".into(), other.display().to_string().into());
        }
        if self.left_over {
            row.insert("leftOver".into(), true.into());
        }
        if !self.warnings.is_empty() {
            let warnings: Vec<Value> = self.warnings.iter().map(finding_json).collect();
            row.insert("findings".into(), warnings.into());
        }
        self.outcome.add_json(&mut row);
        Value::Object(row)
    }
}

impl Outcome {
    /// The stable name, for machines.
    fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Pending { .. } => "pending",
            Self::Unknown => "unknown",
            Self::NotSent(_) => "not-sent",
            Self::WouldSend { .. } => "would-send",
            Self::Invalid(..) => "invalid",
        }
    }

    fn add_json(&self, row: &mut Map<String, Value>) {
        match self {
            Self::Accepted {
                accepted,
                receipt,
                before,
            } => {
                row.insert("before".into(), (*before).into());
                row.insert("statusCode".into(), 200.into());
                row.insert("ksefNumber".into(), json!(accepted.ksef_number));
                row.insert("session".into(), json!(accepted.session));
                row.insert("invoice".into(), json!(accepted.invoice));
                row.insert("acquired".into(), json!(accepted.acquired));
                row.insert("recognisedDuplicate".into(), accepted.earlier.into());
                if let Some(receipt) = receipt {
                    row.insert("xmlPath".into(), receipt.xml_path.clone().into());
                    row.insert("upoPath".into(), receipt.upo_path.clone().into());
                    row.insert("upoHash".into(), json!(receipt.upo_hash));
                }
                let verified = receipt.as_ref().is_some_and(|receipt| receipt.verified);
                row.insert("upoVerified".into(), verified.into());
                let signature = receipt.as_ref().map(|receipt| &receipt.signature);
                row.insert("upoSignature".into(), json!(signature));
            }
            Self::Rejected { rejected, before } => {
                row.insert("before".into(), (*before).into());
                row.insert("statusCode".into(), rejected.code.into());
                row.insert("description".into(), rejected.description.clone().into());
                row.insert("details".into(), json!(rejected.details));
                row.insert("conflictKsefNumber".into(), json!(rejected.conflict));
                row.insert("session".into(), json!(rejected.session));
                row.insert("invoice".into(), json!(rejected.invoice));
            }
            Self::Pending { status } => {
                row.insert("statusCode".into(), json!(status.map(InvoiceStatus::code)));
            }
            Self::NotSent(why) => {
                row.insert("reason".into(), why.in_lang(Lang::En).into());
            }
            Self::Invalid(findings, why) => {
                row.insert("reason".into(), why.in_lang(Lang::En).into());
                row.insert("findings".into(), findings.clone().into());
            }
            Self::WouldSend {
                has_attachment,
                in_batch,
            } => {
                row.insert("hasAttachment".into(), (*has_attachment).into());
                row.insert("inBatch".into(), (*in_batch).into());
            }
            Self::Unknown => {}
        }
    }
}

impl Results {
    /// Everything as one document.
    pub(super) fn json(&self, printer: &Printer) -> Value {
        let inputs: Vec<Value> = self
            .bad_inputs
            .iter()
            .map(|(path, why)| json!({"path": path.display().to_string(), "reason": why.in_lang(Lang::En)}))
            .collect();
        let errors: Vec<Value> = self
            .errors
            .iter()
            .map(|(context, error)| {
                let mut value = printer.error_json(error, Lang::En);
                if let (Some(context), Some(members)) = (context, value.as_object_mut()) {
                    members.insert("context".into(), context.to_string().into());
                }
                value
            })
            .collect();
        let sessions: Vec<Value> = self.sessions.iter().map(SessionRow::json).collect();
        json!({
            "environment": self.environment,
            "folder": self.folder.as_deref().map(Path::display).map(|path| path.to_string()),
            "totals": self.totals().json(),
            "invoices": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "sessions": sessions,
            "badPaths": inputs,
            "errors": errors,
            "exitCode": self.exit().code(),
        })
    }
}

impl SessionRow {
    fn json(&self) -> Value {
        json!({
            "session": self.session,
            "statusCode": self.status.as_ref().map(|(code, _)| code),
            "description": self.status.as_ref().map(|(_, word)| word),
            "upo": self.upo,
        })
    }
}
