//! A project as a studio server keeps it and as it crosses the wire: the document, what lists say of a version, who may do what.
//! Server and client read the same nouns from here, so neither can drift from the other.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::project::{CLIPS_FOLDER, MAX_SCRIPT_BYTES, PICTURES_FOLDER, SOUNDS_FOLDER};
use super::script::Script;

/// Where projects, their pictures, and what the caller is, are found on a server.
pub const PROJECTS_ROAD: &str = "/api/v1/projects";
pub const OBJECTS_ROAD: &str = "/api/v1/objects";
pub const ACCOUNT_ROAD: &str = "/api/v1/account";

/// The newest form of the document; a server refuses a newer one instead of losing what it does not know. A document has the oldest
/// form that holds all of it.
pub const SCHEMA: u32 = 2;
/// The form without clips and sounds.
const WITHOUT_MEDIA: u32 = 1;
/// The most a project may say beside its script, in bytes of JSON.
pub const MAX_DETAILS_BYTES: usize = 4 << 20;
/// The most pictures one project may have, and the most clips and sounds.
pub const MAX_PICTURES: usize = 10_000;
/// The largest picture that travels, in bytes; no larger one is read anywhere in the program.
pub const MAX_OBJECT_BYTES: u64 = 256 << 20;
/// The largest clip or sound that travels, in bytes; engines are taken no larger one from either.
pub const MAX_MEDIA_BYTES: u64 = 8 << 30;
/// How much of a file has arrived where it is not whole yet.
pub const ARRIVED_HEADER: &str = "upload-offset";

/// What each machine knows of a project by itself: ids of its own library, places on its own disk, and times of its own writing.
const LOCAL_KEYS: [&str; 9] = ["id", "folder", "owner", "team", "parent", "created_at", "updated_at", "user_id", "team_id"];

/// Everything of a project that travels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub schema: u32,
    #[serde(default)]
    pub stage: Stage,
    /// The script, byte for byte.
    pub script: String,
    /// What `project.json` says, less what is each machine's own.
    #[serde(default)]
    pub details: Map<String, Value>,
    /// The pictures that the script names, by path. They are there before the version is.
    #[serde(default)]
    pub pictures: Vec<SharedFile>,
    /// The clips and sounds that it names, sorted by path. Being large, they come after the version, in their own time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<SharedFile>,
}

/// A file of a project: where its script names it, and which bytes it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFile {
    /// From the project's folder: `pictures/01.jpg`, `clips/01.mp4`.
    pub path: String,
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
}

/// A draft is its owner's and their team's; what was published may be read by everyone with a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    #[default]
    Draft,
    Published,
}

/// What a caller may do with a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Read what was published of it.
    Public,
    /// Read all of it.
    Viewer,
    /// Change it.
    Editor,
    /// Also say whose it is.
    Owner,
}

impl Access {
    pub const ALL: [Access; 4] = [Access::Public, Access::Viewer, Access::Editor, Access::Owner];

    pub fn name(self) -> &'static str {
        match self {
            Access::Public => "public",
            Access::Viewer => "viewer",
            Access::Editor => "editor",
            Access::Owner => "owner",
        }
    }

    /// The role that people give a member of a team.
    pub fn role(name: &str) -> Option<Access> {
        Access::ALL.into_iter().skip(1).find(|access| access.name() == name)
    }

    pub fn may_write(self) -> bool {
        self >= Access::Editor
    }
}

/// A version of a project, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub id: String,
    /// Grows by one with each version.
    pub revision: u64,
    /// Of the document (`Document::sha256`).
    pub sha256: String,
    pub title: String,
    pub stage: Stage,
    pub words: u64,
    pub scenes: u64,
    /// The machine it was written on.
    pub device: String,
    /// Who wrote it; `None` is who runs the server.
    pub author: Option<String>,
    /// RFC 3339 UTC.
    pub made_at: String,
    /// Whose the project is; `None` is who runs the server.
    pub owner: Option<String>,
    pub team: Option<String>,
    /// What the caller may do.
    pub access: Access,
}

/// A version whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub facts: Facts,
    pub document: Document,
    /// The document the caller said it has (`?known=`) is one of the versions after the one it knows: nothing of it can get lost.
    #[serde(default)]
    pub contains: bool,
}

/// What is put.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// What people call the machine.
    #[serde(default)]
    pub device: String,
    pub document: Document,
}

/// Who a token belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// `None` for who runs the server.
    pub user: Option<String>,
    #[serde(default)]
    pub teams: Vec<Membership>,
}

/// A team and what a user may do with its projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub team: String,
    pub role: Access,
}

impl Document {
    /// A script and what is said beside it, with what is each machine's own left out.
    pub fn new(script: String, details: Map<String, Value>, stage: Stage, pictures: Vec<SharedFile>) -> Document {
        Document { schema: WITHOUT_MEDIA, stage, script, details: travelling(details), pictures, media: Vec::new() }
    }

