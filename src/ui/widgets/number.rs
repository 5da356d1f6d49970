//! A number with − and +: typed, stepped with the arrows of the keyboard, or clicked.

use egui::{DragValue, Role, Ui, WidgetInfo};
use lucide_icons::Icon;

use crate::ui::theme;

use super::button::Button;

/// What may be entered.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
    pub step: f64,
    pub decimals: usize,
}

/// Shows the number and answers with a new one. `name` is for screen readers, `suffix` is the unit.
pub fn stepper(ui: &mut Ui, name: &str, value: f64, bounds: Bounds, suffix: &str) -> Option<f64> {
    let mut wanted = value;
    // A value from elsewhere may lie outside the bounds: it stays until the person changes it.
    let mut changed = false;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::space(0.5);
        let less = format!("{name}: less");
        if Button::icon_only(Icon::Minus, &less).enabled(value > bounds.low).show(ui).clicked() {
            (wanted, changed) = (value - bounds.step, true);
        }
        let field = DragValue::new(&mut wanted)
            .range(bounds.low..=bounds.high)
            .clamp_existing_to_range(false)
            .speed(bounds.step / 8.0)
            .max_decimals(bounds.decimals)
            .custom_formatter(move |value, _| plain(value, bounds.decimals))
            .update_while_editing(false)
            .suffix(suffix);
        let field = ui.add_sized([theme::space(9.0), theme::theme().space.control], field);
        changed |= field.changed();
        let shown = value;
        field.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::SpinButton, true, name);
            info.value = Some(shown);
            info
        });
        let more = format!("{name}: more");
        if Button::icon_only(Icon::Plus, &more).enabled(value < bounds.high).show(ui).clicked() {
            (wanted, changed) = (value + bounds.step, true);
        }
    });
    let wanted = wanted.clamp(bounds.low, bounds.high);
    (changed && (wanted - value).abs() > f64::EPSILON).then_some(wanted)
}

/// At most `decimals` of them, and none that say nothing.
fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn whole_numbers_are_written_whole() {
        assert_eq!((plain(12.0, 1), plain(12.5, 1), plain(100.0, 0)), ("12".into(), "12.5".into(), "100".into()));
    }
}
