//! The engines at hand: OpenAI's form with its many dialects, ComfyUI, AUTOMATIC1111, Stability, against fakes on loopback that are
//! written from their documentation. What may cost money is sent once; charges are counted.

#[path = "../rig/fake.rs"]
#[allow(dead_code)]
mod fake;
#[path = "../rig/form.rs"]
mod form;

mod automatic;
mod bad;
mod clips;
mod comfy;
mod custom;
mod matrix;
#[path = "../rig/odd.rs"]
mod odd;
mod pictures;
mod probe;
mod refusals;
mod rig;
mod sound;
mod stability;
mod words;
