//! A display of a studio somewhere else: what comes over the link becomes what its window shows. Rows are laid out here, on a
//! thread of its own; the window only ever looks into its slot.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Weak};

use tokio::runtime::{Builder, Runtime};

use crate::core::live::{DisplayKind, Order, Smoothness};
use crate::core::problem::Problem;
use crate::core::prompter::Look;
use crate::core::prompter::text::Text;
use crate::gpu::text::{Fonts, TextLayout, layout_rows};
use crate::prompter::{Remote, Scene};
use crate::remote::Token;
use crate::remote::live::{Link, Received};

/// A link and the thread that reads it. Ends when it is dropped.
#[derive(Debug)]
pub struct Display {
    link: Arc<Link>,
    // Dropped after the link, whose task it runs.
    _runtime: Runtime,
}

impl Display {
    /// Begins to follow the studio at `server` (`http://host:port`); `name` is what people there call this display.
    pub fn follow(server: &str, token: &str, name: String, window: Remote) -> Result<Display, Problem> {
        let token = Token::new(token)?;
        let failed = |error: std::io::Error| {
            Problem::failed(format!("A worker thread could not be started: {error}."), "Close other programs and try again.")
        };
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("net").enable_all().build().map_err(failed)?;
        let (ring, rung) = sync_channel(1);
        let on_change = move || {
            // A full channel means that the thread will look anyway.
            let _ = ring.try_send(());
        };
        let link = Link::open(runtime.handle(), server, token, name, DisplayKind::Window, on_change);
        let link = Arc::new(link);
        let read = Arc::downgrade(&link);
        std::thread::Builder::new().name("display".into()).spawn(move || run(&read, &rung, &window)).map_err(failed)?;
        Ok(Display { link, _runtime: runtime })
    }

    /// Gives the studio an order; without a studio it is lost, because it was meant for now.
    pub fn order(&self, order: Order) {
        if !self.link.order(order) {
            tracing::info!("an order found no studio");
        }
    }

    /// How evenly frames came since the last call.
    pub fn smoothness(&self, stretch: Smoothness) {
        self.link.smoothness(stretch);
    }

    /// Distance of base lines in ems, as the studio has it.
    pub fn line_height(&self) -> f32 {
        self.link.received().show.look.line_height
    }
}

fn run(link: &Weak<Link>, rung: &Receiver<()>, window: &Remote) {
    // Reading the system's fonts takes a while, so it happens here and once.
    let fonts = Fonts::system();
    let apart = fonts.apart();
    let mut rows: Option<Rows> = None;
    loop {
        let Some(received) = link.upgrade().map(|link| link.received()) else { return };
        let show = &received.show;
        let known = rows.take().filter(|rows| rows.show_the_same(&show.text, &show.look));
        let laid = known.unwrap_or_else(|| Rows::lay_out(&show.text, &show.look, &fonts));
        window.show(scene(&received, Arc::clone(&laid.layout), apart.clone()));
        rows = Some(laid);
        if rung.recv().is_err() {
            return;
        }
    }
}

/// The rows that are shown, and what they were made of.
struct Rows {
    text: Arc<Text>,
    look: Arc<Look>,
    layout: Arc<TextLayout>,
}

impl Rows {
    fn lay_out(text: &Arc<Text>, look: &Arc<Look>, fonts: &Fonts) -> Rows {
        let layout = Arc::new(layout_rows(text, look, fonts));
        Rows { text: Arc::clone(text), look: Arc::clone(look), layout }
    }

    fn show_the_same(&self, text: &Arc<Text>, look: &Arc<Look>) -> bool {
        // A studio that was started anew sends the same text, or another one under the same number.
        (Arc::ptr_eq(&self.text, text) || self.text == *text) && self.look.breaks_like(look)
    }
}

fn scene(received: &Received, layout: Arc<TextLayout>, fonts: Fonts) -> Scene {
    let show = &received.show;
    let lost = received.welcomed && !received.connected;
    let waiting = match &received.problem {
        Some(problem) if received.gave_up => problem.to_string(),
        _ if received.connected => "No script is open in the studio.".to_owned(),
        _ => "Waiting for the studio".to_owned(),
    };
    Scene {
        layout: (!layout.rows().is_empty()).then_some(layout),
        look: Arc::clone(&show.look),
        motion: Arc::clone(&show.motion),
        status: Arc::clone(&show.status),
        scenes: Arc::clone(&show.scenes),
        mirrors: Arc::clone(&show.mirrors),
        offset: received.offset,
        fonts: Some(fonts),
        waiting,
        sign: lost.then(|| "Studio not connected".to_owned()),
    }
}
