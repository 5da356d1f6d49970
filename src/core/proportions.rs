//! Sizes of pictures and films as engines and people name them: `16:9`, `720p`, `1024x1024`.

/// What is made when nobody says.
const USUAL: [u32; 2] = [1280, 720];

/// The longest side of what is made here.
const MOST: u32 = 4096;

/// Width and height in pixels, both even, for a proportion and a resolution. What can't be read counts as not said.
pub fn size(aspect: Option<&str>, resolution: Option<&str>) -> [u32; 2] {
    let resolution = resolution.map(str::trim).unwrap_or_default();
    if let Some([width, height]) = pair(resolution, 'x').filter(|_| aspect.is_none()) {
        return [even(width), even(height)];
    }
    let lines =
        resolution.trim_end_matches(['p', 'P']).parse::<f64>().ok().or_else(|| pair(resolution, 'x').map(|[w, h]| w.min(h)));
    let short = lines.filter(|lines| (16.0..=f64::from(MOST)).contains(lines)).unwrap_or(f64::from(USUAL[1]));
    let [across, down] = aspect.and_then(|aspect| pair(aspect, ':')).unwrap_or([16.0, 9.0]);
    let scale = short / across.min(down);
    [even(across * scale), even(down * scale)]
}

/// Two numbers above 0.
fn pair(text: &str, between: char) -> Option<[f64; 2]> {
    let (one, other) = text.split_once(between)?;
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite() && *value > 0.0);
    Some([number(one)?, number(other)?])
}

fn even(side: f64) -> u32 {
    (side / 2.0).round().clamp(8.0, f64::from(MOST / 2)) as u32 * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_pixels() {
        let cases = [
            (Some("16:9"), Some("1080p"), [1920, 1080]),
            (Some("9:16"), Some("720p"), [720, 1280]),
            (Some("21:9"), Some("480p"), [1120, 480]),
            (Some("4:3"), None, [960, 720]),
            (None, Some("1024x1024"), [1024, 1024]),
            (Some("1:1"), Some("1024x1024"), [1024, 1024]),
            (None, None, USUAL),
        ];
        for (aspect, resolution, want) in cases {
            assert_eq!(size(aspect, resolution), want, "{aspect:?} {resolution:?}");
        }
    }

    #[test]
    fn rubbish_gives_a_usual_size_that_can_be_encoded() {
        for text in ["", "0:0", "-1:2", "a:b", "9999999:1", "NaN:1", "p", "1e99p", "0x0"] {
            let [width, height] = size(Some(text), Some(text));
            assert!(
                width >= 16 && height >= 16 && width <= MOST && height <= MOST && width % 2 == 0 && height % 2 == 0,
                "{text}"
            );
        }
    }
}
