//! What is on the studio server: how it stands with the open project, who may open it, and the projects that can be opened here.

use egui::{Context, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use crate::core::project::DEMO;
use crate::core::shared::{Access, Facts, Stage};
use crate::core::time::when;
use crate::studio::sync::{Link, Listing, Message as Sync, Remote};
use crate::studio::{Message, Model, Sheet};
use crate::ui::Screen;
use crate::ui::theme::{self, colours, space};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::{card, menu, text};

use super::sheet::{Side, head, sheet};

const WIDTH: f32 = 480.0;
const ROW: f32 = 48.0;
/// The list scrolls beyond this height.
const LIST: f32 = 6.5 * (ROW + 8.0);

/// Draws the sheet while it is open; a click outside or Escape closes it.
pub fn server_ui(ctx: &Context, model: &Model, screen: &Screen, out: &mut Vec<Message>) {
    if model.sheet == Some(Sheet::Server) && sheet(ctx, Side::Right, "server", WIDTH, |ui| sheet_ui(ui, model, screen, out)) {
        out.push(Message::CloseSheet);
    }
}

/// True when its ✕ was taken.
fn sheet_ui(ui: &mut Ui, model: &Model, screen: &Screen, out: &mut Vec<Message>) -> bool {
    let closed = head(ui, "On the server", |ui| {
        if Button::icon_only(Icon::RefreshCw, "Look at the server now").show(ui).clicked() {
            out.push(Message::Sync(Sync::Look));
            out.push(Message::Sync(Sync::List));
        }
    });
    state_ui(ui, model, out);
    ui.add_space(space(1.0));
    match &model.sync.listing {
        Listing::Listed(projects) if projects.is_empty() => {
            paragraph(ui, "There is nothing on the server yet. The script that is open goes there by itself.")
        }
        Listing::Listed(projects) => list_ui(ui, model, screen, projects, out),
        Listing::Failed(problem) => paragraph(ui, &format!("{} {}", problem.what, problem.fix)),
        Listing::Unknown | Listing::Asking => paragraph(ui, "Asking the server…"),
    }
    closed
}

/// How it stands with the open project, and what can be done about that.
fn state_ui(ui: &mut Ui, model: &Model, out: &mut Vec<Message>) {
    let link = &model.sync.link;
    if let Some(problem) = link.problem() {
        paragraph(ui, &format!("{} {}", problem.what, problem.fix));
    }
    let own = model.prepare.project.as_ref().filter(|project| project.id != DEMO);
    let Some(title) = own.map(|_| model.prepare.script.title()) else {
        return paragraph(ui, "The demo stays here. A script of your own goes to the server by itself.");
    };
    match link {
        Link::Gone => {
            paragraph(ui, &format!("“{title}” is not on the server any more. All of it is here."));
            if Button::quiet("Send it again").icon(Icon::CloudUpload).show(ui).clicked() {
                out.push(Message::Sync(Sync::Resend));
            }
        }
        Link::Differs => {
            let choose = Button::quiet("Choose a version…").icon(Icon::Columns2).show(ui);
            if choose.clicked() {
                out.push(Message::Sheet(Sheet::Versions));
            }
        }
        Link::InStep => {
            let listed = own.and_then(|project| model.sync.listed(&project.id));
            if let Some(facts) = listed.filter(|facts| facts.access == Access::Owner) {
                team_ui(ui, model, facts.team.as_deref(), title, out);
            }
        }
        _ => {}
    }
}

/// Who may open the project, for its owner to say.
fn team_ui(ui: &mut Ui, model: &Model, now: Option<&str>, title: &str, out: &mut Vec<Message>) {
    let teams = model.sync.account.iter().flat_map(|account| &account.teams);
    let mut choices: Vec<Option<&str>> = vec![None];
    choices.extend(teams.map(|of| Some(of.team.as_str())));
    if choices.len() == 1 {
        return;
    }
    let labels: Vec<String> =
        choices.iter().map(|team| team.map_or_else(|| "Only me".to_owned(), |team| format!("The team {team}"))).collect();
    let current = choices.iter().position(|team| *team == now);
    super::sheet::row(ui, &format!("“{}” is opened by", shortened(title)), 200.0, |ui, width| {
        if let Some(at) = menu::choice(ui, "Who opens this project", width, current, &labels) {
            out.push(Message::Sync(Sync::Share(choices[at].map(str::to_owned))));
        }
    });
}

fn list_ui(ui: &mut Ui, model: &Model, screen: &Screen, projects: &[Remote], out: &mut Vec<Message>) {
    ui.spacing_mut().item_spacing.y = space(1.0);
    ScrollArea::vertical().max_height(LIST).show_rows(ui, ROW, projects.len(), |ui, rows| {
        for remote in &projects[rows] {
            row_ui(ui, model, screen, remote, out);
        }
    });
}

fn row_ui(ui: &mut Ui, model: &Model, screen: &Screen, remote: &Remote, out: &mut Vec<Message>) {
    let (c, facts) = (colours(), &remote.facts);
    let open = model.prepare.project.as_ref().is_some_and(|project| remote.here.as_ref() == Some(&project.id));
    let free = model.busy().is_none() && !open;
    let sense = if open { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), sense);
    card::ground(ui.painter(), rect, &response, open);
    let inner = rect.shrink2(vec2(space(1.5), space(0.75)));
    let right = if open { "Open here" } else { access_word(facts) };
    let tag = ui.painter().layout_no_wrap(right.to_owned(), theme::small(), c.muted.0);
    let room = inner.width() - tag.size().x - space(2.0);
    let title = text::truncated(ui, &facts.title, theme::body(), c.text.0, room);
    let about = about(facts, screen.today.as_deref());
    let small = text::truncated(ui, &about, theme::small(), c.muted.0, inner.width());
    let bottom = pos2(inner.left(), inner.bottom() - small.size().y);
    ui.painter().galley(pos2(inner.right() - tag.size().x, inner.top() + 2.0), tag, c.muted.0);
    ui.painter().galley(Rect::from_min_size(inner.min, title.size()).min, title, c.text.0);
    ui.painter().galley(bottom, small, c.muted.0);
    response.widget_info(|| match open {
        true => WidgetInfo::labeled(Role::Label, true, format!("{} is open here", facts.title)),
        false => WidgetInfo::labeled(Role::Button, free, format!("Open {} from the server", facts.title)),
    });
    if response.clicked() && free {
        out.push(Message::Sync(Sync::Open { remote: facts.id.clone() }));
    }
}

fn access_word(facts: &Facts) -> &'static str {
    match (facts.access, facts.stage) {
        (Access::Public, _) => "Published",
        (Access::Viewer, _) => "Read only",
        (_, Stage::Published) => "Published",
        _ => "",
    }
}

/// `356 words · at 14:32 on desk by Anna · Films`
fn about(facts: &Facts, today: Option<&str>) -> String {
    let mut parts = vec![format!("{} words", facts.words)];
    let mut last = when(&facts.made_at, today).unwrap_or_default();
    if !facts.device.is_empty() {
        last = format!("{last} on {}", facts.device);
    }
    if let Some(author) = &facts.author {
        last = format!("{last} by {author}");
    }
    parts.push(last.trim().to_owned());
    parts.extend(facts.team.clone());
    parts.retain(|part| !part.is_empty());
    parts.join("  ·  ")
}

fn shortened(title: &str) -> String {
    let short: String = title.chars().take(24).collect();
    if short.len() < title.len() { format!("{short}…") } else { short }
}

fn paragraph(ui: &mut Ui, words: &str) {
    ui.label(egui::RichText::new(words).font(theme::body()).color(colours().muted));
}
