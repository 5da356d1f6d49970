//! What a writer is asked: our own form of a script, told once and shown once, with the figures of this one.

use super::{Brief, Draft};

/// A question to a writer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub system: String,
    /// The person's words and the writer's, in turns; the first are the person's.
    pub turns: Vec<String>,
}

/// The form, as a writer sees it.
const FORM: &str = "---
title: A few words
---

## Heading of the first scene

> image: one still picture for this scene, described in one line
> clip: what moves in that picture, in one line
> seconds: 12

The first sentences that are spoken.

[smile]

The next ones.

## Heading of the second scene";

/// The question for a whole script.
pub fn script(brief: &Brief) -> Question {
    let (scenes, words) = (brief.scene_count(), brief.words());
    let language = match brief.language.trim() {
        "" => "the language the theme is written in".to_owned(),
        language => language.to_owned(),
    };
    let mut system = format!(
        "You write scripts that one person reads aloud from a teleprompter into a camera, in one take. \
Answer with the script alone: no greeting, no explanation, no code fence. It has exactly this form:\n\n{FORM}\n\n\
Rules:\n\
- {scenes} scenes. All spoken words together: about {words}, because the whole takes {secs:.0} seconds at {pace:.0} words a minute. \
The seconds of the scenes add up to {secs:.0}, and each scene has the words that fit its seconds.\n\
- Spoken sentences are short and made for the ear. Nothing is spoken that can't be said aloud: no lists, no emoji, no links.\n\
- Square brackets hold a cue for the speaker, such as [pause] or [look up]. Use few.\n\
- `image:` shows a place, things, light and people, never writing in the picture. Each stands alone: whoever draws it sees no other line.\n\
- `clip:` tells of one slow movement of the camera or of something in the picture.\n\
- The first scene makes the listener want the rest. The last one ends it; it does not sum up.\n\
- The tone is {tone}.\n\
- Headings and spoken words are in {language}; `image:` and `clip:` are in English.",
        secs = brief.seconds,
        pace = brief.pace,
        tone = brief.tone.direction(),
    );
    if !brief.style.look.is_empty() {
        system.push_str(&format!(
            "\n- All pictures look like this, which is added to each by itself, so do not repeat it: {}.",
            brief.style.look
        ));
    }
    if !brief.style.characters.is_empty() {
        let people: Vec<String> = brief.style.characters.iter().map(|c| format!("{} ({})", c.name, c.description)).collect();
        system.push_str(&format!(
            "\n- In pictures, call these by their names alone; how they look is added by itself: {}.",
            people.join("; ")
        ));
    }
    Question { system, turns: vec![format!("Theme: {}", brief.theme.trim())] }
}

/// The question for another version of what was written, with what a person says about it.
pub fn again(brief: &Brief, before: &Draft, remark: &str) -> Question {
    let mut question = script(brief);
    question.turns.push(before.markdown());
    let remark = match remark.trim() {
        "" => "Write it again, another way.",
        remark => remark,
    };
    question.turns.push(format!("{remark}\n\nAnswer with the whole script, in the same form."));
    question
}

/// About how many tokens a question and its answer take, for a price before the click: four characters a token, and half as many again
/// for the answer, since prompts and headings go with the spoken words.
pub fn tokens(question: &Question, answer_words: u32) -> u64 {
    let asked: usize = question.system.len() + question.turns.iter().map(String::len).sum::<usize>();
    asked as u64 / 4 + u64::from(answer_words) * 2 + 200
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::style::{Character, Style};
    use crate::core::writing::read;

    #[test]
    fn the_form_that_is_shown_is_the_one_that_is_read() {
        let draft = read::answer(FORM);
        assert_eq!((draft.title(), draft.scenes.len()), (Some("A few words"), 2));
        assert_eq!(draft.scenes[0].value("seconds"), Some("12"));
        assert_eq!(draft.scenes[0].body, "The first sentences that are spoken.\n\n[smile]\n\nThe next ones.");
    }

    #[test]
    fn figures_style_and_people_are_told() {
        let characters = vec![Character { name: "Ada".into(), description: "a keeper".into() }];
        let style = Style { look: "paper cut".into(), characters };
        let brief = Brief {
            theme: "Lighthouses".into(),
            seconds: 60.0,
            scenes: Some(3),
            style,
            language: "de".into(),
            ..Brief::default()
        };
        let question = script(&brief);
        for said in ["3 scenes", "about 150", "60 seconds", "paper cut", "Ada (a keeper)", "spoken words are in de"] {
            assert!(question.system.contains(said), "{said}: {}", question.system);
        }
        assert_eq!(question.turns, ["Theme: Lighthouses"]);
        let again = again(&brief, &read::answer(FORM), "Shorter.");
        assert_eq!(again.turns.len(), 3);
        assert!(again.turns[2].starts_with("Shorter."));
        assert!(tokens(&again, brief.words()) > tokens(&question, brief.words()));
    }
}
