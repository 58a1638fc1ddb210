//! Profiles: named sets of environment, context and login, in `config.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ksef_core::context::ContextIdentifier;
use serde::{Deserialize, Deserializer, de};
use toml_edit::{DocumentMut, Item, Table, value};

use crate::durable::{self, Access, Lock};
use crate::error::{Error, Result};
use crate::lang::{Lang, text};
use crate::place::Place;

/// The configuration file as read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The profile that is used when none is named.
    pub(crate) default_profile: Option<String>,
    /// The language of messages when neither option nor variable says.
    pub(crate) lang: Option<Lang>,
    /// Profiles by name.
    #[serde(default)]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// One profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    /// Which KSeF.
    pub(crate) environment: Place,
    /// On whose behalf.
    #[serde(default, deserialize_with = "context_from_text")]
    pub(crate) context: Option<ContextIdentifier>,
    /// How to log in.
    pub(crate) login: Login,
}

/// How a profile logs in. Secrets are named here and kept in the secret store.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Login {
    /// With a KSeF token.
    Token {
        /// Name of the token in the secret store.
        secret: String,
    },
    /// With a certificate and its key (PEM or DER).
    Certificate {
        /// File of the certificate, with its chain after it if any.
        certificate: PathBuf,
        /// File of the private key.
        key: PathBuf,
        /// Name of the key's password in the secret store.
        password: Option<String>,
    },
    /// With a certificate and its key in one PKCS#12 file.
    Pkcs12 {
        /// The file.
        file: PathBuf,
        /// Name of its password in the secret store.
        password: Option<String>,
    },
    /// With a certificate whose key is on a token.
    Pkcs11 {
        /// Which key, by RFC 7512.
        uri: String,
        /// File of the certificate, when the token has none.
        certificate: Option<PathBuf>,
        /// Name of the PIN in the secret store.
        password: Option<String>,
    },
    /// With a certificate made on the spot; sandbox and TEST only.
    SelfSigned {},
    /// With a signature made elsewhere: `ksef auth sign --prepare`, then `ksef auth submit`.
    External {},
}

impl Login {
    /// The name used in the configuration.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Token { .. } => "token",
            Self::Certificate { .. } => "certificate",
            Self::Pkcs12 { .. } => "pkcs12",
            Self::Pkcs11 { .. } => "pkcs11",
            Self::SelfSigned {} => "self-signed",
            Self::External {} => "external",
        }
    }

    /// The name of the secret that it needs, if any.
    pub(crate) fn secret(&self) -> Option<&str> {
        match self {
            Self::Token { secret } => Some(secret),
            Self::Certificate { password, .. }
            | Self::Pkcs12 { password, .. }
            | Self::Pkcs11 { password, .. } => password.as_deref(),
            Self::SelfSigned {} | Self::External {} => None,
        }
    }

    fn to_table(&self) -> Table {
        let mut table = Table::new();
        let path = |path: &Path| value(path.to_string_lossy().into_owned());
        table.insert("method", value(self.method()));
        match self {
            Self::Token { secret } => {
                table.insert("secret", value(secret));
            }
            Self::Certificate {
                certificate,
                key,
                password,
            } => {
                table.insert("certificate", path(certificate));
                table.insert("key", path(key));
                if let Some(password) = password {
                    table.insert("password", value(password));
                }
            }
            Self::Pkcs12 { file, password } => {
                table.insert("file", path(file));
                if let Some(password) = password {
                    table.insert("password", value(password));
                }
            }
            Self::Pkcs11 {
                uri,
                certificate,
                password,
            } => {
                table.insert("uri", value(uri));
                if let Some(certificate) = certificate {
                    table.insert("certificate", path(certificate));
                }
                if let Some(password) = password {
                    table.insert("password", value(password));
                }
            }
            Self::SelfSigned {} | Self::External {} => {}
        }
        table
    }
}

