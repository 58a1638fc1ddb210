//! Applications that are under way: in the secret store, because each holds a private key.

use std::fmt;
use std::sync::Arc;

use ksef_core::clock::SharedClock;
use ksef_core::secret::SecretText;
use ksef_sdk::certificates::{Application, ApplicationKeeper, KeeperError};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::default_password;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::secrets::Secrets;

/// The place of one application.
#[derive(Clone)]
pub(crate) struct Pending {
    secrets: Arc<Secrets>,
    clock: SharedClock,
    /// The certificate's name on this machine.
    pub(crate) name: String,
    /// Name in the secret store of the password that its key file will have.
    pub(crate) password: String,
    secret: String,
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    password: String,
    application: Zeroizing<String>,
}

impl Pending {
    /// The place of the application for the certificate `name` at the KSeF that `scope` names.
    pub(crate) fn new(context: &Context, scope: &str, name: &str) -> Self {
        Self {
            secrets: Arc::clone(context.secrets()),
            clock: Arc::clone(&context.clock),
            name: name.to_owned(),
            password: default_password(name),
            secret: format!("{PREFIX}{scope}|{name}"),
        }
    }

    /// Every application that is under way at the KSeF that `scope` names.
    pub(crate) fn all(context: &Context, scope: &str) -> Result<Vec<Self>> {
        let prefix = format!("{PREFIX}{scope}|");
        let listed = context.secrets().list()?;
        let names = listed
            .iter()
            .filter_map(|listed| listed.name.strip_prefix(&prefix));
        Ok(names.map(|name| Self::new(context, scope, name)).collect())
    }

    /// The application, when one is under way; the password of its key file is then the one chosen with it.
    pub(crate) fn load(&mut self) -> Result<Option<Application>> {
        let Some(kept) = self.secrets.get(&self.secret)? else {
            return Ok(None);
        };
        // What is wrong with the text is not told: it holds a key.
        let written: Written = serde_json::from_str(kept.expose()).map_err(|_| self.damaged())?;
        let application = Application::from_json(&written.application);
        let application = application.map_err(|source| self.damaged().caused_by(source))?;
        self.password = written.password;
        Ok(Some(application))
    }

    fn damaged(&self) -> Error {
        let name = &self.name;
        Error::failed(text!(
            "the application for the certificate \"{name}\" is damaged; apply under another name",
            "zapisany wniosek o certyfikat „{name}” jest uszkodzony; złóż wniosek pod inną nazwą"
        ))
    }

    /// Forgets the application: its certificate is kept, or will never be.
    pub(crate) fn forget(&self) -> Result<()> {
        self.secrets.remove(&self.secret)?;
        Ok(())
    }
}

impl ApplicationKeeper for Pending {
    fn keep(&self, application: &Application) -> Result<(), KeeperError> {
        let written = Written {
            password: self.password.clone(),
            application: application.to_json(),
        };
        let text = serde_json::to_string(&written)
            .map(SecretText::new)
            .map_err(|error| KeeperError::new("the application has no form").with_source(error))?;
        self.secrets
            .set(&self.secret, text, self.clock.now())
            .map_err(|error| {
                KeeperError::new("the application is not in the secret store").with_source(error)
            })
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pending").field(&self.secret).finish()
    }
}

const PREFIX: &str = "certificate:";
