//! The picture as a stack: sheets of cut paper from far to near, with glows and mist between them. What is here is what the GPU is
//! given (`gpu::passes::paint`); how a sheet looks is decided there, which sheets there are is decided by the other files.

use super::account::Account;
use super::colour::{Lab, lighter};
use super::cut::{Cut, Point};

/// A picture before it is drawn. Lengths are in units of its short side.
#[derive(Clone, Debug, PartialEq)]
pub struct Painting {
    pub width: f32,
    pub height: f32,
    /// From far to near.
    pub layers: Vec<Layer>,
    pub light: Light,
    pub finish: Finish,
    /// What it shows, in one sentence.
    pub about: String,
    /// What became of the prompt's words.
    pub account: Account,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    Sheet(Sheet),
    Glow(Glow),
}

/// One piece of paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub cut: Cut,
    pub fill: Fill,
    pub paper: Paper,
}

/// Light that spreads from a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glow {
    pub at: Point,
    pub radius: f32,
    /// Height over width.
    pub squash: f32,
    pub colour: Lab,
    pub power: f32,
}

/// Four colours along a line, or outwards from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill {
    pub stops: [(f32, Lab); 4],
    pub from: Point,
    pub to: Point,
    pub radial: bool,
}

/// How a sheet lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paper {
    /// Darkness of its shadow, 0 to 1.
    pub shadow: f32,
    /// How high it lies over what is behind it.
    pub lift: f32,
    /// Brightness of the edge on the light's side.
    pub rim: f32,
    pub rim_colour: Lab,
    /// Strength of the paper's fibres.
    pub tooth: f32,
    /// 0 shines by itself, 1 is seen by the scene's light.
    pub lit: f32,
    pub alpha: f32,
    /// Blurs its edge by so much: mist, light on a floor.
    pub soft: f32,
    /// Adds light instead of covering.
    pub adds: bool,
}

/// What falls on all sheets.
#[derive(Clone, Debug, PartialEq)]
pub struct Light {
    /// Linear.
    pub ambient: [f32; 3],
    /// At most `MOST_LAMPS` count.
    pub lamps: Vec<Lamp>,
    /// Where it comes from: shadows fall the other way, edges are bright on this side.
    pub toward: Point,
    /// Colour of the shadows.
    pub shade: Lab,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lamp {
    pub at: Point,
    pub reach: f32,
    pub power: f32,
    pub colour: Lab,
}

pub const MOST_LAMPS: usize = 4;

/// The last steps, the same for each picture but for their strength.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    pub exposure: f32,
    pub bloom: f32,
    pub vignette: f32,
    pub grain: f32,
    /// 1 keeps the colours, 0 is grey.
    pub colour: f32,
}

impl Default for Finish {
    fn default() -> Finish {
        Finish { exposure: 1.0, bloom: 0.12, vignette: 0.26, grain: 0.012, colour: 1.0 }
    }
}

impl Fill {
    pub fn flat(colour: Lab) -> Fill {
        Fill::down(colour, colour, 0.0, 1.0)
    }

    /// From one to the other between two heights.
    pub fn down(top: Lab, bottom: Lab, from: f32, to: f32) -> Fill {
        Fill::between(top, bottom, [0.0, from], [0.0, to])
    }

    pub fn between(one: Lab, other: Lab, from: Point, to: Point) -> Fill {
        Fill { stops: [(0.0, one), (1.0, other), (1.0, other), (1.0, other)], from, to, radial: false }
    }

    /// Outwards from a point.
    pub fn around(middle: Lab, edge: Lab, at: Point, radius: f32) -> Fill {
        Fill { radial: true, ..Fill::between(middle, edge, at, [at[0] + radius, at[1]]) }
    }
}

impl Paper {
    /// A piece of paper on others.
    pub const USUAL: Paper = Paper {
        shadow: 0.5,
        lift: 0.014,
        rim: 0.07,
        rim_colour: [0.95, 0.0, 0.02],
        tooth: 0.035,
        lit: 1.0,
        alpha: 1.0,
        soft: 0.0,
        adds: false,
    };

    /// Without a shadow: what is part of the sheet before it.
    pub const FLAT: Paper = Paper { shadow: 0.0, rim: 0.0, ..Paper::USUAL };

    /// What shines by itself: lamps, windows at night.
    pub const LAMP: Paper = Paper { tooth: 0.0, lit: 0.0, ..Paper::FLAT };

    pub fn lifted(self, lift: f32) -> Paper {
        Paper { lift, ..self }
    }

    pub fn rimmed(self, rim: f32, colour: Lab) -> Paper {
        Paper { rim, rim_colour: lighter(colour, 0.1), ..self }
    }
}
