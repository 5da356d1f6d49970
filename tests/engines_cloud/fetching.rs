//! Fetching alone: what a link may lead to, how big and how slow a file may be, what comes out of JSON, what stays on the disk.

use std::time::Duration;

use onetake::core::generate::{Class, Failure, Piece};
use onetake::core::job::Kind;
use onetake::core::secret::Secret;
use onetake::engines::Landing;
use onetake::engines::fetch::{Bounds, Fetcher, Spot};
use onetake::engines::http::{Auth, Client, Refusal};

use super::fake::{FILM, Fake, Fault, PICTURE, Reply, SOUND};
use super::rig::{KEY, cdn, is, same_film};

struct Fetching {
    folder: tempfile::TempDir,
    fetcher: Fetcher,
}

impl Fetching {
    /// For an engine at this address.
    fn of(base: &str, bounds: Bounds) -> Fetching {
        let client = Client::new(base, Auth::Bearer(Secret::new(KEY)), &[], Refusal::plainly).unwrap();
        Fetching { folder: tempfile::tempdir().unwrap(), fetcher: Fetcher::bounded(&client, bounds).unwrap() }
    }

    /// For one that is on this machine.
    fn here() -> Fetching {
        Fetching::of("http://127.0.0.1:9", Bounds::default())
    }

    async fn link(&self, address: &str, kind: Kind) -> Result<Piece, Failure> {
        let landing = Landing::new(self.folder.path());
        self.fetcher.link(address, Spot { landing: &landing, name: "1", kind }).await
    }

    fn names(&self) -> Vec<String> {
        let items = std::fs::read_dir(self.folder.path()).unwrap().flatten();
        items.map(|item| item.file_name().to_string_lossy().into_owned()).collect()
    }
}

#[tokio::test]
async fn a_cloud_leads_to_nothing_of_ones_own() {
    let inside = cdn();
    let fetching = Fetching::of("https://api.example.com/v1", Bounds::default());
    let port = inside.books().address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "169.254.169.254",
        "10.0.0.1",
    ] {
        let failure = fetching.link(&format!("http://{host}:{port}/clip.mp4"), Kind::Video).await.unwrap_err();
        is(&failure, Class::Nonsense, "into this network");
    }
    for odd in ["file:///etc/passwd", "ftp://cdn.example.com/x", "http://name:word@cdn.example.com/", "gopher://x"] {
        assert_eq!(fetching.link(odd, Kind::Video).await.unwrap_err().class, Class::Nonsense, "{odd}");
    }
    assert!(inside.seen().is_empty() && fetching.names().is_empty());
}

#[tokio::test]
async fn redirects_are_followed_so_far() {
    let circle = Fake::start(|seen, books| match seen.path.strip_prefix("/after/") {
        Some("0") => Reply::film(),
        Some(count) => Reply::redirect(&format!("/after/{}", count.parse::<u32>().unwrap() - 1)),
        None => Reply::redirect(&format!("{}/round", books.base())),
    });
    let fetching = Fetching::here();
    same_film(&fetching.link(&format!("{}/after/5", circle.base()), Kind::Video).await.unwrap().path);
    let failure = fetching.link(&format!("{}/round", circle.base()), Kind::Video).await.unwrap_err();
    is(&failure, Class::Nonsense, "in circles");
    assert_eq!(circle.count("GET /round"), 6);
    circle.fault("GET /nowhere", Fault::Instead(Reply::bare(302)));
    is(&fetching.link(&format!("{}/nowhere", circle.base()), Kind::Video).await.unwrap_err(), Class::Nonsense, "nowhere");
    circle.fault("GET /out", Fault::Instead(Reply::redirect("http://169.254.169.254/latest/meta-data")));
    is(&fetching.link(&format!("{}/out", circle.base()), Kind::Video).await.unwrap_err(), Class::Nonsense, "into this network");
}

#[tokio::test]
async fn a_file_has_bounds_and_a_silent_line_too() {
    let fake = cdn();
    let bounds = Bounds { bytes: FILM.len() as u64 - 1, stall: Duration::from_millis(300) };
    let fetching = Fetching::of(&fake.base(), bounds);
    let link = format!("{}/clip.mp4", fake.base());
    is(&fetching.link(&link, Kind::Video).await.unwrap_err(), Class::Nonsense, "more than");
    // The same without saying beforehand how long it is.
    fake.fault("GET /clip", Fault::Drip(500, Duration::ZERO));
    is(&fetching.link(&link, Kind::Video).await.unwrap_err(), Class::Nonsense, "more than");
    fake.fault("GET /picture", Fault::Stall);
    let failure = fetching.link(&format!("{}/picture.png", fake.base()), Kind::Image).await.unwrap_err();
    is(&failure, Class::Transport, "broke off");
    assert!(fetching.names().iter().all(|name| name.ends_with(".part")), "{:?}", fetching.names());
}

