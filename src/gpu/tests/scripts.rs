//! Scripts of the world against pictures of another engine: Pango sets the same words in the same fonts in the same run, and
//! both pictures are laid over each other. A picture of our own would only prove that nothing changed.

use std::process::Command;

use super::*;
use crate::gpu::text::raster::{self, Inks, PADDING};

/// Pixels to the em.
const EM: u32 = 64;
/// Alike from here on, as the correlation of two pictures of ink (1 is the same picture). Engines differ in how they smooth
/// edges and round the places of letters; wrong order or wrong joining comes out far below.
const ALIKE: f64 = 0.85;
/// How much wider or narrower the words may be. Word spaces of two fonts meet differently, signs are kerned differently.
const WIDTH: f64 = 0.03;

/// Name, words, and families for Pango, best first.
const TEXTS: [(&str, &str, &str); 9] = [
    ("english", "Every “quiet” room, naïve café — AVATAR", "Noto Sans"),
    ("arabic", "كل قصة تبدأ بغرفة هادئة، وسؤال لم يطرحه أحد.", "Noto Sans Arabic"),
    ("hebrew", "כל סיפור מתחיל בחדר שקט, ובשאלה.", "Noto Sans Hebrew,Noto Sans"),
    ("hindi", "हर कहानी एक शांत कमरे से शुरू होती है", "Noto Sans Devanagari"),
    ("japanese", "すべての物語は、静かな部屋から始まります。", "Noto Sans CJK JP"),
    ("emoji", "Ship 🚀 it 👍🏽 now 👨‍👩‍👧‍👦 and 🇯🇵", "Noto Sans,Noto Color Emoji"),
    ("arabic and english", "افتح Onetake ثم اضغط Record مرة", "Noto Sans,Noto Sans Arabic"),
    ("arabic and figures", "سؤال (20) ثم 3 مرات، و100 كلمة", "Noto Sans Arabic,Noto Sans"),
    ("english and hebrew", "She said שלום עולם and left", "Noto Sans,Noto Sans Hebrew"),
];

/// Ink of each pixel, 0 to 1, cut to where there is any.
struct Ink {
    width: usize,
    height: usize,
    ink: Vec<f64>,
}

impl Ink {
    fn cut(width: usize, height: usize, at: impl Fn(usize, usize) -> f64) -> Ink {
        const SOME: f64 = 0.1;
        let lit = |x: usize, y: usize| at(x, y) > SOME;
        let xs: Vec<usize> = (0..width).filter(|x| (0..height).any(|y| lit(*x, y))).collect();
        let ys: Vec<usize> = (0..height).filter(|y| (0..width).any(|x| lit(x, *y))).collect();
        let (left, right) = (xs[0], xs[xs.len() - 1]);
        let (top, bottom) = (ys[0], ys[ys.len() - 1]);
        let ink = (top..=bottom).flat_map(|y| (left..=right).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
        Ink { width: right - left + 1, height: bottom - top + 1, ink }
    }

    /// In cells of a coarse grid, so that half a pixel here or there says nothing.
    fn grid(&self, columns: usize, rows: usize) -> Vec<f64> {
        let mut grid = vec![0.0; columns * rows];
        for y in 0..self.height {
            for x in 0..self.width {
                grid[y * rows / self.height * columns + x * columns / self.width] += self.ink[y * self.width + x];
            }
        }
        grid
    }
}

/// Correlation of two pictures, −1 to 1.
fn alike(a: &Ink, b: &Ink) -> f64 {
    let (columns, rows) = (a.width.max(b.width) / 8, 8);
    let (a, b) = (a.grid(columns, rows), b.grid(columns, rows));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let (mut both, mut own_a, mut own_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        let (a, b) = (a - mean_a, b - mean_b);
        both += a * b;
        own_a += a * a;
        own_b += b * b;
    }
    both / (own_a * own_b).sqrt()
}

/// Pango's picture; `None` where its tool is not installed.
fn pango(words: &str, families: &str, keep: &str) -> Option<Ink> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("words.png");
    // Japanese is set solid, without kerning.
    let words =
        if families.contains("CJK") { format!("<span font_features='kern=0'>{words}</span>") } else { words.to_owned() };
    let made = Command::new("pango-view")
        .args(["--no-display", "--pixels", "--dpi=96", "--hinting=none", "--hint-metrics=off", "--subpixel-positions"])
        .args(["--antialias=gray", "--margin=16", "--markup"])
        .arg(format!("--font={families} {EM}"))
        .arg(format!("--text={words}"))
        .arg(format!("--output={}", path.display()))
        .output();
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            println!("not checked: pango-view (pango1.0-tools) cannot be run: {error}");
            return None;
        }
    };
    assert!(made.status.success(), "pango-view: {}", String::from_utf8_lossy(&made.stderr));
    if let Some(folder) = std::env::var_os("ONETAKE_PICTURES") {
        std::fs::copy(&path, std::path::Path::new(&folder).join(format!("{keep}-pango.png"))).unwrap();
    }
    let picture = image::open(&path).unwrap().to_rgb8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    Some(Ink::cut(width, height, |x, y| {
        let [r, g, b] = picture.get_pixel(x as u32, y as u32).0;
        1.0 - f64::from(r.min(g).min(b)) / 255.0
    }))
}

