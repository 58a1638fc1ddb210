//! What every command gets: the global options, the folders, the printer, the clock.

use std::sync::{Arc, OnceLock};

use ksef_core::clock::{SharedClock, SystemClock};

use crate::args::GlobalArgs;
use crate::error::Result;
use crate::home::Home;
use crate::lang::Lang;
use crate::printer::Printer;
use crate::profile::Config;
use crate::prompt::Prompt;
use crate::secrets::Secrets;

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Context {
    /// Global options as given.
    pub(crate) global: GlobalArgs,
    /// Folders.
    pub(crate) home: Home,
    /// Output.
    pub(crate) printer: Printer,
    /// Questions.
    pub(crate) prompt: Prompt,
    /// Time.
    pub(crate) clock: SharedClock,
    config: OnceLock<Config>,
    secrets: OnceLock<Arc<Secrets>>,
}

impl Context {
    /// Prepares what every command needs; reads nothing but the environment.
    pub(crate) fn new(global: GlobalArgs, lang: Lang) -> Result<Self> {
        let home = Home::locate(global.home.as_deref())?;
        Ok(Self {
            printer: Printer::new(lang, global.json, global.quiet),
            prompt: Prompt::new(lang, global.no_input),
            clock: SystemClock::shared(),
            home,
            global,
            config: OnceLock::new(),
            secrets: OnceLock::new(),
        })
    }

    /// The profiles, read once.
    pub(crate) fn config(&self) -> Result<&Config> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let config = Config::read(&self.home.config_file())?;
        Ok(self.config.get_or_init(|| config))
    }

    /// The secret store; opened only when a secret is read or written.
    pub(crate) fn secrets(&self) -> &Arc<Secrets> {
        let open = || Arc::new(Secrets::new(&self.home.secrets_dir(), self.prompt));
        self.secrets.get_or_init(open)
    }
}
