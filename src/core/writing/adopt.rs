//! How proposed scenes come into the person's own script: behind what was taken from the same draft before, else at its end, and in the
//! place of all when nothing was written yet. What the person wrote is never changed.

use super::draft::{Draft, Scene};
use crate::core::project::NEW_SCRIPT;
use crate::core::script::Script;

/// The title of a script nobody has named.
const UNTITLED: &str = "Untitled";

/// Nothing of a person's own is in it.
pub fn is_blank(script: &Script) -> bool {
    script.source() == NEW_SCRIPT || (script.words() == 0 && script.scenes.iter().all(|scene| scene.directives.is_empty()))
}

/// The script with some of the draft's scenes. `scenes` are all of the draft's as they are now, `take` which of them come in, in order,
/// `taken` which came in before.
pub fn adopt(script: &Script, draft: &Draft, scenes: &[Scene], take: &[usize], taken: &[usize]) -> Script {
    let blank = is_blank(script);
    let mut script = if blank { emptied(script) } else { script.clone() };
    if taken.is_empty() {
        script = with_front(script, draft, blank);
    }
    let mut there: Vec<usize> = taken.to_vec();
    for at in take {
        let Some(scene) = scenes.get(*at) else { continue };
        let place = place(&script, scenes, &there, *at);
        let after = if place < script.scenes.len() { "\n" } else { "" };
        script = script.insert_scenes(place, &format!("{}{after}", scene.markdown()));
        there.push(*at);
    }
    script
}

/// Without its scenes; the front matter stays.
fn emptied(script: &Script) -> Script {
    let end = script.front.range.as_ref().map_or(0, |range| range.end);
    Script::markdown(format!("{}\n", script.source().get(..end).unwrap_or_default().trim_end()).trim_start())
}

/// What the draft says of the whole, where the script says nothing.
fn with_front(mut script: Script, draft: &Draft, blank: bool) -> Script {
    for (key, value) in &draft.front {
        let known = script.front.entries.iter().find(|entry| entry.key == *key);
        let open = match key.as_str() {
            "title" => script.front.title.as_deref().is_none_or(|title| title.trim().is_empty() || title == UNTITLED),
            _ => known.is_none_or(|entry| entry.value.is_empty()),
        };
        // What a draft says about itself is nothing to a script that has more in it.
        if open && (blank || key != "made") {
            script = if key == "title" { script.with_title(value) } else { script.with_front(key, Some(value)) };
        }
    }
    script
}

/// Before which scene of the script a scene of the draft belongs: behind the nearest before it that is there, before the nearest
/// after it, else last.
fn place(script: &Script, scenes: &[Scene], there: &[usize], at: usize) -> usize {
    let find = |of: usize| {
        let heading = &scenes.get(of)?.heading;
        script.scenes.iter().rposition(|scene| scene.heading == *heading)
    };
    let before = there.iter().copied().filter(|of| *of < at).max().and_then(find);
    let after = there.iter().copied().filter(|of| *of > at).min().and_then(find);
    before.map(|place| place + 1).or(after).unwrap_or(script.scenes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::core::writing::read;

    const OWN: &str = "---\ntitle: Mine\n---\n\n## Before\n\nMy own words.\n";

    fn draft() -> Draft {
        read::answer(
            "---\ntitle: Lamps\nstyle: ink\n---\n\n## One\n\n> seconds: 5\n\nFirst.\n\n## Two\n\nSecond.\n\n## Three\n\nThird.\n",
        )
    }

    fn headings(script: &Script) -> Vec<&str> {
        script.scenes.iter().map(|scene| scene.heading.as_str()).collect()
    }

    #[test]
    fn a_new_script_becomes_the_draft() {
        let draft = draft();
        for blank in [NEW_SCRIPT, "", "---\ntitle: Untitled\n---\n", "## New scene\n"] {
            let script = adopt(&Script::markdown(blank), &draft, &draft.scenes, &[0, 1, 2], &[]);
            assert_eq!((script.title(), headings(&script)), ("Lamps", vec!["One", "Two", "Three"]), "{blank}");
            assert!(script.source().contains("style: ink") && script.words() == 3, "{}", script.source());
        }
    }

    #[test]
    fn what_a_person_wrote_stays_before_what_is_proposed() {
        let draft = draft();
        let script = adopt(&Script::markdown(OWN), &draft, &draft.scenes, &[0, 1, 2], &[]);
        assert_eq!((script.title(), headings(&script)), ("Mine", vec!["Before", "One", "Two", "Three"]));
        assert!(
            script.source().contains("\n## Before\n\nMy own words.\n\n## One\n\n> seconds: 5\n\nFirst.\n\n## Two\n"),
            "{}",
            script.source()
        );
    }

    #[test]
    fn scenes_taken_one_by_one_stand_in_their_order() {
        let draft = draft();
        let mut script = Script::markdown(OWN);
        let mut taken = Vec::new();
        for at in [2, 0, 1] {
            script = adopt(&script, &draft, &draft.scenes, &[at], &taken);
            taken.push(at);
        }
        assert_eq!(headings(&script), ["Before", "One", "Two", "Three"]);
    }

    proptest! {
        /// In whatever order scenes are taken: every byte of the person's own scene stays, and the taken ones stand in order.
        #[test]
        fn nothing_of_the_persons_own_is_lost(order in Just(vec![0usize, 1, 2]).prop_shuffle(), count in 0..=3usize) {
            let draft = draft();
            let mut script = Script::markdown(OWN);
            let mut taken = Vec::new();
            for at in order.into_iter().take(count) {
                script = adopt(&script, &draft, &draft.scenes, &[at], &taken);
                taken.push(at);
            }
            prop_assert!(script.source().contains("## Before\n\nMy own words.\n"));
            taken.sort_unstable();
            let mut all = vec!["Before"];
            all.extend(taken.iter().map(|at| draft.scenes[*at].heading.as_str()));
            prop_assert_eq!(headings(&script), all);
        }
    }
}
