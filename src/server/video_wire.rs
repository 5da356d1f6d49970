//! The routes by which other studios of this kind save and list their projects. They are a thin dress over the same projects: a
//! save changes the fields it names and makes a new version, so nothing is lost by it.

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::caller::Caller;
use super::projects::{project, unknown};
use super::refusal::{Refusal, blocking};
use super::{App, body};
use crate::core::project::details::read_arrangement;
use crate::core::project::first::{arrangement, told};
use crate::core::script::Script;
use crate::core::shared::{Document, Facts, MAX_DETAILS_BYTES, OBJECTS_ROAD, Stage};
use crate::db::{Db, Kept, Put};

pub(super) const ROAD: &str = "/api/video";
pub(super) const LIBRARY: &str = "/studio/video/library";

/// Tries of a save that others keep overtaking.
const TRIES: u32 = 5;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route(&format!("{ROAD}/save-project"), post(save))
        .route(&format!("{ROAD}/project/{{id}}"), get(one))
        .route(LIBRARY, get(library))
}

/// Fields that are not named stay as they are.
#[derive(Debug, Default, Deserialize)]
struct Save {
    project_id: Option<String>,
    title: Option<String>,
    description: Option<String>,
    storyboard: Option<Value>,
    timeline: Option<Value>,
    audio_tracks: Option<Value>,
    tags: Option<Vec<String>>,
    category: Option<String>,
}

async fn save(State(app): State<App>, Extension(caller): Extension<Caller>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    dressed(
        async {
            let asked: Save = body::json(&app, &head.headers, body, MAX_DETAILS_BYTES).await?;
            let db = app.config.db.clone();
            let (id, new) = blocking(move || saved(&db, caller.user_id(), &asked)).await?;
            let message = if new { "Project created." } else { "Project saved." };
            Ok(json!({ "project_id": id, "message": message }))
        }
        .await,
    )
}

async fn one(State(app): State<App>, Extension(caller): Extension<Caller>, Path(id): Path<String>) -> Response {
    let db = app.config.db.clone();
    let columns = blocking(move || {
        let facts = db.shared(&project(&id)?, caller.user_id())?.ok_or_else(unknown)?;
        let document = db.shared_document(&facts.id, facts.revision)?.ok_or_else(unknown)?;
        Ok(json!({ "project": columns(&facts, &document) }))
    });
    dressed(columns.await)
}

async fn library(State(app): State<App>, Extension(caller): Extension<Caller>) -> Response {
    let db = app.config.db.clone();
    let listed = blocking(move || {
        let user = caller.user_id();
        let mut projects = Vec::new();
        for facts in db.shared_projects(user)? {
            let Some(document) = db.shared_document(&facts.id, facts.revision)? else { continue };
            let all = columns(&facts, &document);
            let keys = ["id", "title", "thumbnail_url", "duration", "status", "updated_at"];
            projects.push(keys.into_iter().map(|key| (key.to_owned(), all[key].clone())).collect::<Map<_, _>>());
        }
        Ok(json!({ "projects": projects }))
    });
    dressed(listed.await)
}

/// `success` beside everything, also beside an error.
fn dressed(result: Result<Value, Refusal>) -> Response {
    match result {
        Ok(mut value) => {
            value["success"] = json!(true);
            Json(value).into_response()
        }
        Err(refusal) => (refusal.status, Json(json!({ "success": false, "error": refusal.sentence }))).into_response(),
    }
}

/// Saves onto the newest version, whichever that is at the moment.
fn saved(db: &Db, user: Option<&str>, asked: &Save) -> Result<(String, bool), Refusal> {
    let id = match &asked.project_id {
        Some(id) => project(id)?,
        None => Uuid::now_v7().to_string(),
    };
    for _ in 0..TRIES {
        let (base, before) = match &asked.project_id {
            None => (None, Document::new(String::new(), Map::new(), Stage::Draft, Vec::new())),
            Some(_) => {
                let facts = db.shared(&id, user)?.ok_or_else(unknown)?;
                (Some(facts.revision), db.shared_document(&id, facts.revision)?.ok_or_else(unknown)?)
            }
        };
        let document = asked.onto(before).map_err(Refusal::malformed)?;
        document.check().map_err(Refusal::malformed)?;
        match db.put_shared(&Put { id: &id, user, device: "", base, document: &document })? {
            Kept::Added { new, .. } => return Ok((id, new)),
            Kept::Same(_) => return Ok((id, false)),
            Kept::Stale(_) => {}
            Kept::Forbidden => {
                let sentence = "You may read this project and not change it.";
                return Err(Refusal::new(axum::http::StatusCode::FORBIDDEN, sentence));
            }
            Kept::Unknown | Kept::Missing(_) => return Err(unknown()),
        }
    }
    Err(Refusal::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "Others save this project all the time; try again."))
}

