//! What a script must hold: any text is read without a panic, nothing is lost, edits change only what they name.

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = "---\ntitle: Why we write\npace: 138\nmood: calm\n---\n\n## Opening\n\n> image: a lantern-lit desk\n> seconds: 12\n> glow: 7\n\nEvery story starts with a quiet room. [smile] And a question nobody asked.\n\n[breathe]\n\n## The habit\n\nYou sit **down**, you open\nthe window.\n\n```\nnot spoken\n```\n\n<!-- nor this -->\n";

#[test]
fn scenes_lines_cues_and_directives() {
    let script = Script::markdown(SAMPLE);
    assert_eq!((script.title(), script.pace(), script.scenes.len()), ("Why we write", 138.0, 2));
    let opening = &script.scenes[0];
    assert_eq!(opening.heading, "Opening");
    assert_eq!(opening.image_prompt(), Some("a lantern-lit desk"));
    assert_eq!((opening.target_secs(), opening.directive("glow")), (Some(12.0), Some("7")));
    let lines: Vec<&str> = opening.lines.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(lines, ["Every story starts with a quiet room.", "And a question nobody asked."]);
    assert_eq!(opening.words, 12);
    let cues: Vec<(&str, usize)> =
        opening.paragraphs.iter().flat_map(|p| &p.pieces).filter(|p| p.cue).map(|p| (p.text.as_str(), p.line)).collect();
    assert_eq!(cues, [("[smile]", 1), ("[breathe]", 1)]);
    let habit = &script.scenes[1];
    assert_eq!(habit.lines.len(), 1);
    assert_eq!(habit.lines[0].text, "You sit down, you open the window.");
    assert_eq!(&SAMPLE[habit.lines[0].start..habit.lines[0].start + 7], "You sit");
}

#[test]
fn a_sentence_goes_on_across_a_cue() {
    let script = Script::markdown("You sit down, [pause] you open the window. Then you wait.");
    let scene = &script.scenes[0];
    assert_eq!(scene.title(0), "Scene 1");
    assert_eq!(scene.lines.len(), 2);
    let pieces: Vec<(&str, bool, usize)> =
        scene.paragraphs[0].pieces.iter().map(|p| (p.text.as_str(), p.cue, p.line)).collect();
    assert_eq!(
        pieces,
        [
            ("You sit down, ", false, 0),
            ("[pause]", true, 0),
            (" you open the window. ", false, 0),
            ("Then you wait.", false, 1)
        ]
    );
}

#[test]
fn a_quotation_without_keys_is_spoken() {
    let script = Script::markdown("## A\n\n> We choose to go\n> to the moon.\n");
    assert_eq!(script.scenes[0].lines[0].text, "We choose to go to the moon.");
}

#[test]
fn a_block_further_down_is_no_front_matter() {
    let text = "---\ntitle: Mine\npace: 138\n---\n\n## A\n\nOne.\n\n---\ntitle: Another\npace: 90\nlanguage: de\n---\n\nTwo.\n\n---\n## B\n\nThree.\n---\n\nFour.\n";
    let script = Script::markdown(text);
    assert_eq!((script.title(), script.pace(), &script.front.language), ("Mine", 138.0, &None));
    assert_eq!(script.front.range, Some(0.."---\ntitle: Mine\npace: 138\n---".len()));
    let said: Vec<Vec<&str>> =
        script.scenes.iter().map(|scene| scene.lines.iter().map(|line| line.text.as_str()).collect()).collect();
    assert_eq!(said, [vec!["One.", "Two."], vec!["Three.", "Four."]], "what stands between two rules is said");
    assert_eq!(&text[script.scenes[1].lines[0].start..][..6], "Three.");
    assert_eq!(script.with_title("New").source(), text.replace("title: Mine", "title: New"));
    let bare = Script::markdown("## A\n\nOne.\n\n---\ntitle: Another\n---\n");
    assert_eq!((bare.title(), bare.front.range.clone()), ("Untitled script", None));
    assert!(bare.with_title("New").source().starts_with("---\ntitle: New\n---\n"));
}

#[test]
fn every_language_has_words() {
    assert_eq!(count_words("مرحبا بالعالم الجميل"), 3);
    assert!(count_words("今日は良い天気です") >= 4);
    assert_eq!(count_words("don't stop 👩‍🚀!"), 2);
}

#[test]
fn plain_text_makes_scenes_at_blank_lines() {
    let script = Script::of_file(
        "dir/My talk.txt",
        "First thing we say here today.\nStill first.\n\n# not a heading [nod]\n\n1. not * a list\n",
    );
    assert_eq!(script.title(), "My talk");
    assert_eq!(script.scenes.len(), 3);
    assert_eq!(script.scenes[0].heading, "First thing we say …");
    assert_eq!(script.scenes[1].lines[0].text, "# not a heading");
    assert_eq!(script.scenes[2].lines.iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join(" "), "1. not * a list");
}

