//! Which scene a prompt gets, and what is put into it.

use super::canvas::Canvas;
use super::lexicon::{Reading, Thing};
use super::palette::Style;
use super::{creatures, figures, indoors, land, moods, sky, town, water, worlds};

/// The scenes there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Room,
    City,
    Sea,
    Forest,
    Land,
    Desert,
    Space,
    Underwater,
    Stage,
    Portrait,
    /// No place is named: colour, rings and waves.
    Mood,
}

impl Setting {
    /// The first place that is named; things that belong somewhere bring their place with them.
    pub fn of(reading: &Reading) -> Setting {
        use Thing::{
            Boat, Book, Bridge, Bus, Car, City, Computer, Cup, Deer, Desert, Desk, Field, Fire, Forest, Hill, Hive, Horse,
            House, Lake, Lamp, Lighthouse, Mountain, Pine, Plant, Portrait, River, Room, Sea, Sheep, Space, Stage, Street,
            StreetLamp, Train, Tree, Underwater, Village, Window,
        };
        let outright = [
            (Underwater, Setting::Underwater),
            (Space, Setting::Space),
            (Stage, Setting::Stage),
            (Portrait, Setting::Portrait),
        ];
        for (thing, setting) in outright {
            if reading.has(thing) {
                return setting;
            }
        }
        let places = [Room, Desk, City, Sea, Forest, Mountain, Lake, River, Desert, Field, Hill, Village, Street];
        let setting = |thing| match thing {
            Room | Desk | Window | Book | Cup | Plant | Computer | Lamp => Setting::Room,
            City | Street | StreetLamp | Bus | Car | Train => Setting::City,
            Sea | Lighthouse | Boat => Setting::Sea,
            Forest => Setting::Forest,
            Desert => Setting::Desert,
            _ => Setting::Land,
        };
        // A window in a room shows hills; hills seen from a desk are no landscape.
        if reading.any(&[Room, Desk]) && !reading.first(&places).is_some_and(|first| matches!(first, City | Sea | Street)) {
            return Setting::Room;
        }
        if reading.has(Street) && !reading.any(&[City, Bus, Car, StreetLamp, Train]) {
            return if reading.has(Forest) { Setting::Forest } else { Setting::Land };
        }
        if let Some(first) = reading.first(&places) {
            return if first == Street && reading.any(&[Hill, Mountain, Field, Village]) {
                Setting::Land
            } else {
                setting(first)
            };
        }
        let things = [
            Window, Book, Cup, Plant, Computer, Lamp, Bus, Car, Train, StreetLamp, Boat, Lighthouse, Bridge, Tree, Pine, House,
            Fire, Hive, Horse, Sheep, Deer,
        ];
        match reading.first(&things) {
            Some(first) => setting(first),
            None if reading.things.iter().any(|thing| is_outdoors(*thing)) => Setting::Land,
            None => Setting::Mood,
        }
    }

    /// What it shows by itself, so that nobody has to ask for it.
    pub fn shows(self, thing: Thing) -> bool {
        use Thing::{
            City, Desert, Desk, Field, Forest, Hill, People, Person, Portrait, Room, Sea, Space, Stage, Street, Tree,
            Underwater, Window,
        };
        match self {
            Setting::Room => matches!(thing, Room | Desk | Window),
            Setting::City => matches!(thing, City | Street),
            Setting::Sea => thing == Sea,
            Setting::Forest => matches!(thing, Forest | Tree),
            Setting::Land => matches!(thing, Hill | Field),
            Setting::Desert => thing == Desert,
            Setting::Space => thing == Space,
            Setting::Underwater => thing == Underwater,
            Setting::Stage => matches!(thing, Stage | People | Person),
            Setting::Portrait => matches!(thing, Portrait | Person),
            Setting::Mood => false,
        }
    }

    /// What it shows, for people.
    pub fn words(self) -> String {
        let scene = match self {
            Setting::Room => "a room",
            Setting::City => "a town",
            Setting::Sea => "the sea",
            Setting::Forest => "a forest",
            Setting::Land => "hills under a sky",
            Setting::Desert => "dunes",
            Setting::Space => "planets",
            Setting::Underwater => "under water",
            Setting::Stage => "a stage",
            Setting::Portrait => "a person",
            Setting::Mood => "a mood in colours",
        };
        format!("Layered paper: {scene}. Drawn by Onetake, not by AI.")
    }
}

fn is_outdoors(thing: Thing) -> bool {
    use Thing::{
        Aurora, Autumn, Balloon, Bees, Birds, Butterflies, Cat, Clouds, Dawn, Dog, Dusk, Flowers, Fog, Moon, Night, Person,
        Rain, Snow, Spring, Stars, Storm, Sun, Sunset,
    };
    matches!(
        thing,
        Aurora
            | Autumn
            | Balloon
            | Bees
            | Birds
            | Butterflies
            | Cat
            | Clouds
            | Dawn
            | Dog
            | Dusk
            | Flowers
            | Fog
            | Moon
            | Night
            | Person
            | Rain
            | Snow
            | Spring
            | Stars
            | Storm
            | Sun
            | Sunset
    )
}

pub(super) fn draw(canvas: &mut Canvas, setting: Setting) {
    match setting {
        Setting::Room => indoors::room(canvas),
        Setting::City => town::city(canvas),
        Setting::Sea => water::sea(canvas),
        Setting::Forest => land::forest(canvas),
        Setting::Land => land::hills(canvas),
        Setting::Desert => land::desert(canvas),
        Setting::Space => worlds::space(canvas),
        Setting::Underwater => worlds::underwater(canvas),
        Setting::Stage => figures::stage(canvas),
        Setting::Portrait => figures::portrait(canvas),
        Setting::Mood => moods::mood(canvas),
    }
    creatures::flying(canvas, setting);
    let outdoors =
        !matches!(setting, Setting::Room | Setting::Stage | Setting::Space | Setting::Underwater | Setting::Portrait);
    if outdoors {
        sky::falling(canvas);
    }
    if canvas.style == Style::Ink {
        canvas.finish.colour = 1.0;
        canvas.finish.vignette = 0.12;
        canvas.finish.bloom = 0.03;
        canvas.finish.grain = 0.018;
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::read;
    use super::*;

    #[test]
    fn each_prompt_finds_its_scene() {
        let scenes = [
            ("A writing desk in a dark room before dawn, blue hills outside, one bus on the hill road", Setting::Room),
            ("An old night bus at the last stop above a sleeping city", Setting::City),
            ("A winding road over the hills", Setting::Land),
            ("A path through the woods", Setting::Forest),
            ("A lighthouse", Setting::Sea),
            ("an astronaut", Setting::Space),
            ("a woman on a stage", Setting::Stage),
            ("a man walks home in the snow", Setting::Land),
            ("a cup of tea", Setting::Room),
            ("bees", Setting::Land),
            ("bees, a writing desk by a tall window", Setting::Room),
            ("sheep before a hive", Setting::Land),
            ("why we fail", Setting::Mood),
            ("", Setting::Mood),
        ];
        for (prompt, want) in scenes {
            assert_eq!(Setting::of(&read(prompt)), want, "{prompt}");
        }
    }
}