impl Save {
    /// `before` with what they say; an error tells what can't be read of it.
    fn onto(&self, before: Document) -> Result<Document, String> {
        let mut script = Script::markdown(before.script);
        if script.scenes.is_empty()
            && let Some(Value::Array(scenes)) = &self.storyboard
        {
            script = drafted(scenes);
        }
        if let Some(title) = &self.title {
            script = script.with_title(title);
        }
        let mut details = before.details;
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        let named = |fields: &[(&str, Option<Value>)]| -> Map<String, Value> {
            fields.iter().filter_map(|(key, value)| Some(((*key).to_owned(), value.clone()?))).collect()
        };
        let arranged = named(&[
            ("storyboard", self.storyboard.clone()),
            ("timeline", self.timeline.clone()),
            ("audio_tracks", self.audio_tracks.clone()),
        ]);
        details.extend(in_form_of(&details, arranged)?);
        details.extend(named(&[
            ("description", text(&self.description)),
            ("tags", self.tags.as_ref().map(|tags| json!(tags))),
            ("category", text(&self.category)),
        ]));
        Ok(Document { script: script.source().to_owned(), details, ..before })
    }
}

/// What they say of the arrangement, in the form in which the details are kept: theirs, or that of a studio of ours.
fn in_form_of(details: &Map<String, Value>, theirs: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let read =
        arrangement(&theirs).map_err(|error| format!("The storyboard, timeline or audio tracks can't be read: {error}."))?;
    if theirs.is_empty() || !details.contains_key("schema") {
        return Ok(theirs);
    }
    let Ok(Value::Object(ours)) = serde_json::to_value(read) else { return Ok(theirs) };
    Ok(ours.into_iter().filter(|(key, _)| theirs.contains_key(key)).collect())
}

/// A script for a storyboard that has none: a scene each, with its prompt and seconds.
fn drafted(scenes: &[Value]) -> Script {
    scenes.iter().enumerate().fold(Script::markdown(""), |script, (at, scene)| {
        let script = script.insert_scene(usize::MAX, &format!("Scene {}", at + 1));
        let last = script.scenes.len().saturating_sub(1);
        let script = match scene["prompt"].as_str() {
            Some(prompt) => script.with_directive(last, "clip", Some(&prompt.replace(['\n', '\r'], " "))),
            None => script,
        };
        match scene["duration"].as_f64().filter(|secs| *secs > 0.0) {
            Some(secs) => script.with_directive(last, "seconds", Some(&format!("{secs}"))),
            None => script,
        }
    })
}

/// The details as other studios write them. What a studio of ours wrote is in a form of its own, where it names one.
fn spoken(details: &Map<String, Value>) -> Map<String, Value> {
    let mut spoken = details.clone();
    let ours = details.contains_key("schema");
    if let Some(arrangement) = ours.then(|| read_arrangement(&Value::Object(details.clone()).to_string()).ok()).flatten() {
        spoken.extend(told(&arrangement).map(|(name, value)| (name.to_owned(), value)));
    }
    spoken
}