/// Our picture of the same words on one row, on white too, so that colour pictures compare.
fn ours(words: &str, keep: &str) -> Ink {
    let look = Look { column_ems: 40.0, ..Look::default() };
    let layout = layout(&paragraph(words), &look, fonts());
    assert_eq!((layout.rows().len(), layout.undrawn()), (1, 0), "{words}");
    let black = [0.0, 0.0, 0.0, 1.0];
    let inks = Inks { text: black, cue: black, heading: black };
    let pixels = raster::draw(&layout, &layout.rows()[0], EM as f32, &inks, [4096, 512], &mut fonts().raster());
    assert!(pixels.width > 2 * PADDING as u32);
    let over_white = |i: usize| {
        let texel = &pixels.rgba[i * 4..i * 4 + 4];
        [0, 1, 2].map(|channel| texel[channel] + (255 - texel[3]))
    };
    let (width, height) = (pixels.width as usize, pixels.height as usize);
    let rgba = (0..width * height).flat_map(|i| over_white(i).into_iter().chain([255])).collect();
    Picture { width: pixels.width, height: pixels.height, rgba }.keep(&format!("{keep}-ours"));
    Ink::cut(width, height, |x, y| {
        let [r, g, b] = over_white(y * width + x);
        1.0 - f64::from(r.min(g).min(b)) / 255.0
    })
}

#[test]
fn the_worlds_scripts_look_as_another_engine_sets_them() {
    let families: Vec<&str> = fonts().families().collect();
    let mut faults = Vec::new();
    for (name, words, wanted) in TEXTS {
        if let Some(missing) = wanted.split(',').chain(["Noto Sans"]).find(|family| !families.contains(family)) {
            println!("not checked: {name}, for {missing} is not installed");
            continue;
        }
        let Some(theirs) = pango(words, wanted, name) else { return };
        let ours = ours(words, name);
        let width = ours.width as f64 / theirs.width as f64;
        let height = ours.height as f64 / theirs.height as f64;
        // The same words in another order must be told from the right one, or the comparison proves nothing.
        let swapped: Vec<&str> = words.split_inclusive([' ', '、']).rev().collect();
        let Some(wrong) = pango(&swapped.concat(), wanted, &format!("{name} swapped")) else { return };
        let (same, wrong) = (alike(&ours, &theirs), alike(&ours, &wrong));
        let said = format!("{name}: {same:.3} alike, {wrong:.3} with its words swapped; width {width:.3}, height {height:.3}");
        println!("{said}");
        if same < ALIKE || wrong > same - 0.3 || (width - 1.0).abs() > WIDTH || (height - 1.0).abs() > 0.1 {
            faults.push(said);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
