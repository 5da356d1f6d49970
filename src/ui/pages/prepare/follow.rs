//! A list that follows the selected scene: it scrolls just far enough when the scene was chosen elsewhere, and stays where it
//! is otherwise, because a list that moves under the pointer is a list that is missed.

/// What a list remembers of its place.
#[derive(Default)]
pub struct Follow {
    /// The selected scene that was last scrolled to.
    shown: Option<usize>,
    /// Scroll offset and height of the list, as they were drawn last.
    place: Option<(f32, f32)>,
}

impl Follow {
    /// The scene was chosen in this very list.
    pub fn chose(&mut self, scene: usize) {
        self.shown = Some(scene);
    }

    /// It is to be seen once more, wherever the person has scrolled to.
    pub fn again(&mut self) {
        self.shown = None;
    }

    /// Where to scroll so that a newly selected scene is seen, `top` points from the list's beginning; `None` when it is.
    pub fn offset(&mut self, selected: usize, top: f32, height: f32) -> Option<f32> {
        if self.shown == Some(selected) {
            return None;
        }
        let (offset, room) = self.place?;
        self.shown = Some(selected);
        if top < offset {
            Some(top)
        } else if top + height > offset + room {
            Some(top + height - room)
        } else {
            None
        }
    }

    /// Scroll offset and height of the list, as it was drawn.
    pub fn drawn(&mut self, offset: f32, height: f32) {
        self.place = Some((offset, height));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_scrolls_as_far_as_it_must_and_once() {
        let mut follow = Follow::default();
        assert_eq!(follow.offset(0, 0.0, 60.0), None, "nothing is drawn yet");
        follow.drawn(0.0, 200.0);
        assert_eq!(follow.offset(9, 600.0, 60.0), Some(460.0));
        assert_eq!(follow.offset(9, 600.0, 60.0), None, "the person may scroll away");
        follow.drawn(460.0, 200.0);
        assert_eq!(follow.offset(2, 130.0, 60.0), Some(130.0));
        follow.chose(5);
        assert_eq!(follow.offset(5, 900.0, 60.0), None);
    }
}
