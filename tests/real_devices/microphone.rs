//! A sound card: listed once, heard.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Instant;

use onetake::capture::{devices, open_microphone};
use onetake::clock;
use onetake::core::device::DeviceChoice;
use onetake::core::frame::AudioBlock;
use onetake::core::synthetic::{find_clicks, sound};

use super::{PATIENCE, Running, skipped};

#[test]
fn a_sound_card_is_listed_once_and_heard() {
    if skipped() {
        return;
    }
    let name = "plughw:CARD=Loopback,DEV=1";
    // The first listing loads ALSA's plug-ins, which takes longer than its limit under emulation.
    let patience = Instant::now() + PATIENCE;
    let listed = loop {
        let listed = devices::list().microphones;
        if listed.iter().any(|device| device.name.ends_with(name)) {
            break listed;
        }
        assert!(Instant::now() < patience, "{listed:?}");
    };
    println!("{listed:?}");
    let path = std::env::temp_dir().join("sound.raw");
    let mut samples = vec![0f32; 60 * 48_000 * 2];
    sound(1, 48_000, 2, &mut samples);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| ((sample * 32767.0) as i16).to_le_bytes()).collect();
    fs::write(&path, bytes).unwrap();
    let player = Command::new("aplay")
        .args(["-q", "-t", "raw", "-f", "S16_LE", "-r", "48000", "-c", "2", "-D", "hw:CARD=Loopback,DEV=0"])
        .arg(&path)
        .stderr(Stdio::inherit())
        .spawn();
    let _player = Running(player.expect("aplay is in alsa-utils"));

    let (sender, blocks) = channel();
    let on_block = move |block| drop(sender.send(block));
    let microphone = open_microphone(&DeviceChoice::Named(name.to_owned()), false, clock::now(), on_block, |_| ()).unwrap();
    println!("{microphone:?}");
    let mut heard: Vec<AudioBlock> = Vec::new();
    let mut mono = Vec::new();
    let mut clicks = Vec::new();
    while clicks.len() < 3 {
        let block = blocks.recv_timeout(PATIENCE).unwrap();
        mono.extend(block.samples.chunks(2).map(|frame| frame[0]));
        heard.push(block);
        if heard.len().is_multiple_of(50) {
            clicks = find_clicks(&mono, 48_000);
            assert!(heard.len() < 4_000, "no clicks, {} gaps", microphone.gaps());
        }
    }
    assert!(heard.windows(2).all(|pair| pair[1].stamp > pair[0].stamp));
    println!("{} blocks, clicks at {clicks:?}, {} gaps", heard.len(), microphone.gaps());
}
