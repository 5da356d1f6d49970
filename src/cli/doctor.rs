//! `onetake doctor`: what this machine has, what it lacks, and what to do about it.

use super::{Common, print_json, print_line};
use crate::core::problem::Problem;
use crate::jobs::doctor;
use crate::jobs::house::House;

pub fn run(house: &House, common: &Common) -> Result<u8, Problem> {
    let checks = doctor::examine(house);
    let ok = doctor::healthy(&checks);
    if common.json {
        print_json(&serde_json::json!({ "ok": ok, "checks": checks }));
    } else {
        for check in &checks {
            let sign = match (check.ok, check.optional) {
                (true, _) => "ok      ",
                (false, true) => "not here",
                (false, false) => "MISSING ",
            };
            print_line(format_args!("{sign}  {:<18} {}", check.name, check.detail));
            if !check.fix.is_empty() {
                print_line(format_args!("{:28} {}", "", check.fix));
            }
        }
        print_line(if ok { "This machine can make a take." } else { "This machine can't make a take yet." });
    }
    Ok(if ok { 0 } else { 3 })
}
