//! JSON values. A small module of our own: Debian's serde_json comes as sources that need cargo.

mod parse;
mod write;

use std::ops::Index;

/// A JSON value. Looking for what is not there gives `Json::Null`: `scene["ball"][0].as_i64()`.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

static NULL: Json = Json::Null;

impl Json {
    pub fn object() -> Json {
        Json::Object(Vec::new())
    }

    pub fn parse(text: &str) -> Result<Json, String> {
        parse::parse(text)
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Json::Int(value) => Some(*value),
            Json::Float(value) if value.fract() == 0.0 && value.abs() < 9.0e15 => Some(*value as i64),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Json::Int(value) => Some(*value as f64),
            Json::Float(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// The fields of an object; none of anything else.
    pub fn fields(&self) -> &[(String, Json)] {
        match self {
            Json::Object(fields) => fields,
            _ => &[],
        }
    }

    pub fn get(&self, key: &str) -> Option<&Json> {
        self.fields().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Sets an object's field. What was no object becomes one.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Json>) {
        let (key, value) = (key.into(), value.into());
        if !matches!(self, Json::Object(_)) {
            *self = Json::object();
        }
        if let Json::Object(fields) = self {
            match fields.iter_mut().find(|(name, _)| *name == key) {
                Some(field) => field.1 = value,
                None => fields.push((key, value)),
            }
        }
    }
}

impl Index<&str> for Json {
    type Output = Json;
    fn index(&self, key: &str) -> &Json {
        self.get(key).unwrap_or(&NULL)
    }
}

impl Index<usize> for Json {
    type Output = Json;
    fn index(&self, place: usize) -> &Json {
        self.items().get(place).unwrap_or(&NULL)
    }
}

impl PartialEq<str> for Json {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Json {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == Some(*other)
    }
}

macro_rules! from {
    ($($from:ty => |$value:ident| $to:expr;)*) => {
        $(impl From<$from> for Json {
            fn from($value: $from) -> Json {
                $to
            }
        })*
    };
}

from! {
    () => |_unit| Json::Null;
    bool => |value| Json::Bool(value);
    i32 => |value| Json::Int(value.into());
    i64 => |value| Json::Int(value);
    u8 => |value| Json::Int(value.into());
    u32 => |value| Json::Int(value.into());
    u64 => |value| i64::try_from(value).map_or(Json::Float(value as f64), Json::Int);
    usize => |value| Json::Int(value as i64);
    f32 => |value| Json::Float(value.into());
    f64 => |value| Json::Float(value);
    &str => |value| Json::Text(value.to_string());
    String => |value| Json::Text(value);
    &String => |value| Json::Text(value.clone());
    &Json => |value| value.clone();
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Json {
        Json::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Json {
        value.map_or(Json::Null, Into::into)
    }
}

impl<T: Into<Json>, const N: usize> From<[T; N]> for Json {
    fn from(items: [T; N]) -> Json {
        Json::List(items.into_iter().map(Into::into).collect())
    }
}

/// `object! {"frame": 3, "ball": [x, y], "more": object! {}}`
#[macro_export]
macro_rules! object {
    ($($key:tt : $value:expr),* $(,)?) => {
        $crate::Json::Object(vec![$(($key.to_string(), $crate::Json::from($value))),*])
    };
}

/// `list![1, "two", object! {}]`: items of several kinds.
#[macro_export]
macro_rules! list {
    ($($value:expr),* $(,)?) => {
        $crate::Json::List(vec![$($crate::Json::from($value)),*])
    };
}
