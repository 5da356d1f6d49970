//! Clips and sounds of the open project that are not on both sides yet. They follow the words in their own time.

use crate::core::problem::Problem;

/// How it stands with them; empty when all are where they should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    /// The one that is on its way to the server.
    pub sending: Option<String>,
    /// Those that are to come from it.
    pub fetching: Vec<String>,
    /// How much of the one that moves has arrived, 0 to 1.
    pub part: f32,
    /// Those that are neither here nor on the server: whoever made them has not sent them yet.
    pub missing: Vec<String>,
    /// Why the last try came to nothing.
    pub trouble: Option<Problem>,
}

impl Files {
    /// A word or two in the place of “on server”: the words are there already.
    pub fn word(&self) -> Option<String> {
        let percent = format!("{:.0} %", self.part * 100.0);
        match (&self.sending, self.fetching.len(), self.missing.len()) {
            (Some(_), ..) => Some(format!("Sending clips · {percent}")),
            (None, 1.., _) => Some(format!("Fetching clips · {percent}")),
            (None, 0, 1..) => Some("Clips missing".into()),
            (None, 0, 0) => None,
        }
    }

    /// What there is to say about them.
    pub fn sentence(&self) -> Option<String> {
        let trouble = self.trouble.as_ref().map(|problem| format!(" {}", problem.what)).unwrap_or_default();
        if let Some(path) = &self.sending {
            return Some(format!("The words are on the server; {path} follows them.{trouble}"));
        }
        match (&self.fetching[..], &self.missing[..]) {
            ([], []) => self.trouble.as_ref().map(|problem| problem.what.clone()),
            ([], [path]) => {
                Some(format!("{path} is not on the server yet. It comes when the machine that made it has sent it."))
            }
            ([], all) => Some(format!(
                "{} clips and sounds are not on the server yet. They come when the machine that made them has sent them.",
                all.len()
            )),
            (_, _) => Some(format!("The words are here; {} clips and sounds are still coming.{trouble}", self.fetching.len())),
        }
    }

    /// Where a file is that a scene names and this disk does not have; `None` for one that is here.
    pub fn about(&self, path: &str) -> Option<String> {
        if self.fetching.iter().any(|coming| coming == path) {
            return Some(format!("{path} is coming from the server."));
        }
        let missing = self.missing.iter().any(|missing| missing == path);
        missing.then(|| format!("{path} is not on this machine. It comes when the machine that made it has sent it."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_said_and_what_is_there_is_not() {
        let all = Files::default();
        assert_eq!((all.word(), all.sentence(), all.about("clips/a.mp4")), (None, None, None));
        let sending = Files { sending: Some("clips/a.mp4".into()), part: 0.34, ..Files::default() };
        assert_eq!(sending.word().as_deref(), Some("Sending clips · 34 %"));
        let coming = Files { fetching: vec!["clips/a.mp4".into()], missing: vec!["clips/b.mp4".into()], ..Files::default() };
        assert_eq!(coming.word().as_deref(), Some("Fetching clips · 0 %"));
        assert!(coming.about("clips/a.mp4").unwrap().contains("coming") && coming.about("clips/c.mp4").is_none());
        let missing = Files { fetching: Vec::new(), ..coming };
        assert!(missing.sentence().unwrap().starts_with("clips/b.mp4") && missing.about("clips/b.mp4").is_some());
    }
}