impl Config {
    /// Reads the file; a missing one is an empty configuration. Relative paths in it count from its folder.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let Some(content) = read_text(path)? else {
            return Ok(Self::default());
        };
        let mut config: Self = toml_edit::de::from_str(&content).map_err(|source| {
            Error::usage(text!(
                "the configuration {path} cannot be understood",
                "nie można zrozumieć konfiguracji {path}",
                path = path.display()
            ))
            .caused_by(source)
            .hint(text!(
                "correct the file, or move it away and run \"ksef profile add\"",
                "popraw plik albo przenieś go i uruchom „ksef profile add”"
            ))
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        for profile in config.profiles.values_mut() {
            match &mut profile.login {
                Login::Certificate {
                    certificate, key, ..
                } => {
                    *certificate = folder.join(&certificate);
                    *key = folder.join(&key);
                }
                Login::Pkcs12 { file, .. } => *file = folder.join(&file),
                Login::Pkcs11 { certificate, .. } => {
                    *certificate = certificate.take().map(|file| folder.join(file));
                }
                Login::Token { .. } | Login::SelfSigned {} | Login::External {} => {}
            }
        }
        Ok(config)
    }

    /// The profile of this name.
    pub(crate) fn profile(&self, name: &str) -> Result<&Profile> {
        self.profiles.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let known = known.join(", ");
            let error = Error::usage(text!(
                "there is no profile \"{name}\"",
                "nie ma profilu „{name}”"
            ));
            if known.is_empty() {
                error.hint(text!(
                    "add it: ksef profile add {name} --env test --context NIP --token SECRET",
                    "dodaj go: ksef profile add {name} --env test --context NIP --token SEKRET"
                ))
            } else {
                error.hint(text!("known profiles: {known}", "znane profile: {known}"))
            }
        })
    }
}

/// Adds a profile, or replaces one; the rest of the file, comments included, stays as it is.
pub(crate) fn add(path: &Path, name: &str, profile: &Profile, make_default: bool) -> Result<()> {
    edit(path, |document| {
        let profiles = document.entry("profiles").or_insert_with(implicit_table);
        let profiles = profiles.as_table_mut().ok_or_else(|| not_a_table(path))?;
        let mut table = Table::new();
        table.insert("environment", value(profile.environment.to_string()));
        if let Some(context) = &profile.context {
            table.insert("context", value(context.to_string()));
        }
        table.insert("login", Item::Table(profile.login.to_table()));
        profiles.insert(name, Item::Table(table));
        if make_default {
            document.insert("default_profile", value(name));
        }
        Ok(())
    })
}

/// Makes a profile the default one.
pub(crate) fn make_default(path: &Path, name: &str) -> Result<()> {
    edit(path, |document| {
        document.insert("default_profile", value(name));
        Ok(())
    })
}

/// Removes a profile; if it was the default, there is none afterwards.
pub(crate) fn remove(path: &Path, name: &str) -> Result<()> {
    edit(path, |document| {
        if let Some(profiles) = document
            .get_mut("profiles")
            .and_then(Item::as_table_like_mut)
        {
            profiles.remove(name);
        }
        if document.get("default_profile").and_then(Item::as_str) == Some(name) {
            document.remove("default_profile");
        }
        Ok(())
    })
}

/// Names of profiles and secrets: 1 to 64 letters, digits, `.`, `_` and `-`, not beginning with `-`.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.is_empty() || text.len() > 64 || text.starts_with('-') || !text.chars().all(allowed) {
        return Err("a name is 1 to 64 letters, digits, '.', '_' and '-'".to_owned());
    }
    Ok(text.to_owned())
}

fn edit(path: &Path, change: impl FnOnce(&mut DocumentMut) -> Result<()>) -> Result<()> {
    let not_written = |source| {
        Error::failed(text!(
            "the configuration {path} cannot be written",
            "nie można zapisać konfiguracji {path}",
            path = path.display()
        ))
        .caused_by(source)
        .hint(text!(
            "check the rights and the free space there, or choose another folder with --home",
            "sprawdź uprawnienia i wolne miejsce albo wskaż inny folder w --home"
        ))
    };
    let _lock = Lock::acquire(&path.with_extension("lock")).map_err(not_written)?;
    // What cannot be understood is not overwritten.
    Config::read(path)?;
    let content = read_text(path)?.unwrap_or_default();
    let mut document: DocumentMut = content.parse().map_err(|source: toml_edit::TomlError| {
        Error::usage(text!(
            "the configuration {path} cannot be understood",
            "nie można zrozumieć konfiguracji {path}",
            path = path.display()
        ))
        .caused_by(source)
    })?;
    change(&mut document)?;
    durable::replace(path, document.to_string().as_bytes(), Access::Private).map_err(not_written)
}

fn read_text(path: &Path) -> Result<Option<String>> {
    let bytes =
        durable::read_if_exists(path).map_err(|source| unreadable(path).caused_by(source))?;
    bytes
        .map(|bytes| String::from_utf8(bytes).map_err(|source| unreadable(path).caused_by(source)))
        .transpose()
}

fn unreadable(path: &Path) -> Error {
    Error::failed(text!(
        "the configuration {path} cannot be read",
        "nie można odczytać konfiguracji {path}",
        path = path.display()
    ))
    .hint(text!(
        "check the rights of the file, or choose another folder with --home",
        "sprawdź uprawnienia pliku albo wskaż inny folder w --home"
    ))
}

