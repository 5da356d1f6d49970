//! The stack while it grows: what every scene lays its sheets on, with the colours, the dice and the words at hand.

use std::cell::RefCell;

use super::account::Account;
use super::colour::{Lab, to_linear};
use super::cut::{Cut, Point};
use super::dice::Dice;
use super::lexicon::{Reading, Thing};
use super::palette::{Palette, Style};
use super::plan::Setting;
use super::sheet::{Fill, Finish, Glow, Lamp, Layer, Light, MOST_LAMPS, Painting, Paper, Sheet};

pub(super) struct Canvas {
    pub w: f32,
    pub h: f32,
    pub palette: Palette,
    pub reading: Reading,
    pub dice: Dice,
    pub style: Style,
    /// Height of the horizon.
    pub horizon: f32,
    /// Where the sun or moon stands.
    pub sun: Point,
    /// Direction that light comes from.
    pub toward: Point,
    pub ambient: Lab,
    pub finish: Finish,
    layers: Vec<Layer>,
    lamps: Vec<Lamp>,
    /// Things that whoever draws has asked for and that were named: they are in the picture.
    asked: RefCell<Vec<Thing>>,
}

impl Canvas {
    pub fn new(w: f32, h: f32, palette: Palette, reading: Reading, dice: Dice, style: Style) -> Canvas {
        Canvas {
            w,
            h,
            palette,
            reading,
            dice,
            style,
            horizon: h * 0.58,
            sun: [w * 0.66, h * 0.3],
            toward: [0.0, -1.0],
            ambient: [1.0, 0.0, 0.0],
            finish: Finish::default(),
            layers: Vec::new(),
            lamps: Vec::new(),
            asked: RefCell::default(),
        }
    }

    /// Asked by whoever then draws it.
    pub fn has(&self, thing: Thing) -> bool {
        let named = self.reading.has(thing);
        if named {
            self.asked.borrow_mut().push(thing);
        }
        named
    }

    /// Likewise, for what all of these call up.
    pub fn any(&self, things: &[Thing]) -> bool {
        // All of them are asked for, so that each is in the account.
        things.iter().filter(|thing| self.has(**thing)).count() > 0
    }

    /// These are in the picture, whether anybody named them or not.
    pub fn shows(&self, things: &[Thing]) {
        self.any(things);
    }

    /// It is dark enough for lamps to be lit.
    pub fn is_dark(&self) -> bool {
        let lamps = self.reading.any(&[Thing::Lamp, Thing::Fire, Thing::StreetLamp]);
        self.palette.is_dark() || (lamps && self.palette.name == "dawn")
    }

    /// One more sheet over all that is there. What lies outside the picture is not kept.
    pub fn lay(&mut self, cut: Cut, fill: Fill, paper: Paper) {
        let Some([left, top, right, bottom]) = cut.bounds() else { return };
        let reach = paper.lift.max(paper.soft) * 3.0;
        if right + reach < 0.0 || bottom + reach < 0.0 || left - reach > self.w || top - reach > self.h {
            return;
        }
        self.layers.push(Layer::Sheet(Sheet { cut, fill, paper }));
    }

    /// One colour.
    pub fn piece(&mut self, cut: Cut, colour: Lab, paper: Paper) {
        self.lay(cut, Fill::flat(colour), paper);
    }

    pub fn glow(&mut self, at: Point, radius: f32, colour: Lab, power: f32) {
        self.layers.push(Layer::Glow(Glow { at, radius, squash: 1.0, colour, power }));
    }

    pub fn wide_glow(&mut self, at: Point, radius: f32, squash: f32, colour: Lab, power: f32) {
        self.layers.push(Layer::Glow(Glow { at, radius, squash, colour, power }));
    }

    /// Mist over a height: thickest in the middle.
    pub fn mist(&mut self, y: f32, height: f32, colour: Lab, alpha: f32) {
        let cut = Cut::new().rect(-0.3, y - height * 0.5, self.w + 0.3, y + height * 0.5);
        self.lay(cut, Fill::flat(colour), Paper { soft: height * 0.45, alpha, tooth: 0.0, lit: 0.0, ..Paper::FLAT });
    }

    /// Light on all that is laid, whenever it is laid. Only the first few count.
    pub fn lamp(&mut self, at: Point, reach: f32, colour: Lab, power: f32) {
        if self.lamps.len() < MOST_LAMPS {
            self.lamps.push(Lamp { at, reach, power, colour });
        }
    }

    /// The light comes from here; shadows fall the other way.
    pub fn lit_from(&mut self, at: Point) {
        let [x, y] = [at[0] - self.w * 0.5, (at[1] - self.h * 0.75).min(-0.35)];
        let length = x.hypot(y).max(1e-3);
        self.toward = [x / length, y / length];
    }

    pub fn finished(self, setting: Setting) -> Painting {
        let account = Account::of(&self.reading, setting, &self.palette.name, &self.asked.borrow());
        let light =
            Light { ambient: to_linear(self.ambient), lamps: self.lamps, toward: self.toward, shade: self.palette.shade };
        let (layers, finish, about) = (self.layers, self.finish, setting.words());
        Painting { width: self.w, height: self.h, layers, light, finish, about, account }
    }
}
