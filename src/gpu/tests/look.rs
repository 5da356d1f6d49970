//! Each field of the look does to the picture what it says.

use super::*;
use crate::core::prompter::palette::presets;
use crate::core::prompter::{Align, CueStyle, Marker};

const SIZE: [u32; 2] = [640, 360];
const TEXT: &str = "## One\n\nEvery story starts with a quiet room [smile] and a question nobody asked.";

/// The text with its first sentence at the eye line, on the palette's ground.
fn shoot(look: &Look) -> Picture {
    let text = lay(TEXT, look);
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let [r, g, b, a] = look.palette.background.rgba().map(f64::from);
    stage.clear = [r, g, b, a];
    let position = text.laid().line_start(0, 0).unwrap();
    let colours = Colours::of(&look.palette);
    let input = PrompterInput { position, colours, ..prompter(&text, look, SIZE) };
    stage.draw(&ViewInput { prompter: Some(input), ..ViewInput::sized(SIZE) })
}

/// Pixels that differ from the corner's, as a box: left, top, right, bottom.
fn ink(picture: &Picture) -> [u32; 4] {
    let ground = picture.luminance(0, 0);
    let lit = |x: u32, y: u32| (picture.luminance(x, y) - ground).abs() > 60.0;
    let xs: Vec<u32> = (0..SIZE[0]).filter(|x| (0..SIZE[1]).any(|y| lit(*x, y))).collect();
    let ys: Vec<u32> = (0..SIZE[1]).filter(|y| (0..SIZE[0]).any(|x| lit(x, *y))).collect();
    assert!(!xs.is_empty(), "nothing is drawn");
    [xs[0], ys[0], xs[xs.len() - 1], ys[ys.len() - 1]]
}

/// How many pixels have nearly a colour.
fn count(picture: &Picture, colour: [f32; 4]) -> usize {
    let [r, g, b, _] = colour.map(|value| (value * 255.0).round() as u8);
    let near = |pixel: &&[u8]| pixel[0].abs_diff(r) < 12 && pixel[1].abs_diff(g) < 12 && pixel[2].abs_diff(b) < 12;
    picture.rgba.chunks_exact(4).filter(near).count()
}

fn plain() -> Look {
    Look { marker: Marker::None, far_brightness: 1.0, ..Look::default() }
}

#[test]
fn size_margins_and_lines_move_the_ink() {
    let usual = ink(&shoot(&plain()));
    let larger = ink(&shoot(&Look { column_ems: 12.0, ..plain() }));
    assert!(larger[3] - larger[1] > usual[3] - usual[1], "larger type is higher");
    let margin = ink(&shoot(&Look { margin: 0.2, ..plain() }));
    assert!(margin[0] > 128 && margin[2] < 512 + 8, "margins of a fifth leave the sides free: {margin:?}");
    let wide = ink(&shoot(&Look { line_height: 2.2, ..plain() }));
    assert!(wide[3] > usual[3] + 10);
    let low = ink(&shoot(&Look { eye_line: 0.7, ..plain() }));
    assert!(low[1] > usual[1] + 100);
}

#[test]
fn alignment_moves_rows_to_their_side() {
    let text = "short";
    let edges = |align: Align| {
        let look = Look { align, ..plain() };
        let text = Arc::new(layout(&paragraph(text), &look, fonts()));
        let mut stage = Stage::new(SIZE[0], SIZE[1]);
        let input = prompter(&text, &look, SIZE);
        ink(&stage.draw(&ViewInput { prompter: Some(input), ..ViewInput::sized(SIZE) }))
    };
    let (start, center, end) = (edges(Align::Start), edges(Align::Center), edges(Align::End));
    assert!(start[0] < 40 && end[2] > 600, "{start:?} {end:?}");
    assert!((center[0] + center[2]).abs_diff(SIZE[0]) <= 4, "{center:?}");
}

#[test]
fn capitals_and_faces_change_the_letters() {
    let usual = shoot(&plain());
    assert!(shoot(&Look { upper_case: true, ..plain() }).rgba != usual.rgba);
    assert!(shoot(&Look { face: Some("Hack".into()), ..plain() }).rgba != usual.rgba, "a bundled face");
    let gone = shoot(&Look { face: Some("No Such Face".into()), ..plain() });
    assert!(gone.rgba == usual.rgba, "a face that is not installed is shown in the usual one");
}

