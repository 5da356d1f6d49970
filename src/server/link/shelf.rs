//! The newest of each part, and which of them a connection has sent. A part is written as JSON once, by whoever sends it first,
//! however many displays there are.

use std::sync::{Arc, OnceLock};

use axum::extract::ws::Utf8Bytes;

use crate::core::live::{Scenes, Show, Update};
use crate::core::prompter::text::Text;

const PARTS: usize = 6;

/// One part as it stands; a change makes a new one.
#[derive(Debug)]
pub(super) struct Part {
    update: Update,
    wire: OnceLock<Utf8Bytes>,
}

impl Part {
    /// As it goes over the wire; `None` if it can't be written, which plain data always can.
    pub fn wire(&self) -> Option<Utf8Bytes> {
        if let Some(wire) = self.wire.get() {
            return Some(wire.clone());
        }
        let text = json(&self.update)?;
        Some(self.wire.get_or_init(|| text).clone())
    }
}

/// Everything that is shown. Empty until the studio has said something.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    /// In the order in which they are sent: the text is there before the motion that belongs to it.
    parts: [Option<Arc<Part>>; PARTS],
}

impl Shelf {
    /// Takes over what differs; true when anything did.
    pub fn put(&mut self, show: Show) -> bool {
        let updates = [
            Update::Text(show.text),
            Update::Scenes(show.scenes),
            Update::Look(show.look),
            Update::Motion(show.motion),
            Update::Status(show.status),
            Update::Mirrors { mirrors: show.mirrors },
        ];
        let mut changed = false;
        for (part, update) in self.parts.iter_mut().zip(updates) {
            if part.as_ref().is_some_and(|part| same(&part.update, &update)) {
                continue;
            }
            *part = Some(Arc::new(Part { update, wire: OnceLock::new() }));
            changed = true;
        }
        changed
    }

    pub fn text(&self) -> Option<&Text> {
        self.parts.iter().flatten().find_map(|part| if let Update::Text(text) = &part.update { Some(&**text) } else { None })
    }

    pub fn scenes(&self) -> Option<&Scenes> {
        self.parts
            .iter()
            .flatten()
            .find_map(|part| if let Update::Scenes(scenes) = &part.update { Some(&**scenes) } else { None })
    }
}

/// What a connection has sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    parts: [Option<Arc<Part>>; PARTS],
}

impl Sent {
    /// What `shelf` has that was not sent yet, in order; from now on it counts as sent.
    pub fn missing(&mut self, shelf: &Shelf) -> Vec<Arc<Part>> {
        let mut missing = Vec::new();
        for (sent, now) in self.parts.iter_mut().zip(&shelf.parts) {
            let Some(now) = now else { continue };
            if sent.as_ref().is_some_and(|sent| Arc::ptr_eq(sent, now)) {
                continue;
            }
            *sent = Some(Arc::clone(now));
            missing.push(Arc::clone(now));
        }
        missing
    }
}

/// An update as it goes over the wire.
pub(super) fn json(update: &Update) -> Option<Utf8Bytes> {
    match serde_json::to_string(update) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!(%error, "an update can't be written");
            None
        }
    }
}

/// Equal; the same allocation is known to be without looking inside.
fn same(one: &Update, other: &Update) -> bool {
    fn alike<T: PartialEq>(one: &Arc<T>, other: &Arc<T>) -> bool {
        Arc::ptr_eq(one, other) || one == other
    }
    match (one, other) {
        // Two texts of different revisions differ, or are taken to.
        (Update::Text(one), Update::Text(other)) => one.revision == other.revision && alike(one, other),
        (Update::Scenes(one), Update::Scenes(other)) => alike(one, other),
        (Update::Look(one), Update::Look(other)) => alike(one, other),
        (Update::Motion(one), Update::Motion(other)) => alike(one, other),
        (Update::Status(one), Update::Status(other)) => alike(one, other),
        (Update::Mirrors { mirrors: one }, Update::Mirrors { mirrors: other }) => alike(one, other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::live::{Motion, Status};

    fn kinds(parts: &[Arc<Part>]) -> Vec<String> {
        let kind = |part: &Arc<Part>| {
            let value: serde_json::Value = serde_json::from_str(&part.wire().unwrap()).unwrap();
            value["type"].as_str().unwrap().to_owned()
        };
        parts.iter().map(kind).collect()
    }

    #[test]
    fn only_what_changed_goes_out_and_the_text_goes_first() {
        let (mut shelf, mut sent) = (Shelf::default(), Sent::default());
        assert!(sent.missing(&shelf).is_empty());
        let mut show = Show::default();
        assert!(shelf.put(show.clone()));
        assert_eq!(kinds(&sent.missing(&shelf)), ["text", "scenes", "look", "motion", "status", "mirrors"]);
        // The same again, be it the same allocation or an equal one.
        assert!(!shelf.put(show.clone()));
        show.status = Arc::new(Status::default());
        assert!(!shelf.put(show.clone()));
        assert!(sent.missing(&shelf).is_empty());
        show.motion = Arc::new(Motion { revision: 2, ..Motion::default() });
        assert!(shelf.put(show.clone()));
        show.text = Arc::new(Text { revision: 2, ..Text::default() });
        assert!(shelf.put(show));
        assert_eq!(kinds(&sent.missing(&shelf)), ["text", "motion"]);
        assert!(sent.missing(&shelf).is_empty());
    }

    #[test]
    fn a_slow_reader_gets_the_newest_only() {
        let (mut shelf, mut sent) = (Shelf::default(), Sent::default());
        for revision in 1..=50 {
            shelf.put(Show { text: Arc::new(Text { revision, ..Text::default() }), ..Show::default() });
            if revision == 1 {
                sent.missing(&shelf);
            }
        }
        let missing = sent.missing(&shelf);
        assert_eq!(kinds(&missing), ["text"]);
        assert!(missing[0].wire().unwrap().contains("\"revision\":50"));
    }
}
