//! Puts updates together to what is shown. A motion is worth nothing without the text it was made for, so the two change in one
//! step: until both of a revision are there, the display keeps the pair it has.

use std::sync::Arc;

use crate::core::live::{Motion, Show, Update};
use crate::core::prompter::text::Text;

/// What came in on a line and is not shown yet.
#[derive(Debug, Default)]
pub(super) struct Gather {
    text: Option<Arc<Text>>,
    motion: Option<Arc<Motion>>,
    /// Text and motion of this line are shown. Before, what is shown may be another run's, whose revisions mean nothing here.
    begun: bool,
}

/// What an update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Took {
    Changed,
    /// Kept until what belongs to it is there, or nothing to show.
    Nothing,
    /// It contradicts itself and was left out.
    Broken,
}

impl Gather {
    /// Takes an update into `show`.
    pub fn take(&mut self, show: &mut Show, update: Update) -> Took {
        match update {
            Update::Text(text) => {
                self.text = Some(text);
                return self.pair(show);
            }
            // A course without a single anchor has no position.
            Update::Motion(motion) if motion.course.anchors().is_empty() => return Took::Broken,
            Update::Motion(motion) => {
                self.motion = Some(motion);
                return self.pair(show);
            }
            Update::Scenes(scenes) => show.scenes = scenes,
            Update::Look(look) => show.look = look,
            Update::Status(status) => show.status = status,
            Update::Mirrors { mirrors } => show.mirrors = mirrors,
            Update::Welcome { .. } | Update::Clock { .. } | Update::Refused { .. } => return Took::Nothing,
        }
        Took::Changed
    }

    fn pair(&mut self, show: &mut Show) -> Took {
        if !self.begun && (self.text.is_none() || self.motion.is_none()) {
            return Took::Nothing;
        }
        let text = self.text.as_ref().unwrap_or(&show.text);
        let motion = self.motion.as_ref().unwrap_or(&show.motion);
        if text.revision != motion.revision {
            return Took::Nothing;
        }
        (show.text, show.motion) = (Arc::clone(text), Arc::clone(motion));
        *self = Gather { begun: true, ..Gather::default() };
        Took::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(revision: u64) -> Update {
        Update::Text(Arc::new(Text { revision, height: revision as f64, ..Text::default() }))
    }

    fn motion(revision: u64) -> Update {
        Update::Motion(Arc::new(Motion { revision, ..Motion::default() }))
    }

    #[test]
    fn text_and_motion_change_together() {
        let (mut gather, mut show) = (Gather::default(), Show::default());
        assert_eq!(gather.take(&mut show, text(1)), Took::Nothing);
        assert_eq!((show.text.revision, show.motion.revision), (0, 0));
        assert_eq!(gather.take(&mut show, motion(1)), Took::Changed);
        assert_eq!((show.text.revision, show.motion.revision), (1, 1));
        // A change of course alone, then a text that is overtaken by the next one.
        assert_eq!(gather.take(&mut show, motion(1)), Took::Changed);
        assert_eq!(gather.take(&mut show, text(2)), Took::Nothing);
        assert_eq!(gather.take(&mut show, text(3)), Took::Nothing);
        assert_eq!(gather.take(&mut show, motion(2)), Took::Nothing);
        assert_eq!((show.text.revision, show.motion.revision), (1, 1));
        assert_eq!(gather.take(&mut show, motion(3)), Took::Changed);
        assert_eq!((show.text.revision, show.text.height, show.motion.revision), (3, 3.0, 3));
    }

    #[test]
    fn a_new_line_begins_with_its_own_pair() {
        let (mut gather, mut show) = (Gather::default(), Show::default());
        gather.take(&mut show, text(1));
        gather.take(&mut show, motion(1));
        // The studio was restarted and has another text of the same revision.
        let mut next = Gather::default();
        let other = Update::Text(Arc::new(Text { revision: 1, height: 99.0, ..Text::default() }));
        assert_eq!(next.take(&mut show, other), Took::Nothing);
        assert_eq!(show.text.height, 1.0);
        assert_eq!(next.take(&mut show, motion(1)), Took::Changed);
        assert_eq!(show.text.height, 99.0);
    }

    #[test]
    fn a_course_without_anchors_is_left_out() {
        let (mut gather, mut show) = (Gather::default(), Show::default());
        let empty = r#"{"type":"motion","course":{"anchors":[],"running":true},"plan":{"legs":[]},"revision":0}"#;
        assert_eq!(gather.take(&mut show, serde_json::from_str(empty).unwrap()), Took::Broken);
        assert_eq!(show, Show::default());
    }
}