fn not_a_table(path: &Path) -> Error {
    Error::usage(text!(
        "\"profiles\" in {path} is not written as [profiles.NAME] tables; rewrite it so",
        "„profiles” w {path} nie ma postaci tabel [profiles.NAZWA]; zapisz je w tej postaci",
        path = path.display()
    ))
}

/// The table of profiles has no heading of its own, only its profiles have.
fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn context_from_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ContextIdentifier>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| ContextIdentifier::parse(&text).map_err(de::Error::custom))
        .transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(secret: &str) -> Profile {
        Profile {
            environment: Place::parse("test").unwrap(),
            context: Some(ContextIdentifier::parse("5265877635").unwrap()),
            login: Login::Token {
                secret: secret.to_owned(),
            },
        }
    }

    #[test]
    fn comments_survive_an_edit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(
            &path,
            "# mine\nlang = \"pl\" # Polish\n\n[profiles.old] # keep\nenvironment = \"demo\"\nlogin = { method = \"external\" }\n",
        )
        .unwrap();
        add(&path, "firm", &example("t"), true).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for comment in ["# mine", "# Polish", "# keep"] {
            assert!(text.contains(comment), "{text}");
        }
        let config = Config::read(&path).unwrap();
        assert_eq!(config.default_profile.as_deref(), Some("firm"));
        assert_eq!(config.lang, Some(Lang::Pl));
        assert_eq!(
            config.profile("firm").unwrap().login,
            Login::Token { secret: "t".into() }
        );
        assert_eq!(config.profile("old").unwrap().login, Login::External {});

        remove(&path, "firm").unwrap();
        let config = Config::read(&path).unwrap();
        assert!(config.default_profile.is_none() && config.profile("firm").is_err());
        assert!(config.profile("old").is_ok());
    }

    #[test]
    fn every_login_survives_a_round_trip() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let password = Some("pw".to_owned());
        let logins = [
            Login::Token {
                secret: "t".to_owned(),
            },
            Login::Certificate {
                certificate: "/c.pem".into(),
                key: "/k.pem".into(),
                password: None,
            },
            Login::Certificate {
                certificate: "/c.pem".into(),
                key: "/k.pem".into(),
                password: password.clone(),
            },
            Login::Pkcs12 {
                file: "/a b.p12".into(),
                password: password.clone(),
            },
            Login::Pkcs11 {
                uri: "pkcs11:token=a?module-path=/m.so".to_owned(),
                certificate: Some("/c.pem".into()),
                password,
            },
            Login::Pkcs11 {
                uri: "pkcs11:object=%20?module-path=/m.so".to_owned(),
                certificate: None,
                password: None,
            },
            Login::SelfSigned {},
            Login::External {},
        ];
        for login in logins {
            let profile = Profile {
                login: login.clone(),
                ..example("x")
            };
            add(&path, "p", &profile, false).unwrap();
            assert_eq!(
                Config::read(&path).unwrap().profile("p").unwrap().login,
                login
            );
        }
    }

    #[test]
    fn mistakes_in_the_file_are_usage_errors_and_are_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for content in [
            "profiles = 1",
            "[profiles.a]\nenvironment = \"nowhere\"\nlogin = { method = \"external\" }",
            "[profiles.a]\nenvironment = \"test\"\nlogin = { method = \"magic\" }",
            "[profiles.a]\nenvironment = \"test\"\ntypo = 1\nlogin = { method = \"external\" }",
            "[profiles.a]\nenvironment = \"test\"\nlogin = { method = \"token\", secret = \"a\", typo = 1 }",
            "[profiles.a]\nenvironment = \"test\"\ncontext = \"123\"\nlogin = { method = \"external\" }",
            "not toml",
        ] {
            std::fs::write(&path, content).unwrap();
            assert_eq!(
                Config::read(&path).unwrap_err().exit(),
                crate::exit::Exit::Usage
            );
            assert!(add(&path, "b", &example("x"), false).is_err());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn paths_count_from_the_folder_of_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        let content = "[profiles.a]\nenvironment = \"test\"\nlogin = { method = \"pkcs12\", file = \"a.p12\" }";
        std::fs::write(&path, content).unwrap();
        let expected = Login::Pkcs12 {
            file: folder.path().join("a.p12"),
            password: None,
        };
        assert_eq!(
            Config::read(&path).unwrap().profile("a").unwrap().login,
            expected
        );
    }

    #[test]
    fn names() {
        for good in ["a", "firm-1", "A.b_c"] {
            assert!(parse_name(good).is_ok());
        }
        for bad in ["", "-a", "a b", "a/b", "ą", &"x".repeat(65)] {
            assert!(parse_name(bad).is_err(), "{bad}");
        }
    }
}
