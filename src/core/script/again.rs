//! Reading a script again after a keystroke: only the scene that was typed in is read, the others move. That is right as long as a
//! scene's Markdown means the same wherever it stands. What stood open before a scene's heading would have made it no heading; what
//! may be left open in the scene itself (code fences, HTML), and what names something from afar (link definitions, further front
//! matter), has all of it read. A property test compares the two ways.

use std::ops::Range;

use super::{Scene, Script, markdown};

/// What may reach over the next heading.
const FAR_REACHING: [&str; 3] = ["```", "~~~", "<"];
/// What means something to the whole script, wherever it stands.
const FROM_AFAR: [&str; 2] = ["]:", "---"];

impl Script {
    /// The script with this text in the place of its own, and the text it had.
    pub fn retyped(mut self, source: String) -> (Script, String) {
        let Some((at, scene)) = self.scene_alone(&source) else {
            return (Script::markdown(source), self.source);
        };
        let (from, grown) = (self.scenes[at].range.end, source.len() as isize - self.source.len() as isize);
        debug_assert_eq!(scene.range.end as isize, from as isize + grown);
        for later in &mut self.scenes[at + 1..] {
            later.shift(grown);
        }
        self.scenes[at] = scene;
        let before = std::mem::replace(&mut self.source, source);
        (self, before)
    }

    /// The one scene in which `source` differs from the text, read anew; `None` when that does not say it all.
    fn scene_alone(&self, source: &str) -> Option<(usize, Scene)> {
        let change = difference(&self.source, source);
        let at = self.scenes.partition_point(|scene| scene.range.start < change.start).checked_sub(1)?;
        let scene = &self.scenes[at];
        let heading = scene.heading_range.as_ref()?;
        // An underlined heading could be drawn into what stands before it; one within a list is the list's.
        let marked = |at: usize| self.source[at..].starts_with("##") && (at == 0 || self.source[..at].ends_with('\n'));
        let is_last = at + 1 == self.scenes.len();
        if !marked(scene.range.start)
            || !(is_last || marked(scene.range.end))
            || change.start <= heading.end
            || change.end > scene.range.end
        {
            return None;
        }
        let end = (scene.range.end + source.len()).checked_sub(self.source.len())?;
        let (before, after) = (self.source.get(scene.range.clone())?, source.get(scene.range.start..end)?);
        let names_title = |text: &str| text.get(2..).is_none_or(|rest| rest.contains(['#', '=']));
        if !(is_last || after.ends_with('\n')) || names_title(before) || names_title(after) {
            return None;
        }
        let front = self.front.range.clone().unwrap_or(0..0);
        let reaches = |text: &str| FAR_REACHING.iter().any(|mark| text.contains(mark));
        if reaches(before)
            || reaches(after)
            || front.start > 0
            || FROM_AFAR.iter().any(|mark| source[front.end..].contains(mark))
        {
            return None;
        }
        let (_, mut scenes) = markdown::read(after);
        let mut read = scenes.pop().filter(|read| scenes.is_empty() && read.heading_range.is_some())?;
        read.shift(scene.range.start as isize);
        Some((at, read))
    }
}

impl Scene {
    fn shift(&mut self, by: isize) {
        let moved = |range: &mut Range<usize>| {
            *range = range.start.saturating_add_signed(by)..range.end.saturating_add_signed(by);
        };
        moved(&mut self.range);
        self.heading_range.iter_mut().for_each(moved);
        for line in &mut self.lines {
            line.start = line.start.saturating_add_signed(by);
        }
        for directive in &mut self.directives {
            moved(&mut directive.value_range);
            moved(&mut directive.line_range);
        }
    }
}

/// The bytes of `before` that `after` has something else for; empty where something was only put in.
fn difference(before: &str, after: &str) -> Range<usize> {
    let (old, new) = (before.as_bytes(), after.as_bytes());
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    head..old.len() - tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of Markdown that get on badly with each other.
    const PIECES: [&str; 34] = [
        "\n",
        "\n\n",
        "## ",
        "## A\n",
        "# T\n",
        "\n## B\n\n",
        "word ",
        "Ein Satz. ",
        "猫",
        "é",
        "[smile]",
        "[a]: b\n",
        "> image: x\n",
        "> seconds: 4\n",
        "> said\n",
        "- ",
        "- item\n",
        "  ## in\n",
        "1. ",
        "```",
        "~~~\n",
        "<b>",
        "---\n",
        "...\n",
        "\n---\n",
        "===\n",
        "    code\n",
        "| a | b |\n|---|---|\n",
        "`",
        "*",
        "\r\n",
        "\r",
        "\t",
        "https://x.y ",
    ];

    fn text() -> impl Strategy<Value = String> {
        let plain = ["## A\n\nOne two. Three!\n\n", "## B\n> image: b\n\nFour.\n", "- list\n\n", "Five [six] seven.\n\n"];
        let piece = prop_oneof![3 => prop::sample::select(plain.to_vec()), 1 => prop::sample::select(PIECES.to_vec())];
        (prop::bool::ANY, prop::collection::vec(piece, 0..14)).prop_map(|(front, pieces)| {
            let front = if front { "---\ntitle: T\n---\n\n" } else { "" };
            format!("{front}{}", pieces.concat())
        })
    }

    proptest! {
        #[test]
        fn typing_reads_as_opening_does(
            before in text(), at in any::<prop::sample::Index>(), gone in 0usize..6, put in prop::sample::select(PIECES.to_vec()),
        ) {
            let start = before.floor_char_boundary(at.index(before.len() + 1));
            let end = before.ceil_char_boundary((start + gone).min(before.len()));
            let after = [&before[..start], put, &before[end..]].concat();
            let (script, was) = Script::markdown(before.clone()).retyped(after.clone());
            prop_assert_eq!(script, Script::markdown(after));
            prop_assert_eq!(was, before);
        }
    }

    #[test]
    fn only_the_scene_that_is_typed_in_is_read() {
        let script = Script::markdown("---\ntitle: T\n---\n\n## A\n\nOne.\n\n## B\n\nTwo.\n\n## C\n\nThree.\n");
        let typed = |text: &str, more: &str| script.source().replace(text, more);
        let alone = |source: &str| script.scene_alone(source).map(|(at, _)| at);
        assert_eq!(alone(&typed("Two.", "Two and more.")), Some(1));
        assert_eq!(alone(&typed("Three.", "")), Some(2));
        let fenced = script.source().replace("One.", "```\n## no scene\n```\n<b>One</b>");
        let (script, _) = script.clone().retyped(fenced);
        assert_eq!(
            script.scene_alone(&script.source().replace("Two.", "Two more.")).map(|(at, _)| at),
            Some(1),
            "beside a fence"
        );
        assert_eq!(alone(&typed("## B", "## Bee")), None, "a heading");
        assert_eq!(alone(&typed("Two.", "Two.\n\n## New\n")), None, "another scene");
        assert_eq!(alone(&typed("Two.", "```")), None, "what reaches further");
        assert_eq!(alone(&typed("title: T", "title: U")), None, "the front");
    }
}
