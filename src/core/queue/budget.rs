//! What may be spent and what was: a budget stops with a question, never with a refusal. What waits counts as spent, so that a hundred
//! orders that each fit alone don't pass together. A cost in a currency other than dollars can't be compared and is asked about.

use serde::{Deserialize, Serialize};

use crate::core::engine::{Engine, Money};

use super::Draft;

/// What may be spent; `None` where nobody drew a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Budget {
    /// In a calendar month (UTC), millionths of a dollar.
    pub month_micros: Option<u64>,
    /// For each project, in all.
    pub project_micros: Option<u64>,
}

/// What was spent, with what waits or is being made. Millionths of a dollar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub month_micros: u64,
    /// For the project that is looked at.
    pub project_micros: u64,
}

/// What one order costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// `None` when nobody can say.
    pub cost: Option<Money>,
    /// The engine itself said so, just now; else it is the price list.
    pub by_engine: bool,
}

/// What several orders cost together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Millionths of a dollar.
    pub micros: u64,
    pub orders: usize,
    /// Of so many of them nobody can say the price.
    pub unknown: usize,
}

/// Whether orders may be placed.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Fits,
    /// A person is asked: go on once, raise the budget, or not.
    Asks {
        why: Why,
    },
}

/// What holds at the moment in which a job's turn has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it costs now; `None` when nobody can say.
    pub price: Option<Money>,
    pub budget: Budget,
}

/// Why a job was not sent when its turn came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub why: Why,
    /// What it cost then.
    pub price: Option<Money>,
}

/// Which line would be crossed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Month {
        spent_micros: u64,
        budget_micros: u64,
        sum: Sum,
    },
    Project {
        spent_micros: u64,
        budget_micros: u64,
        sum: Sum,
    },
    /// There is a budget, and nobody can say what this costs.
    Unknown {
        sum: Sum,
    },
}

impl Quote {
    /// By the price list; what runs on the person's own machine is free where nobody says otherwise.
    pub fn listed(engine: &Engine, draft: &Draft) -> Quote {
        let listed = engine.model(&draft.model).and_then(|model| model.price.of(&draft.measure(&model.limits)));
        Quote { cost: listed.or_else(|| engine.local.then(|| Money::usd(0.0))), by_engine: false }
    }
}

impl Sum {
    pub fn of<'a>(quotes: impl IntoIterator<Item = &'a Quote>) -> Sum {
        let mut sum = Sum::default();
        for quote in quotes {
            sum.orders += 1;
            match &quote.cost {
                Some(cost) if cost.currency == "USD" => sum.micros = sum.micros.saturating_add(cost.micros),
                _ => sum.unknown += 1,
            }
        }
        sum
    }

    /// As people read it: `$1.20`, `$1.20 and 2 unknown`, `unknown`.
    pub fn words(&self) -> String {
        let known = Money { micros: self.micros, currency: "USD".into() }.words();
        match self.unknown {
            0 => known,
            all if all == self.orders => "unknown".into(),
            some => format!("{known} and {some} unknown"),
        }
    }
}

impl Budget {
    /// Whether anybody drew a line.
    pub fn is_set(&self) -> bool {
        self.month_micros.is_some() || self.project_micros.is_some()
    }

    /// Whether `sum` may be spent on top of `spent`; `in_project`: the orders are for a project.
    pub fn judge(&self, spent: Spent, sum: &Sum, in_project: bool) -> Verdict {
        let over = |budget: Option<u64>, spent: u64| {
            budget.filter(|budget| sum.micros > 0 && spent.saturating_add(sum.micros) > *budget)
        };
        let why = if let Some(budget_micros) = over(self.month_micros, spent.month_micros) {
            Why::Month { spent_micros: spent.month_micros, budget_micros, sum: sum.clone() }
        } else if let Some(budget_micros) = over(self.project_micros.filter(|_| in_project), spent.project_micros) {
            Why::Project { spent_micros: spent.project_micros, budget_micros, sum: sum.clone() }
        } else if sum.unknown > 0 && (self.month_micros.is_some() || (in_project && self.project_micros.is_some())) {
            Why::Unknown { sum: sum.clone() }
        } else {
            return Verdict::Fits;
        };
        Verdict::Asks { why }
    }
}

impl Terms {
    /// Whether a job may be sent on top of what others have `spent`, those that wait left out: they are asked when their turn comes.
    /// `agreed`: what a person has said yes to, whatever the budget; that holds for this price and none above it.
    pub fn judge(&self, spent: Spent, agreed: Option<&Option<Money>>, in_project: bool) -> Verdict {
        let covers = |yes: &Option<Money>| match (yes, &self.price) {
            (None, None) => true,
            (Some(yes), Some(price)) => yes.currency == price.currency && price.micros <= yes.micros,
            _ => false,
        };
        if agreed.is_some_and(covers) {
            return Verdict::Fits;
        }
        let sum = Sum::of([&Quote { cost: self.price.clone(), by_engine: true }]);
        self.budget.judge(spent, &sum, in_project)
    }
}

