//! From a profile, an address or nothing at all to a client that is ready to call.
//!
//! ```text
//! options, variables, profile ──▶ Target ──▶ Connection (a sandbox started when it is the embedded one)
//!                                               └─▶ Ksef, per context: the client of the SDK with its login
//! ```

pub(crate) mod embedded;
mod failure;
pub(crate) mod identity;
pub(crate) mod ksef;
pub(crate) mod logins;
pub(crate) mod seller;
mod target;
mod worlds;

use std::sync::Arc;
use std::time::Duration;

use ksef_core::context::ContextIdentifier;
use ksef_core::environment::Environment;
use ksef_core::ksef_token::KsefToken;
use ksef_core::secret::SecretText;
use ksef_crypto::chain::Anchors;
use ksef_sdk::Client;
use ksef_sdk::auth::Credentials;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::limits;
use crate::pkcs11::{self, LoginSigner};
use crate::place::Place;
use crate::plain_http::USER_AGENT;
use crate::profile::Login;

use embedded::Embedded;
pub(crate) use ksef::Ksef;
use logins::Logins;
pub(crate) use target::{Target, requested_place};

/// A KSeF that is there: its address, who it is, and how to log in.
#[derive(Debug)]
pub(crate) struct Connection {
    /// What was asked for.
    pub(crate) target: Target,
    /// The addresses.
    pub(crate) environment: Environment,
    /// Who it is, for everything that is kept between runs: the base address, or `sandbox:` and the id of the
    /// world, so that a world that was reset is another KSeF. A sandbox that does not answer is the one that last did.
    pub(crate) scope: String,
    /// Where the control API is, when it is a sandbox.
    pub(crate) control_url: Option<String>,
    /// The password of the key or container, when it came from stdin.
    password: Option<SecretText>,
    logins: Arc<Logins>,
    base: Client,
    /// Stops when the connection is dropped; what it answered is then on disk.
    _sandbox: Option<Embedded>,
}

/// Who a sandbox is.
fn scope_of_world(id: impl std::fmt::Display) -> String {
    format!("sandbox:{id}")
}

impl Connection {
    /// Opens what the options ask for. The embedded sandbox is started; anything else is not called yet, except
    /// that an address of this machine is asked whether it is a sandbox.
    ///
    /// # Errors
    /// Wrong options or configuration; the embedded sandbox does not start.
    pub(crate) async fn open(context: &Context) -> Result<Self> {
        Self::to(context, Target::resolve(context)?).await
    }

    /// Opens a target; see [`Connection::open`].
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn to(context: &Context, target: Target) -> Result<Self> {
        Self::with_patience(context, target, embedded::PATIENCE).await
    }

    /// Opens a target in order to send: waits longer for another process that uses the embedded sandbox.
    ///
    /// # Errors
    /// As in [`Connection::open`].
    pub(crate) async fn for_sending(context: &Context, target: Target) -> Result<Self> {
        Self::with_patience(context, target, embedded::PATIENCE_OF_SENDING).await
    }

    async fn with_patience(context: &Context, target: Target, patience: Duration) -> Result<Self> {
        let (environment, world, sandbox) = match &target.place {
            Place::EmbeddedSandbox => {
                let sandbox =
                    Embedded::start(&context.home.sandbox_dir(), patience, &context.printer)
                        .await?;
                (
                    sandbox.environment().clone(),
                    Some(sandbox.world()),
                    Some(sandbox),
                )
            }
            Place::Remote(environment) => (
                environment.clone(),
                embedded::world_behind(environment).await,
                None,
            ),
        };
        let (environment, scope, control_url) = match world {
            Some(world) => {
                let beacon = environment.resolve("/latarnia");
                if sandbox.is_none() && !context.global.dry_run {
                    worlds::remember(&context.home, &environment, &world.id);
                }
                let scope = scope_of_world(world.id);
                let control_url = Some(world.control_url);
                (environment.with_beacon_base(&beacon), scope, control_url)
            }
            None => match worlds::last_behind(&context.home, &environment) {
                Some(last) => {
                    let beacon = environment.resolve("/latarnia");
                    let environment = environment.with_beacon_base(&beacon);
                    (environment, scope_of_world(last), None)
                }
                None => {
                    let scope = environment.api_base().to_owned();
                    (environment, scope, None)
                }
            },
        };
        let secrets = Arc::clone(context.secrets());
        let logins = Logins::new(secrets, scope.clone(), Arc::clone(&context.clock));
        let logins = Arc::new(logins);
        let base = Client::builder(environment.clone())
            .user_agent(USER_AGENT)
            .token_store(Arc::clone(&logins) as _)
            .limiter(limits::options(context, &scope))
            .build()?;
        let password = None;
        Ok(Self {
            target,
            environment,
            scope,
            control_url,
            password,
            logins,
            base,
            _sandbox: sandbox,
        })
    }

