//! The open part of an item: named values that have no column of their own.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// One value of an item's open part. Numbers are kept as written where they fit an `i64`, else as `f64`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Detail {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Detail>),
    Map(Details),
}

/// Named values in the order in which the document had them. A name may occur twice with different values
/// (seen in `label_values` files), so this is a list, and [`Details::get`] gives the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details(pub Vec<(String, Detail)>);

impl Details {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Detail> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    /// The first value of that name, when it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Detail::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn push(&mut self, name: impl Into<String>, value: impl Into<Detail>) {
        self.0.push((name.into(), value.into()));
    }

    /// The same, each name once: values of one name become a list, in their order. Readers of JSON differ in which of two
    /// equal names they take.
    #[must_use]
    pub fn with_distinct_names(&self) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut distinct: Vec<(&String, Vec<Detail>)> = Vec::new();
        for (name, value) in &self.0 {
            let place = *places.entry(name).or_insert(distinct.len());
            if place == distinct.len() {
                distinct.push((name, Vec::new()));
            }
            distinct[place].1.push(value.with_distinct_names());
        }
        let joined = |mut values: Vec<Detail>| match values.len() {
            1 => values.remove(0),
            _ => Detail::List(values),
        };
        Self(distinct.into_iter().map(|(name, values)| (name.clone(), joined(values))).collect())
    }

    /// Adds a value when there is one.
    pub fn push_some(&mut self, name: &str, value: Option<impl Into<Detail>>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }
}

impl Detail {
    fn with_distinct_names(&self) -> Self {
        match self {
            Self::Map(details) => Self::Map(details.with_distinct_names()),
            Self::List(values) => Self::List(values.iter().map(Self::with_distinct_names).collect()),
            other => other.clone(),
        }
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Detail {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Detail {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for Detail {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<Details> for Detail {
    fn from(details: Details) -> Self {
        Self::Map(details)
    }
}

impl<T: Into<Detail>> From<Vec<T>> for Detail {
    fn from(list: Vec<T>) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Details {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Details;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Details, A::Error> {
                let mut details = Details::default();
                while let Some(entry) = map.next_entry::<String, Detail>()? {
                    details.0.push(entry);
                }
                Ok(details)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_one_name_become_a_list() {
        let check = |written: &str, expected: &str| {
            let details: Details = serde_json::from_str(written).expect("details");
            assert_eq!(serde_json::to_string(&details.with_distinct_names()).expect("JSON"), expected);
        };
        check(r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x"}"#);
        check(r#"{"a":true,"b":"x","a":false}"#, r#"{"a":[true,false],"b":"x"}"#);
        check(r#"{"a":[1],"a":[1],"a":2}"#, r#"{"a":[[1],[1],2]}"#);
        check(r#"{"o":{"a":1,"a":2},"l":[{"b":1,"b":2}]}"#, r#"{"o":{"a":[1,2]},"l":[{"b":[1,2]}]}"#);
        check("{}", "{}");
    }
}
