//! What a file is, told by its content and not by its name.

use std::sync::atomic::AtomicBool;

use crate::blobs::pictures;
use crate::blobs::source::{Refusal, Source};
use crate::core::asset::{Facts, Kind};
use crate::core::problem::Problem;
use crate::media::examine;

/// A file is told by its first bytes.
const HEAD_BYTES: usize = 64;

/// What a file is, and what its copy's name ends with.
pub(in crate::jobs) struct Told {
    pub kind: Kind,
    pub facts: Facts,
    pub ending: &'static str,
}

/// Looks at the file. A file that is no media is the inner error, one that can't be read the outer.
pub(in crate::jobs) fn told(source: &mut Source, cancel: &AtomicBool) -> Result<Result<Told, Problem>, Refusal> {
    let head = source.head(HEAD_BYTES)?;
    if !pictures::is_picture(&head) {
        let examined = examine::examine(source.path(), cancel).map_err(Problem::from);
        return Ok(examined.map(|seen| Told { kind: seen.kind, facts: seen.facts, ending: seen.ending }));
    }
    let examined = pictures::examine(source.path()).map_err(Problem::from);
    Ok(examined.map(|seen| Told {
        kind: if seen.holes { Kind::Overlay } else { Kind::Image },
        facts: Facts {
            width: seen.width,
            height: seen.height,
            video_codec: seen.format.to_owned(),
            mime: seen.mime.to_owned(),
            ..Facts::default()
        },
        ending: seen.ending,
    }))
}