#[test]
fn edits_touch_only_what_they_name() {
    let script = Script::markdown(SAMPLE);
    assert_eq!(script.with_directive(0, "seconds", Some("14")).source(), SAMPLE.replace("seconds: 12", "seconds: 14"));
    assert_eq!(script.with_directive(0, "seconds", None).source(), SAMPLE.replace("> seconds: 12\n", ""));
    let with = script.with_directive(1, "picture", Some("pictures/a b.png"));
    assert_eq!(with.scenes[1].picture(), Some("pictures/a b.png"));
    assert_eq!(
        with.scenes[1].lines,
        shifted(&script.scenes[1].lines, with.scenes[1].lines[0].start - script.scenes[1].lines[0].start)
    );
    assert_eq!(script.with_heading(1, "Habits").source(), SAMPLE.replace("## The habit", "## Habits"));
    assert_eq!(script.with_title("New").title(), "New");
    assert_eq!(script.remove_scene(0).scenes.len(), 1);
    let moved = script.move_scene(0, 1);
    assert_eq!(moved.scenes.iter().map(|s| s.heading.as_str()).collect::<Vec<_>>(), ["The habit", "Opening"]);
    assert_eq!(moved.words(), script.words());
    assert_eq!(script.insert_scene(9, "End").scenes[2].heading, "End");
    assert_eq!(script.insert_scene(0, "Start").scenes[0].heading, "Start");
}

fn shifted(lines: &[Line], by: usize) -> Vec<Line> {
    lines.iter().map(|l| Line { start: l.start + by, ..l.clone() }).collect()
}

#[test]
fn a_hundred_thousand_words_are_read() {
    let text = "## Scene\n\n".to_owned() + &"seven words make up this short sentence. ".repeat(14_286);
    assert_eq!(Script::markdown(text).words(), 100_002);
}

/// Reading stays in proportion to the text: these took minutes when any step searched from the start again.
#[test]
fn long_paragraphs_and_open_brackets_are_read() {
    let sentence = "Seven words make up this [nod] short sentence. ";
    let long = Script::markdown("## One\n\n".to_owned() + &sentence.repeat(14_286));
    assert_eq!((long.words(), long.scenes[0].lines.len()), (100_002, 14_286));
    assert_eq!(Script::markdown("[".repeat(300_000) + "]").scenes.len(), 1);
}