    /// The same with these clips and sounds.
    pub fn with_media(mut self, mut media: Vec<SharedFile>) -> Document {
        media.sort_by(|one, other| one.path.cmp(&other.path));
        self.schema = if media.is_empty() { WITHOUT_MEDIA } else { SCHEMA };
        self.media = media;
        self
    }

    /// The fingerprint by which two documents are the same: lower-case hex.
    pub fn sha256(&self) -> String {
        let mut hasher = Sha256::new();
        // Lengths in front, so that no two documents read alike.
        let mut part = |bytes: &[u8]| {
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(self.script.as_bytes());
        part(if self.stage == Stage::Published { b"published" } else { b"draft" });
        // Keys come sorted out of the map, at every depth.
        part(Value::Object(self.details.clone()).to_string().as_bytes());
        for file in &self.pictures {
            part(file.path.as_bytes());
            part(file.sha256.as_bytes());
        }
        if !self.media.is_empty() {
            part(b"media");
        }
        for file in &self.media {
            part(file.path.as_bytes());
            part(file.sha256.as_bytes());
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Title, spoken words and scenes.
    pub fn reading(&self) -> (String, u64, u64) {
        let script = Script::markdown(self.script.clone());
        (script.title().to_owned(), script.words() as u64, script.scenes.len() as u64)
    }

    /// Refuses, in a sentence, what no honest client sends. What goes onto a disk by its name is checked again there.
    pub fn check(&self) -> Result<(), String> {
        if self.schema > SCHEMA {
            return Err(format!("The project has the form {}; this server knows {SCHEMA}. Update the server.", self.schema));
        }
        if self.script.len() as u64 > MAX_SCRIPT_BYTES {
            return Err(format!("The script has {} bytes; {MAX_SCRIPT_BYTES} are taken.", self.script.len()));
        }
        if self.script.contains('\0') {
            return Err("The script holds a zero, as binary files do.".to_owned());
        }
        if Value::Object(self.details.clone()).to_string().len() > MAX_DETAILS_BYTES {
            return Err(format!("What the project says beside its script has more than {MAX_DETAILS_BYTES} bytes."));
        }
        if self.pictures.len() > MAX_PICTURES || self.media.len() > MAX_PICTURES {
            return Err(format!("The project has more than {MAX_PICTURES} pictures, or clips and sounds."));
        }
        let mut seen = std::collections::HashSet::new();
        let whole = |file: &SharedFile, most: u64| is_digest(&file.sha256) && file.bytes <= most;
        let mut sound = |file: &SharedFile, name: Option<&str>, most: u64| {
            name.is_some() && whole(file, most) && seen.insert(file.path.clone())
        };
        if let Some(picture) = self.pictures.iter().find(|file| !sound(file, file.picture_name(), MAX_OBJECT_BYTES)) {
            return Err(format!("The picture “{}” is not named as pictures are.", picture.path.escape_debug()));
        }
        match self.media.iter().find(|file| !sound(file, file.media_name(), MAX_MEDIA_BYTES)) {
            Some(file) => Err(format!("“{}” is not named as clips and sounds are.", file.path.escape_debug())),
            None => Ok(()),
        }
    }
}

impl SharedFile {
    /// The file's name in the folder of pictures, for a path that is one.
    pub fn picture_name(&self) -> Option<&str> {
        self.name_in(PICTURES_FOLDER)
    }

    /// The file's name in the folder of clips, or of sounds.
    pub fn media_name(&self) -> Option<&str> {
        self.name_in(CLIPS_FOLDER).or_else(|| self.name_in(SOUNDS_FOLDER))
    }

    fn name_in(&self, folder: &str) -> Option<&str> {
        let name = self.path.strip_prefix(folder)?.strip_prefix('/')?;
        let plain =
            !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\']) && !name.contains(char::is_control);
        plain.then_some(name)
    }
}

/// A SHA-256 as it is written here: lower-case hex.
pub fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Details without what is each machine's own.
pub fn travelling(mut details: Map<String, Value>) -> Map<String, Value> {
    details.retain(|key, _| !LOCAL_KEYS.contains(&key.as_str()));
    details
}

/// Details that came, with what this machine says of its own kept as it was.
pub fn settled(came: &Map<String, Value>, here: &Map<String, Value>) -> Map<String, Value> {
    let own = here.iter().filter(|(key, _)| LOCAL_KEYS.contains(&key.as_str()));
    came.iter().chain(own).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Versions that a server keeps whatever their age.
const KEEP_NEWEST: usize = 50;
/// Beyond these the newest of each day is kept, for this many days.
const KEEP_DAYS: usize = 400;

/// Which versions may go, by their revisions. `versions` are (revision, RFC 3339 time, published), newest first. What was
/// published never goes.
pub fn superfluous(versions: &[(u64, String, bool)]) -> Vec<u64> {
    let mut days: Vec<&str> = Vec::new();
    let mut gone = Vec::new();
    for (place, (revision, made_at, published)) in versions.iter().enumerate() {
        let day = made_at.get(..10).unwrap_or(made_at);
        let first_of_day = days.last() != Some(&day);
        if first_of_day {
            days.push(day);
        }
        if !published && place >= KEEP_NEWEST && (!first_of_day || days.len() > KEEP_DAYS) {
            gone.push(*revision);
        }
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn document(script: &str) -> Document {
        Document::new(script.to_owned(), Map::new(), Stage::Draft, Vec::new())
    }

    fn picture(path: &str) -> SharedFile {
        SharedFile { path: path.into(), sha256: "a".repeat(64), bytes: 10 }
    }

    #[test]
    fn the_fingerprint_is_of_everything_that_travels() {
        let one = document("## A\n\nWords.\n");
        let of = |change: fn(&mut Document)| {
            let mut other = one.clone();
            change(&mut other);
            other.sha256()
        };
        let all = [
            one.sha256(),
            of(|d| d.script.push(' ')),
            of(|d| d.stage = Stage::Published),
            of(|d| drop(d.details.insert("tags".into(), json!(["a"])))),
            of(|d| d.pictures.push(picture("pictures/1.jpg"))),
            of(|d| d.media.push(picture("pictures/1.jpg"))),
        ];
        let different: std::collections::HashSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        let read: Document = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
        assert_eq!(read.sha256(), one.sha256());
    }

    #[test]
    fn what_is_a_machines_own_stays_there() {
        let here = json!({ "id": "mine", "updated_at": "now", "description": "old" });
        let came = json!({ "description": "new", "tags": ["a"] });
        let (Value::Object(here), Value::Object(came)) = (here, came) else { unreachable!() };
        assert_eq!(Value::Object(travelling(here.clone())), json!({ "description": "old" }));
        let settled = Value::Object(settled(&came, &here));
        assert_eq!(settled, json!({ "id": "mine", "updated_at": "now", "description": "new", "tags": ["a"] }));
    }

    #[test]
    fn nothing_leaves_the_folder_of_pictures() {
        assert_eq!(picture("pictures/Ünter – 猫.jpg").picture_name(), Some("Ünter – 猫.jpg"));
        assert_eq!(
            ["clips/a.mp4", "sounds/b.wav", "pictures/a.jpg"].map(|path| picture(path).media_name().is_some()),
            [true, true, false]
        );
        for bad in [
            "1.jpg",
            "pictures/",
            "pictures/../script.md",
            "pictures/a/b.jpg",
            "/pictures/a.jpg",
            "pictures/.new-1",
            "pictures/a\\b",
        ] {
            let mut project = document("x");
            project.pictures.push(picture(bad));
            assert!(picture(bad).picture_name().is_none() && project.check().is_err(), "{bad}");
            let clip = bad.replace("pictures", "clips");
            assert!(document("x").with_media(vec![picture(&clip)]).check().is_err(), "{clip}");
        }
        let mut twice = document("x");
        twice.pictures = vec![picture("pictures/a.jpg"), picture("pictures/a.jpg")];
        assert!(twice.check().is_err());
        assert!(document("a\0b").check().is_err());
        assert!(Document { schema: SCHEMA + 1, ..document("x") }.check().unwrap_err().contains("Update"));
    }

    #[test]
    fn a_document_without_clips_is_the_one_that_older_servers_know() {
        let plain = document("x");
        assert_eq!(plain.clone().with_media(Vec::new()), plain);
        assert!(!serde_json::to_string(&plain).unwrap().contains("media"));
        let with = plain.with_media(vec![picture("sounds/b.wav"), picture("clips/a.mp4")]);
        assert_eq!((with.schema, with.media[0].path.as_str(), with.check()), (SCHEMA, "clips/a.mp4", Ok(())));
    }

    #[test]
    fn roles_are_three_and_grow() {
        assert_eq!(Access::role("viewer"), Some(Access::Viewer));
        assert_eq!(Access::role("public"), None);
        assert!(Access::Owner.may_write() && Access::Editor.may_write() && !Access::Viewer.may_write());
    }

    proptest! {
        #[test]
        fn thinning_keeps_the_newest_the_published_and_one_a_day(
            days in proptest::collection::vec((0u32..20, any::<bool>()), 0..300),
        ) {
            let mut days = days;
            days.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
            let count = days.len() as u64;
            let versions: Vec<(u64, String, bool)> = (days.iter().enumerate())
                .map(|(at, (day, published))| (count - at as u64, format!("2026-11-{:02}T10:00:00.000Z", day + 1), *published))
                .collect();
            let gone = superfluous(&versions);
            for (place, (revision, _, published)) in versions.iter().enumerate() {
                prop_assert!(!gone.contains(revision) || (!published && place >= KEEP_NEWEST));
            }
            for (day, _) in &days {
                let day = format!("2026-11-{:02}", day + 1);
                prop_assert!(versions.iter().any(|(revision, at, _)| at.starts_with(&day) && !gone.contains(revision)));
            }
            // What is left is bounded: the newest, one a day, the published.
            let left = versions.iter().filter(|(revision, _, published)| !published && !gone.contains(revision)).count();
            prop_assert!(left <= KEEP_NEWEST + 20);
        }
    }
}
