//! Hearing from the kernel that a camera or a sound card was plugged in or pulled: its node comes or goes under `/dev`.
//! Nothing is opened and nothing polled, so a camera that sleeps sleeps on.
//!
//! A plug makes a burst: some nodes, then udev gives each its group. What is told is the end of the burst.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use rustix::io::Errno;

/// So long nothing more must come before a burst is over; udev is done within it.
const QUIET: Duration = Duration::from_millis(250);
/// A burst is told after this long, ended or not.
const BURST: Duration = Duration::from_millis(750);
/// Room for some dozen events; more wait in the kernel.
const BUFFER: usize = 4096;

/// Changes under `/dev`.
#[derive(Debug)]
pub struct Changes {
    inotify: OwnedFd,
    dev: PathBuf,
    snd: Option<i32>,
}

impl Changes {
    /// Watches that folder, which is `/dev` but in tests.
    pub fn under(dev: &Path) -> io::Result<Changes> {
        let inotify = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        inotify::add_watch(&inotify, dev, interest())?;
        let mut changes = Changes { inotify, dev: dev.to_owned(), snd: None };
        changes.watch_sound();
        Ok(changes)
    }

    /// Waits for the end of the next burst, at most `limit`; whether there was one.
    pub fn wait(&mut self, limit: Duration) -> bool {
        let mut began: Option<Instant> = None;
        let until = Instant::now() + limit;
        loop {
            let now = Instant::now();
            let deadline = began.map_or(until, |began| (began + BURST).min(now + QUIET));
            if now >= deadline || !self.comes(deadline - now) {
                return began.is_some();
            }
            if self.read() {
                began.get_or_insert(now);
            }
        }
    }

    /// Whether an event comes within the limit. A watch that fails is one that never tells.
    fn comes(&self, limit: Duration) -> bool {
        let limit = Timespec { tv_sec: limit.as_secs().min(3600) as _, tv_nsec: limit.subsec_nanos().into() };
        loop {
            match poll(&mut [PollFd::new(&self.inotify, PollFlags::IN)], Some(&limit)) {
                Err(Errno::INTR) => {}
                ready => return ready.is_ok_and(|ready| ready > 0),
            }
        }
    }

    /// Takes what has come; whether any of it is about a device.
    fn read(&mut self) -> bool {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut reader = inotify::Reader::new(&self.inotify, &mut buffer);
        let (mut about, mut sound_came) = (false, false);
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(CStr::to_bytes).unwrap_or_default();
            let is_sound = self.snd == Some(event.wd());
            about |= is_device(is_sound, name) || event.events().contains(ReadFlags::QUEUE_OVERFLOW);
            sound_came |= !is_sound && name == b"snd";
        }
        if sound_came {
            // Its nodes may have been made before it could be watched.
            self.watch_sound();
            about = true;
        }
        about
    }

    /// The folder of sound cards; there is none before the first card.
    fn watch_sound(&mut self) {
        self.snd = inotify::add_watch(&self.inotify, self.dev.join("snd"), interest()).ok();
    }
}

/// Nodes that come, go, or get their group.
fn interest() -> WatchFlags {
    WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::ATTRIB | WatchFlags::MOVED_TO | WatchFlags::ONLYDIR
}

/// A camera's node, or a sound card's for recording.
fn is_device(in_snd: bool, name: &[u8]) -> bool {
    if in_snd { name.starts_with(b"pcmC") && name.ends_with(b"c") } else { name.starts_with(b"video") }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A burst is told long before this, also on a busy machine.
    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn nodes_of_cameras_and_microphones_count_and_nothing_else() {
        for (in_snd, name, counts) in [
            (false, "video0", true),
            (false, "tty1", false),
            (false, "media0", false),
            (true, "pcmC1D0c", true),
            (true, "pcmC1D0p", false),
            (true, "controlC1", false),
            (true, "video0", false),
        ] {
            assert_eq!(is_device(in_snd, name.as_bytes()), counts, "{name}");
        }
    }

    #[test]
    fn a_camera_that_is_plugged_or_pulled_is_told_once() {
        let dev = tempfile::tempdir().unwrap();
        let mut changes = Changes::under(dev.path()).unwrap();
        assert!(!changes.wait(Duration::ZERO), "nothing happened yet");
        fs::write(dev.path().join("tty7"), "").unwrap();
        fs::write(dev.path().join("video0"), "").unwrap();
        fs::write(dev.path().join("video1"), "").unwrap();
        assert!(changes.wait(LONG));
        fs::remove_file(dev.path().join("video0")).unwrap();
        assert!(changes.wait(LONG));
        fs::write(dev.path().join("tty8"), "").unwrap();
        assert!(!changes.wait(Duration::from_millis(10)), "a terminal is no device of ours");
    }

    #[test]
    fn the_first_sound_card_is_heard_of_and_so_is_the_next() {
        let dev = tempfile::tempdir().unwrap();
        let mut changes = Changes::under(dev.path()).unwrap();
        let snd = dev.path().join("snd");
        for card in 0..2 {
            fs::create_dir(&snd).unwrap();
            fs::write(snd.join(format!("pcmC{card}D0c")), "").unwrap();
            assert!(changes.wait(LONG), "card {card}");
            fs::write(snd.join("pcmC7D0c"), "").unwrap();
            assert!(changes.wait(LONG));
            fs::remove_dir_all(&snd).unwrap();
            assert!(changes.wait(LONG));
        }
    }

    #[test]
    fn a_place_that_can_not_be_watched_is_an_error() {
        assert!(Changes::under(Path::new("/nowhere/at/all")).is_err());
    }
}
