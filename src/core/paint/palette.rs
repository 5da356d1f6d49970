//! The colours of a picture: those of its time and weather, bent by the colours that the prompt names, by the project's own and by the
//! style.

use serde::Deserialize;

use super::colour::{Lab, hex, lighter, mix, tinted, vivid};
use super::dice::Dice;
use super::lexicon::{Reading, Thing, palettes};

/// Colours that go together.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Palette {
    pub name: String,
    /// From the top to the horizon.
    #[serde(deserialize_with = "four")]
    pub sky: [Lab; 4],
    /// Sun or moon.
    #[serde(deserialize_with = "one")]
    pub disc: Lab,
    #[serde(deserialize_with = "one")]
    pub far: Lab,
    #[serde(deserialize_with = "one")]
    pub near: Lab,
    /// What stands against the light.
    #[serde(deserialize_with = "one")]
    pub dark: Lab,
    #[serde(deserialize_with = "one")]
    pub ground: Lab,
    /// Lamps, and what has to be seen.
    #[serde(deserialize_with = "one")]
    pub accent: Lab,
    #[serde(deserialize_with = "one")]
    pub wall: Lab,
    #[serde(deserialize_with = "one")]
    pub wood: Lab,
    #[serde(deserialize_with = "one")]
    pub shade: Lab,
}

/// How it is to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As the words say.
    #[default]
    Paper,
    /// Evening colours, whatever the hour.
    Dusk,
    /// Ink on cream, with one colour.
    Ink,
    /// Northern night.
    Aurora,
}

impl Style {
    pub fn named(name: &str) -> Style {
        match name.trim().to_ascii_lowercase().as_str() {
            "dusk" => Style::Dusk,
            "ink" => Style::Ink,
            "aurora" => Style::Aurora,
            _ => Style::Paper,
        }
    }
}

impl Palette {
    fn named(name: &str) -> &'static Palette {
        let all = palettes();
        all.iter().find(|palette| palette.name == name).unwrap_or(&all[0])
    }

    /// For a prompt. `own`: the project's colours.
    pub fn of(reading: &Reading, style: Style, own: &[Lab], dice: &mut Dice) -> Palette {
        let mut palette = Palette::named(name_for(reading, style, dice)).clone();
        let strongest = reading.colours.first().copied();
        if let Some(colour) = strongest {
            palette = palette.bent(colour, 0.34);
        }
        if let Some(second) = reading.colours.get(1) {
            palette.accent = mix(palette.accent, *second, 0.6);
        }
        for colour in own.iter().take(3) {
            palette = palette.bent(*colour, 0.22);
        }
        if let Some(last) = own.last() {
            palette.accent = mix(palette.accent, *last, 0.5);
        }
        let chroma = match reading.first(&[Thing::Joy, Thing::Energy, Thing::Sad, Thing::Calm, Thing::Tense]) {
            Some(Thing::Joy | Thing::Energy) => 1.12,
            Some(Thing::Sad) => 0.72,
            Some(Thing::Calm) => 0.92,
            _ => 1.0,
        };
        palette.map(|colour| vivid(colour, chroma)).styled(style, strongest)
    }

    /// All colours through a change.
    fn map(self, change: impl Fn(Lab) -> Lab) -> Palette {
        Palette {
            name: self.name,
            sky: self.sky.map(&change),
            disc: change(self.disc),
            far: change(self.far),
            near: change(self.near),
            dark: change(self.dark),
            ground: change(self.ground),
            accent: change(self.accent),
            wall: change(self.wall),
            wood: change(self.wood),
            shade: change(self.shade),
        }
    }

    /// Towards a colour; lamps keep theirs.
    fn bent(self, colour: Lab, part: f32) -> Palette {
        let (accent, disc) = (self.accent, self.disc);
        let bent = self.map(|own| tinted(own, colour, part));
        Palette { accent, disc, ..bent }
    }

    fn styled(self, style: Style, colour: Option<Lab>) -> Palette {
        if style != Style::Ink {
            return self;
        }
        let accent = colour.unwrap_or([0.58, 0.17, 0.09]);
        let cream = [0.95, 0.004, 0.028];
        // Light goes to the paper's white, dark to the ink's blue black; little of the hue is left.
        let ink = |own: Lab| {
            let light = (own[0] * 1.25 - 0.02).clamp(0.17, 0.96);
            mix([light, own[1] * 0.1, own[2] * 0.1 - 0.012], [light, cream[1], cream[2]], light.powi(2))
        };
        let washed = self.map(ink);
        let sky = [0.25, 0.5, 0.75, 0.95].map(|part| mix([0.80, 0.0, 0.004], cream, part));
        Palette {
            accent,
            disc: accent,
            sky,
            far: [0.80, -0.002, 0.002],
            near: [0.42, -0.006, -0.018],
            dark: [0.2, -0.004, -0.02],
            ground: [0.3, -0.004, -0.02],
            ..washed
        }
    }

    /// It is dark enough for lamps to matter.
    pub fn is_dark(&self) -> bool {
        self.sky[1][0] < 0.45
    }

    /// The colour of hills at a distance: 0 far, 1 near.
    pub fn hill(&self, near: f32) -> Lab {
        mix(mix(self.far, self.sky[3], 0.35 * (1.0 - near)), self.near, near)
    }

    /// An edge that the light catches.
    pub fn edge(&self) -> Lab {
        lighter(mix(self.sky[3], self.disc, 0.5), 0.0)
    }
}

