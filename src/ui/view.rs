//! What the window may forget: scroll places, open menus, the caret, textures of thumbnails. Nothing here decides anything,
//! and a lost `View` loses no work.

use super::pages::prepare::PrepareView;
use super::pages::record::RecordView;
use super::pages::review::ReviewView;
use super::shell::controls::ControlsView;
use super::shell::key_list::KeysView;
use super::thumbs::Thumbs;
use crate::studio::Page;

/// State of the eyes, one a window.
#[derive(Default)]
pub struct View {
    pub prepare: PrepareView,
    pub record: RecordView,
    pub review: ReviewView,
    pub keys: KeysView,
    pub controls: ControlsView,
    pub thumbs: Thumbs,
    /// The settings sheet is shown.
    pub settings_open: bool,
    /// Page and whether a take was under way when the sheet was last drawn.
    pub settings_at: Option<(Page, bool)>,
    /// The scene under the pointer in this frame: where a dropped picture goes.
    pub drop_scene: Option<usize>,
    /// Height at the window's foot that toasts keep clear of, in points; each page says its own in every frame.
    pub foot: f32,
}
