//! Layouts: every script, every size of script, and whatever else people paste.

use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::gpu::text::{Fonts, Ink};

/// Rounding of sums of heights.
const EMS: f64 = 1e-6;

fn texts() -> [(&'static str, &'static str, bool); 9] {
    [
        ("English", "The quick brown fox. Typography — “quoted”, naïve café.", false),
        ("Arabic", "كل قصة تبدأ بغرفة هادئة، وسؤال.", true),
        ("Hebrew", "כל סיפור מתחיל בחדר שקט.", true),
        ("Hindi", "हर कहानी एक शांत कमरे से शुरू होती है।", false),
        ("Thai", "ทุกเรื่องเริ่มต้นด้วยห้องที่เงียบสงบ", false),
        ("Japanese", "すべての物語は静かな部屋から始まります。", false),
        ("Korean", "모든 이야기는 조용한 방에서 시작됩니다.", false),
        ("emoji", "😀 👨‍👩‍👧‍👦 🇯🇵 👍🏽 1️⃣ ❤️", false),
        ("mixed", "Hello שלום مرحبا 你好 नमस्ते 😀", false),
    ]
}

/// Text needs fonts; a machine without them says so instead of failing.
fn has_noto() -> bool {
    let families: Vec<&str> = fonts().families().collect();
    let wanted = ["Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans CJK JP", "Noto Color Emoji"];
    let missing: Vec<_> = wanted.iter().filter(|name| !families.contains(name)).collect();
    if !missing.is_empty() {
        println!("not checked: {missing:?} are not installed (fonts-noto-core, fonts-noto-cjk, fonts-noto-color-emoji)");
    }
    missing.is_empty()
}

fn glyph_numbers(layout: &TextLayout) -> Vec<u16> {
    layout.rows().iter().flat_map(|row| layout.glyphs(row)).map(|(_, id, ..)| id).collect()
}

#[test]
fn every_script_has_its_letters() {
    if !has_noto() {
        return;
    }
    for (name, text, _) in texts() {
        let layout = layout(&paragraph(text), &Look::default(), fonts());
        let glyphs = glyph_numbers(&layout);
        assert!(!glyphs.is_empty(), "{name} has no glyphs");
        assert!(!glyphs.contains(&0), "{name} has boxes instead of letters");
        assert_eq!(layout.undrawn(), 0, "{name}");
    }
}

#[test]
fn right_to_left_starts_at_the_right_edge() {
    let look = Look { column_ems: 30.0, ..Look::default() };
    for (name, text, rtl) in texts() {
        let layout = layout(&paragraph(text), &look, fonts());
        assert_eq!(layout.rtl(), rtl, "{name}");
        let row = &layout.rows()[0];
        let edge = |right: bool| {
            let at = |x: f32| layout.hit(x, row.row.top + 0.1).is_some();
            assert!(at(if right { 29.9 } else { 0.1 }));
            layout.glyphs(row).map(|(_, _, x, _)| x).fold(f32::NAN, if right { f32::max } else { f32::min })
        };
        if rtl {
            assert!(edge(true) > 28.0 && edge(false) > 5.0, "{name} lies at {}..{}", edge(false), edge(true));
        } else {
            assert!(edge(false) < 0.3, "{name} starts at {}", edge(false));
        }
    }
}

#[test]
fn arabic_ends_its_sentence_on_the_left() {
    if !has_noto() {
        return;
    }
    // The full stop is the last character, so the leftmost glyph; the family of its word must not move it.
    let look = Look { column_ems: 40.0, ..Look::default() };
    let with = layout(&paragraph("سؤال لم يطرحه أحد."), &look, fonts());
    let without = layout(&paragraph("سؤال لم يطرحه أحد"), &look, fonts());
    let left = |layout: &TextLayout| layout.glyphs(&layout.rows()[0]).map(|(_, _, x, _)| x).fold(f32::MAX, f32::min);
    assert!(left(&with) < left(&without) - 0.1, "{} {}", left(&with), left(&without));
    // The same where a sign comes from another font: nothing is drawn twice in one place, nothing is left out.
    let row = layout(&paragraph("(سؤال)★؟ لم"), &look, fonts());
    let mut xs: Vec<f32> = row.glyphs(&row.rows()[0]).map(|(_, _, x, _)| x).collect();
    xs.sort_by(f32::total_cmp);
    assert!(xs.len() >= 9 && xs.windows(2).all(|pair| pair[1] - pair[0] > 0.05), "{xs:?}");
}

#[test]
fn cues_do_not_turn_or_tear() {
    let look = Look { column_ems: 40.0, ..Look::default() };
    let text = lay("## a\n\n[smile] كل قصة تبدأ [wait, look up] بغرفة هادئة", &look);
    assert_eq!(text.laid().rows.len(), 2);
    assert!(text.rtl() || text.laid().rows[1].spoken);
    let cue: Vec<f32> =
        text.glyphs(&text.rows()[1]).filter(|(style, ..)| style.ink == Ink::Cue).map(|(_, _, x, _)| x).collect();
    let spoken: Vec<f32> =
        text.glyphs(&text.rows()[1]).filter(|(style, ..)| style.ink == Ink::Text).map(|(_, _, x, _)| x).collect();
    let right = |xs: &[f32]| xs.iter().copied().fold(f32::MIN, f32::max);
    assert!(right(&cue) > right(&spoken), "the cue comes first, so it stands at the right");
}

