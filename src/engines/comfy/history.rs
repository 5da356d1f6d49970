//! What ComfyUI says of an order: its place in the queue, and its entry in the history, which means that it is over and not that it
//! went well.

use serde_json::Value;

use crate::core::generate::{Class, Failure};
use crate::core::job::Kind;
use crate::engines::wire::FILES;

/// A file there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    pub name: String,
    pub folder: String,
    /// `output`, `temp` or `input`.
    pub place: String,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Made(Vec<File>),
    Failed(Failure),
    Cancelled,
}

/// Reads an entry of the history.
pub(super) fn outcome(entry: &Value) -> Outcome {
    let files = files(&entry["outputs"]);
    let messages = entry.pointer("/status/messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let said = |name: &str| messages.iter().find(|message| message[0] == name).map(|message| &message[1]);
    if said("execution_interrupted").is_some() {
        return Outcome::Cancelled;
    }
    let error = said("execution_error");
    if error.is_some() || entry.pointer("/status/status_str").is_some_and(|status| status == "error") {
        return Outcome::Failed(failure(error.unwrap_or(&Value::Null)));
    }
    Outcome::Made(files)
}

/// Why a node failed.
fn failure(error: &Value) -> Failure {
    let text = |name: &str| error[name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let exception = text("exception_type");
    let words = match (text("node_type"), text("exception_message").or(exception)) {
        (Some(node), Some(why)) => format!("{node}: {why}"),
        (None, Some(why)) => why.to_owned(),
        _ => "ComfyUI says that it failed, and not why.".to_owned(),
    };
    Failure { code: exception.map(str::to_owned), ..Failure::new(Class::Server, words) }
}

/// Every file of every node: nodes put theirs under names of their own.
fn files(outputs: &Value) -> Vec<File> {
    let nodes = outputs.as_object().into_iter().flat_map(|nodes| nodes.values());
    let lists = nodes.filter_map(Value::as_object).flat_map(|node| node.values()).filter_map(Value::as_array);
    let file = |item: &Value| {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let place = Some(text("type")).filter(|place| !place.is_empty()).unwrap_or_else(|| "output".to_owned());
        let name = text("filename");
        (!name.is_empty()).then(|| File { name, folder: text("subfolder"), place })
    };
    let mut files: Vec<File> = Vec::new();
    for file in lists.flatten().filter_map(file) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// Of all files those that were ordered: what is kept there goes before what is only shown.
pub(super) fn wanted(files: &[File], kind: Kind) -> Vec<&File> {
    let endings: &[&str] = match kind {
        Kind::Video => &["mp4", "webm", "mkv", "mov", "gif", "webp"],
        Kind::Speech | Kind::Music => &["flac", "mp3", "wav", "ogg", "opus", "m4a"],
        _ => &["png", "jpg", "jpeg", "webp", "gif"],
    };
    let fits = |file: &&File| {
        let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        endings.contains(&ending.as_str())
    };
    let of = |place: &str| files.iter().filter(|file| file.place == place).filter(fits).take(FILES).collect::<Vec<_>>();
    let kept = of("output");
    if kept.is_empty() { of("temp") } else { kept }
}

/// Whether it runs now.
pub(super) fn running(queue: &Value, id: &str) -> bool {
    items(queue, "queue_running").any(|item| item[1] == id)
}

/// How many are before it, when it waits.
pub(super) fn waits_behind(queue: &Value, id: &str) -> Option<u32> {
    let number = |item: &Value| item[0].as_f64().unwrap_or(f64::INFINITY);
    let own = items(queue, "queue_pending").find(|item| item[1] == id).map(number)?;
    let before = items(queue, "queue_pending").filter(|item| item[1] != id && number(item) < own).count();
    let running = items(queue, "queue_running").count();
    u32::try_from(before + running).ok()
}

/// The order that this client sent, in a queue or a history: for a ComfyUI that gave it a name of its own.
pub(super) fn of_client(list: &Value, client: &str) -> Option<String> {
    let is = |item: &&Value| item[1] == client || item[3]["client_id"] == client;
    let waiting = ["queue_running", "queue_pending"].into_iter().flat_map(|name| items(list, name));
    let past = list.as_object().into_iter().flat_map(|entries| entries.values()).map(|entry| &entry["prompt"]);
    let found = waiting.chain(past).find(is)?;
    Some(found[1].as_str()?.to_owned())
}

fn items<'a>(queue: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    queue[name].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(name: &str, place: &str) -> File {
        File { name: name.into(), folder: String::new(), place: place.into() }
    }

    #[test]
    fn files_are_found_under_every_name() {
        let outputs = json!({
            "9": {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}, {"filename": "a.png", "subfolder": "", "type": "output"}]},
            "10": {"images": [{"filename": "b.mp4", "subfolder": "", "type": "output"}], "animated": [true]},
            "11": {"gifs": [{"filename": "c.mp4", "subfolder": "", "type": "temp", "format": "video/h264-mp4"}], "text": ["x"]},
            "12": {"audio": [{"filename": "d.flac", "subfolder": "", "type": "output"}], "odd": 7}
        });
        let Outcome::Made(files) =
            outcome(&json!({"outputs": outputs, "status": {"status_str": "success", "completed": true}}))
        else {
            panic!("it went well");
        };
        assert_eq!(wanted(&files, Kind::Image), [&file("a.png", "output")]);
        assert_eq!(wanted(&files, Kind::Video), [&file("b.mp4", "output")]);
        assert_eq!(wanted(&files, Kind::Music), [&file("d.flac", "output")]);
        assert_eq!(wanted(&[file("c.mp4", "temp")], Kind::Video), [&file("c.mp4", "temp")]);
        assert_eq!(outcome(&json!({})), Outcome::Made(Vec::new()));
    }

    #[test]
    fn an_entry_is_no_success() {
        let entry = |messages: Value| json!({"outputs": {}, "status": {"status_str": "error", "completed": false, "messages": messages}});
        let error = json!([["execution_start", {}], ["execution_error", {"node_type": "KSampler", "exception_type": "torch.OutOfMemoryError", "exception_message": "Allocation failed\n"}]]);
        let Outcome::Failed(failure) = outcome(&entry(error)) else { panic!("it failed") };
        assert_eq!(
            (failure.words.as_str(), failure.code.as_deref()),
            ("KSampler: Allocation failed", Some("torch.OutOfMemoryError"))
        );
        assert_eq!(outcome(&entry(json!([["execution_interrupted", {}]]))), Outcome::Cancelled);
        assert!(matches!(outcome(&entry(json!([]))), Outcome::Failed(_)));
    }

    #[test]
    fn places_in_the_queue_are_counted() {
        let queue = json!({"queue_running": [[1, "a", {}, {}, []]], "queue_pending": [[3, "c", {}, {"client_id": "me"}, []], [2, "b", {}, {}, []]]});
        assert!(running(&queue, "a") && !running(&queue, "b"));
        assert_eq!((waits_behind(&queue, "b"), waits_behind(&queue, "c"), waits_behind(&queue, "d")), (Some(1), Some(2), None));
        assert_eq!(of_client(&queue, "me").as_deref(), Some("c"));
        assert_eq!(of_client(&json!({"x": {"prompt": [7, "x", {}, {"client_id": "me"}, []]}}), "me").as_deref(), Some("x"));
        assert_eq!(of_client(&json!([]), "me"), None);
    }
}
