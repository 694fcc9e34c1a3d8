//! Ids: texts of digits that the service has been seen to send as numbers.

use serde::{Deserialize, Deserializer, Serialize};

#[derive(Clone, Default, Debug, PartialEq, Serialize)]
pub struct Digits(pub String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Ok(Digits(text)),
            serde_json::Value::Number(number) => Ok(Digits(number.to_string())),
            _ => Err(serde::de::Error::custom("neither a text of digits nor a number")),
        }
    }
}
