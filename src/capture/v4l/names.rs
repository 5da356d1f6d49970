//! What a camera is called so that settings mean the same one tomorrow. `/dev/video0` is whichever was found first today.
//!
//! - A USB camera with a serial number is called by it, in whichever port it is plugged.
//! - One without (most cheap ones) is called by the port, and so are several that claim the same number.
//! - A camera that is no device at all (a program's) is called by what it calls itself.
//!
//! udev's links under `/dev/v4l` follow the same thought, but are missing in containers, and of two equal cameras without
//! numbers only one gets the link, whichever came last. Names by those links are still understood.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What one node is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// What settings remember.
    pub stable: String,
    /// Others by which it may be asked for.
    pub others: Vec<String>,
    /// What it calls itself, for people.
    pub card: String,
}

/// Where the kernel tells of devices; another place in tests.
#[derive(Clone, Copy, Debug)]
pub struct Roots<'a> {
    pub sys: &'a Path,
    pub dev: &'a Path,
}

/// What is known of one node.
#[derive(Debug, Default)]
struct Identity {
    /// Maker, model and serial number as one word.
    serial: Option<String>,
    /// Where in the machine it is plugged in, without what changes from start to start.
    place: Option<String>,
    /// The same as the kernel writes it.
    path: Option<String>,
    /// What it calls itself.
    card: String,
    /// Several nodes of one device (a stereo pair, a camera's metadata) differ by this.
    own: String,
}

impl Roots<'static> {
    /// The machine's own.
    pub fn of_system() -> Roots<'static> {
        Roots { sys: Path::new("/sys"), dev: Path::new("/dev") }
    }
}

/// All video nodes and their names, by number.
pub fn all(roots: Roots<'_>) -> BTreeMap<u32, Names> {
    let folder = roots.sys.join("class/video4linux");
    let numbers = fs::read_dir(&folder).into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.strip_prefix("video")?.parse().ok());
    let known: BTreeMap<u32, Identity> = numbers.map(|number: u32| (number, identity(roots.sys, number))).collect();
    let links = links(roots.dev);
    let names = known.iter().map(|(&number, identity)| {
        let stable = identity.name(number, &known);
        let mut others: Vec<String> = links.iter().filter(|(_, to)| *to == number).map(|(link, _)| link.clone()).collect();
        others.extend(identity.path.iter().map(|path| identity.with_own(path)));
        others.push(identity.with_own(&identity.first_choice()));
        others.retain(|other| *other != stable);
        (number, Names { stable, others, card: identity.card.clone() })
    });
    names.collect()
}

/// The number of the node that `name` means: its stable name before any other.
pub fn number_of(names: &BTreeMap<u32, Names>, name: &str) -> Option<u32> {
    let stable = names.iter().find(|(_, known)| known.stable == name);
    let found = stable.or_else(|| names.iter().find(|(_, known)| known.others.iter().any(|other| other == name)));
    found.map(|(number, _)| *number)
}

impl Identity {
    fn first_choice(&self) -> String {
        let word = self.serial.clone().or_else(|| self.place.clone());
        word.unwrap_or_else(|| format!("named-{}", plain(&self.card)))
    }

    /// The shortest of its names that no other has.
    fn name(&self, number: u32, known: &BTreeMap<u32, Identity>) -> String {
        let others = || known.iter().filter(|(other, identity)| **other != number && identity.own == self.own);
        let choices = self.choices();
        let alone = choices.iter().enumerate().find(|(at, choice)| others().all(|(_, other)| other.choices()[*at] != **choice));
        match alone {
            Some((_, choice)) => self.with_own(choice),
            None => format!("v4l:{}@video{number}", choices[0]),
        }
    }

    /// By itself, with its place, and with what it calls itself: a driver may have several cameras in one place.
    fn choices(&self) -> [String; 3] {
        let first = self.first_choice();
        let placed = self.place.as_ref().filter(|place| **place != first);
        let placed = placed.map_or_else(|| first.clone(), |place| format!("{first}@{place}"));
        let called = format!("{placed}@{}", plain(&self.card));
        [first, placed, called]
    }

    fn with_own(&self, word: &str) -> String {
        match self.own.as_str() {
            "" | "0" => format!("v4l:{word}"),
            own => format!("v4l:{word}#{own}"),
        }
    }
}

fn identity(sys: &Path, number: u32) -> Identity {
    let folder = sys.join(format!("class/video4linux/video{number}"));
    let read = |name: &str| word(&folder.join(name)).unwrap_or_default();
    let (card, own) = (read("name"), read("index"));
    let card = if card.is_empty() { format!("video{number}") } else { card };
    let nothing = Identity { card, own, ..Identity::default() };
    let (Ok(devices), Ok(device)) = (sys.join("devices").canonicalize(), folder.join("device").canonicalize()) else {
        return nothing;
    };
    let Ok(path) = device.strip_prefix(&devices) else { return nothing };
    let path = path.to_string_lossy().into_owned();
    let usb = device.ancestors().take_while(|folder| **folder != devices).find(|folder| folder.join("idVendor").exists());
    let serial = usb.and_then(|usb| {
        let serial = word(&usb.join("serial")).filter(|serial| is_number_of_its_own(serial))?;
        Some(format!("usb-{}:{}-{}", word(&usb.join("idVendor"))?, word(&usb.join("idProduct"))?, plain(&serial)))
    });
    Identity { serial, place: Some(place(&devices, &path)), path: Some(path), ..nothing }
}

/// `pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0` becomes `pci0000:00/0000:00:14.0/usb2-2:1.0`: buses are numbered as they are
/// found, ports as they are built. One controller has the ports of USB 2 and USB 3, which the root hub's version tells apart.
fn place(devices: &Path, path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    let is_bus = |part: &&str| part.strip_prefix("usb").is_some_and(|rest| rest.parse::<u32>().is_ok());
    let Some(bus) = parts.iter().position(is_bus) else { return path.to_owned() };
    let hub: PathBuf = devices.join(parts[..=bus].join("/"));
    let version = word(&hub.join("version")).unwrap_or_default();
    let major = version.split('.').next().unwrap_or_default().to_owned();
    let port = parts.pop().and_then(|last| last.split_once('-')).map_or("", |(_, port)| port).to_owned();
    parts.truncate(bus);
    parts.push("usb");
    format!("{}{major}-{port}", parts.join("/"))
}

/// Zeros and a single figure are what makers leave in who do not number their cameras.
fn is_number_of_its_own(serial: &str) -> bool {
    serial.len() > 1 && serial.chars().any(|c| c.is_ascii_alphanumeric() && c != '0')
}

/// As a word without anything that needs quoting.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' }).collect()
}

/// A file's first line, trimmed; `None` when it is empty or not there.
fn word(path: &Path) -> Option<String> {
    let text = fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&text).lines().next()?.trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

/// udev's links to video nodes, as names, and where they lead.
fn links(dev: &Path) -> Vec<(String, u32)> {
    let folders = ["v4l/by-id", "v4l/by-path"].map(|folder| dev.join(folder));
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    let mut links: Vec<(String, u32)> = entries
        .filter_map(|entry| {
            let target = fs::canonicalize(entry.path()).ok()?;
            let number = target.file_name()?.to_str()?.strip_prefix("video")?.parse().ok()?;
            Some((format!("v4l:{}", entry.file_name().to_string_lossy()), number))
        })
        .collect();
    links.sort();
    links
}

#[cfg(test)]
mod tests;
