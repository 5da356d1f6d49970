//! Our own writer: it says what rules have made, at once and a scene at a time.

use crate::engines::{Asked, Talk, Writer, Written};

#[derive(Debug)]
pub struct Outline {
    text: String,
}

impl Outline {
    pub fn new(text: String) -> Outline {
        Outline { text }
    }
}

impl Writer for Outline {
    fn write<'a>(&'a self, _: &'a Talk, on: &'a mut (dyn FnMut(&str) -> bool + Send)) -> Asked<'a, Written> {
        Box::pin(async move {
            let mut said = 0;
            for scene in self.text.split_inclusive("\n\n## ") {
                said += scene.len();
                if !on(scene) {
                    break;
                }
            }
            Ok(Written { text: self.text[..said].to_owned(), ..Written::default() })
        })
    }
}