#[test]
fn cues_of_another_font_are_small_and_the_words_around_them_are_not() {
    let look = Look { column_ems: 40.0, ..Look::default() };
    for text in ["[ابتسامة] كل قصة تبدأ", "كل قصة [ابتسامة] تبدأ"] {
        let text = lay(&format!("## a\n\n{text}"), &look);
        for (style, ..) in text.glyphs(&text.rows()[1]) {
            assert!((style.ink == Ink::Cue) == (style.size < 1.0), "{:?} at {} ems", style.ink, style.size);
        }
    }
}

#[test]
fn without_fonts_the_bundled_ones_serve() {
    let bundled = Fonts::bundled();
    for (name, text, _) in texts() {
        let layout = layout(&paragraph(text), &Look::default(), &bundled);
        assert!(!glyph_numbers(&layout).is_empty(), "{name}");
        assert!(!glyph_numbers(&layout).contains(&0), "{name}");
    }
    let english = layout(&paragraph("Plain words."), &Look { face: Some("No Such Face".into()), ..Look::default() }, &bundled);
    assert_eq!(english.undrawn(), 0);
    assert!(layout(&paragraph("日本"), &Look::default(), &bundled).undrawn() > 0);
}

#[test]
fn a_chosen_face_is_used() {
    let default = layout(&paragraph("Face"), &Look::default(), fonts());
    let Some(other) = fonts().families().find(|name| *name == "DejaVu Serif") else {
        println!("not checked: DejaVu Serif is not installed");
        return;
    };
    let serif = layout(&paragraph("Face"), &Look { face: Some(other.to_owned()), ..Look::default() }, fonts());
    let font = |layout: &TextLayout| layout.glyphs(&layout.rows()[0]).next().map(|(style, ..)| style.font);
    assert_ne!(font(&default), font(&serif));
}

#[test]
fn a_click_finds_its_sentence() {
    let look = Look { column_ems: 40.0, ..Look::default() };
    let text = lay("## One\n\nFirst sentence here. Second one.\n\n## Two\n\nThird.", &look);
    let laid = text.laid();
    assert_eq!(laid.rows.len(), 4);
    let middle = |row: usize| laid.rows[row].top + laid.rows[row].height / 2.0;
    assert_eq!(text.hit(0.5, middle(1)), Some((0, 0)));
    assert_eq!(text.hit(11.0, middle(1)), Some((0, 1)));
    assert_eq!(text.hit(39.0, middle(1)), Some((0, 1)), "beside the text the nearest counts");
    assert_eq!(text.hit(0.5, 1e9), Some((1, 0)));
    assert_eq!(text.hit(0.5, -5.0), Some((0, 0)));
    assert_eq!(layout(&Sheet::default(), &look, fonts()).hit(0.0, 0.0), None);
}

#[test]
fn a_hundred_thousand_words_are_laid_out() {
    for words in [1_000usize, 100_000] {
        let mut script = String::new();
        for paragraph in 0..words / 50 {
            if paragraph % 20 == 0 {
                script.push_str(&format!("## Scene {paragraph}\n\n"));
            }
            script.push_str(&"Every story starts with a quiet room and then it goes on. ".repeat(4));
            script.push_str("[breathe] And on.\n\n");
        }
        let sheet = Sheet::of(&Script::markdown(script), false, 3);
        let began = Instant::now();
        let layout = layout(&sheet, &Look::default(), fonts());
        println!(
            "{words} words: {:.1} ms, {} rows, {:.1} MB",
            began.elapsed().as_secs_f64() * 1e3,
            layout.rows().len(),
            layout.bytes() as f64 / 1e6
        );
        check(&sheet, &layout).unwrap();
        assert!(layout.bytes() < 40_000_000, "a layout of 100,000 words takes {} bytes", layout.bytes());
    }
}

#[test]
fn unfriendly_scripts_take_no_minutes() {
    // A language outside cosmic-text's lists, private characters nobody draws, stacks of marks, one endless word: each would
    // be shaped with hundreds of fonts in turn, or for ever, if the layout let it. The test's own time limit is the measure.
    let texts = [
        "ᬅᬓ᭄ᬱᬭ ᬩᬮᬶ ".repeat(1000),
        "\u{e123}\u{e124} \u{10fffd} ".repeat(2000),
        "z\u{300}\u{301}\u{302}\u{489}\u{1ab0} ".repeat(1000),
        "x".repeat(20_000),
        "\u{202e}\u{2066}a\u{2069}\u{200d}\u{fe0f} ".repeat(500),
    ];
    for (i, text) in texts.iter().enumerate() {
        let began = Instant::now();
        let sheet = paragraph(text);
        let layout = layout(&sheet, &Look::default(), fonts());
        println!("text {i}: {:.0} ms, {} undrawn", began.elapsed().as_secs_f64() * 1e3, layout.undrawn());
        check(&sheet, &layout).unwrap();
    }
}

