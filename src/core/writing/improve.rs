//! Prompts made better: what a writer is asked for that, how its answer is read, and what rules alone can add when there is no writer.

use super::ask::Question;
use crate::core::generate::Role;
use crate::core::script::Scene;

/// The longest prompt that is taken from an answer.
const MAX_CHARS: usize = 2000;
/// Words of a scene that are sent along, so that the picture fits them.
const MAX_CONTEXT_CHARS: usize = 1200;

/// A prompt that is to be made better, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The part of the scene that is made from it.
    pub role: Role,
    /// May be empty: then one is made from the scene's words.
    pub prompt: String,
    /// The picture that a clip begins with, and that an end picture comes after.
    pub shows: String,
    /// What happens in the clip that an end picture ends.
    pub moves: String,
    /// What a person says should change.
    pub remark: String,
    pub heading: String,
    /// What is spoken in the scene.
    pub spoken: String,
    /// The style that is added by itself.
    pub look: String,
}

impl Wanted {
    /// For a part of a scene of a script.
    pub fn of(scene: &Scene, role: Role, prompt: &str, remark: &str, look: &str) -> Wanted {
        let spoken: Vec<&str> = scene.lines.iter().map(|line| line.text.as_str()).collect();
        let said = |of: Role| scene.wanted(of).unwrap_or_default();
        Wanted {
            role,
            prompt: prompt.trim().to_owned(),
            shows: if role == Role::Picture { String::new() } else { said(Role::Picture) },
            moves: if role == Role::End { said(Role::Clip) } else { String::new() },
            remark: remark.trim().to_owned(),
            heading: scene.heading.clone(),
            spoken: spoken.join(" ").chars().take(MAX_CONTEXT_CHARS).collect(),
            look: look.to_owned(),
        }
    }
}

/// The question for a better prompt.
pub fn question(wanted: &Wanted) -> Question {
    let what = match wanted.role {
        Role::Clip => {
            "a short film made from one still picture. It says what moves, how the camera moves, slowly, and nothing else"
        }
        Role::End => {
            "the still picture that a short film ends with. It names what is seen then: the same place, things and people, where \
they are a moment later, the light, where the camera stands"
        }
        _ => {
            "one still picture. It names the place, the things and people in it, the light, the time of day, where the camera stands"
        }
    };
    let mut system = format!(
        "You write prompts for {what}. Answer with the prompt alone, in English, on one line of at most 60 words, without quotation \
marks and without a label. Never ask for writing, letters or logos in the picture."
    );
    if !wanted.look.is_empty() {
        system.push_str(&format!(" This style is added by itself, so do not repeat it: {}.", wanted.look));
    }
    let mut turn = format!("The scene is called “{}”.", wanted.heading);
    if !wanted.spoken.is_empty() {
        turn.push_str(&format!("\nIn it is spoken: {}", wanted.spoken));
    }
    for (what, said) in [("The film begins with this picture", &wanted.shows), ("This happens in the film", &wanted.moves)] {
        if !said.is_empty() {
            turn.push_str(&format!("\n{what}: {said}"));
        }
    }
    match wanted.prompt.as_str() {
        "" => turn.push_str("\nThere is no prompt yet. Write one."),
        prompt => {
            turn.push_str(&format!("\nThe prompt so far: {prompt}\nMake it better: clearer, more to be seen, the same idea."))
        }
    }
    if !wanted.remark.is_empty() {
        turn.push_str(&format!("\nWhat should change: {}", wanted.remark));
    }
    Question { system, turns: vec![turn] }
}

/// The prompt in an answer; `None` when there is none.
pub fn answer(raw: &str) -> Option<String> {
    let after = raw.rsplit_once("</think>").map_or(raw, |(_, after)| after);
    let useful = |line: &&str| {
        let line = line.trim();
        let lower = line.to_lowercase();
        let talk = ["sure", "here is", "here's", "here’s", "certainly", "of course", "okay"]
            .iter()
            .any(|begin| lower.starts_with(begin));
        let chatter = talk && line.ends_with([':', '!', '.']);
        !(line.is_empty() || line.starts_with("```") || line.starts_with("<think") || chatter)
    };
    let line = after.lines().find(useful)?.trim();
    let line = line.trim_start_matches(['>', '-', '*', '#', ' ']);
    let labelled = line.split_once(':').filter(|(before, _)| {
        (before.len() <= 24 && super::labels::label(before).is_some()) || *before == "Prompt" || *before == "**Prompt"
    });
    let line = labelled.map_or(line, |(_, after)| after);
    let line = line.trim().trim_matches(['"', '“', '”', '*', '`', ' ']);
    let text: String = line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_CHARS).collect();
    (text.chars().count() >= 3).then_some(text)
}

/// What can be added where nothing is said.
struct Addition {
    /// The prompt says it already when it has one of these.
    known_by: &'static [&'static str],
    words: [&'static str; 3],
}

const IMAGE: [Addition; 3] = [
    Addition {
        known_by: &["light", "lit", "lamp", "sun", "shadow", "dark", "glow", "dawn", "dusk", "night", "morning", "evening"],
        words: ["soft light from one side", "low warm light, long shadows", "first light of the morning"],
    },
    Addition {
        known_by: &["close", "wide", "view", "angle", "above", "below", "foreground", "portrait", "seen from", "eye level"],
        words: ["seen from eye level", "wide view with a clear foreground", "close view, background far away"],
    },
    Addition {
        known_by: &["calm", "quiet", "empty", "simple", "busy", "detail"],
        words: [
            "one clear subject, calm surroundings",
            "few things, much room around them",
            "quiet, every detail has its place",
        ],
    },
];