/// Text that is likely to contain what the reader looks for.
fn scripts() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("## Heading\n".to_owned()),
        Just("---\ntitle: x\n---\n".to_owned()),
        Just("> image: a prompt\n".to_owned()),
        Just("> seconds: 3\r\n".to_owned()),
        Just("[cue] ".to_owned()),
        Just("\n\n".to_owned()),
        Just("```\n".to_owned()),
        Just("# T\n".to_owned()),
        "[ -~]{0,40}",
        "\\PC{0,20}",
        "[\\[\\]<>*_#`\\n: -]{0,20}",
    ];
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_is_kept_and_every_range_is_sound(text in scripts()) {
        let script = Script::markdown(text.clone());
        prop_assert_eq!(script.source(), &text);
        let mut end = 0;
        for scene in &script.scenes {
            prop_assert!(scene.range.start >= end && text.get(scene.range.clone()).is_some());
            end = scene.range.end;
            for d in &scene.directives {
                prop_assert_eq!(text.get(d.value_range.clone()), Some(d.value.as_str()));
            }
            for piece in scene.paragraphs.iter().flat_map(|p| &p.pieces) {
                prop_assert!(piece.line < scene.lines.len().max(1));
                prop_assert!(piece.cue || !scene.lines.is_empty());
            }
            for line in &scene.lines {
                prop_assert!(text.is_char_boundary(line.start.min(text.len())));
            }
        }
    }

    #[test]
    fn a_directive_that_is_set_is_read_back(text in scripts(), key in "[a-z]{3,8}", value in "[a-z0-9/.]{1,12}") {
        let script = Script::markdown(format!("{text}\n\n## Last\n\nWords here.\n"));
        let Some(last) = script.scenes.len().checked_sub(1) else { return Ok(()) };
        if script.scenes[last].heading != "Last" { return Ok(()) } // swallowed by an open code fence
        let edited = script.with_directive(last, &key, Some(&value));
        prop_assert_eq!(edited.scenes.len(), script.scenes.len());
        prop_assert_eq!(edited.scenes[last].directive(&key), Some(value.as_str()));
        prop_assert_eq!(edited.words(), script.words());
        let again = edited.with_directive(last, &key, None);
        prop_assert_eq!(again.scenes[last].directive(&key), None);
        prop_assert_eq!(again.words(), script.words());
    }

    #[test]
    fn only_the_first_block_is_front_matter(
        title in "[a-z]{1,8}", pace in proptest::option::of(60u32..200), body in scripts(), later in "[a-z]{1,8}",
    ) {
        let front = match pace {
            Some(pace) => format!("---\ntitle: {title}\npace: {pace}\n---\n"),
            None => format!("---\ntitle: {title}\n---\n"),
        };
        let text = format!("{front}\n## First\n\nWords.\n\n{body}\n\n---\ntitle: {later}\npace: 10\nlanguage: xx\n---\n");
        let script = Script::markdown(text.clone());
        prop_assert_eq!(&script.front, &Script::markdown(front.clone()).front);
        prop_assert_eq!(script.source(), &text);
        let renamed = script.with_title("other");
        prop_assert_eq!(renamed.source(), text.replacen(&format!("title: {title}"), "title: other", 1));
    }

    #[test]
    fn moving_a_scene_keeps_every_word(count in 2usize..6, from in 0usize..6, to in 0usize..6, tail in "[\\n]{0,3}") {
        let text: String = (0..count).map(|i| format!("## S{i}\n\nword{i} and more.\n{}", if i % 2 == 0 { "\n" } else { "" })).collect();
        let script = Script::markdown(text.trim_end().to_owned() + &tail);
        let moved = script.move_scene(from, to);
        prop_assert_eq!(moved.scenes.len(), script.scenes.len());
        prop_assert_eq!(moved.words(), script.words());
        if from < count && to < count {
            prop_assert_eq!(&moved.scenes[to].heading, &format!("S{from}"));
        }
    }

    #[test]
    fn plain_text_keeps_its_words(text in "[a-zA-Z0-9 .,!?*_#>\\n-]{0,200}") {
        let script = Script::of_file("a.txt", &text);
        if !plain::looks_like_markdown(&text) {
            prop_assert_eq!(script.words(), count_words(&text));
        }
    }
}

#[test]
fn the_spoken_part_of_a_scene_is_replaced_and_nothing_else() {
    let script = Script::markdown(
        "# T\n\n## One\n\n> seconds: 4\n> image: a lamp\n\nFirst. [smile] Second.\n\nThird.\n\n## Two\n\n## Three\n",
    );
    let body = |script: &Script, scene: usize| script.source()[script.body(scene).unwrap()].to_owned();
    assert_eq!(body(&script, 0), "First. [smile] Second.\n\nThird.");
    assert_eq!(script.with_body(0, &body(&script, 0)).source(), script.source());
    let edited = script.with_body(0, "Only this.\n");
    assert!(edited.source().contains("> image: a lamp\n\nOnly this.\n\n## Two"), "{}", edited.source());
    let filled = script.with_body(1, "Words.").with_body(2, "More.");
    assert!(filled.source().ends_with("## Two\n\nWords.\n\n## Three\n\nMore.\n"), "{}", filled.source());
    assert_eq!(script.with_body(9, "x").source(), script.source());
    let emptied = script.with_body(0, " ");
    assert_eq!((emptied.scenes.len(), emptied.scenes[0].words, emptied.scenes[0].target_secs()), (3, 0, Some(4.0)));
    let below = Script::markdown("## One\n\nFirst.\n\n[smile]\n\nSecond.\n\n> image: a lamp\n> seconds: 4\n\n## Two\n");
    assert_eq!(body(&below, 0), "First.\n\n[smile]\n\nSecond.");
    assert_eq!(below.with_body(0, "New.").source(), "## One\n\nNew.\n\n> image: a lamp\n> seconds: 4\n\n## Two\n");
    let bare = Script::markdown("[cue] Hello there.");
    assert_eq!((body(&bare, 0).as_str(), bare.with_body(0, "Bye.").source()), ("[cue] Hello there.", "Bye."));
}

proptest! {
    #[test]
    fn a_body_put_back_changes_nothing(source in "([#> a-z.:\\[\\]]{0,12}\n){0,12}") {
        let script = Script::markdown(source);
        for scene in 0..script.scenes.len() {
            let range = script.body(scene).unwrap();
            prop_assert!(range.start <= range.end);
            let text = script.source()[range].to_owned();
            if !text.is_empty() {
                let back = script.with_body(scene, &text);
                prop_assert_eq!(back.source(), script.source());
            }
        }
    }
}