#[test]
fn cues_are_slanted_small_or_hidden_and_nothing_loses_its_place() {
    let cue = Look::default().palette.cue.rgba();
    let [slanted, small, hidden] = [CueStyle::Italic, CueStyle::Small, CueStyle::Hidden].map(|cues| Look { cues, ..plain() });
    let inked = |look: &Look| count(&shoot(look), cue);
    assert!(inked(&slanted) > inked(&small) && inked(&small) > 0, "{} {}", inked(&slanted), inked(&small));
    assert_eq!(inked(&hidden), 0);
    let said = |look: &Look| {
        let laid = lay("## A\n\n[in] One. [look] Two.\n\n[alone]\n\nThree. [a] [b] Four.", look).laid();
        let places: Vec<bool> = (0..4).map(|line| laid.line_start(0, line).is_some()).collect();
        let words: Vec<String> =
            laid.text.rows.iter().map(|row| row.runs.iter().map(|run| run.text.as_str()).collect()).collect();
        (places, words)
    };
    assert_eq!(said(&hidden), (vec![true; 4], vec!["A".into(), "One. Two.".into(), "Three. Four.".into()]));
    assert_eq!(said(&slanted).0, vec![true; 4]);
    let only = lay("## A\n\n[nothing but this]", &hidden).laid();
    assert_eq!(only.rows.len(), 1, "the heading stays");
}

#[test]
fn every_marker_points_at_the_eye_line() {
    let marks = |marker: Marker| {
        let look = Look { marker, cues: CueStyle::Hidden, ..plain() };
        let picture = shoot(&look);
        let ink = look.palette.marker.rgba();
        // A line is drawn at half its strength.
        let ink = if marker == Marker::Line { ink.map(|value| value / 2.0) } else { ink };
        let [r, g, b, _] = ink.map(|value| (value * 255.0).round() as u8);
        let is = |x: u32, y: u32| {
            let [pr, pg, pb, _] = picture.at(x, y);
            pr.abs_diff(r) < 12 && pg.abs_diff(g) < 12 && pb.abs_diff(b) < 12
        };
        let found: Vec<(u32, u32)> =
            (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).map(move |x| (x, y))).filter(|(x, y)| is(*x, *y)).collect();
        (found.iter().filter(|(x, _)| *x < 320).count(), found.iter().filter(|(x, _)| *x >= 320).count(), found)
    };
    let eye = (SIZE[1] as f32 * Look::default().eye_line) as u32;
    let (left, right, found) = marks(Marker::Triangle);
    assert!(left > 20 && right == 0 && found.iter().all(|(_, y)| y.abs_diff(eye) < 10), "{left} {right}");
    let (left, right, _) = marks(Marker::Both);
    assert!(left > 20 && left == right, "{left} {right}");
    let (left, right, found) = marks(Marker::Line);
    assert!(left > 100 && right > 100 && found.iter().all(|(_, y)| y.abs_diff(eye) <= 2), "{left} {right}");
    assert_eq!(marks(Marker::None).2.len(), 0);
}

#[test]
fn palettes_colour_text_and_keep_its_weight() {
    let mut weights = Vec::new();
    for palette in presets() {
        let look = Look { palette: palette.clone(), ..plain() };
        let picture = shoot(&look);
        picture.keep(&format!("palette {}", palette.name));
        assert!(count(&picture, palette.text.rgba()) > 300, "{} has no text in its colour", palette.name);
        assert!(count(&picture, palette.background.rgba()) > 100_000, "{}", palette.name);
        // Ink as a part of full ink, so that palettes compare.
        let (ground, text) = (palette.background.rgba(), palette.text.rgba());
        let part = |pixel: &[u8]| (f64::from(pixel[1]) / 255.0 - f64::from(ground[1])) / f64::from(text[1] - ground[1]);
        weights.push(picture.rgba.chunks_exact(4).map(part).sum::<f64>());
    }
    let (least, most) = weights.iter().fold((f64::MAX, 0.0f64), |(low, high), w| (low.min(*w), high.max(*w)));
    assert!(most / least < 1.25, "{weights:?}");
}

#[test]
fn far_text_fades_into_any_ground() {
    for palette in [presets()[0].clone(), presets().last().unwrap().clone()] {
        let far = |far_brightness: f32| {
            let look = Look { far_brightness, column_ems: 10.0, palette: palette.clone(), ..plain() };
            count(&shoot(&look), palette.text.rgba())
        };
        // Most of this short text is near the eye line.
        assert!(far(0.2) < far(1.0) * 4 / 5, "{}: {} {}", palette.name, far(0.2), far(1.0));
    }
}
