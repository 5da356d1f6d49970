//! The prompter page: the studio's rows, at the studio's place.

use std::net::SocketAddr;
use std::sync::Arc;

use onetake::clock;
use onetake::core::live::Motion;
use onetake::core::prompter::text::{Run, RunStyle, Text, TextRow};
use onetake::core::prompter::{Align, Look, Mirror};
use onetake::core::time::Moment;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::rig::{Studio, until};

/// How far in time the page may be from the studio.
const SECS: f64 = 0.05;

/// One browser for all: it is what takes longest to start.
#[test]
fn the_prompter_page_is_a_display_like_any_other() {
    let browser = Browser::start();
    rows_are_the_studios_and_stand_where_it_has_them(&browser);
    a_broken_line_is_shown_and_mends_itself(&browser);
    a_text_is_shown_once_its_motion_is_there(&browser);
    it_mirrors_as_the_studio_says_and_as_chosen_here(&browser);
    other_scripts_run_their_own_way_and_keep_their_rows(&browser);
}

fn open(studio: &Studio, browser: &Browser) {
    studio.pair(browser);
    browser.go(&format!("{}/prompter", studio.url()));
    browser.until("the rows are there", "document.querySelectorAll('.row').length > 3");
}

/// Where the page's words stand in its own drawing, in ems, and the studio's time for which it placed them.
fn drawn(browser: &Browser) -> (f64, Moment) {
    let answer = browser.run(
        "const page = await import('/web/prompter.js');
         await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
         const y = new DOMMatrix(getComputedStyle(document.getElementById('lines')).transform).m42;
         return [page.sheet.base + (page.sheet.eye - y) / page.sheet.em, page.drawn];",
    );
    (answer[0].as_f64().unwrap_or_else(|| panic!("{answer}")), Moment(answer[1].as_f64().unwrap() as u64))
}

fn text_of(row: &TextRow) -> String {
    row.runs.iter().map(|run| run.text.as_str()).collect::<String>().trim_end().to_owned()
}

