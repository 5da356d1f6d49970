//! What came from what: sentence of a script → prompt version → job → asset → film → upload, and project → project. Walked up, to
//! where something comes from, and down, to what became of it.

use std::collections::{HashMap, VecDeque};

use serde::Serialize;

/// What an end of an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Project,
    /// A version of a script.
    Script,
    /// A version of a prompt.
    Prompt,
    Job,
    /// A take too, under its own id.
    Asset,
    /// What a server has.
    Upload,
}

impl What {
    pub const ALL: [What; 6] = [What::Project, What::Script, What::Prompt, What::Job, What::Asset, What::Upload];

    pub fn name(self) -> &'static str {
        match self {
            What::Project => "project",
            What::Script => "script",
            What::Prompt => "prompt",
            What::Job => "job",
            What::Asset => "asset",
            What::Upload => "upload",
        }
    }

    pub fn named(name: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.name() == name)
    }
}

/// One end of an edge.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    pub what: What,
    pub id: String,
}

/// The outcome came from the origin, and how: `take`, `clip`, `sentence` …
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    pub origin: Place,
    pub outcome: Place,
    pub how: String,
}

/// Which way lineage is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To where it comes from.
    Up,
    /// To what became of it.
    Down,
}

/// A place as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    #[serde(flatten)]
    pub place: Place,
    /// How far it is from where the walk began: 1 for what it comes from directly.
    pub steps: u32,
    pub name: String,
    /// What more can be said in a line: the sentence, the engine and its price, the server's id.
    pub detail: String,
    /// RFC 3339 UTC; empty where nobody knows.
    pub at: String,
    /// It has been deleted since; its name is gone with it.
    pub gone: bool,
}

/// All that was found on one way, nearest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Walk {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// The places that `edges` lead to from `start`, with how many steps away each is, nearest first and each once, whatever circles the
/// edges make.
pub fn steps(start: &Place, edges: &[Edge], way: Way) -> Vec<(Place, u32)> {
    let mut next: HashMap<&Place, Vec<&Place>> = HashMap::new();
    for edge in edges {
        let (from, to) = match way {
            Way::Up => (&edge.outcome, &edge.origin),
            Way::Down => (&edge.origin, &edge.outcome),
        };
        next.entry(from).or_default().push(to);
    }
    let mut seen = HashMap::from([(start, 0)]);
    let mut waiting = VecDeque::from([start]);
    let mut found = Vec::new();
    while let Some(place) = waiting.pop_front() {
        let steps = seen.get(place).copied().unwrap_or(0) + 1;
        for &to in next.get(place).into_iter().flatten() {
            if !seen.contains_key(to) {
                seen.insert(to, steps);
                waiting.push_back(to);
                found.push((to.clone(), steps));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(n: u8) -> Place {
        Place { what: What::ALL[usize::from(n) % 6], id: n.to_string() }
    }

    fn edge((origin, outcome): (u8, u8)) -> Edge {
        Edge { origin: place(origin), outcome: place(outcome), how: "test".into() }
    }

    #[test]
    fn the_nearest_come_first_and_circles_end() {
        let edges: Vec<Edge> = [(1, 2), (2, 3), (1, 3), (3, 4), (4, 1)].into_iter().map(edge).collect();
        let told = |way| steps(&place(1), &edges, way).into_iter().map(|(place, steps)| (place.id, steps)).collect::<Vec<_>>();
        let expected = |all: &[(&str, u32)]| all.iter().map(|(id, steps)| ((*id).to_owned(), *steps)).collect::<Vec<_>>();
        assert_eq!(told(Way::Down), expected(&[("2", 1), ("3", 1), ("4", 2)]));
        assert_eq!(told(Way::Up), expected(&[("4", 1), ("3", 2), ("2", 3)]));
    }

    proptest! {
        #[test]
        fn what_is_down_from_here_has_here_above_it(pairs in proptest::collection::vec((0..12u8, 0..12u8), 0..40)) {
            let edges: Vec<Edge> = pairs.into_iter().filter(|(a, b)| a != b).map(edge).collect();
            for (below, down) in steps(&place(0), &edges, Way::Down) {
                let above = steps(&below, &edges, Way::Up);
                let up = above.iter().find(|(found, _)| *found == place(0)).map(|(_, steps)| *steps);
                prop_assert_eq!(up, Some(down));
            }
        }
    }
}
