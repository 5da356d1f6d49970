//! The text the prompter shows, taken from a script: headings, paragraphs, cues. Everything the layout needs and nothing more.

use crate::core::script::Script;

/// Blocks from top to bottom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub blocks: Vec<Block>,
    /// Grows with each change of text or look; a layout names the revision it was made from.
    pub revision: u64,
}

/// A heading or a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub scene: usize,
    pub kind: BlockKind,
    pub spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// The scene's title: small, dim, never spoken.
    Heading,
    Paragraph,
}

/// A run of text in one style.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub text: String,
    /// Styled apart and not counted.
    pub cue: bool,
    /// Sentence of the scene.
    pub line: usize,
}

impl Sheet {
    /// The sheet of a script; `upper_case` as `Look` says.
    pub fn of(script: &Script, upper_case: bool, revision: u64) -> Sheet {
        let mut blocks = Vec::new();
        for (scene, content) in script.scenes.iter().enumerate() {
            let heading = Span { text: content.title(scene), cue: false, line: 0 };
            blocks.push(Block { scene, kind: BlockKind::Heading, spans: vec![heading] });
            for paragraph in &content.paragraphs {
                let spans = paragraph.pieces.iter().map(|piece| Span {
                    text: if upper_case && !piece.cue { piece.text.to_uppercase() } else { piece.text.clone() },
                    cue: piece.cue,
                    line: piece.line,
                });
                blocks.push(Block { scene, kind: BlockKind::Paragraph, spans: spans.collect() });
            }
        }
        Sheet { blocks, revision }
    }
}
