//! Every page at the sizes phones have: nothing is cut off, and what is touched is large enough. `ONETAKE_LOOK=FOLDER` keeps
//! pictures.

use std::path::PathBuf;

use onetake::clock;
use onetake::core::live::Mode;
use serde_json::json;

use crate::browser::Browser;
use crate::motion;
use crate::rig::Studio;

const SIZES: [(u32, u32); 4] = [(390, 844), (844, 390), (320, 568), (1280, 720)];
/// The least edge of what is touched, in CSS pixels (WCAG 2.2 §2.5.5 asks for 44; a row of a list may be lower in landscape).
const TOUCH: f64 = 40.0;

/// Keeps a picture where one was asked for.
pub fn keep(browser: &Browser, name: &str) {
    let Some(folder) = std::env::var_os("ONETAKE_LOOK").map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    browser.picture(&folder.join(format!("phone-{name}.png")));
}

fn check(browser: &Browser, name: &str) {
    for (width, height) in SIZES {
        browser.size(width, height);
        let wide = format!("innerWidth === {width} && document.documentElement.clientHeight === {height}");
        browser.until("the page has its size", &wide);
        browser.run("await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));");
        keep(browser, &format!("{name}-{width}x{height}"));
        assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth"), json!(true), "{name} at {width}");
        let small = browser.value(&format!(
            "[...document.querySelectorAll('button, a, input')].filter((e) => e.checkVisibility()).map((e) => \
             [e.id, e.getBoundingClientRect()]).filter(([, r]) => r.width < {TOUCH} || r.height < {TOUCH} || r.left < -8.5 || \
             r.right > innerWidth + 0.5).map(([id, r]) => `${{id}} ${{r.width}}×${{r.height}} at ${{r.left}}`)"
        ));
        assert_eq!(small, json!([]), "{name} at {width}×{height}");
    }
}

#[test]
fn every_page_fits_every_phone_and_computes_as_the_studio_does() {
    let mut studio = Studio::new();
    let browser = Browser::start();
    motion::agrees(&studio, &browser);
    browser.go(&format!("{}/pair", studio.url()));
    check(&browser, "pair");
    browser.type_into("#code", "WRONG2");
    browser.click("#go");
    browser.until("a wrong code is said", "!document.getElementById('problem').hidden");
    check(&browser, "pair-wrong");
    studio.pair(&browser);
    browser.until("the studio is named", "document.getElementById('studio').textContent === 'Studio One'");
    check(&browser, "home");
    browser.go(&format!("{}/remote", studio.url()));
    browser.until("the link is up", "!document.getElementById('pad').disabled");
    check(&browser, "remote");
    let now = clock::now();
    let course = studio.show.motion.course.go_to(&studio.plan, now, studio.laid.scene_start(1).unwrap(), 0.1);
    studio.course(course.start(&studio.plan, now.plus_secs(0.2)));
    studio.mode(Mode::Recording { since: now.plus_secs(-75.0) });
    browser.until("the take is shown", "document.getElementById('mode').textContent !== ''");
    check(&browser, "remote-recording");
    browser.go(&format!("{}/prompter", studio.url()));
    browser.until("the rows are there", "document.querySelectorAll('.row').length > 3");
    check(&browser, "prompter");
    browser.until("the controls have gone", "document.getElementById('controls').classList.contains('away')");
    keep(&browser, "prompter-alone");
    studio.door = None;
    browser.until("the line is lost", "!document.getElementById('sign').hidden");
    browser.size(390, 844);
    keep(&browser, "prompter-lost");
}
