//! The line breaks and comes back; what was shown stays meanwhile. A server that ends takes its links with it, soon.

use std::time::{Duration, Instant};

use onetake::clock;

use crate::raw::{Bytes, HELLO, Stranger};
use crate::rig::{Studio, show, until};

#[test]
fn a_display_comes_back_when_the_studio_does_and_keeps_its_text_meanwhile() {
    let mut studio = Studio::new();
    studio.hub.publish(show(1, 20, clock::now()));
    let display = studio.display("HDMI-1");
    until("the text is there", || display.received().show.text.revision == 1);
    until("the clock is known", || display.received().offset.is_some());
    // The studio dies and comes back with nothing to show yet.
    studio.kill();
    until("the break is noticed", || !display.received().connected);
    let received = display.received();
    assert!(received.welcomed && received.offset.is_some() && received.problem.is_some() && !received.gave_up);
    assert_eq!(received.show.text.revision, 1);
    studio.start();
    let start = Instant::now();
    until("the line stands again", || display.received().connected);
    println!("the display was back {:?} after the studio", start.elapsed());
    assert_eq!(display.received().show.text.revision, 1, "nothing was said, so nothing changes");
    assert!(display.received().problem.is_none());
    // A studio that was restarted counts from the beginning again.
    studio.hub.publish(show(0, 5, clock::now()));
    until("the new text is there", || display.received().show.text.revision == 0);
    assert_eq!(display.received().show.text.rows.len(), 5);
}

#[test]
fn ending_in_order_does_not_wait_for_the_links() {
    let mut studio = Studio::new();
    studio.hub.publish(show(1, 20, clock::now()));
    let polite = studio.display("polite");
    let stranger = Stranger::welcomed(&studio);
    // Answers nothing, not even the close.
    let mut rude = Bytes::connect(&studio);
    rude.write(&Bytes::frame(0x81, HELLO.as_bytes()));
    // Has not even said hello.
    let _silent = Bytes::connect(&studio);
    until("all are there", || studio.hub.guests().len() == 3);
    let start = Instant::now();
    studio.stop();
    let took = start.elapsed();
    println!("the server ended within {took:?} with four links open");
    // Ten seconds is what requests are given; a slow machine is why this is not two.
    assert!(took < Duration::from_secs(6), "{took:?}");
    assert_eq!(stranger.closed(), 1001);
    assert_eq!(rude.closed(), Some(1001));
    assert_eq!(studio.came_and_went(), (3, 3));
    until("the display knows", || !polite.received().connected);
    assert!(!polite.received().gave_up);
}

#[test]
fn a_server_that_is_just_dropped_ends_its_links_too() {
    let mut studio = Studio::new();
    let stranger = Stranger::welcomed(&studio);
    studio.drop_server();
    assert_eq!(stranger.closed(), 1001);
}

#[test]
fn a_dropped_link_leaves() {
    let studio = Studio::new();
    let display = studio.display("HDMI-1");
    until("it joined", || studio.hub.guests().len() == 1);
    drop(display);
    until("it left", || studio.came_and_went() == (1, 1));
}
