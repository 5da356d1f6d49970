//! `onetake selftest`: proves on the person's own machine that a take can be made, read back and uploaded.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Common, print_json, print_line, take, upload};
use crate::core::problem::Problem;
use crate::core::take::Take;
use crate::core::time::secs;
use crate::jobs::house::{Claim, House};
use crate::jobs::proof::{self, Proof};
use crate::jobs::signals::Asked;
use crate::jobs::upload::Target;
use crate::jobs::{demo, library};

#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Seconds to record.
    #[arg(long, default_value_t = 4.0, value_parser = take::seconds)]
    pub seconds: f64,
}

/// One step of the test.
#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    ok: bool,
    detail: String,
}

/// Sound and picture may be this far apart, in milliseconds: half of what people notice (EBU R37: 40 ms early).
const MAX_OFFSET_MS: f64 = 20.0;

/// The file may be this much shorter or longer than what was asked for, in seconds: a frame of 24 per second, and a block
/// of coded sound.
const MAX_LENGTH_ERROR_SECS: f64 = 0.07;

/// Runs in a folder of its own that is removed afterwards, so that it touches nothing of the person's; `--data` keeps it.
pub fn run(arguments: &Arguments, common: &Common) -> Result<u8, Problem> {
    let temporary = match &common.data {
        Some(_) => None,
        None => Some(Scratch::new()?),
    };
    let folder = common.data.clone().or_else(|| temporary.as_ref().map(|t| t.path.clone())).unwrap_or_default();
    let mut steps = Vec::new();
    let result = road(arguments, &folder, &mut steps);
    if let Err(problem) = &result {
        steps.push(Step { name: "stopped", ok: false, detail: problem.to_string() });
    }
    let ok = result.is_ok() && steps.iter().all(|step| step.ok);
    if common.json {
        print_json(&serde_json::json!({ "ok": ok, "steps": steps }));
    } else {
        for step in &steps {
            print_line(format_args!("{}  {:<10} {}", if step.ok { "ok    " } else { "FAILED" }, step.name, step.detail));
        }
    }
    Ok(match (ok, result) {
        (true, _) => 0,
        (false, Err(problem)) => problem.exit_code(),
        (false, Ok(())) => 1,
    })
}

fn road(arguments: &Arguments, folder: &Path, steps: &mut Vec<Step>) -> Result<(), Problem> {
    let house = House::open(Some(folder), Claim::Shared)?;
    let asked = Asked::listen(house.runtime.handle(), || {});
    let project = demo::project(&house)?;
    let wanted = take::Arguments {
        script: Path::new(&project.folder).join(crate::core::project::SCRIPT_FILE),
        seconds: Some(arguments.seconds),
        camera: "synthetic".into(),
        microphone: "synthetic".into(),
        size: (1280, 720),
        screen: None,
        fps: 30,
        countdown: 0,
        sending: upload::While::default(),
    };
    let take::Recorded { take, stopped, cut, .. } = take::record(house, &wanted, &asked)?;
    if stopped {
        return Err(Problem::cancelled());
    }
    if let Some(problem) = cut {
        return Err(problem);
    }
    let detail = format!("{:.2} s, {} frames, {} dropped", secs(take.nanos), take.frames, take.dropped);
    steps.push(Step { name: "record", ok: take.dropped == 0 && take.frames > 0, detail });
    let proof = proof::check(Path::new(&take.media))?;
    judge(&take, &proof, arguments.seconds, steps);
    let local = library::sha256(&take)?;
    let house = House::open(Some(folder), Claim::Shared)?;
    let sent = upload::send(house, take, Target::Embedded, &asked, false)?;
    steps.push(Step { name: "upload", ok: sent.status == "uploaded", detail: format!("{} bytes", sent.bytes) });
    let house = House::open(Some(folder), Claim::Shared)?;
    let stored = library::stored_sha256(&house, sent.recording.as_deref())?;
    let same = stored == local && sent.sha256 == local;
    let detail = if same { format!("SHA-256 {local}") } else { format!("here {local}, there {stored}") };
    steps.push(Step { name: "compare", ok: same, detail });
    Ok(())
}

fn judge(take: &Take, proof: &Proof, wanted_secs: f64, steps: &mut Vec<Step>) {
    let off = (proof.seconds - wanted_secs).abs();
    let detail = format!("{:.2} s of {wanted_secs:.2} s", proof.seconds);
    steps.push(Step { name: "length", ok: off <= MAX_LENGTH_ERROR_SECS, detail });
    let detail = format!(
        "{} read back, {} missing, {} unreadable, {} misplaced",
        proof.frames, proof.missing_frames, proof.unreadable_frames, proof.misplaced_frames
    );
    steps.push(Step { name: "frames", ok: proof.complete() && proof.frames == take.frames, detail });
    let detail = format!("{} flashes with clicks, worst {:.1} ms apart", proof.pairs, proof.worst_offset_ms);
    let paired = proof.pairs as f64 >= (wanted_secs - 1.0).floor();
    steps.push(Step { name: "sync", ok: paired && proof.worst_offset_ms.abs() <= MAX_OFFSET_MS, detail });
}

/// A folder that goes when it is dropped.
struct Scratch {
    path: PathBuf,
}

impl Scratch {
    fn new() -> Result<Scratch, Problem> {
        let path = std::env::temp_dir().join(format!("onetake-selftest-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&path).map_err(|error| {
            let what = format!("No folder for the test could be made at {}: {error}.", path.display());
            Problem::disk(what, "Free some space, or name a folder with --data.")
        })?;
        Ok(Scratch { path })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