#[tokio::test]
async fn links_that_ran_out_are_told_from_hosts_that_rest() {
    let fake = cdn();
    let fetching = Fetching::here();
    let link = format!("{}/clip.mp4", fake.base());
    for (status, class) in [
        (403, Class::Expired),
        (404, Class::Expired),
        (410, Class::Expired),
        (429, Class::RateLimited),
        (503, Class::Overloaded),
        (500, Class::Server),
        (418, Class::Nonsense),
    ] {
        fake.fault("GET /", Fault::Instead(Reply::bare(status).header("retry-after", "2")));
        let failure = fetching.link(&link, Kind::Video).await.unwrap_err();
        assert_eq!((failure.class, failure.wait_secs), (class, Some(2.0)), "{status}");
    }
    is(&fetching.link("http://127.0.0.1:1/clip.mp4", Kind::Video).await.unwrap_err(), Class::Transport, "can't be reached");
    same_film(&fetching.link(&link, Kind::Video).await.unwrap().path);
    assert_eq!(fetching.names(), ["1.mp4"]);
    // A name of this machine is looked up and let through, since the engine is here too.
    let named = link.replace("127.0.0.1", "localhost");
    same_film(&fetching.link(&named, Kind::Video).await.unwrap().path);
}

#[tokio::test]
async fn a_file_is_what_it_is_and_not_what_it_is_called() {
    let fetching = Fetching::here();
    let fake = Fake::start(|seen, _| match seen.path.as_str() {
        "/film" => Reply::new(200, "text/html", FILM),
        "/picture" => Reply::new(200, "video/mp4", PICTURE),
        "/sound" => Reply::new(200, "", SOUND),
        _ => Reply::json(200, &serde_json::json!({"error": format!("no credit for {KEY}")})),
    });
    let piece = |name: &'static str, kind| {
        let (fetching, link) = (&fetching, format!("{}/{name}", fake.base()));
        async move { fetching.link(&link, kind).await }
    };
    assert_eq!(piece("film", Kind::Video).await.unwrap().mime, "video/mp4");
    assert_eq!(piece("picture", Kind::Image).await.unwrap().mime, "image/png");
    assert_eq!(piece("sound", Kind::Speech).await.unwrap().mime, "audio/wav");
    is(&piece("picture", Kind::Video).await.unwrap_err(), Class::Nonsense, "image/png where a clip was to come");
    let failure = piece("error", Kind::Video).await.unwrap_err();
    is(&failure, Class::Nonsense, "{\"error\":\"no credit for ");
    assert!(!failure.words.contains(KEY), "{failure:?}");
}

#[tokio::test]
async fn pictures_come_out_of_json_too() {
    use base64::Engine as _;
    let fetching = Fetching::here();
    let text = base64::engine::general_purpose::STANDARD.encode(PICTURE);
    let landing = Landing::new(fetching.folder.path());
    let spot = Spot { landing: &landing, name: "1", kind: Kind::Image };
    for form in [text.clone(), format!("data:image/png;base64,{text}"), text.replace('+', "-").replace('/', "_")] {
        let piece = fetching.fetcher.inline(&form, spot).await.unwrap();
        assert_eq!(std::fs::read(piece.path).unwrap(), PICTURE);
    }
    for (form, class) in [("***", Class::Nonsense), ("", Class::Nonsense), (&text[..text.len() / 2], Class::Transport)] {
        assert_eq!(fetching.fetcher.inline(form, spot).await.unwrap_err().class, class, "{form}");
    }
    is(&fetching.fetcher.link("data:text/plain;base64,aGVsbG8=", spot).await.unwrap_err(), Class::Nonsense, "text (“hello");
}

#[tokio::test]
async fn a_disk_that_refuses_is_our_own_trouble() {
    let fake = cdn();
    let fetching = Fetching::here();
    let landing = Landing::new(&fetching.folder.path().join("is not there"));
    let link = format!("{}/clip.mp4", fake.base());
    let failure = fetching.fetcher.link(&link, Spot { landing: &landing, name: "1", kind: Kind::Video }).await.unwrap_err();
    is(&failure, Class::Here, "could not be written");
}
