//! Letting phones in. The studio shows a short code; who brings it within two minutes gets a token of its own in exchange, and
//! the code is used up. A code this short is safe because it can be tried only a few times: six characters of thirty are
//! 729 million, and at twenty tries a minute one code in eighteen million is found before it runs out.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, StatusCode};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use uuid::Uuid;

use super::error::Error;
use super::line::Line;
use super::refusal::Refusal;
use super::secret::{Secret, digest, token_hash};
use crate::clock;
use crate::core::time::Moment;
use crate::db::{self, Db, PairedDevice};

/// Seconds for which a code holds.
const CODE_SECS: u32 = 120;
const CODE_CHARS: usize = 6;
/// Letters and digits that are not taken for one another, in print or aloud.
const ALPHABET: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";
/// Tries a minute from one address, and from all together: one who guesses must not shut out the others at once.
const TRIES: NonZeroU32 = NonZeroU32::new(5).unwrap();
const TRIES_OF_ALL: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Addresses remembered before those that have been quiet are forgotten.
const ADDRESSES: usize = 64;
/// The longest name of a device, in characters.
const NAME_CHARS: usize = 40;
/// How often it is written down that a device is there.
const SIGHT_SECS: f64 = 60.0;

/// Who may come in beside the owner of the server's token. Clones are the same; nobody may while it is switched off, which
/// it is at first.
#[derive(Clone)]
pub struct Pairing(Arc<Inner>);

struct Inner {
    db: Db,
    studio: String,
    on_paired: Box<dyn Fn(String) + Send + Sync>,
    state: Mutex<State>,
    tries: DefaultKeyedRateLimiter<IpAddr>,
    tries_of_all: DefaultDirectRateLimiter,
}

#[derive(Default)]
struct State {
    on: bool,
    code: Option<Code>,
    /// Open connections by device.
    lines: HashMap<String, Vec<Line>>,
    /// Devices shut out in this run: a request may be half-way in.
    revoked: HashSet<String>,
    /// When each device was last written down as seen.
    sights: HashMap<String, Moment>,
}

struct Code {
    digest: [u8; 32],
    until: Moment,
}

/// A device, and whether it is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub known: PairedDevice,
    pub connected: bool,
}

impl std::fmt::Debug for Pairing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pairing").field("on", &self.is_on()).finish_non_exhaustive()
    }
}

impl Pairing {
    /// `studio` is what the pages call this studio. `on_paired` is called with the name of each new device, from the server's
    /// threads, and must not wait.
    pub fn new(db: Db, studio: impl Into<String>, on_paired: impl Fn(String) + Send + Sync + 'static) -> Pairing {
        Pairing(Arc::new(Inner {
            db,
            studio: studio.into(),
            on_paired: Box::new(on_paired),
            state: Mutex::default(),
            tries: RateLimiter::keyed(Quota::per_minute(TRIES)),
            tries_of_all: RateLimiter::direct(Quota::per_minute(TRIES_OF_ALL)),
        }))
    }

    /// Lets devices in, or closes their connections and lets none in.
    pub fn switch(&self, on: bool) {
        let mut state = self.state();
        state.on = on;
        if !on {
            state.code = None;
            state.lines.drain().flat_map(|(_, lines)| lines).for_each(|line| line.cut());
        }
    }

    pub fn is_on(&self) -> bool {
        self.state().on
    }

