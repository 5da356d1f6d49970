//! A version beside the present script (`widgets::comparison`), under what changed in a line.

use egui::{Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::core::history::Version;
use crate::studio::history::{Compared, Message as History, Read};
use crate::studio::{Message, Model};
use crate::ui::figures;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::comparison::{Heights, Sides, halves, rows_ui};
use crate::ui::widgets::text;

const SIDES: Sides = Sides { alone: ["Gone", "New"], changed: ["Was", "Is"] };

pub fn compare_ui(
    ui: &mut Ui,
    model: &Model,
    version: &Version,
    heights: &mut Heights,
    today: Option<&str>,
    out: &mut Vec<Message>,
) {
    let Some(chosen) = &model.history.chosen else { return };
    let compared = match &chosen.read {
        Read::Ready(compared) => compared,
        Read::Waiting => {
            text::small(ui, "Comparing…");
            return;
        }
        Read::Failed(problem) => {
            text::body(ui, format!("{} {}", problem.what, problem.fix));
            return;
        }
    };
    if compared.revision != model.prepare.revision {
        out.push(Message::History(History::Choose(chosen.seq)));
    }
    heads_ui(ui, version, compared, today);
    let width = ui.available_width() - space(1.5);
    ScrollArea::vertical().id_salt(("compared", chosen.seq)).auto_shrink(false).show_viewport(ui, |ui, seen| {
        rows_ui(ui, &compared.comparison, heights, width, seen, &SIDES);
    });
}

/// Which text is on which side, and what changed in a line.
fn heads_ui(ui: &mut Ui, version: &Version, compared: &Compared, today: Option<&str>) {
    let c = colours();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space(6.0)), Sense::hover());
    let when = format!("{}, {}", figures::heading(&version.made_at, today), figures::time(&version.made_at, false));
    let old = if version.name.is_some() { format!("{} · {when}", version.label()) } else { when };
    let change = &compared.comparison.change;
    let said = match change.same {
        true => "The same as the present script".to_owned(),
        false => format!("Since then: {}", change.sentence()),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, true, format!("{old} beside now. {said}")));
    let (left, right) = halves(rect.with_max_x(rect.right() - space(1.5)));
    for (side, words, colour) in [(left, old.as_str(), c.text.0), (right, "Now", c.text.0)] {
        let galley = text::truncated(ui, words, theme::body(), colour, side.width());
        ui.painter().galley(side.left_top(), galley, colour);
    }
    let galley = text::truncated(ui, &said, theme::small(), c.muted.0, rect.width());
    ui.painter().galley(pos2(rect.left(), rect.top() + space(2.75)), galley, c.muted.0);
    ui.painter().hline(rect.x_range(), rect.bottom() - space(0.25), (1.0, c.line.0));
}
