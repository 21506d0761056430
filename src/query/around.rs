//! Places near a point: `48.1,11.6,5km`.

use std::fmt;

/// A circle on the globe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Around {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    pub radius_km: f64,
}

/// What a radius is without a number.
const USUAL_KM: f64 = 1.0;
const EARTH_KM: f64 = 6371.0;
/// Kilometres of a unit.
const UNITS: &[(&str, f64)] = &[("km", 1.0), ("mi", 1.609_344), ("m", 0.001), ("", 1.0)];

impl Around {
    /// Latitude, longitude and perhaps a radius in km, m or mi.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',').map(str::trim);
        let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let latitude = number(parts.next()?).filter(|degrees| degrees.abs() <= 90.0)?;
        let longitude = number(parts.next()?).filter(|degrees| degrees.abs() <= 180.0)?;
        let radius_km = match parts.next() {
            None => USUAL_KM,
            Some(radius) => {
                let (digits, km) = UNITS.iter().find_map(|(unit, km)| Some((radius.strip_suffix(unit)?, km)))?;
                number(digits.trim()).filter(|radius| *radius > 0.0)? * km
            }
        };
        parts.next().is_none().then_some(Self { latitude, longitude, radius_km })
    }

    /// Whether a point lies in it.
    pub fn holds(&self, latitude: f64, longitude: f64) -> bool {
        let (here, there) = (self.latitude.to_radians(), latitude.to_radians());
        let north = (there - here) / 2.0;
        let east = (longitude - self.longitude).to_radians() / 2.0;
        let chord = north.sin().powi(2) + here.cos() * there.cos() * east.sin().powi(2);
        2.0 * EARTH_KM * chord.sqrt().min(1.0).asin() <= self.radius_km
    }
}

impl fmt::Display for Around {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{},{},{}km", self.latitude, self.longitude, self.radius_km)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_read() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(Around::parse(text).map(|around| around.to_string()).as_deref(), expected, "{text}");
        };
        check("48.1,11.6,5km", Some("48.1,11.6,5km"));
        check("48.1, -11.6", Some("48.1,-11.6,1km"));
        check("48.1,11.6,500m", Some("48.1,11.6,0.5km"));
        check("0,0,2", Some("0,0,2km"));
        for wrong in ["", "48.1", "91,0", "0,181", "1,2,3,4", "1,2,0km", "1,2,-3", "a,b", "1,2,NaN", "inf,0"] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_circle_holds_what_is_near() {
        let munich = Around::parse("48.137,11.575,10km").expect("a circle");
        assert!(munich.holds(48.16, 11.60) && !munich.holds(48.37, 10.89));
        let dateline = Around::parse("0,179.99,10km").expect("a circle");
        assert!(dateline.holds(0.0, -179.99));
    }
}
