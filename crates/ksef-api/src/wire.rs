//! Serde forms of values that must not show themselves elsewhere, and of binary content.

use std::collections::BTreeMap;

use serde_json::Value;

/// Secrets cross the wire in clear, and only here: `#[serde(with = "wire::secret")]`.
pub(crate) mod secret {
    use ksef_core::secret::SecretText;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        secret: &SecretText,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SecretText, D::Error> {
        String::deserialize(deserializer).map(SecretText::from)
    }
}

/// [`secret`] for optional values.
pub(crate) mod secret_option {
    use ksef_core::secret::SecretText;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        secret: &Option<SecretText>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => serializer.serialize_some(secret.expose()),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SecretText>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(SecretText::from))
    }
}

/// Binary content as standard Base64 with padding: `#[serde(with = "wire::base64")]`.
pub(crate) mod base64 {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        STANDARD
            .decode(text.as_bytes())
            .map(Bytes::from)
            .map_err(serde::de::Error::custom)
    }
}

/// Amounts of money as JSON numbers, digit by digit: `#[serde(with = "wire::decimal")]`.
///
/// They never become floating point numbers: the text of the number is read and written.
pub(crate) mod decimal {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::value::RawValue;

    pub(crate) fn serialize<S: Serializer>(
        amount: &Decimal,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        // A decimal writes itself as a JSON number: digits, at most one point, at most one sign before them.
        RawValue::from_string(amount.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        parse(&Box::<RawValue>::deserialize(deserializer)?)
    }

    /// Reads the text of a number; servers may write large ones with an exponent.
    pub(super) fn parse<E: serde::de::Error>(number: &RawValue) -> Result<Decimal, E> {
        let text = number.get();
        text.parse()
            .or_else(|_| Decimal::from_scientific(text))
            .map_err(E::custom)
    }
}

/// [`decimal`] for optional values.
pub(crate) mod decimal_option {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::value::RawValue;

    pub(crate) fn serialize<S: Serializer>(
        amount: &Option<Decimal>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => super::decimal::serialize(amount, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Decimal>, D::Error> {
        let number = Box::<RawValue>::deserialize(deserializer)?;
        match number.get() {
            "null" => Ok(None),
            _ => super::decimal::parse(&number).map(Some),
        }
    }
}

/// A list that may be `null` or missing: `#[serde(default, deserialize_with = "wire::null_as_default")]`.
pub(crate) fn null_as_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Ok(<Option<T> as serde::Deserialize>::deserialize(deserializer)?.unwrap_or_default())
}

/// An open map of texts that may be `null` or missing; other values become their JSON text, so that a new kind of
/// value does not spoil the answer.
pub(crate) fn texts_by_name<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Option<String>>, D::Error> {
    let values: BTreeMap<String, Value> = null_as_default(deserializer)?;
    let text = |value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    Ok(values
        .into_iter()
        .map(|(name, value)| (name, text(value)))
        .collect())
}

/// An identifier whose value may be missing: `{"type", "value"?}`.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct TypeAndValue<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<std::borrow::Cow<'a, str>>,
}

impl<'a> TypeAndValue<'a> {
    pub(crate) fn new(kind: &'a str, value: Option<&'a str>) -> Self {
        Self {
            kind: kind.into(),
            value: value.map(Into::into),
        }
    }
}
