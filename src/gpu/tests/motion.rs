//! The prompter in motion: to a fraction of a pixel, sharp at rest, at a cost that does not know how long the script is.

use std::time::Instant;

use super::*;
use crate::core::prompter::Mirror;
use crate::gpu::passes::prompter::Geometry;
use crate::gpu::text::raster;

const SIZE: [u32; 2] = [640, 360];
/// The product's promise: the picture's centre of mass moves linearly with time, to a twentieth of a pixel.
const CENTROID_PX: f64 = 0.05;
/// Frames after which easing and drawing ahead are over.
const SETTLE_FRAMES: usize = 64;

/// No dimming, so that light moves without changing.
fn even() -> Look {
    Look { far_brightness: 1.0, column_ems: 12.0, ..Look::default() }
}

fn em() -> f64 {
    f64::from(SIZE[0]) / 14.0
}

fn view<'a>(input: PrompterInput<'a>) -> ViewInput<'a> {
    ViewInput { prompter: Some(input), ..ViewInput::sized(SIZE) }
}

fn without_marker<'a>(layout: &'a Arc<TextLayout>, look: &'a Look) -> PrompterInput<'a> {
    PrompterInput { colours: Colours { marker: [0.0; 4], ..COLOURS }, ..prompter(layout, look, SIZE) }
}

#[test]
fn light_moves_by_the_fraction_of_a_pixel_it_should() {
    let look = even();
    let text = Arc::new(layout(&paragraph("Every story starts"), &look, fonts()));
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let at = |stage: &mut Stage, px: f64| {
        let input = without_marker(&text, &look);
        let picture = stage.draw(&view(PrompterInput { position: input.position + px / em(), ..input }));
        picture.centroid()
    };
    let [x0, y0] = at(&mut stage, 0.0);
    for px in [0.25, 0.5, 0.75, 1.0, 1.3, 7.9, -0.4, -3.5] {
        let [x, y] = at(&mut stage, px);
        assert!((y0 - px - y).abs() < CENTROID_PX, "{px} px of scrolling moved the light by {}", y0 - y);
        assert!((x - x0).abs() < CENTROID_PX, "scrolling by {px} px moved the light sideways by {}", x - x0);
    }
}

/// A display at 125 or 150 % has no whole number of pixels to anything; mirrored, everything runs the other way.
#[test]
fn light_moves_alike_on_any_display_and_in_any_mirror() {
    let look = even();
    let text = Arc::new(layout(&paragraph("Every story starts"), &look, fonts()));
    for rect in [[0.0, 0.0, 640.0, 360.0], [13.4, 7.6, 512.8, 288.3], [0.5, 0.5, 601.3, 351.7]] {
        for (horizontal, vertical) in [(false, false), (true, false), (false, true), (true, true)] {
            let look = Look { mirror: Mirror { horizontal, vertical }, margin: 0.037, ..look.clone() };
            let mut stage = Stage::new(SIZE[0], SIZE[1]);
            let input = PrompterInput { rect, look: &look, ..without_marker(&text, &look) };
            let em = f64::from(Geometry::of(rect, &look, text.column()).em);
            let mut at = |px: f64| stage.draw(&view(PrompterInput { position: input.position + px / em, ..input })).centroid();
            let [x0, y0] = at(0.0);
            for px in [0.25, 0.5, 0.75, 1.0] {
                let [x, y] = at(px);
                let moved = if vertical { y - y0 } else { y0 - y };
                let what = format!("{px} px in {rect:?}, mirrored {horizontal} {vertical}");
                assert!((moved - px).abs() < CENTROID_PX, "{what}: the light moved by {moved}");
                assert!((x - x0).abs() < CENTROID_PX, "{what}: sideways by {}", x - x0);
            }
        }
    }
}

