//! Which KSeF, on whose behalf, and with which login: what the options, the variables and the profile say together.

use std::io::IsTerminal as _;

use ksef_core::context::ContextIdentifier;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::lang::text;
use crate::place::Place;
use crate::profile::{Login, Profile};

/// What a command is about to talk to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Which KSeF.
    pub(crate) place: Place,
    /// On whose behalf, when that is known before an invoice is read.
    pub(crate) context: Option<ContextIdentifier>,
    /// The name of the profile in use.
    pub(crate) profile: Option<String>,
    /// How to log in. Without a profile: a certificate made on the spot.
    pub(crate) login: Login,
    /// Whether the user named the profile (`--profile`, `KSEF_PROFILE`); a default one does not count.
    pub(crate) profile_was_named: bool,
}

impl Target {
    /// Reads options, variables and configuration. `--url` comes before `--env`, which comes before the profile;
    /// without any of them it is the embedded sandbox.
    pub(crate) fn resolve(context: &Context) -> Result<Self> {
        let global = &context.global;
        let place = requested_place(context)?;
        let named = match &global.profile {
            Some(name) => Some((name.as_str(), context.config()?.profile(name)?)),
            None => None,
        };
        let chosen = match (&place, named) {
            (Some(place), Some((name, profile))) => {
                refuse_foreign_login(place, name, profile)?;
                Some((name, profile))
            }
            (None, Some(named)) => Some(named),
            (place, None) => default_profile(context)?.filter(|(_, profile)| {
                place
                    .as_ref()
                    .is_none_or(|place| *place == profile.environment)
            }),
        };
        let login = chosen.map_or(Login::SelfSigned {}, |(_, profile)| profile.login.clone());
        let place = place
            .or_else(|| chosen.map(|(_, profile)| profile.environment.clone()))
            .unwrap_or(Place::EmbeddedSandbox);
        Ok(Self {
            context: global
                .context
                .or_else(|| chosen.and_then(|(_, profile)| profile.context)),
            profile: chosen.map(|(name, _)| name.to_owned()),
            profile_was_named: global.profile.is_some(),
            place,
            login,
        })
    }

    /// Refuses to send legal documents by accident: to production, a program (no terminal) must name its profile.
    pub(crate) fn guard_sending(&self) -> Result<()> {
        let attended = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
        if !self.place.is_production() || self.profile_was_named || attended {
            return Ok(());
        }
        Err(Error::usage(text!(
            "sending to production without a terminal requires a named profile",
            "wysyłanie na produkcję bez terminala wymaga jawnie wskazanego profilu"
        ))
        .hint(text!(
            "add --profile NAME, or set KSEF_PROFILE",
            "dodaj --profile NAZWA albo ustaw KSEF_PROFILE"
        )))
    }

    /// The context, which somebody needs now.
    pub(crate) fn require_context(&self) -> Result<ContextIdentifier> {
        self.context.ok_or_else(|| {
            Error::usage(text!(
                "on whose behalf? No context was given",
                "nie podano kontekstu, czyli w czyim imieniu działać"
            ))
            .hint(text!(
                "add --context NIP, or use a profile that has one",
                "dodaj --context NIP albo użyj profilu, który go ma"
            ))
        })
    }
}

/// What `--url` and `--env` ask for.
///
/// # Errors
/// Both, or one that is no environment.
pub(crate) fn requested_place(context: &Context) -> Result<Option<Place>> {
    let text = match (&context.global.url, &context.global.environment) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(Error::usage(text!(
                "give either --env or --url, not both",
                "podaj albo --env, albo --url, nie oba"
            )));
        }
        (Some(text), None) | (None, Some(text)) => text,
    };
    let place = Place::parse(text).map_err(|source| {
        Error::usage(text!(
            "\"{text}\" is no environment",
            "„{text}” nie jest środowiskiem"
        ))
        .caused_by(source)
        .hint(text!(
            "use sandbox, test, demo, production, or a base address such as http://127.0.0.1:8080/v2",
            "użyj sandbox, test, demo, production albo adresu bazowego, np. http://127.0.0.1:8080/v2"
        ))
    })?;
    Ok(Some(place))
}

fn default_profile(context: &Context) -> Result<Option<(&str, &Profile)>> {
    let config = context.config()?;
    match &config.default_profile {
        Some(name) => Ok(Some((name, config.profile(name)?))),
        None => Ok(None),
    }
}

/// A login belongs to its environment: showing it to another one by a slip of the keyboard would give it away.
fn refuse_foreign_login(place: &Place, name: &str, profile: &Profile) -> Result<()> {
    let harmless = profile.environment.accepts_self_signed() && place.accepts_self_signed();
    if *place == profile.environment || harmless {
        return Ok(());
    }
    Err(Error::usage(text!(
        "the profile \"{name}\" is for {its}, not for {place}",
        "profil „{name}” jest dla {its}, nie dla {place}",
        its = profile.environment
    ))
    .hint(text!(
        "leave --env and --url out, or use a profile for {place}",
        "pomiń --env i --url albo użyj profilu dla {place}"
    )))
}