const CLIP: [Addition; 2] = [
    Addition {
        known_by: &["camera", "push", "pull", "pan", "drift", "zoom", "rise", "move in", "still"],
        words: ["the camera moves in slowly", "the camera drifts sideways, very slowly", "the camera stays almost still"],
    },
    Addition {
        known_by: &["light", "wind", "rain", "flicker", "sky", "cloud", "breath"],
        words: ["the light changes by a shade", "a little wind moves what is loose", "clouds pass far away"],
    },
];

/// The prompt with what rules find missing: light, the camera's place, calm. Each time it is asked it adds something else. `None` when
/// nothing is missing any more.
pub fn by_rules(wanted: &Wanted, turn: usize) -> Option<String> {
    let additions: &[Addition] = if wanted.role == Role::Clip { &CLIP } else { &IMAGE };
    let begun = match wanted.prompt.as_str() {
        "" if wanted.role == Role::Clip => String::new(),
        "" if wanted.role == Role::End && !wanted.shows.is_empty() => format!("{}, a moment later", wanted.shows),
        "" => wanted.heading.clone(),
        prompt => prompt.to_owned(),
    };
    let lower = begun.to_lowercase();
    let missing = additions.iter().filter(|addition| !addition.known_by.iter().any(|word| lower.contains(word)));
    let remark = Some(wanted.remark.as_str()).filter(|remark| !remark.is_empty() && !lower.contains(&remark.to_lowercase()));
    let added: Vec<&str> =
        remark.into_iter().chain(missing.map(|addition| addition.words[turn % addition.words.len()])).collect();
    if added.is_empty() {
        return None;
    }
    let begun = begun.trim_end_matches(['.', ',', ';', ' ']);
    let parts: Vec<&str> = [begun].into_iter().filter(|begun| !begun.is_empty()).chain(added).collect();
    Some(parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(prompt: &str, remark: &str) -> Wanted {
        Wanted {
            prompt: prompt.into(),
            remark: remark.into(),
            heading: "The door".into(),
            spoken: "Nobody waits.".into(),
            look: "ink".into(),
            ..Wanted::default()
        }
    }

    fn of(role: Role, prompt: &str) -> Wanted {
        Wanted { role, ..wanted(prompt, "") }
    }

    #[test]
    fn a_question_says_what_is_there_and_what_is_wanted() {
        let asked = question(&wanted("a door", "at night"));
        for said in ["a door", "at night", "Nobody waits.", "The door"] {
            assert!(asked.turns[0].contains(said), "{said}");
        }
        assert!(asked.system.contains("ink"));
        assert!(question(&of(Role::Clip, "")).turns[0].contains("no prompt yet"));
    }

    #[test]
    fn the_prompt_is_found_in_what_is_answered() {
        for raw in [
            "A red door in a white wall",
            "Sure, here is a better one:\n\n\"A red door in a white wall\"",
            "**Prompt:** A red door in a white wall",
            "<think>hm\nA blue door</think>\n```\nA red door in a white wall\n```\nEnjoy",
            "> image: A red door in a white wall",
        ] {
            assert_eq!(answer(raw).as_deref(), Some("A red door in a white wall"), "{raw}");
        }
        for none in ["", "\n\n", "```\n```", "ok"] {
            assert_eq!(answer(none), None);
        }
    }

    #[test]
    fn rules_add_what_is_missing_and_then_nothing() {
        let first = by_rules(&wanted("a red door.", "in the rain"), 0).unwrap();
        assert!(first.starts_with("a red door, in the rain, soft light"), "{first}");
        assert_ne!(by_rules(&wanted("a red door", ""), 1), by_rules(&wanted("a red door", ""), 0));
        assert_eq!(by_rules(&wanted(&first, ""), 2), None);
        assert!(by_rules(&wanted("", ""), 0).unwrap().starts_with("The door, "));
        assert!(by_rules(&of(Role::Clip, ""), 0).unwrap().starts_with("the camera"));
    }

    #[test]
    fn an_end_picture_comes_after_the_picture_and_the_clip() {
        let script = crate::core::script::Script::markdown("## One\n\n> image: a lit lamp\n> clip: it goes out\n\nHello.\n");
        let end = Wanted::of(&script.scenes[0], Role::End, "", "", "");
        let asked = question(&end);
        assert!(asked.turns[0].contains("a lit lamp") && asked.turns[0].contains("it goes out"), "{}", asked.turns[0]);
        assert!(by_rules(&end, 0).unwrap().starts_with("a lit lamp, a moment later, "));
        let clip = question(&Wanted::of(&script.scenes[0], Role::Clip, "it goes out", "", ""));
        assert!(clip.turns[0].contains("a lit lamp") && !clip.turns[0].contains("This happens"), "{}", clip.turns[0]);
        let picture = question(&Wanted::of(&script.scenes[0], Role::Picture, "a lit lamp", "", ""));
        assert!(!picture.turns[0].contains("begins with"), "{}", picture.turns[0]);
    }
}
