//! Scenes on a real disk and in a real library: what was made is found, copied, put into a project that is closed, compared.

use std::fs;

use super::*;
use crate::core::asset::{self, Facts, Kind as AssetKind, Source, Status};
use crate::core::generate::{Role, Wish};
use crate::core::job::{Job, Kind, State};
use crate::core::project::Project;
use crate::jobs::house::Claim;

const SCRIPT: &str =
    "---\ntitle: Talk\n---\n\n## One\n\n> image: a desk\n\nFirst words.\n\n## Two\n\n> picture: pictures/mine.png\n\nMore.\n";

struct Library {
    _folder: tempfile::TempDir,
    house: House,
    project: Project,
}

impl Library {
    fn new() -> Library {
        let folder = tempfile::tempdir().unwrap();
        let house = House::open(Some(folder.path()), Claim::Alone).unwrap();
        let (project, _) = projects::create(&house, Script::markdown(SCRIPT), folder.path(), |_| {}).unwrap();
        Library { _folder: folder, house, project }
    }

    /// A picture that a job made for a scene.
    fn made(&self, number: u32, place: &Place, state: State) -> AssetId {
        let id = AssetId(format!("0193a5b2-7c11-7abc-8def-{number:012x}"));
        let path = format!("media/{id}.png");
        image::RgbImage::from_pixel(8, 8, image::Rgb([number as u8; 3])).save(self.house.folder.root().join(&path)).unwrap();
        let asset = Asset {
            project: Some(self.project.id.clone()),
            kind: AssetKind::Image,
            source: Source::Generated,
            status: Status::Ready,
            path,
            sha256: None,
            facts: Facts { width: 8, height: 8, ..Facts::default() },
            tags: Vec::new(),
            ..asset::tests::asset(&id.0)
        };
        self.house.db.save_asset(&asset).unwrap();
        let wish = Wish { scene: Some(place.clone()), ..Wish::default() };
        let at = format!("2026-11-21T10:00:{number:02}Z");
        let job = Job {
            id: format!("job-{number}"),
            project: Some(self.project.id.clone()),
            engine: "offline".into(),
            model: "painter".into(),
            kind: Kind::Image,
            params: serde_json::to_value(wish).unwrap(),
            seed: Some(i64::from(number)),
            prompt_version: None,
            inputs: Vec::new(),
            state: if state == State::Done { State::Running } else { state },
            provider_id: None,
            links: serde_json::json!({}),
            cost_micros: Some(40_000),
            currency: "USD".into(),
            problem: None,
            created_at: at.clone(),
            updated_at: at.clone(),
            ended_at: None,
        };
        self.house.db.save_job(&job).unwrap();
        if state == State::Done {
            let done = db::Change::Done { id: job.id.clone(), assets: vec![id.clone()] };
            assert_eq!(self.house.db.change_jobs(&[done], &at).unwrap(), [true]);
        }
        id
    }

    fn text(&self) -> String {
        blobs::projects::read_script(Path::new(&self.project.folder)).unwrap()
    }
}

fn place(scene: usize, heading: &str) -> Place {
    Place { scene, heading: heading.into(), role: Role::Picture }
}

#[test]
fn what_was_made_is_found_with_the_job_that_made_it() {
    let library = Library::new();
    let first = library.made(1, &place(0, "One"), State::Done);
    let second = library.made(2, &place(0, "One"), State::Done);
    library.made(3, &place(1, "Two"), State::Queued);
    let found = look(&library.house, &library.project.id).unwrap();
    let made: Vec<&AssetId> = found.made.iter().map(|version| &version.asset.id).collect();
    assert_eq!(made, [&first, &second], "the oldest first");
    assert_eq!(found.made[0].cost, Some(Money::usd(0.04)));
    let mut rows: Vec<&str> = found.rows.iter().map(|row| row.job.id.as_str()).collect();
    rows.sort_unstable();
    assert_eq!(rows, ["job-2", "job-3"], "the newest of each part");
    assets::bin(&library.house, &second).unwrap();
    assert_eq!(look(&library.house, &library.project.id).unwrap().made.len(), 1);
    assert_eq!(look(&library.house, "another").unwrap(), Found::default());
}

#[test]
fn a_project_that_is_closed_gets_what_it_lacks() {
    let library = Library::new();
    let (house, project) = (&library.house, &library.project.id);
    let asset = library.made(1, &place(0, "One"), State::Done);
    assert!(put(house, project, &place(1, "One"), &asset).unwrap(), "wherever the scene stands by now");
    let script = Script::markdown(library.text());
    let picture = script.scenes[0].picture().unwrap();
    assert_eq!(picture, "pictures/one-000000000001.png");
    assert!(Path::new(&library.project.folder).join(picture).is_file());
    let again = library.made(2, &place(0, "One"), State::Done);
    assert!(!put(house, project, &place(0, "One"), &again).unwrap(), "it has one now");
    assert!(!put(house, project, &place(1, "Two"), &again).unwrap(), "the person's stays");
    assert!(!put(house, project, &place(0, "Gone"), &again).unwrap());
    assert!(!put(house, "gone", &place(0, "One"), &again).unwrap());
    assert_eq!(Script::markdown(library.text()), script);
    assert!(put(house, project, &Place { role: Role::End, ..place(0, "One") }, &AssetId("gone".into())).is_err());
}

#[test]
fn a_clips_last_picture_becomes_a_file_and_seams_are_compared() {
    let library = Library::new();
    let folder = Path::new(&library.project.folder).join("clips");
    fs::create_dir_all(&folder).unwrap();
    let film = |name: &str, patterns: &str| {
        let path = folder.join(name);
        let script = format!(
            "videotestsrc num-buffers=12 pattern={patterns} ! video/x-raw,width=160,height=90,framerate=24/1 ! videoconvert ! jpegenc ! matroskamux ! filesink location={}",
            path.display()
        );
        crate::media::init().unwrap();
        let status = std::process::Command::new("gst-launch-1.0").arg("-q").args(script.split(' ')).status().unwrap();
        assert!(status.success());
        path
    };
    let (smpte, also, snow) = (film("a.mkv", "smpte75"), film("b.mkv", "smpte75"), film("c.mkv", "circular"));
    let last = end(&library.house, "talk", &smpte).unwrap();
    assert_eq!(image::image_dimensions(&last).unwrap(), (160, 90));
    assert!(last.starts_with(library.house.folder.cache()));
    use crate::core::seam::Verdict;
    assert_eq!(seam(&smpte, &also).map(|seam| seam.verdict), Some(Verdict::Smooth));
    assert_eq!(seam(&smpte, &snow).map(|seam| seam.verdict), Some(Verdict::Jumps));
    assert_eq!(seam(&smpte, &folder.join("gone.mkv")), None);
    assert!(end(&library.house, "talk", &folder.join("gone.mkv")).is_err());
}
