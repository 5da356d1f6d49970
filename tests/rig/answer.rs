//! What a command answers with `--json`.

use std::process::Output;

use serde_json::Value;

/// The last line of the output as JSON, after checking the exit code.
pub fn answered(output: &Output, code: i32) -> Value {
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{out}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(out.lines().last().unwrap_or_default()).unwrap_or_else(|error| panic!("{error}: {out}"))
}
