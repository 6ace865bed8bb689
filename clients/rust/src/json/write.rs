//! Value to text, in the form of Python's json.dumps, which is the form on the wire.

use super::Json;
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Json {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Json::Null => out.write_str("null"),
            Json::Bool(value) => write!(out, "{}", value),
            Json::Int(value) => write!(out, "{}", value),
            Json::Float(value) if value.is_finite() => write!(out, "{:?}", value),
            Json::Float(value) => panic!("{} cannot be written as JSON", value),
            Json::Text(value) => text(value, out),
            Json::List(items) => {
                out.write_char('[')?;
                for (place, item) in items.iter().enumerate() {
                    out.write_str(if place > 0 { ", " } else { "" })?;
                    write!(out, "{}", item)?;
                }
                out.write_char(']')
            }
            Json::Object(fields) => {
                out.write_char('{')?;
                for (place, (key, value)) in fields.iter().enumerate() {
                    out.write_str(if place > 0 { ", " } else { "" })?;
                    text(key, out)?;
                    write!(out, ": {}", value)?;
                }
                out.write_char('}')
            }
        }
    }
}

fn text(value: &str, out: &mut Formatter<'_>) -> Result {
    out.write_char('"')?;
    for symbol in value.chars() {
        match symbol {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{8}' => out.write_str("\\b")?,
            '\u{c}' => out.write_str("\\f")?,
            ' '..='~' => out.write_char(symbol)?,
            _ => {
                for unit in symbol.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{:04x}", unit)?;
                }
            }
        }
    }
    out.write_char('"')
}
