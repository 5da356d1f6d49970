//! Colours as they are mixed here: in Oklab, where the way from one to another shows no grey or dark middle.
//! <https://bottosson.github.io/posts/oklab/>

/// Lightness 0 to 1, green–red, blue–yellow.
pub type Lab = [f32; 3];

/// `#rrggbb`; `None` for anything else.
pub fn hex(text: &str) -> Option<Lab> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    let part = |shift: u32| linear(((value >> shift) & 255) as f32 / 255.0);
    Some(from_linear([part(16), part(8), part(0)]))
}

/// A part of the way from one to the other.
pub fn mix(a: Lab, b: Lab, part: f32) -> Lab {
    [0, 1, 2].map(|at| a[at] + (b[at] - a[at]) * part)
}

/// Lighter (above 0) or darker.
pub fn lighter(colour: Lab, by: f32) -> Lab {
    [(colour[0] + by).clamp(0.02, 1.0), colour[1], colour[2]]
}

/// With so many times the chroma.
pub fn vivid(colour: Lab, times: f32) -> Lab {
    [colour[0], colour[1] * times, colour[2] * times]
}

/// The hue and half the chroma of `towards`, at the lightness it has.
pub fn tinted(colour: Lab, towards: Lab, part: f32) -> Lab {
    let chroma = |c: Lab| c[1].hypot(c[2]);
    let most = chroma(towards).max(1e-4);
    let scale = (0.5 * chroma(colour) + 0.5 * most) / most;
    let goal = [colour[0], towards[1] * scale, towards[2] * scale];
    mix(colour, goal, part)
}

/// Light, 0 to 1 for what a screen can show.
pub fn to_linear(colour: Lab) -> [f32; 3] {
    let [l, a, b] = colour;
    let cone = |value: f32| value * value * value;
    let l_ = cone(l + 0.396_337_78 * a + 0.215_803_76 * b);
    let m_ = cone(l - 0.105_561_346 * a - 0.063_854_17 * b);
    let s_ = cone(l - 0.089_484_18 * a - 1.291_485_5 * b);
    [
        4.076_741_7 * l_ - 3.307_711_6 * m_ + 0.230_969_94 * s_,
        -1.268_438 * l_ + 2.609_757_4 * m_ - 0.341_319_4 * s_,
        -0.004_196_086_3 * l_ - 0.703_418_6 * m_ + 1.707_614_7 * s_,
    ]
    .map(|value| value.max(0.0))
}

fn from_linear([r, g, b]: [f32; 3]) -> Lab {
    let l = (0.412_221_47 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
    let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
    let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
    [
        0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
        1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
        0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
    ]
}

fn linear(value: f32) -> f32 {
    // IEC 61966-2-1.
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back_from_their_mixing_space() {
        for (text, want) in [("#ffffff", [1.0, 1.0, 1.0]), ("#ff0000", [1.0, 0.0, 0.0]), ("#000000", [0.0; 3])] {
            let light = to_linear(hex(text).unwrap());
            assert!(light.iter().zip(want).all(|(a, b)| (a - b).abs() < 2e-3), "{text}: {light:?}");
        }
        assert_eq!(["", "ff0000", "#ff000", "#gg0000", "#ééé"].map(hex), [None; 5]);
    }

    #[test]
    fn a_tint_keeps_the_lightness() {
        let (grey, blue) = (hex("#808080").unwrap(), hex("#2040ff").unwrap());
        let tinted = tinted(grey, blue, 0.5);
        assert_eq!(tinted[0], grey[0]);
        assert!(tinted[2] < grey[2]);
        assert!(mix(grey, blue, 1.0).iter().zip(blue).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}
