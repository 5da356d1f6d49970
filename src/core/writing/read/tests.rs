//! Answers as writers really send them.

use proptest::prelude::*;

use super::{answer, scene};
use crate::core::script::Script;

const PLAIN: &str = "---\ntitle: The lamp\nlanguage: en\n---\n\n## The door\n\n> image: a lamp in a window, dusk\n> clip: the lamp flickers\n> seconds: 12\n\nNobody waits at the door.\n\n[smile]\n\nBut I do.\n\n## The road\n\n> seconds: 20\n\nIt goes on.\n";

fn headings(raw: &str) -> Vec<String> {
    answer(raw).scenes.into_iter().map(|scene| scene.heading).collect()
}

#[test]
fn our_own_form_comes_back_as_it_is() {
    let draft = answer(PLAIN);
    assert_eq!(draft.markdown(), PLAIN);
    assert_eq!((draft.title(), draft.words()), (Some("The lamp"), 11));
}

#[test]
fn fences_and_chatter_are_left_out() {
    for raw in [
        format!("Sure! Here is your script:\n\n```markdown\n{PLAIN}```\n\nLet me know if you want changes."),
        format!("```\n{PLAIN}"),
        format!("<think>\n## Not this\n</think>\n{PLAIN}"),
        format!("thinking aloud</think>{PLAIN}\n---\n\nWould you like a shorter one?"),
        format!("{PLAIN}\n\nI hope this helps!\n\nLet me know."),
        PLAIN.replace('\n', "\r\n"),
    ] {
        assert_eq!(answer(&raw).markdown(), PLAIN, "{raw}");
    }
}

#[test]
fn other_writers_call_it_otherwise() {
    let raw = "# The lamp\n\n**Scene 1: The door** (0:00–0:12)\n\n**Visual:** a lamp in a window, dusk\n**Motion:** the lamp flickers\n\n**Narrator:** \"Nobody waits at the door.\"\n\n(smile)\n\nVO: But I do.\n\n---\n\n**Scene 2 — The road (20s)**\n\nIt goes on.\n";
    assert_eq!(answer(raw).markdown(), PLAIN.replace("language: en\n", ""));
    let deeper = "## Script: The lamp\n### Scene 1 – The door\n#### Image prompt\na lamp in a window,\ndusk\n\n#### Narration\nNobody waits.\n### Scene 2 – The road\nIt goes on.\n";
    let draft = answer(deeper);
    assert_eq!((draft.title(), headings(deeper)), (Some("The lamp"), vec!["The door".to_owned(), "The road".to_owned()]));
    assert_eq!(
        (draft.scenes[0].value("image"), draft.scenes[0].body.as_str()),
        (Some("a lamp in a window, dusk"), "Nobody waits.")
    );
}

#[test]
fn one_level_of_headings_has_its_title_first() {
    assert_eq!(headings("# The lamp\n\n# The door\nNobody waits.\n\n# The road\nIt goes on.\n"), ["The door", "The road"]);
    assert_eq!(answer("# The lamp\n\n# The door\nNobody waits.\n").title(), Some("The lamp"));
}

#[test]
fn json_is_a_script_too() {
    let raw = r#"Here you go: ```json
{"title": "The lamp", "scenes": [
  {"scene": 1, "heading": "The door", "image_prompt": "a lamp in a window, dusk", "motion": "the lamp flickers", "duration": "12s", "narration": ["Nobody waits at the door.", "[smile]", "But I do."]},
  {"heading": "The road", "seconds": 20, "text": "It goes on."}
], "notes": "x"}
``` Enjoy!"#;
    let whole = PLAIN.replace("language: en\n", "");
    assert_eq!(answer(raw).markdown(), whole);
    // As far as it has come.
    let half = answer(&raw[..raw.find("But I do").unwrap()]);
    assert_eq!(half.scenes[0].heading, "The door");
    assert!(half.scenes[0].body.starts_with("Nobody waits"));
}

#[test]
fn half_a_script_is_as_far_as_it_came() {
    let draft = answer(&PLAIN[..PLAIN.find("It goes").unwrap() + 5]);
    assert_eq!((draft.scenes.len(), draft.scenes[1].body.as_str()), (2, "It go"));
    assert_eq!(answer("I can't write that."), super::Draft::default());
    assert_eq!(answer("---\ntitle: T\n\n## One\n\nHello there.\n").scenes[0].body, "Hello there.");
}

#[test]
fn text_without_headings_is_one_scene() {
    let raw = "The lamp burns all night long, and nobody in the whole town knows who lights it.";
    assert_eq!(answer(raw).scenes.len(), 1);
}

#[test]
fn prompts_over_several_lines_are_one() {
    let raw = "## One\n\n> image: a lamp\n> in a window\n> seconds: 12 s\n\nHello.\n\n## Two\n\n> Somebody said this aloud.\n";
    let draft = answer(raw);
    assert_eq!(draft.scenes[0].value("image"), Some("a lamp in a window"));
    assert_eq!((draft.scenes[0].value("seconds"), draft.scenes[1].body.as_str()), (Some("12"), "Somebody said this aloud."));
}

#[test]
fn a_scene_stays_one_when_it_is_edited() {
    let edited = scene("## The door\n\n> seconds: 9\n\nNobody.\n\n## Again\n\nYes.\n");
    assert_eq!(
        (edited.heading.as_str(), edited.body.as_str(), edited.value("seconds")),
        ("The door", "Nobody.\n\nYes.", Some("9"))
    );
}

proptest! {
    /// Whatever comes, whole or cut anywhere: no panic, and what is written out is a script that reads the same again.
    #[test]
    fn no_answer_is_too_strange(raw in "(## |### |# |> |image: |```|\\{|\\}|\"|\\[|\\]|:|,|-{3}|\\*{2}|scenes|Scene 1|[a-zé ]{0,6}|\n){0,40}") {
        let draft = answer(&raw);
        let again = answer(&draft.markdown());
        prop_assert_eq!(again.scenes.len(), draft.scenes.len(), "{:?}", draft);
        let script = Script::markdown(draft.markdown());
        prop_assert!(script.scenes.len() >= draft.scenes.len().min(1));
    }

    #[test]
    fn a_script_may_be_cut_anywhere(at in 0..PLAIN.len()) {
        let draft = answer(PLAIN.get(..at).unwrap_or_default());
        prop_assert!(draft.scenes.len() <= 2);
        prop_assert!(draft.words() <= 11);
    }
}