fn rows_are_the_studios_and_stand_where_it_has_them(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    // What was said before pairing is not this page's.
    browser.complaints();
    let shown = browser.value(
        "[...document.querySelectorAll('.row')].map((r) => [Number(r.dataset.row), r.textContent, \
         r.firstChild.getBoundingClientRect().width <= r.getBoundingClientRect().width + 0.5])",
    );
    let shown = shown.as_array().unwrap();
    assert!(shown.len() >= 8, "{shown:?}");
    for row in shown {
        let (index, words) = (row[0].as_u64().unwrap() as usize, row[1].as_str().unwrap());
        assert_eq!(words, text_of(&studio.show.text.rows[index]));
        assert_eq!(row[2], json!(true), "“{words}” is wider than its column");
    }

    // At rest, and on whole pixels.
    let (position, _) = drawn(browser);
    assert!((position - studio.laid.start()).abs() < 0.05, "{position}");
    let now = clock::now();
    let course = studio.show.motion.course.start(&studio.plan, now);
    studio.course(course.clone());
    browser.until("it moves", "(await import('/web/prompter.js')).link.motion.course.running");
    for _ in 0..12 {
        let before = clock::now();
        let (position, at) = drawn(browser);
        let after = clock::now();
        assert!(at >= before.plus_secs(-SECS) && at <= after.plus_secs(SECS), "the page's clock is off");
        let early = course.position(at.plus_secs(-SECS));
        let late = course.position(at.plus_secs(SECS));
        assert!((early - 0.01..=late + 0.01).contains(&position), "{position} is not within {early} and {late}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }

    // A jump far down, where other rows come near.
    let end = studio.laid.end();
    let now = clock::now();
    studio.course(course.pause(now).go_to(&studio.plan, now, end, 0.5));
    let last = studio.show.text.rows.len() - 1;
    browser.until("the last row is there", &format!("document.querySelector('[data-row=\"{last}\"]')"));
    until("it came to rest at the end", || (drawn(browser).0 - end).abs() < 0.05);
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
    until("it reports its clock", || !studio.healths().is_empty());
    let (_, trip) = studio.healths()[0];
    assert!(trip > 0.0, "{trip}");
}

fn a_broken_line_is_shown_and_mends_itself(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    browser.until("no sign while all is well", "document.getElementById('sign').hidden");
    let address: SocketAddr = studio.door.as_ref().unwrap().address;
    studio.door = None;
    browser.until("the sign shows", "!document.getElementById('sign').hidden");
    assert_ne!(browser.value("document.querySelectorAll('.row').length"), json!(0), "the words stay");
    // Edited meanwhile.
    let mut text = Text::clone(&studio.show.text);
    text.revision += 1;
    text.rows[0].runs[0].text = "Edited meanwhile".into();
    let motion = Motion { revision: text.revision, ..(*studio.show.motion).clone() };
    studio.publish(|show| (show.text, show.motion) = (Arc::new(text), Arc::new(motion)));
    let server = studio.server.as_ref().unwrap();
    let mut door = server.open_door(address, studio.runtime.handle());
    until("the port is free again", || {
        if door.is_err() {
            door = server.open_door(address, studio.runtime.handle());
        }
        door.is_ok()
    });
    studio.door = Some(door.unwrap());
    browser.until("the sign is gone", "document.getElementById('sign').hidden");
    browser.until("the edit is there", "document.querySelector('[data-row=\"0\"]').textContent === 'Edited meanwhile'");
}

fn a_text_is_shown_once_its_motion_is_there(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    let row = |top: f64| {
        let run = Run { text: "Another text".into(), style: RunStyle::Spoken, line: 0 };
        TextRow { top, height: 1.4, runs: vec![run], ..TextRow::default() }
    };
    let rows = (0..4).map(|i| row(f64::from(i) * 1.4)).collect();
    let text = Text { rows, height: 5.6, column_ems: 20.0, rtl: false, revision: 9 };
    studio.publish(|show| show.text = Arc::new(text));
    // Something later that tells that the text has come.
    studio.publish(|show| show.look = Arc::new(Look { align: Align::Center, ..(*show.look).clone() }));
    browser.until("the look came", "document.getElementById('lines').classList.contains('center')");
    assert_ne!(browser.value("document.querySelector('.row').textContent"), json!("Another text"));
    let motion = Motion { revision: 9, ..(*studio.show.motion).clone() };
    studio.publish(|show| show.motion = Arc::new(motion));
    browser.until("the text came", "document.querySelector('.row').textContent === 'Another text'");
}

fn it_mirrors_as_the_studio_says_and_as_chosen_here(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    let mirrored = |way: &str| browser.value(&format!("document.getElementById('stage').classList.contains('{way}')"));
    assert_eq!((mirrored("horizontal"), mirrored("vertical")), (json!(false), json!(false)));
    let mirror = Mirror { horizontal: true, vertical: false };
    studio.publish(|show| show.look = Arc::new(Look { mirror, ..(*show.look).clone() }));
    browser.until("as the studio says", "document.getElementById('stage').classList.contains('horizontal')");
    browser.click("#horizontal");
    browser.click("#vertical");
    assert_eq!((mirrored("horizontal"), mirrored("vertical")), (json!(false), json!(true)));
    browser.go(&format!("{}/prompter", studio.url()));
    browser.until("it is remembered", "document.getElementById('stage').classList.contains('vertical')");
    assert_eq!(mirrored("horizontal"), json!(false));
}

fn other_scripts_run_their_own_way_and_keep_their_rows(browser: &Browser) {
    let source = "# Mixed\n\n## الافتتاح\n\nكل قصة تبدأ بغرفة هادئة وسؤال لم يطرحه أحد (2026).\n\n## 日本語\n\nすべての物語は静かな部屋と、誰も尋ねなかった質問から始まります。窓を開けて、朝を入れます。\n\n## हिन्दी\n\nहर कहानी एक शांत कमरे से शुरू होती है।\n\n## עברית\n\nכל סיפור מתחיל בחדר שקט.\n";
    let studio = Studio::with(source, &Look::default());
    open(&studio, browser);
    let rows = browser.value(
        "[...document.querySelectorAll('.row')].map((r) => [Number(r.dataset.row), r.dir, r.textContent, \
         r.firstChild.getBoundingClientRect().right <= r.getBoundingClientRect().right + 0.5 && \
         r.firstChild.getBoundingClientRect().left >= r.getBoundingClientRect().left - 0.5])",
    );
    let rows: &Vec<Value> = rows.as_array().unwrap();
    assert!(rows.iter().any(|row| row[1] == "rtl") && rows.iter().any(|row| row[1] == "ltr"), "{rows:?}");
    for row in rows {
        let known = &studio.show.text.rows[row[0].as_u64().unwrap() as usize];
        assert_eq!((row[1] == "rtl", row[2].as_str().unwrap()), (known.rtl, text_of(known).as_str()));
        assert_eq!(row[3], json!(true), "{row} leaves its column");
    }
    crate::pictures::keep(browser, "prompter-scripts");
}