    /// A fresh code, and until when it holds; the one before is void. Kept as a hash only.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new_code(&self) -> Result<(String, Moment), Error> {
        let code = random_code()?;
        let until = clock::now().plus_secs(f64::from(CODE_SECS));
        self.state().code = Some(Code { digest: digest(&code), until });
        Ok((code, until))
    }

    /// No code holds any more.
    pub fn drop_code(&self) {
        self.state().code = None;
    }

    /// All that may come in, those connected first, then the one seen last.
    ///
    /// # Errors
    /// The library can't be read.
    pub fn devices(&self) -> Result<Vec<Device>, db::Error> {
        let known = self.0.db.paired_devices()?;
        let state = self.state();
        let open = |id: &str| state.lines.get(id).is_some_and(|lines| lines.iter().any(Line::is_open));
        let mut devices: Vec<Device> = known.into_iter().map(|known| Device { connected: open(&known.id), known }).collect();
        devices.sort_by_key(|device| !device.connected);
        Ok(devices)
    }

    /// Shuts a device out: its token opens nothing from now on, and its connections end.
    ///
    /// # Errors
    /// The library can't be written. Until this program ends the device is shut out all the same.
    pub fn revoke(&self, id: &str) -> Result<(), db::Error> {
        let lines = {
            let mut state = self.state();
            state.revoked.insert(id.to_owned());
            state.lines.remove(id).unwrap_or_default()
        };
        lines.iter().for_each(Line::cut);
        self.0.db.revoke_paired_device(id)
    }

    pub(super) fn studio(&self) -> &str {
        &self.0.studio
    }

    /// The device whose token this is. Waits for the disk.
    pub(super) fn device(&self, token: &str) -> Result<Option<PairedDevice>, Refusal> {
        if !self.is_on() {
            return Ok(None);
        }
        let Some(device) = self.0.db.paired_device(&token_hash(token))? else { return Ok(None) };
        let now = clock::now();
        let due = {
            let state = self.state();
            !state.sights.get(&device.id).is_some_and(|last| now.secs_from(*last) < SIGHT_SECS)
        };
        if due {
            self.0.db.see_paired_device(&device.id)?;
            self.state().sights.insert(device.id.clone(), now);
        }
        Ok(Some(device))
    }

    /// Notes that a device came in by a line, so that both can be closed together. False when it may not come in after all.
    pub(super) fn hold(&self, device: &str, line: &Line) -> bool {
        let mut state = self.state();
        if !state.on || state.revoked.contains(device) {
            return false;
        }
        let lines = state.lines.entry(device.to_owned()).or_default();
        lines.retain(Line::is_open);
        lines.push(line.clone());
        true
    }

    /// Gives a token for a code. Waits for the disk.
    pub(super) fn redeem(&self, code: &str, name: &str, from: IpAddr) -> Result<Secret, Refusal> {
        self.allow(from)?;
        if !self.take_code(code, clock::now()) {
            let sentence = "That code is not right, or it has run out. The studio shows the one that holds now.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, sentence));
        }
        let token = Secret::generate().map_err(Refusal::internal)?;
        let now = clock::wall();
        let id = Uuid::now_v7().to_string();
        let device = PairedDevice { id, name: tidy(name), created_at: now.clone(), last_seen_at: now };
        self.0.db.add_paired_device(&device, &token_hash(token.expose()))?;
        (self.0.on_paired)(device.name);
        Ok(token)
    }

    /// Counts a try.
    fn allow(&self, from: IpAddr) -> Result<(), Refusal> {
        if self.0.tries.len() > ADDRESSES {
            self.0.tries.retain_recent();
        }
        if self.0.tries.check_key(&network(from)).is_ok() && self.0.tries_of_all.check().is_ok() {
            return Ok(());
        }
        let sentence = "Too many codes were tried. Wait a minute, then type the one the studio shows.";
        Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, sentence).with("retry-after", HeaderValue::from_static("60")))
    }

    /// True when it is the code; it is used up then. A wrong one changes nothing.
    fn take_code(&self, offered: &str, now: Moment) -> bool {
        let offered = digest(&bare(offered));
        let mut state = self.state();
        let on = state.on;
        let right = state.code.as_ref().is_some_and(|code| {
            let difference = code.digest.iter().zip(offered).fold(0u8, |all, (a, b)| all | (a ^ b));
            std::hint::black_box(difference) == 0 && now < code.until
        });
        if right {
            state.code = None;
        }
        on && right
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn random_code() -> Result<String, Error> {
    let mut code = String::new();
    while code.len() < CODE_CHARS {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        // 240 is the largest multiple of 30 in a byte: what lies above would make some characters likelier.
        let fair = bytes.iter().filter(|byte| **byte < 240).map(|byte| char::from(ALPHABET[usize::from(*byte) % 30]));
        code.extend(fair.take(CODE_CHARS - code.len()));
    }
    Ok(code)
}

/// As people type it: in small letters, with a gap or a dash.
fn bare(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(2 * CODE_CHARS).map(|c| c.to_ascii_uppercase()).collect()
}

/// One line, not endless, without characters that turn the text around it.
fn tidy(name: &str) -> String {
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !turns(c)).collect();
    let shown: String = shown.trim().chars().take(NAME_CHARS).collect();
    if shown.is_empty() { "A phone".to_owned() } else { shown }
}