/// At rest a row's pixels are those that were drawn on the CPU: nothing between them and the eye softens them.
#[test]
fn at_rest_every_pixel_is_the_one_that_was_drawn() {
    let look = even();
    let text = Arc::new(layout(&paragraph("Every story starts with Ångström"), &look, fonts()));
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let input = PrompterInput { snap: true, ..without_marker(&text, &look) };
    for _ in 0..SETTLE_FRAMES {
        stage.prepare(&view(input));
    }
    let shown = stage.draw(&view(input));
    let geometry = Geometry::of(input.rect, &look, text.column());
    let scroll = geometry.scroll(input.position, 1.0);
    let mut raster = fonts().raster();
    let mut compared = 0;
    for row in text.rows() {
        let drawn = raster::draw(&text, row, geometry.em, &COLOURS.inks, [1024, 1024], &mut raster);
        let down = (row.baseline * f64::from(geometry.em)).round() - scroll + f64::from(geometry.eye);
        let (left, top) = (geometry.left as i32 + drawn.left, down as i32 + drawn.top);
        for (i, texel) in drawn.rgba.chunks_exact(4).enumerate() {
            let (x, y) = (left + i as i32 % drawn.width as i32, top + i as i32 / drawn.width as i32);
            // Away from the soft edges, and where no other row reaches.
            if texel[3] == 0 || !(60..300).contains(&y) || !(0..SIZE[0] as i32).contains(&x) {
                continue;
            }
            let [r, g, b, _] = shown.at(x as u32, y as u32);
            let near = |a: u8, b: u8| a.abs_diff(b) <= 1;
            assert!(near(r, texel[0]) && near(g, texel[1]) && near(b, texel[2]), "({x}, {y}): {r} {g} {b}, drawn as {texel:?}");
            compared += 1;
        }
    }
    assert!(compared > 2000, "only {compared} pixels were compared");
}

#[test]
fn motion_is_as_fine_at_the_end_of_a_long_script() {
    let look = even();
    let long = format!("{}\n\nlast", "word and more of it. ".repeat(20_000));
    let text = lay(&long, &look);
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let end = text.laid().end();
    let mut at = |px: f64| {
        let input = PrompterInput { position: end + 3.0 + px / em(), ..without_marker(&text, &look) };
        stage.draw(&view(input)).centroid()[1]
    };
    let (rest, moved) = (at(0.0), at(0.25));
    assert!((rest - 0.25 - moved).abs() < CENTROID_PX, "a quarter pixel became {} at {end} ems", rest - moved);
}

#[test]
fn at_rest_the_text_is_as_sharp_as_on_a_whole_pixel() {
    let look = even();
    let text = Arc::new(layout(&paragraph("Every story starts"), &look, fonts()));
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let base = without_marker(&text, &look);
    let whole = (base.position * em()).round();
    let exact = stage.draw(&view(PrompterInput { position: whole / em(), ..base }));
    let between = view(PrompterInput { position: (whole + 0.4) / em(), snap: true, ..base });
    let first = stage.draw(&between);
    assert!(first.rgba != exact.rgba, "the text jumped onto whole pixels instead of easing");
    let settled = (0..SETTLE_FRAMES).find(|_| !stage.prepare(&between).prompter.unsettled);
    assert!(settled.is_some(), "the text never settles");
    let rest = stage.shoot();
    assert!(rest.rgba == exact.rgba, "text at rest differs from text on whole pixels");
}

#[test]
fn mirrors_turn_the_picture_exactly() {
    let text = lay("## Heading\n\nEvery story starts with a quiet room.", &even());
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let mut at = |horizontal, vertical| {
        let look = Look { mirror: Mirror { horizontal, vertical }, far_brightness: 0.4, ..even() };
        // On whole pixels, where a pixel and its mirror image are sampled alike.
        let position = (prompter(&text, &look, SIZE).position * em()).round() / em();
        stage.draw(&view(PrompterInput { position, ..prompter(&text, &look, SIZE) }))
    };
    let plain = at(false, false);
    for (horizontal, vertical) in [(true, false), (false, true), (true, true)] {
        let turned = at(horizontal, vertical);
        for y in 0..SIZE[1] {
            for x in 0..SIZE[0] {
                let from = [if horizontal { SIZE[0] - 1 - x } else { x }, if vertical { SIZE[1] - 1 - y } else { y }];
                let (a, b) = (turned.luminance(x, y), plain.luminance(from[0], from[1]));
                // Interpolated heights differ in their last bits, which may turn the rounding of dimmed values, one a channel.
                assert!((a - b).abs() <= 3.0, "({x}, {y}) mirrored {horizontal} {vertical}: {a} is not {b}");
            }
        }
    }
}