/// The hour and weather that the words name; else what the mood or the place suggests.
fn name_for(reading: &Reading, style: Style, dice: &mut Dice) -> &'static str {
    use Thing::{
        Aurora, Autumn, Calm, Cold, Dawn, Day, Desert, Dream, Dusk, Energy, Forest, Hope, Joy, Morning, Night, Overcast, Rain,
        Sad, Snow, Space, Spring, Stage, Stars, Storm, Sun, Sunset, Tense, Underwater, Warm,
    };
    match style {
        Style::Dusk => return "dusk",
        Style::Aurora => return "aurora",
        Style::Paper | Style::Ink => {}
    }
    let places = [(Underwater, "underwater"), (Space, "space"), (Aurora, "aurora"), (Storm, "storm")];
    if let Some((_, name)) = places.iter().find(|(thing, _)| reading.has(*thing)) {
        return name;
    }
    let hour = reading.first(&[Night, Dawn, Morning, Day, Sunset, Dusk, Stars, Sun]);
    if reading.has(Rain) {
        return if matches!(hour, Some(Day | Morning)) { "overcast" } else { "rain" };
    }
    let dark = matches!(hour, Some(Night | Stars | Dusk));
    for (thing, name) in [(Snow, "snow"), (Autumn, "autumn"), (Spring, "spring"), (Desert, "desert"), (Overcast, "overcast")] {
        if reading.has(thing) && !dark && !matches!(hour, Some(Sunset | Dawn)) {
            return name;
        }
    }
    match hour {
        Some(Night | Stars) => "night",
        Some(Dawn) => "dawn",
        Some(Morning) => "morning",
        Some(Day) => "day",
        Some(Sunset | Sun) => "sunset",
        Some(Dusk) => "dusk",
        _ if reading.has(Forest) => "forest",
        _ => match reading.first(&[Joy, Hope, Sad, Tense, Calm, Energy, Dream, Warm, Cold, Stage]) {
            Some(Joy) => "spring",
            Some(Hope) => "dawn",
            Some(Sad) => "rain",
            Some(Tense) => "storm",
            Some(Calm) => "dusk",
            Some(Energy | Warm) => "sunset",
            Some(Dream | Stage) => "dusk",
            Some(Cold) => "snow",
            _ => ["dawn", "day", "sunset", "dusk", "morning", "autumn"][dice.below(6)],
        },
    }
}

fn one<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Lab, D::Error> {
    let text = String::deserialize(deserializer)?;
    hex(&text).ok_or_else(|| serde::de::Error::custom(format!("“{text}” is no colour")))
}

fn four<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<[Lab; 4], D::Error> {
    let texts = <[String; 4]>::deserialize(deserializer)?;
    let wrong = || serde::de::Error::custom("a sky has four colours");
    let colours: Option<Vec<Lab>> = texts.iter().map(|text| hex(text)).collect();
    colours.and_then(|colours| colours.try_into().ok()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::read;
    use super::*;

    fn name(prompt: &str) -> String {
        Palette::of(&read(prompt), Style::Paper, &[], &mut Dice::new(1)).name
    }

    #[test]
    fn words_choose_the_hour_and_the_weather() {
        let names =
            ["a lake at night", "sunrise over hills", "violet rain", "snow", "a storm at sea", "an oak in autumn at sunset"];
        assert_eq!(names.map(name), ["night", "dawn", "rain", "snow", "storm", "sunset"]);
    }

    #[test]
    fn a_named_colour_bends_the_others_and_not_the_lamps() {
        let plain = Palette::of(&read("hills at noon"), Style::Paper, &[], &mut Dice::new(1));
        let red = Palette::of(&read("red hills at noon"), Style::Paper, &[], &mut Dice::new(1));
        assert!(red.near[1] > plain.near[1]);
        assert_eq!(red.accent, plain.accent);
        let own = Palette::of(&read("hills at noon"), Style::Paper, &[hex("#102080").unwrap()], &mut Dice::new(1));
        assert!(own.near[2] < plain.near[2]);
    }

    #[test]
    fn ink_has_one_colour() {
        let ink = Palette::of(&read("hills at noon"), Style::named("ink"), &[], &mut Dice::new(1));
        let chroma = |colour: Lab| colour[1].hypot(colour[2]);
        assert!(chroma(ink.accent) > 0.12);
        assert!([ink.far, ink.near, ink.dark, ink.sky[0]].iter().all(|colour| chroma(*colour) < 0.05));
    }
}