/// The 27 columns. What a project here does not have is null; what is derived from its script is derived.
fn columns(facts: &Facts, document: &Document) -> Value {
    let script = Script::markdown(document.script.clone());
    let details = spoken(&document.details);
    let said = |key: &str| details.get(key).cloned().unwrap_or(Value::Null);
    let picture = |path: &str| {
        let found = document.pictures.iter().find(|picture| picture.path == path)?;
        Some(format!("{OBJECTS_ROAD}/{}", found.sha256))
    };
    let thumbnails: Vec<Option<String>> = script.scenes.iter().map(|scene| picture(scene.picture()?)).collect();
    let pace = script.pace();
    let scenes = script.scenes.iter().zip(&thumbnails).enumerate().map(|(at, (scene, thumbnail))| {
        let prompt = scene.directive("clip").or(scene.image_prompt());
        json!({ "scene_id": at + 1, "prompt": prompt, "duration": scene.seconds(pace), "video_url": null, "thumbnail_url": thumbnail })
    });
    let storyboard = match said("storyboard") {
        Value::Array(given) if !given.is_empty() => Value::Array(given),
        _ => Value::Array(scenes.collect()),
    };
    let published = facts.stage == Stage::Published;
    json!({
        "id": facts.id, "user_id": facts.owner, "team_id": facts.team, "title": facts.title,
        "description": said("description"), "video_url": said("video_url"),
        "thumbnail_url": thumbnails.into_iter().flatten().next(), "duration": script.seconds(),
        "resolution": said("resolution"), "fps": said("fps"), "storyboard": storyboard, "timeline": said("timeline"),
        "audio_tracks": said("audio_tracks"), "parent_prompt_id": said("parent_prompt_id"), "prompt_source": said("prompt_source"),
        "original_prompt": said("original_prompt"), "prompt_version": said("prompt_version"),
        "parent_project_id": said("parent_project_id"), "prompt": said("prompt"),
        "generation_engine": said("generation_engine"), "generation_params": said("generation_params"), "tags": said("tags"),
        "category": said("category"), "status": if published { "published" } else { "draft" }, "is_public": published,
        "timestamp": facts.made_at, "updated_at": facts.made_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn save(value: Value) -> Save {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_save_touches_what_it_names() {
        let empty = Document::new(String::new(), Map::new(), Stage::Draft, Vec::new());
        let storyboard = json!([{ "scene_id": 1, "prompt": "a lamp\nat dawn", "duration": 5.0 }, { "scene_id": 2 }]);
        let first =
            save(json!({ "title": "Film", "storyboard": storyboard, "tags": ["a"], "category": "x" })).onto(empty).unwrap();
        let script = Script::markdown(first.script.clone());
        assert_eq!((script.title(), script.scenes.len()), ("Film", 2));
        assert_eq!(script.scenes[0].directive("clip"), Some("a lamp at dawn"));
        let second = save(json!({ "description": "new" })).onto(first.clone()).unwrap();
        assert_eq!(second.script, first.script);
        assert_eq!((&second.details["tags"], &second.details["description"]), (&json!(["a"]), &json!("new")));
    }

    #[test]
    fn all_27_columns_are_there() {
        let document =
            Document::new("---\ntitle: A\n---\n\n## One\n\nWords.\n".into(), Map::new(), Stage::Published, Vec::new());
        let facts = Facts {
            id: "i".into(),
            revision: 1,
            sha256: document.sha256(),
            title: "A".into(),
            stage: Stage::Published,
            words: 1,
            scenes: 1,
            device: String::new(),
            author: None,
            made_at: "2026-11-21T10:00:00.000Z".into(),
            owner: None,
            team: None,
            access: crate::core::shared::Access::Owner,
        };
        let columns = columns(&facts, &document);
        assert_eq!(columns.as_object().unwrap().len(), 27);
        assert_eq!((&columns["status"], &columns["storyboard"][0]["scene_id"]), (&json!("published"), &json!(1)));
    }

    #[test]
    fn both_forms_are_understood() {
        let Value::Object(ours) = json!({ "schema": 2, "description": "old", "audio_tracks": [] }) else { unreachable!() };
        let before = Document::new("## One\n\nWords.\n".into(), ours, Stage::Draft, Vec::new());
        let track = json!([{ "id": "a", "url": "/song.mp3", "start": 1.5, "volume": 0.5, "name": "Song" }]);
        let after = save(json!({ "audio_tracks": track })).onto(before.clone()).unwrap();
        assert_eq!(after.details["audio_tracks"][0]["at"], json!(1_500_000_000));
        assert_eq!((&spoken(&after.details)["audio_tracks"], &after.details["description"]), (&track, &json!("old")));
        let refused = save(json!({ "timeline": { "layers": "none" } })).onto(before).unwrap_err();
        assert!(refused.contains("can't be read"), "{refused}");
    }
}
