//! Rows that another display broke, set again: where they were, with the letters where they were.

use super::*;
use crate::core::prompter::Align;
use crate::core::prompter::text::{Run, RunStyle, Text, TextRow};
use crate::gpu::text::layout_rows;

/// How far a letter may stand from where the studio has it, in ems.
const EMS: f32 = 0.01;

const TEXTS: [(&str, &str); 6] = [
    (
        "English",
        "## The quiet room\n\nEvery story starts with a quiet room and a question nobody asked. [smile] You sit down, you open the window, \
         and you let the morning in.\n\n[look up, wait a breath, and only then go on with the rest of it]\n\nToday: AVATAR, “Typography”.",
    ),
    (
        "Arabic and English",
        "## الغرفة الهادئة\n\nكل قصة تبدأ بغرفة هادئة وسؤال لم يطرحه أحد. [smile, then look up and wait for a moment] تجلس، تفتح the window \
         in the morning وتدع الصباح يدخل (20) مرة. افتح Onetake ثم اضغط Record now, please, if you would.\n\n[لوحة] English with عربي inside.",
    ),
    ("Hebrew", "כל סיפור מתחיל בחדר שקט (20), ובשאלה שאיש לא שאל. [wait] ואז פותחים את החלון לרווחה."),
    (
        "Japanese",
        "## 静かな部屋\n\nすべての物語は、静かな部屋と、誰も尋ねなかった問いから始まります。あなたは座り、窓を開け、朝を招き入れる。\n\n[微笑む]これが今日お話ししたいことです。",
    ),
    ("Hindi", "हर कहानी एक शांत कमरे से शुरू होती है, और एक ऐसे सवाल से जो किसी ने नहीं पूछा।"),
    ("emoji", "Ship it 🚀🎉 — family 👨‍👩‍👧‍👦, flags 🇯🇵🇩🇪, thumbs 👍🏽, keycap 1️⃣ and a ❤️ at the end."),
];

/// Glyph number, place and size.
fn glyphs(layout: &TextLayout, row: usize) -> Vec<(u16, f32, f32, f32)> {
    layout.glyphs(&layout.rows()[row]).map(|(style, id, x, y)| (id, x, y, style.size)).collect()
}

/// Through the wire and back.
fn sent(text: &Text) -> Text {
    serde_json::from_str(&serde_json::to_string(text).unwrap()).unwrap()
}

#[test]
fn letters_stand_where_the_studio_put_them() {
    for (name, text) in TEXTS {
        for align in [Align::Start, Align::Center, Align::End] {
            for column_ems in (10..40).map(|ems| ems as f32) {
                let look = Look { align, column_ems, ..Look::default() };
                let ours = lay(text, &look);
                let theirs = layout_rows(&sent(&ours.laid().text), &look, fonts());
                assert_eq!(theirs.rtl(), ours.rtl(), "{name}");
                assert_eq!((theirs.laid().revision, theirs.column()), (ours.laid().revision, ours.column()));
                assert!((theirs.height() - ours.height()).abs() < 1e-9);
                assert_eq!(theirs.rows().len(), ours.rows().len(), "{name}");
                for (at, (a, b)) in ours.laid().rows.iter().zip(&theirs.laid().rows).enumerate() {
                    let what = format!("{name}, {column_ems} ems, {align:?}, row {at}: {:?}", ours.laid().text.rows[at]);
                    assert_eq!((a.scene, a.line, a.last_line, a.spoken), (b.scene, b.line, b.last_line, b.spoken), "{what}");
                    assert!((a.top - b.top).abs() < 1e-9 && (a.height - b.height).abs() < 1e-9, "{what}");
                    let (a, b) = (glyphs(&ours, at), glyphs(&theirs, at));
                    let near = |a: f32, b: f32| (a - b).abs() < EMS;
                    let same = a.len() == b.len()
                        && a.iter().zip(&b).all(|(a, b)| a.0 == b.0 && near(a.1, b.1) && near(a.2, b.2) && near(a.3, b.3));
                    assert!(same, "{what}\n{a:?}\n{b:?}");
                }
                for (x, y) in [(0.4, 1.0), (column_ems / 2.0, 4.2), (column_ems - 0.1, 9.0), (3.0, 1e9)] {
                    assert_eq!(theirs.hit(x, y), ours.hit(x, y), "{name}");
                }
            }
        }
    }
}

#[test]
fn a_row_too_wide_becomes_smaller_and_stays_one() {
    let look = Look::default();
    for (rtl, words) in [(false, "word ".repeat(20)), (true, "كلمة ".repeat(20))] {
        let run = Run { text: words, style: RunStyle::Spoken, line: 3 };
        let row = |top| TextRow { top, height: 1.4, scene: 2, line: 3, rtl, runs: vec![run.clone()] };
        let text = Text { rows: vec![row(0.0), row(1.4)], height: 2.8, column_ems: 12.0, rtl, revision: 5 };
        let layout = layout_rows(&text, &look, fonts());
        assert_eq!(layout.laid().rows.len(), 2);
        let set = glyphs(&layout, 1);
        assert!(set.len() >= 80, "letters are missing: {}", set.len());
        assert!(set.iter().all(|(_, x, _, size)| (0.0..12.0).contains(x) && *size < 0.7), "{set:?}");
        assert_eq!(layout.hit(6.0, 2.0), Some((2, 3)));
    }
}

#[test]
fn what_a_link_says_of_rows_may_be_anything() {
    let run = |text: &str, style| Run { text: text.to_owned(), style, line: usize::MAX };
    let odd = [f64::NAN, f64::INFINITY, -1e300, 1e300, 0.0, 1.0];
    let mut rows = Vec::new();
    for top in odd {
        for height in odd {
            let runs = vec![
                run("a\nb\u{2028}\u{2069}c", RunStyle::Cue),
                run(&"سؤال ".repeat(2_000), RunStyle::Heading),
                run("", RunStyle::Spoken),
            ];
            rows.push(TextRow { top, height, scene: usize::MAX, line: 1, rtl: top > 0.0, runs });
        }
    }
    for value in [f32::NAN, -3.0, 1e9] {
        let text = Text { rows: rows.clone(), height: f64::from(value), column_ems: value, rtl: true, revision: u64::MAX };
        let layout = Arc::new(layout_rows(&text, &Look::default(), fonts()));
        assert!(!layout.rows().is_empty() && layout.column() >= 1.0 && layout.height().is_finite());
        let rows = layout.laid().rows;
        assert!(rows.windows(2).all(|pair| pair[1].top >= pair[0].top + pair[0].height - 1e-9));
        let mut stage = Stage::new(64, 64);
        let look = Look::default();
        stage.draw(&ViewInput { prompter: Some(prompter(&layout, &look, [64, 64])), ..ViewInput::sized([64, 64]) });
    }
    let none = layout_rows(&Text::default(), &Look::default(), fonts());
    assert!(none.rows().is_empty() && none.hit(1.0, 1.0).is_none());
}