/// What counts as one address: of IPv6 the network, because each device there has more addresses than anyone can count.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairing() -> (Pairing, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("library.db")).unwrap();
        let pairing = Pairing::new(db, "Studio", |_| {});
        pairing.switch(true);
        (pairing, folder)
    }

    fn status(result: Result<Secret, Refusal>) -> u16 {
        result.map_or_else(|refusal| refusal.status.as_u16(), |_| 200)
    }

    const PHONE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 7));

    #[test]
    fn a_code_holds_once_and_for_two_minutes() {
        let (pairing, _folder) = pairing();
        let (code, _) = pairing.new_code().unwrap();
        assert!(code.len() == 6 && code.bytes().all(|byte| ALPHABET.contains(&byte)), "{code}");
        let late = clock::now().plus_secs(f64::from(CODE_SECS) + 1.0);
        assert!(!pairing.take_code(&code, late));
        let typed = format!("{}-{} ", code[..3].to_lowercase(), &code[3..]);
        assert!(pairing.take_code(&typed, clock::now()));
        assert!(!pairing.take_code(&code, clock::now()));
        let (older, _) = pairing.new_code().unwrap();
        let (newer, _) = pairing.new_code().unwrap();
        assert!(!pairing.take_code(&older, clock::now()) && pairing.take_code(&newer, clock::now()));
        pairing.new_code().unwrap();
        assert!(!pairing.take_code("", clock::now()));
    }

    #[test]
    fn a_token_opens_until_it_is_revoked_and_only_while_sharing() {
        let (pairing, _folder) = pairing();
        let (code, _) = pairing.new_code().unwrap();
        let token = pairing.redeem(&code, "  Anna's\nphone\u{202e} ", PHONE).unwrap();
        let device = pairing.device(token.expose()).unwrap().unwrap();
        assert_eq!(device.name, "Anna's phone");
        assert_eq!(pairing.device("something else").unwrap(), None);
        let door = tokio_util::sync::CancellationToken::new();
        let line = Line::of(&door);
        assert!(pairing.hold(&device.id, &line) && pairing.devices().unwrap()[0].connected);
        pairing.switch(false);
        assert!(!line.is_open() && pairing.device(token.expose()).unwrap().is_none());
        pairing.switch(true);
        let line = Line::of(&door);
        assert!(pairing.hold(&device.id, &line));
        pairing.revoke(&device.id).unwrap();
        assert!(!line.is_open() && !pairing.hold(&device.id, &Line::of(&door)));
        assert_eq!(pairing.device(token.expose()).unwrap(), None);
        assert!(pairing.devices().unwrap().is_empty());
    }

    #[test]
    fn guessing_is_slow_for_one_address_and_for_all() {
        let (pairing, _folder) = pairing();
        let (code, _) = pairing.new_code().unwrap();
        for _ in 0..5 {
            assert_eq!(status(pairing.redeem("WRONG2", "", PHONE)), 403);
        }
        assert_eq!(status(pairing.redeem(&code, "", PHONE)), 429);
        // Each try from a network of its own; another address of the first network is the same guesser.
        let of = |network: u16| IpAddr::from([0xfd00, 0, 0, network, 0, 0, 0, 1]);
        let tried = (0..40).map(|i| status(pairing.redeem("WRONG2", "", of(i)))).filter(|status| *status == 403).count();
        // Fifteen are left of the minute's twenty; a slow machine may see one or two come back.
        assert!((15..30).contains(&tried), "{tried}");
        assert_eq!(network(IpAddr::from([1, 2, 3, 4, 5, 6, 7, 8])), IpAddr::from([1, 2, 3, 4, 0, 0, 0, 0]));
    }

    #[test]
    fn names_are_one_short_line() {
        assert_eq!(tidy(&"x".repeat(900)).len(), NAME_CHARS);
        assert_eq!(tidy(" \u{7} "), "A phone");
    }
}
