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

/// What of an order its price hangs on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measure<'a> {
    pub resolution: Option<&'a str>,
    /// Of clip or sound; `None` where nobody knows.
    pub seconds: Option<f64>,
    pub sound: bool,
    /// Characters or tokens.
    pub units: u64,
    /// Files that go along.
    pub inputs: usize,
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
    /// Dollars for each file that goes along.
    pub input: f64,
    /// Dollars that it costs at least.
    pub least: f64,
}

impl Price {
    /// In a few words, for a list of models.
    pub fn summary(&self) -> String {
        match self {
            Price::Unknown => "price unknown".into(),
            Price::Free => "free".into(),
            Price::Quoted => "it says its price before each order".into(),
            Price::Rates(rates) => {
                let cheapest = |of: fn(&Rate) -> f64| rates.iter().map(of).filter(|part| *part > 0.0).reduce(f64::min);
                let parts = [
                    (cheapest(|rate| rate.each), ""),
                    (cheapest(|rate| rate.second), " a second"),
                    (cheapest(|rate| rate.thousand), " a thousand"),
                    (cheapest(|rate| rate.input), " for each file"),
                ];
                let parts = parts.into_iter().filter_map(|(part, of)| Some(format!("{}{of}", Money::usd(part?).words())));
                let words = parts.collect::<Vec<_>>().join(" and ");
                if rates.len() > 1 { format!("from {words}") } else { words }
            }
        }
    }

    /// What an order costs. `None` when nobody said, when the engine has to be asked, or when it hangs on a length that nobody knows.
    pub fn of(&self, order: &Measure<'_>) -> Option<Money> {
        let rates = match self {
            Price::Unknown | Price::Quoted => return None,
            Price::Free => return Some(Money::usd(0.0)),
            Price::Rates(rates) => rates,
        };
        let fits = |rate: &&Rate| {
            rate.resolution.as_deref().is_none_or(|of| order.resolution == Some(of))
                && rate.up_to_secs.is_none_or(|most| order.seconds.unwrap_or(0.0) <= most + 1e-6)
                && rate.sound.is_none_or(|of| of == order.sound)
        };
        let rate = rates.iter().find(fits)?;
        let lasting = if rate.second > 0.0 { rate.second * order.seconds? } else { 0.0 };
        let words = rate.thousand * order.units as f64 / 1000.0;
        Some(Money::usd((rate.each + lasting + words + rate.input * order.inputs as f64).max(rate.least)))
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
        let cost =
            |resolution, secs| price.of(&Measure { resolution: Some(resolution), seconds: Some(secs), ..Measure::default() });
        assert_eq!(cost("720p", 5.0), Some(Money::usd(0.30)));
        assert_eq!(cost("720p", 10.0), Some(Money::usd(0.90)));
        assert_eq!(cost("720p", 11.0), None);
        assert_eq!(cost("1080p", 5.0), None);
        assert_eq!(Price::Unknown.of(&Measure::default()), None);
    }

    #[test]
    fn what_nobody_knows_is_not_free() {
        let price = Price::Rates(vec![Rate { second: 0.006, least: 0.01, input: 0.5, ..Rate::default() }]);
        let cost = |seconds, inputs| price.of(&Measure { seconds, inputs, ..Measure::default() });
        assert_eq!(cost(None, 0), None, "by the second, and nobody knows how many");
        assert_eq!(cost(Some(1.0), 0), Some(Money::usd(0.01)), "not less than the least");
        assert_eq!(cost(Some(100.0), 2), Some(Money::usd(1.60)));
    }

    #[test]
    fn a_list_says_it_in_a_few_words() {
        let rates = |all: &[(f64, f64, f64)]| {
            let rate = |&(each, second, input)| Rate { each, second, input, ..Rate::default() };
            Price::Rates(all.iter().map(rate).collect()).summary()
        };
        assert_eq!(rates(&[(0.0404, 0.0, 0.003)]), "$0.0404 and $0.003 for each file");
        assert_eq!(rates(&[(0.0, 0.4, 0.0), (0.0, 0.2, 0.0)]), "from $0.20 a second");
        assert_eq!([Price::Unknown, Price::Free].map(|price| price.summary()), ["price unknown", "free"]);
    }

    #[test]
    fn amounts_are_read_by_people() {
        let words: Vec<String> = [0.0, 0.0035, 0.005, 0.04, 0.42, 12.5].map(|amount| Money::usd(amount).words()).into();
        assert_eq!(words, ["$0.00", "$0.0035", "$0.005", "$0.04", "$0.42", "$12.50"]);
    }
}
