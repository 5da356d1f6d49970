//! What the window may forget: scroll places, open menus, the caret, textures of thumbnails. Nothing here decides anything,
//! and a lost `View` loses no work.

use egui::Rect;

use super::pages::library::LibraryView;
use super::pages::prepare::PrepareView;
use super::pages::queue::QueueView;
use super::pages::record::RecordView;
use super::pages::review::ReviewView;
use super::shell::controls::ControlsView;
use super::shell::history::HistoryView;
use super::shell::key_list::KeysView;
use super::shell::prompt::PromptView;
use super::shell::style::StyleView;
use super::shell::theme_form::ThemeView;
use super::thumbs::Thumbs;

/// State of the eyes, one a window.
#[derive(Default)]
pub struct View {
    pub prepare: PrepareView,
    pub queue: QueueView,
    pub record: RecordView,
    pub review: ReviewView,
    pub history: HistoryView,
    pub library: LibraryView,
    pub keys: KeysView,
    pub style: StyleView,
    pub prompt: PromptView,
    pub theme: ThemeView,
    pub controls: ControlsView,
    pub thumbs: Thumbs,
    /// The scene under the pointer in this frame: where a dropped picture goes.
    pub drop_scene: Option<usize>,
    /// Height at the window's foot that toasts keep clear of, in points; each page says its own in every frame.
    pub foot: f32,
    /// A place at the page's foot where nothing is worked with, for toasts; each page says its own in every frame, if it has one.
    pub lane: Option<Rect>,
    /// What the page itself says in this frame, so that no toast repeats it.
    pub said: Option<String>,
}
