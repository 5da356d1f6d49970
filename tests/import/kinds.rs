//! What a file is, is told by its content.

use std::fs;

use onetake::core::asset::{Kind, Source, Status};
use onetake::core::import::Wanted;
use onetake::core::time::{Rate, secs};

use super::rig::{PICTURES, Place, SOUND, copy, film, launch, picture};

/// Containers round, and codecs add a frame at either end; in seconds.
const ABOUT: f64 = 0.25;

#[test]
fn films_and_sounds_of_every_usual_kind_are_told_apart() {
    let kinds: &[(&str, String, Kind, &str, &str, &str, &str)] = &[
        (
            "a.mov",
            format!("{PICTURES} ! queue ! qtmux name=mux ! OUT {SOUND} ! avenc_aac ! queue ! mux."),
            Kind::Video,
            "video/quicktime",
            "mov",
            "H.264",
            "AAC",
        ),
        ("b.mkv", format!("{PICTURES} ! matroskamux ! OUT"), Kind::Video, "video/x-matroska", "mkv", "H.264", ""),
        (
            "c.webm",
            "videotestsrc num-buffers=60 ! video/x-raw,width=320,height=240,framerate=30/1 ! vp8enc deadline=1 ! webmmux ! OUT"
                .into(),
            Kind::Video,
            "video/webm",
            "webm",
            "VP8",
            "",
        ),
        ("d.avi", format!("{PICTURES} ! avimux ! OUT"), Kind::Video, "video/x-msvideo", "avi", "H.264", ""),
        ("e.ts", format!("{PICTURES} ! mpegtsmux ! OUT"), Kind::Video, "video/mp2t", "ts", "H.264", ""),
        ("f.wav", format!("{SOUND} ! wavenc ! OUT"), Kind::Audio, "audio/wav", "wav", "", "PCM"),
        ("g.flac", format!("{SOUND} ! flacenc ! OUT"), Kind::Audio, "audio/flac", "flac", "", "FLAC"),
        ("h.mp3", format!("{SOUND} ! lamemp3enc ! xingmux ! OUT"), Kind::Audio, "audio/mpeg", "mp3", "", "MP3"),
        ("i.ogg", format!("{SOUND} ! vorbisenc ! oggmux ! OUT"), Kind::Audio, "audio/ogg", "ogg", "", "Vorbis"),
        ("j.ogg", format!("{SOUND} ! opusenc ! oggmux ! OUT"), Kind::Audio, "audio/ogg", "ogg", "", "Opus"),
        ("k.m4a", format!("{SOUND} ! avenc_aac ! mp4mux ! OUT"), Kind::Audio, "audio/mp4", "m4a", "", "AAC"),
    ];
    let place = Place::new();
    for (name, pipeline, ..) in kinds {
        launch(pipeline, &place.file(name));
    }
    let (report, follower) = place.import(&copy(&[&place.folder.path().join("in")]));
    assert_eq!(follower.refusals(), []);
    assert_eq!(report.added.len(), kinds.len());
    for (name, _, kind, mime, ending, video_codec, audio_codec) in kinds {
        let title = name.split('.').next().unwrap();
        let asset = place.assets().into_iter().find(|asset| asset.name == title).unwrap();
        assert_eq!((asset.kind, asset.facts.mime.as_str()), (*kind, *mime), "{name}");
        assert!(asset.path.ends_with(&format!(".{ending}")), "{}", asset.path);
        let facts = &asset.facts;
        assert!((secs(facts.nanos) - 2.0).abs() < ABOUT, "{name}: {facts:?}");
        assert!(
            facts.video_codec.starts_with(video_codec) && facts.video_codec.is_empty() == video_codec.is_empty(),
            "{facts:?}"
        );
        assert!(
            facts.audio_codec.starts_with(audio_codec) && facts.audio_codec.is_empty() == audio_codec.is_empty(),
            "{facts:?}"
        );
        if *kind == Kind::Video {
            assert_eq!((facts.width, facts.height), (320, 240), "{name}");
            assert!(facts.rate == Rate::whole(30) || name.ends_with("webm") || facts.rate.num == 0, "{name}: {facts:?}");
        } else {
            assert_eq!((facts.channels, facts.sample_rate, facts.width), (2, 48_000, 0), "{name}");
        }
    }
    place.assert_in_order();
}

#[test]
fn pictures_are_pictures_and_those_with_holes_are_overlays() {
    let place = Place::new();
    for (name, holes) in
        [("plain.png", false), ("title.png", true), ("photo.jpg", false), ("logo.webp", true), ("wall.webp", false)]
    {
        picture(&place.file(name), 64, 40, holes);
    }
    let (report, follower) = place.import(&copy(&[&place.folder.path().join("in")]));
    assert_eq!((report.added.len(), follower.refusals().len()), (5, 0), "{:?}", follower.refusals());
    let kind = |name: &str| {
        place.assets().into_iter().find(|asset| asset.name == name).map(|asset| (asset.kind, asset.facts.mime)).unwrap()
    };
    assert_eq!(kind("plain"), (Kind::Image, "image/png".into()));
    assert_eq!(kind("title"), (Kind::Overlay, "image/png".into()));
    assert_eq!(kind("photo"), (Kind::Image, "image/jpeg".into()));
    assert_eq!(kind("logo"), (Kind::Overlay, "image/webp".into()));
    assert_eq!(kind("wall"), (Kind::Image, "image/webp".into()));
    assert!(place.assets().iter().all(|asset| (asset.facts.width, asset.facts.height) == (64, 40)));
    place.assert_in_order();
}

