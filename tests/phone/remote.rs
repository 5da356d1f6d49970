//! The remote page: each button is an order, and what it shows comes from the studio.

use onetake::clock;
use onetake::core::live::{Mode, Order};
use serde_json::json;

use crate::browser::Browser;
use crate::rig::{Studio, until};

/// One browser for all: it is what takes longest to start.
#[test]
fn the_remote_gives_orders_and_shows_what_comes_of_them() {
    let browser = Browser::start();
    buttons_are_orders(&browser);
    a_take_is_stopped_by_the_second_touch(&browser);
    a_take_is_paused_by_a_button_that_is_there_while_it_rolls(&browser);
    it_shows_what_the_studio_does(&browser);
}

fn open(studio: &Studio, browser: &Browser) {
    studio.pair(browser);
    browser.size(390, 844);
    browser.go(&format!("{}/remote", studio.url()));
    browser.until("the link is up", "!document.getElementById('pad').disabled");
    browser.until("the scenes are there", "document.querySelectorAll('#scenes li').length === 5");
}

fn command(name: &str) -> Order {
    Order::Command { name: name.to_owned() }
}

fn buttons_are_orders(browser: &Browser) {
    let studio = Studio::new();
    open(&studio, browser);
    let buttons = [
        ("#play", "toggle-prompter"),
        ("#faster", "faster"),
        ("#slower", "slower"),
        ("#line-up", "line-up"),
        ("#line-down", "line-down"),
        ("#again", "again"),
        ("#mark", "mark"),
        ("#previous-scene", "previous-scene"),
        ("#next-scene", "next-scene"),
        ("#record", "record"),
    ];
    for (css, _) in buttons {
        browser.click(css);
    }
    browser.click("#scenes li:nth-child(4) button");
    let mut wanted: Vec<Order> = buttons.iter().map(|(_, name)| command(name)).collect();
    wanted.push(Order::Scene { scene: 3 });
    until("all orders came", || studio.orders().len() >= wanted.len());
    assert_eq!(studio.orders(), wanted);
    // By keys, as any button: once.
    browser.run("const b = document.getElementById('mark'); b.focus(); b.click();");
    until("the key's order came", || studio.orders().len() > wanted.len());
    assert_eq!(studio.orders().last(), Some(&command("mark")));
}

fn a_take_is_stopped_by_the_second_touch(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    studio.mode(Mode::Recording { since: clock::now().plus_secs(-75.0) });
    browser.until("the take is shown", "document.getElementById('mode').textContent.startsWith('01:1')");
    browser.click("#record");
    browser.until("it asks", "document.getElementById('record').textContent.includes('Tap again')");
    assert!(studio.orders().is_empty());
    // Not soon enough: nothing happens.
    browser.until("it asks no more", "!document.getElementById('record').textContent.includes('Tap again')");
    browser.click("#record");
    browser.click("#record");
    until("it stops", || !studio.orders().is_empty());
    assert_eq!(studio.orders(), [command("stop")]);
}

fn a_take_is_paused_by_a_button_that_is_there_while_it_rolls(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    let shown = "getComputedStyle(document.getElementById('pause-take')).display !== 'none'";
    assert_eq!(browser.value(shown), json!(false));
    let since = clock::now().plus_secs(-75.0);
    studio.mode(Mode::Recording { since });
    browser.until("it can be paused", shown);
    browser.click("#pause-take");
    until("it is paused", || studio.orders() == [command("pause-take")]);
    studio.mode(Mode::Paused { since, at: since.plus_secs(62.0) });
    browser.until("it stands", "document.getElementById('mode').textContent === 'PAUSED 01:02'");
    assert_eq!(browser.text("pause-take").trim(), "Resume");
    assert_eq!(browser.value("document.getElementById('mode').className"), json!("paused"));
    assert!(browser.text("record").contains("Stop"), "a take that stands can be stopped");
}

fn it_shows_what_the_studio_does(browser: &Browser) {
    let mut studio = Studio::new();
    open(&studio, browser);
    assert_eq!(browser.text("title"), "Why we write");
    browser.until("the time left", "document.getElementById('left').textContent === '−02:22'");
    browser.until("the first scene", "document.querySelector('#scenes li:first-child [aria-current=true]')");
    let now = clock::now();
    let position = studio.laid.scene_start(2).unwrap();
    let course = studio.show.motion.course.go_to(&studio.plan, now, position, 0.2).start(&studio.plan, now);
    let course = course.go_to(&studio.plan, now, position, 0.2);
    studio.course(course);
    browser.until("the third scene", "document.querySelector('#scenes li:nth-child(3) [aria-current=true]')");
    browser.until("it runs", "document.getElementById('play').getAttribute('aria-label') === 'Pause'");
    studio.mode(Mode::Countdown { ends: clock::now().plus_secs(60.0) });
    browser.until("the countdown", "document.getElementById('mode').textContent.startsWith('in ')");
    // Without a line nothing can be pressed, and it says so.
    studio.door = None;
    browser.until("the line is lost", "document.getElementById('pad').disabled");
    browser.until("it says so", "document.getElementById('note').textContent.includes('No line')");
    assert_eq!(browser.value("getComputedStyle(document.getElementById('play')).cursor"), json!("default"));
    assert!(studio.orders().is_empty());
}