#[test]
fn one_endless_paragraph_keeps_all_its_sentences() {
    let mut sheet = paragraph("");
    let text = "سؤال لم يطرحه أحد (20). A word, and a sentence. ".repeat(1_500);
    let span = |(line, text): (usize, &str)| Span { text: text.to_owned(), cue: line % 10 == 9, line };
    sheet.blocks[0].spans = text.split_inclusive(". ").enumerate().map(span).collect();
    let layout = layout(&sheet, &Look::default(), fonts());
    check(&sheet, &layout).unwrap();
    let rows = layout.laid().rows;
    assert!(rows.is_sorted_by_key(|row| row.line), "a row begins with an earlier sentence than the row above it");
    assert!(rows.last().is_some_and(|row| row.line > sheet.blocks[0].spans.len() - 4));
}

/// What holds for every layout.
fn check(sheet: &Sheet, layout: &TextLayout) -> Result<(), TestCaseError> {
    let laid = layout.laid();
    prop_assert_eq!(laid.revision, sheet.revision);
    let mut bottom = 0.0;
    for row in &laid.rows {
        prop_assert!(row.height > 0.0 && row.top >= bottom - EMS, "{row:?} overlaps what is above it");
        bottom = row.top + row.height;
    }
    prop_assert!(bottom <= laid.height + EMS, "rows end at {bottom}, the sheet at {}", laid.height);
    prop_assert!(laid.rows.is_sorted_by_key(|row| row.scene));
    let spoken = |block: &Block, span: &Span| {
        block.kind == BlockKind::Paragraph && !span.cue && span.text.chars().any(|ch| ch.is_ascii_alphanumeric())
    };
    for block in &sheet.blocks {
        for span in block.spans.iter().filter(|span| spoken(block, span)) {
            let rows = laid.rows.iter().filter(|row| row.scene == block.scene && row.spoken);
            let found = rows.map(|row| row.line).fold(None, |found: Option<(usize, usize)>, line| {
                found.map_or(Some((line, line)), |(low, high)| Some((low.min(line), high.max(line))))
            });
            prop_assert!(found.is_some_and(|(low, _)| low <= span.line), "no row begins at or before {span:?}");
        }
    }
    Ok(())
}

/// A block as it is drawn by chance: text, cue, steps to the next sentence; heading.
type Drawn = (Vec<(String, bool, usize)>, bool);

fn sheets() -> impl Strategy<Value = Sheet> {
    let text = prop_oneof![
        "[a-zA-Z0-9 ,.!?]{0,60}",
        "[ \u{5d0}-\u{5ea}\u{627}-\u{64a}a-z0-9().]{0,40}",
        "[\u{4e00}-\u{4eff}\u{3041}-\u{3096}、。 ]{0,40}",
        "[\u{915}-\u{939}\u{93e}-\u{94d} ]{0,30}",
        "[\u{1f600}-\u{1f64f}\u{200d}\u{fe0f}\u{1f1e6}-\u{1f1ff} ]{0,12}",
        "\\PC{0,40}",
        ".{0,40}",
        "(?s).{0,10}\n\r?\t.{0,10}",
    ];
    let block = (prop::collection::vec((text, any::<bool>(), 0usize..2), 0..5), any::<bool>());
    prop::collection::vec(block, 0..8).prop_map(|blocks| {
        let mut line = 0;
        let block = |(at, (spans, heading)): (usize, Drawn)| {
            let scene = at / 3;
            if at % 3 == 0 {
                line = 0;
            }
            let kind = if heading { BlockKind::Heading } else { BlockKind::Paragraph };
            let span = |(text, cue, step): (String, bool, usize)| {
                line += step;
                Span { text, cue, line }
            };
            Block { scene, kind, spans: spans.into_iter().map(span).collect() }
        };
        Sheet { blocks: blocks.into_iter().enumerate().map(block).collect(), revision: 9 }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sheet_becomes_ordered_rows(sheet in sheets(), column in 5.0f32..50.0, center in any::<bool>()) {
        let align = if center { crate::core::prompter::Align::Center } else { crate::core::prompter::Align::Start };
        let look = Look { column_ems: column, align, ..Look::default() };
        let layout = layout(&sheet, &look, fonts());
        check(&sheet, &layout)?;
        for row in layout.rows() {
            let middle = row.row.top + row.row.height / 2.0;
            prop_assert_eq!(layout.hit(column / 2.0, middle).map(|(scene, _)| scene), Some(row.row.scene));
            for (_, _, x, _) in layout.glyphs(row) {
                prop_assert!(x.is_finite() && (-2.0..column.max(10.0) + 4.0).contains(&x), "a glyph at {x} ems of {column}");
            }
        }
    }
}
