//! A time member: a Unix number, or (of pages) a printed date.

use super::Json;
use super::leftover::detail_of;
use crate::model::{Detail, Moment};
use crate::source::instagram::dates;

/// What stands where a time belongs.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a>(&'a Json);

impl<'a> Stamp<'a> {
    /// Takes a number, also one written as text, or a printed date.
    pub fn of(json: &'a Json) -> Option<Self> {
        (json.as_integer().is_some() || json.as_text().and_then(dates::read).is_some()).then_some(Self(json))
    }

    /// The time; `None` for 0 and for numbers that are no time of an export.
    pub fn moment(self) -> Option<Moment> {
        match self.0.as_integer() {
            Some(number) => Moment::from_unix(number),
            None => self.0.as_text().and_then(dates::read),
        }
    }

    /// Whether it is 0, which stands for none.
    pub fn is_none(self) -> bool {
        self.0.as_integer() == Some(0)
    }

    /// The time as a detail; the bare number where it is none.
    pub fn detail(self) -> Option<Detail> {
        let written = || match self.0.as_integer() {
            Some(number) => Some(Detail::Integer(number)),
            None => detail_of(self.0),
        };
        if self.is_none() { None } else { self.moment().map(|at| Detail::Text(at.iso())).or_else(written) }
    }
}

impl Json {
    /// The time that a member states.
    pub fn as_moment(&self) -> Option<Moment> {
        Stamp::of(self).and_then(Stamp::moment)
    }
}