#[test]
fn text_dims_away_from_the_eye_line() {
    let look = Look { far_brightness: 0.3, eye_line: 0.3, line_height: 1.0, ..even() };
    let text = lay(&"MMMMMMMMMMM ".repeat(40), &look);
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let input = PrompterInput { position: 12.0, ..without_marker(&text, &look) };
    let picture = stage.draw(&view(input));
    let brightest = |around: f32| {
        let middle = (around * SIZE[1] as f32) as u32;
        let rows = middle - 14..middle + 14;
        rows.flat_map(|y| (0..SIZE[0]).map(move |x| (x, y))).map(|(x, y)| picture.luminance(x, y)).fold(0.0, f64::max)
    };
    let (eye, far, edge) = (brightest(0.3), brightest(0.8), brightest(0.99 - 0.04));
    assert!(eye > 700.0, "the eye line is dim: {eye}");
    assert!((0.25..0.4).contains(&(far / eye)), "far text has {} of the brightness", far / eye);
    assert!(edge < far, "the edge does not fade: {edge} against {far}");
}

#[test]
fn a_frame_costs_the_same_for_any_length() {
    let look = Look::default();
    let mut figures = Vec::new();
    for words in [300usize, 100_000] {
        // Every paragraph is its own, so that no two rows share a picture, and 12 words long.
        let paragraph = |i: usize| format!("Number {i:06} starts with a quiet room and goes on from there.\n\n");
        let text = lay(&(0..words / 12).map(paragraph).collect::<String>(), &look);
        let mut stage = Stage::new(SIZE[0], SIZE[1]);
        let middle = text.height() / 2.0;
        let base = prompter(&text, &look, SIZE);
        let input = |frame: usize| view(PrompterInput { position: middle + frame as f64 * 0.011, ..base });
        let first = stage.prepare(&input(0)).prompter;
        assert!(first.rows_drawn > 3 && first.bytes_uploaded > 0);
        for _ in 0..SETTLE_FRAMES {
            stage.prepare(&input(0));
        }
        let settled = stage.prepare(&input(0)).prompter;
        assert_eq!((settled.rows_drawn, settled.bytes_uploaded, settled.unsettled), (0, 0, false), "{words} words");
        let began = Instant::now();
        let works: Vec<_> = (0..400).map(|frame| stage.prepare(&input(frame)).prompter).collect();
        let drawn: usize = works.iter().map(|work| work.rows_drawn).sum();
        println!("{words} words: {:.0} µs a frame in motion, {drawn} rows drawn", began.elapsed().as_secs_f64() * 1e6 / 400.0);
        let most = works.iter().map(|work| work.rows_drawn).max();
        assert!(most <= Some(1), "a frame in motion drew {most:?} rows");
        figures.push((settled.instances, works.iter().map(|work| work.instances).max()));
    }
    assert_eq!(figures[0], figures[1]);
}

#[test]
fn an_edit_redraws_only_what_changed() {
    let look = Look::default();
    let before = lay("First paragraph.\n\nSecond one.\n\nThird one.", &look);
    let after = lay("First paragraph.\n\nSecond 1.\n\nThird one.", &look);
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    assert!(stage.prepare(&view(prompter(&before, &look, SIZE))).prompter.rows_drawn >= 3);
    assert_eq!(stage.prepare(&view(prompter(&after, &look, SIZE))).prompter.rows_drawn, 1);
}

#[test]
fn no_rectangle_and_no_text_are_no_trouble() {
    let look = Look::default();
    let mut stage = Stage::new(64, 64);
    let empty = Arc::new(layout(&Sheet::default(), &look, fonts()));
    let text = lay("Some text", &look);
    for layout in [&empty, &text] {
        for rect in [
            [0.0; 4],
            [5.0, 5.0, -3.0, 10.0],
            [f32::NAN; 4],
            [0.0, 0.0, 64.0, 1.0],
            [0.0, 0.0, 30.0, 9000.0],
            [-500.0, -500.0, 64.0, 64.0],
        ] {
            for position in [0.0, f64::NAN, -1e12, 1e12] {
                let input = PrompterInput { rect, position, ..prompter(layout, &look, [64, 64]) };
                stage.prepare(&ViewInput { prompter: Some(input), ..ViewInput::sized([64, 64]) });
                stage.shoot();
            }
        }
    }
    let nothing = stage.draw(&ViewInput::sized([64, 64]));
    assert!((0..64).all(|x| nothing.luminance(x, x) == 0.0));
}