    /// With the password of the key or container of the login, instead of the one in the secret store.
    #[must_use]
    pub(crate) fn with_password(mut self, password: Option<SecretText>) -> Self {
        self.password = password;
        self
    }

    /// The context of options or profile; without one, and when there is just one test certificate, its owner.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn who(&self, context: &Context) -> Result<ContextIdentifier> {
        if let Some(who) = self.target.context {
            return Ok(who);
        }
        if self.target.login != (Login::SelfSigned {}) {
            return self.target.require_context();
        }
        match seller::known(&context.home.identities_dir()).as_slice() {
            [only] => Ok(*only),
            [] => self.target.require_context(),
            several => {
                let names: Vec<String> = several.iter().map(ToString::to_string).collect();
                let names = names.join(", ");
                self.target.require_context().map_err(|error| {
                    error.hint(text!("used before: {names}", "używane wcześniej: {names}"))
                })
            }
        }
    }

    /// KSeF on behalf of [`Connection::who`].
    ///
    /// # Errors
    /// As [`Connection::who`] and [`Connection::ksef_for`].
    pub(crate) fn ksef(&self, context: &Context) -> Result<Ksef> {
        self.ksef_for(context, self.who(context)?)
    }

    /// KSeF on behalf of `who`, with the login of the target. Nothing is called yet.
    ///
    /// # Errors
    /// The login lacks a secret or a file, or this KSeF does not accept its kind.
    pub(crate) fn ksef_for(&self, context: &Context, who: ContextIdentifier) -> Result<Ksef> {
        let credentials = self.credentials(context, &who)?;
        Ok(Ksef::new(
            self.base.with_login(who, credentials),
            context.printer.clone(),
        ))
    }

    /// KSeF for public operations, without a login.
    pub(crate) fn anonymous(&self, context: &Context) -> Ksef {
        Ksef::new(self.base.clone(), context.printer.clone())
    }

    /// The logins that are kept for this KSeF.
    pub(crate) fn logins(&self) -> &Logins {
        &self.logins
    }

    /// The authority that certified the signer of this KSeF's UPO, when it is a sandbox that tells; otherwise the
    /// signer is whoever signed, and is named.
    pub(crate) async fn anchors(&self) -> Anchors {
        let authority = match self.control_url.as_deref() {
            Some(control_url) => embedded::authority(control_url).await,
            None => None,
        };
        Anchors::new(authority)
    }

    fn credentials(&self, context: &Context, who: &ContextIdentifier) -> Result<Credentials> {
        let login = &self.target.login;
        match login {
            Login::Token { secret } => {
                let token = context.secrets().require(secret)?;
                let token = KsefToken::parse(token.expose()).map_err(|source| {
                    Error::auth(text!(
                        "the secret \"{secret}\" is not a KSeF token",
                        "sekret „{secret}” nie jest tokenem KSeF"
                    ))
                    .caused_by(source)
                    .hint(text!(
                        "store the token as KSeF showed it: ksef secret set {secret}",
                        "zapisz token tak, jak pokazał go KSeF: ksef secret set {secret}"
                    ))
                })?;
                Ok(Credentials::KsefToken(token))
            }
            Login::Certificate { .. } | Login::Pkcs12 { .. } => {
                let identity = identity::load(context, login, self.password.clone())?;
                let identity = identity.ok_or_else(|| self.no_login())?;
                if self.control_url.is_none() {
                    identity::refuse_invalid(identity.certificate(), context)?;
                }
                Ok(Credentials::certificate(identity))
            }
            Login::Pkcs11 { .. } => {
                let token = pkcs11::open_login(context, login, self.password.clone())?;
                let token = token.ok_or_else(|| self.no_login())?;
                if self.control_url.is_none() {
                    identity::refuse_invalid(token.certificate(), context)?;
                }
                Ok(Credentials::External(Arc::new(LoginSigner(token))))
            }
            Login::SelfSigned {} if self.target.place.accepts_self_signed() => {
                let folder = context.home.identities_dir();
                let identity = seller::identity(&folder, who, context.clock.now())?;
                Ok(Credentials::certificate(identity))
            }
            Login::SelfSigned {} => Err(self.no_login()),
            Login::External {} => Ok(Credentials::Tokens(self.external_name())),
        }
    }

    /// Under which name the tokens of an external login are kept.
    fn external_name(&self) -> String {
        self.target.profile.clone().unwrap_or_default()
    }

    fn no_login(&self) -> Error {
        Error::auth(text!(
            "no login is configured for {place}",
            "dla {place} nie skonfigurowano logowania",
            place = self.target.place
        ))
        .hint(text!(
            "add a profile: ksef profile add NAME --env {place} --context NIP --token SECRET",
            "dodaj profil: ksef profile add NAZWA --env {place} --context NIP --token SEKRET",
            place = self.target.place
        ))
    }
}
