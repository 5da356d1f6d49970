//! From a proportion and a resolution to pixels, for engines that want width and height. What a person chose comes as `16:9` and
//! `720p`, `1024` or `1536x1024`; an engine's model says what it allows.

use crate::core::engine::Limits;
use crate::core::generate::Wish;

/// Most pixels a side may have; more than any model makes.
const MOST: u32 = 8192;

/// Width and height for a wish, multiples of `step`. `fallback` is the resolution where neither the wish nor the model names one.
pub(super) fn pixels(wish: &Wish, limits: &Limits, fallback: &str, step: u32) -> (u32, u32) {
    let shape = shape(wish.aspect.as_deref().or(limits.aspects.first().map(String::as_str)).unwrap_or("16:9"));
    let wanted = wish.resolution.as_deref().or(limits.resolutions.first().map(String::as_str)).unwrap_or(fallback);
    let (width, height) = sides(wanted, shape).or_else(|| sides(fallback, shape)).unwrap_or((1280.0, 720.0));
    (rounded(width, step), rounded(height, step))
}

/// The resolution in the form `1536x1024` for an engine that takes a few sizes only: the one that was chosen, else the allowed one
/// whose proportion is nearest to what was chosen.
pub(super) fn listed<'a>(wish: &'a Wish, limits: &'a Limits) -> Option<&'a str> {
    let chosen = wish
        .resolution
        .as_deref()
        .filter(|size| limits.resolutions.is_empty() || limits.resolutions.iter().any(|one| one == size));
    let nearest = || {
        let wanted = shape(wish.aspect.as_deref()?);
        let far =
            |size: &str| by_sides(size).map_or(f64::INFINITY, |(width, height)| ((width / height).ln() - wanted.ln()).abs());
        limits.resolutions.iter().map(String::as_str).min_by(|a, b| far(a).total_cmp(&far(b)))
    };
    chosen.or_else(nearest).or(limits.resolutions.first().map(String::as_str))
}

/// `16:9` as width by height.
fn shape(aspect: &str) -> f64 {
    let (wide, high) = aspect.split_once(':').unwrap_or((aspect, "1"));
    match (wide.trim().parse::<f64>(), high.trim().parse::<f64>()) {
        (Ok(wide), Ok(high)) if wide > 0.0 && high > 0.0 && wide.is_finite() && high.is_finite() => wide / high,
        _ => 16.0 / 9.0,
    }
}

fn sides(resolution: &str, shape: f64) -> Option<(f64, f64)> {
    if let Some(sides) = by_sides(resolution) {
        return Some(sides);
    }
    // 720p counts the shorter side, as it does for film.
    if let Some(short) = resolution.strip_suffix('p').and_then(|text| text.parse::<f64>().ok()) {
        return Some(if shape >= 1.0 { (short * shape, short) } else { (short, short / shape) });
    }
    // A bare number is the side of a square of the same area: what diffusion models were trained on.
    let side: f64 = resolution.parse().ok().filter(|side: &f64| side.is_finite() && *side > 0.0)?;
    Some((side * shape.sqrt(), side / shape.sqrt()))
}

fn by_sides(resolution: &str) -> Option<(f64, f64)> {
    let (width, height) = resolution.split_once(['x', '×'])?;
    let side = |text: &str| text.trim().parse::<u32>().ok().filter(|side| (1..=MOST).contains(side)).map(f64::from);
    Some((side(width)?, side(height)?))
}

fn rounded(side: f64, step: u32) -> u32 {
    let step = step.max(1);
    let steps = (side / f64::from(step)).round().clamp(1.0, f64::from(MOST / step));
    steps as u32 * step
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(aspect: &str, resolution: &str) -> Wish {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Wish { aspect: said(aspect), resolution: said(resolution), ..Wish::default() }
    }

    #[test]
    fn what_was_chosen_becomes_pixels() {
        let of = |aspect, resolution, step| pixels(&wish(aspect, resolution), &Limits::default(), "720p", step);
        assert_eq!(of("16:9", "720p", 8), (1280, 720));
        assert_eq!(of("9:16", "720p", 8), (720, 1280));
        assert_eq!(of("1:1", "1024", 8), (1024, 1024));
        assert_eq!(of("16:9", "1024", 64), (1344, 768));
        assert_eq!(of("16:9", "832x480", 16), (832, 480));
        assert_eq!(of("", "", 8), (1280, 720));
        assert_eq!(of("nonsense", "1e9", 8), (8192, 8192));
        assert_eq!(of("0:0", "0x0", 8), (1280, 720));
    }

    #[test]
    fn of_a_few_sizes_the_nearest_is_taken() {
        let limits =
            Limits { resolutions: ["1024x1024", "1536x1024", "1024x1536"].map(String::from).to_vec(), ..Limits::default() };
        let of = |aspect, resolution| listed(&wish(aspect, resolution), &limits).map(str::to_owned);
        assert_eq!(of("16:9", "").as_deref(), Some("1536x1024"));
        assert_eq!(of("9:16", "").as_deref(), Some("1024x1536"));
        assert_eq!(of("1:1", "720p").as_deref(), Some("1024x1024"));
        assert_eq!(of("9:16", "1024x1024").as_deref(), Some("1024x1024"));
        assert_eq!(of("", "").as_deref(), Some("1024x1024"));
        assert_eq!(listed(&wish("1:1", ""), &Limits::default()), None);
        assert_eq!(listed(&wish("", "640x480"), &Limits::default()), Some("640x480"));
    }
}