#[test]
fn names_that_lie_are_not_believed() {
    let place = Place::new();
    film(&place.file("film.mp4"));
    fs::rename(place.file("film.mp4"), place.file("holiday.jpg")).unwrap();
    picture(&place.file("photo.png"), 32, 32, false);
    fs::rename(place.file("photo.png"), place.file("song.mp3")).unwrap();
    let film = place.one(&place.file("holiday.jpg")).unwrap();
    assert_eq!((film.kind, film.name.as_str(), film.facts.mime.as_str()), (Kind::Video, "holiday", "video/mp4"));
    assert!(film.path.ends_with(".mp4"));
    assert_eq!(film.metadata["original_name"], "holiday.jpg");
    assert_eq!((film.source, film.status), (Source::Upload, Status::Ready));
    let photo = place.one(&place.file("song.mp3")).unwrap();
    assert_eq!((photo.kind, photo.facts.mime.as_str()), (Kind::Image, "image/png"));
    assert!(photo.path.ends_with(".png"));
}

/// Phones film lying and write into the track's head (ISO/IEC 14496-12, section 8.3.2) how to turn it.
#[test]
fn a_film_of_a_phone_that_lay_is_upright() {
    let place = Place::new();
    film(&place.file("phone.mp4"));
    let mut bytes = fs::read(place.file("phone.mp4")).unwrap();
    let video = bytes.windows(4).position(|name| name == b"tkhd").unwrap();
    // Its name; version and flags, times and ids, length, reserved, layer and volume; then the matrix, of a quarter turn.
    let matrix = video + 4 + 4 + 16 + 4 + 8 + 8;
    let turn: [u32; 9] = [0, 0x1_0000, 0, 0xffff_0000, 0, 0, 240 << 16, 0, 0x4000_0000];
    for (at, value) in turn.iter().enumerate() {
        bytes[matrix + 4 * at..][..4].copy_from_slice(&value.to_be_bytes());
    }
    let asset = place.one(&place.write("phone.mp4", &bytes)).unwrap();
    assert_eq!((asset.facts.width, asset.facts.height), (240, 320));
    let stills = onetake::media::stills::stills(&place.file("phone.mp4"), &[0], (100, 100), &false.into()).unwrap();
    assert_eq!((stills[0].width, stills[0].height), (75, 100));
}

/// A recorder that was killed, and a film that was written piece by piece: neither tells in its head how long it is.
#[test]
fn unfinished_and_fragmented_films_are_measured() {
    let place = Place::new();
    let pieces = "videotestsrc num-buffers=90 ! video/x-raw,width=160,height=120,framerate=30/1 ! x264enc key-int-max=15 \
                  ! mp4mux fragment-duration=500 ! OUT";
    launch(pieces, &place.file("pieces.mp4"));
    let live = "videotestsrc num-buffers=90 ! video/x-raw,width=160,height=120,framerate=30/1 ! x264enc key-int-max=15 \
                ! matroskamux streamable=true ! OUT";
    launch(live, &place.file("live.mkv"));
    for name in ["pieces.mp4", "live.mkv"] {
        let asset = place.one(&place.file(name)).unwrap();
        assert!((secs(asset.facts.nanos) - 3.0).abs() < ABOUT, "{name}: {:?}", asset.facts);
    }
}

#[test]
fn tags_and_project_go_with_it() {
    let place = Place::new();
    picture(&place.file("a.png"), 8, 8, false);
    let project = onetake::blobs::projects::create(&place.house.folder, "Dawn", "## One\n\nWords.\n", &[]).unwrap();
    place.house.db.save_project(&project).unwrap();
    let wanted = Wanted {
        paths: vec![place.file("a.png")],
        project: Some(project.id.clone()),
        tags: vec!["night".into(), " dawn ".into(), "night".into()],
        ..Wanted::default()
    };
    let (report, _) = place.import(&wanted);
    let asset = place.asset(&report.added[0]);
    assert_eq!((asset.project, asset.tags), (Some(project.id), vec!["dawn".to_owned(), "night".into()]));
    // The same again, with another tag: it is known, and tagged.
    let (report, _) = place.import(&Wanted { tags: vec!["sea".into()], ..wanted });
    assert_eq!((report.added.len(), report.known.len()), (0, 1));
    let asset = place.asset(&report.known[0]);
    assert_eq!(asset.tags, ["dawn", "night", "sea"]);
    let sidecar = onetake::blobs::media::read_sidecar(&asset.file(place.house.folder.root()).with_extension("json")).unwrap();
    assert_eq!(sidecar.tags, asset.tags);
}
