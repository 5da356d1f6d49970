//! What it costs: money in millionths, so that sums are exact, and the rates of a model.

use serde::{Deserialize, Serialize};

/// An amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Millionths of the currency.
    pub micros: u64,
    /// Three letters (ISO 4217).
    pub currency: String,
}

impl Money {
    pub fn usd(amount: f64) -> Money {
        Money { micros: (amount.max(0.0) * 1e6).round() as u64, currency: "USD".into() }
    }

    /// As people read it: two digits behind the point, up to four below ten cents.
    pub fn words(&self) -> String {
        let amount = self.micros as f64 / 1e6;
        let digits = match self.micros {
            micros if micros >= 100_000 || micros.is_multiple_of(10_000) => 2,
            micros if micros.is_multiple_of(1_000) => 3,
            _ => 4,
        };
        if self.currency == "USD" { format!("${amount:.digits$}") } else { format!("{amount:.digits$} {}", self.currency) }
    }
}

/// What a model costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// Nobody said.
    #[default]
    Unknown,
    Free,
    /// The engine is asked before each order.
    Quoted,
    /// In dollars, by what is ordered; the first rate that fits counts.
    Rates(Vec<Rate>),
}

/// One line of a price list. What is not said fits anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rate {
    pub resolution: Option<String>,
    /// For clips of up to so many seconds.
    pub up_to_secs: Option<f64>,
    /// Only with sound, or only without.
    pub sound: Option<bool>,
    /// Dollars for the order.
    pub each: f64,
    /// Dollars for a second more of it.
    pub second: f64,
    /// Dollars for a thousand characters (speech), or tokens (text).
    pub thousand: f64,
}

impl Price {
    /// What an order costs: `seconds` of clip or sound, `units` characters or tokens. `None` when nobody said, or the engine has to
    /// be asked.
    pub fn of(&self, resolution: Option<&str>, seconds: f64, sound: bool, units: u64) -> Option<Money> {
        let rates = match self {
            Price::Unknown | Price::Quoted => return None,
            Price::Free => return Some(Money::usd(0.0)),
            Price::Rates(rates) => rates,
        };
        let fits = |rate: &&Rate| {
            rate.resolution.as_deref().is_none_or(|of| resolution == Some(of))
                && rate.up_to_secs.is_none_or(|most| seconds <= most + 1e-6)
                && rate.sound.is_none_or(|of| of == sound)
        };
        let rate = rates.iter().find(fits)?;
        Some(Money::usd(rate.each + rate.second * seconds + rate.thousand * units as f64 / 1000.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rate_that_fits_counts() {
        let rate = |resolution: &str, up_to_secs, each, second| Rate {
            resolution: Some(resolution.into()),
            up_to_secs: Some(up_to_secs),
            each,
            second,
            ..Rate::default()
        };
        let price = Price::Rates(vec![rate("720p", 5.0, 0.30, 0.0), rate("720p", 10.0, 0.0, 0.09)]);
        let cost = |resolution, secs| price.of(Some(resolution), secs, false, 0);
        assert_eq!(cost("720p", 5.0), Some(Money::usd(0.30)));
        assert_eq!(cost("720p", 10.0), Some(Money::usd(0.90)));
        assert_eq!(cost("720p", 11.0), None);
        assert_eq!(cost("1080p", 5.0), None);
        assert_eq!(Price::Unknown.of(None, 1.0, false, 0), None);
    }

    #[test]
    fn amounts_are_read_by_people() {
        let words: Vec<String> = [0.0, 0.0035, 0.005, 0.04, 0.42, 12.5].map(|amount| Money::usd(amount).words()).into();
        assert_eq!(words, ["$0.00", "$0.0035", "$0.005", "$0.04", "$0.42", "$12.50"]);
    }
}
