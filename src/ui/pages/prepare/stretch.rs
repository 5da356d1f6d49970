//! Which stretch of the script is in the editor's field. Usually all of it; of a very long script the selected scene; of a
//! very long scene one part. egui lays out and compares the whole text of a field at every key, so what a key costs is bounded
//! by the field, not by the script.

use std::ops::Range;

use crate::core::script::Script;

/// A script, or a part of a scene, is not much longer than this many bytes.
pub const MOST_BYTES: usize = 96 * 1024;
/// How far after that a line may end to be kept in one piece.
const LINE_END_WITHIN: usize = 4 * 1024;

/// True when the field holds the whole script.
pub fn is_whole(script: &Script) -> bool {
    script.source().len() <= MOST_BYTES || script.scenes.is_empty()
}

/// The parts of a scene, in order and without a gap; one for a scene of common length.
pub fn parts(script: &Script, scene: usize) -> Vec<Range<usize>> {
    let source = script.source();
    let whole = script.scenes.get(scene).map_or(0..source.len(), |scene| scene.range.clone());
    let mut parts = Vec::new();
    let mut start = whole.start;
    while whole.end - start > MOST_BYTES + LINE_END_WITHIN {
        let cut = source.ceil_char_boundary(start + MOST_BYTES);
        let near = source.ceil_char_boundary(cut + LINE_END_WITHIN).min(whole.end);
        let line_end = source[cut..near].find('\n').map(|i| cut + i + 1);
        let end = line_end.or_else(|| source[cut..near].find(' ').map(|i| cut + i + 1)).unwrap_or(cut);
        parts.push(start..end);
        start = end;
    }
    parts.push(start..whole.end);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_are_small() {
        for text in ["Words ünd more.\n\n".repeat(40_000), "é".repeat(300_000), "## Short\n\nA word.\n".to_owned()] {
            let script = Script::markdown(text);
            let parts = parts(&script, 0);
            let scene = &script.scenes[0].range;
            let mut at = scene.start;
            for part in &parts {
                assert_eq!(part.start, at);
                assert!(part.len() <= MOST_BYTES + 2 * LINE_END_WITHIN && script.source().get(part.clone()).is_some());
                at = part.end;
            }
            assert_eq!(at, scene.end);
            assert_eq!(parts.len() == 1, scene.len() <= MOST_BYTES + LINE_END_WITHIN);
        }
    }
}