impl Why {
    /// What is wrong, in one sentence.
    pub fn words(&self) -> String {
        let usd = |micros: u64| Money { micros, currency: "USD".into() }.words();
        match self {
            Why::Month { spent_micros, budget_micros, sum } => format!(
                "This costs {}. Of this month's budget of {}, {} is spent or promised.",
                sum.words(),
                usd(*budget_micros),
                usd(*spent_micros)
            ),
            Why::Project { spent_micros, budget_micros, sum } => format!(
                "This costs {}. Of this project's budget of {}, {} is spent or promised.",
                sum.words(),
                usd(*budget_micros),
                usd(*spent_micros)
            ),
            Why::Unknown { sum } => match (sum.orders, sum.unknown) {
                (1, _) => "Nobody says what this costs, and there is a budget.".into(),
                (orders, unknown) => format!("Nobody says what {unknown} of these {orders} cost, and there is a budget."),
            },
        }
    }

    /// The budget that would just do.
    pub fn enough(&self, budget: Budget) -> Budget {
        match self {
            Why::Month { spent_micros, sum, .. } => {
                Budget { month_micros: Some(spent_micros.saturating_add(sum.micros)), ..budget }
            }
            Why::Project { spent_micros, sum, .. } => {
                Budget { project_micros: Some(spent_micros.saturating_add(sum.micros)), ..budget }
            }
            Why::Unknown { .. } => budget,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(micros: u64, unknown: usize) -> Sum {
        Sum { micros, orders: 1 + unknown, unknown }
    }

    #[test]
    fn without_a_line_everything_fits() {
        let spent = Spent { month_micros: u64::MAX, project_micros: u64::MAX };
        assert_eq!(Budget::default().judge(spent, &sum(u64::MAX, 3), true), Verdict::Fits);
    }

    #[test]
    fn a_line_is_crossed_by_one_millionth_more() {
        let budget = Budget { month_micros: Some(1000), project_micros: Some(500) };
        let spent = Spent { month_micros: 700, project_micros: 300 };
        assert_eq!(budget.judge(spent, &sum(200, 0), true), Verdict::Fits);
        assert!(matches!(budget.judge(spent, &sum(201, 0), true), Verdict::Asks { why: Why::Project { .. } }));
        assert_eq!(budget.judge(spent, &sum(300, 0), false), Verdict::Fits);
        assert!(matches!(budget.judge(spent, &sum(301, 0), false), Verdict::Asks { why: Why::Month { .. } }));
        assert_eq!(budget.judge(Spent { month_micros: 5000, ..spent }, &sum(0, 0), true), Verdict::Fits, "free goes on");
        assert!(matches!(budget.judge(spent, &sum(1, 1), false), Verdict::Asks { why: Why::Unknown { .. } }));
    }

    #[test]
    fn what_would_do_fits() {
        let budget = Budget { month_micros: Some(1000), project_micros: None };
        let (spent, wanted) = (Spent { month_micros: 900, project_micros: 0 }, sum(400, 0));
        let Verdict::Asks { why } = budget.judge(spent, &wanted, true) else { panic!("it is too much") };
        assert_eq!(why.enough(budget).judge(spent, &wanted, true), Verdict::Fits);
    }

    #[test]
    fn a_yes_holds_for_its_price_and_none_above_it() {
        let at = |price: Option<f64>| Terms {
            price: price.map(Money::usd),
            budget: Budget { month_micros: Some(0), project_micros: None },
        };
        let (cheap, unknown) = (Some(Money::usd(0.4)), None);
        let fits = |price, agreed: Option<&Option<Money>>| at(price).judge(Spent::default(), agreed, false) == Verdict::Fits;
        assert!(!fits(Some(0.4), None), "nobody said yes");
        assert!(fits(Some(0.4), Some(&cheap)) && fits(Some(0.3), Some(&cheap)));
        assert!(!fits(Some(0.400001), Some(&cheap)) && !fits(None, Some(&cheap)));
        assert!(fits(None, Some(&unknown)) && !fits(Some(0.01), Some(&unknown)));
        let euros = Some(Money { micros: 900_000, currency: "EUR".into() });
        assert!(!fits(Some(0.4), Some(&euros)), "other money can't be compared");
        let roomy =
            Terms { price: Some(Money::usd(0.5)), budget: Budget { month_micros: Some(500_000), project_micros: None } };
        assert_eq!(
            roomy.judge(Spent::default(), Some(&cheap), true),
            Verdict::Fits,
            "more than was said, and within the budget"
        );
    }

    #[test]
    fn other_money_can_not_be_compared() {
        let euro = Quote { cost: Some(Money { micros: 5, currency: "EUR".into() }), by_engine: true };
        let dollar = Quote { cost: Some(Money::usd(0.5)), by_engine: false };
        let sum = Sum::of([&euro, &dollar]);
        assert_eq!((sum.micros, sum.orders, sum.unknown), (500_000, 2, 1));
        assert_eq!(sum.words(), "$0.50 and 1 unknown");
    }
}
