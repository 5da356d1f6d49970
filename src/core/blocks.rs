//! A file's fingerprint in blocks: the SHA-256 of each megabyte and of the whole. It is kept beside an uploaded take, so that
//! damage is found without asking anyone, and so that only the blocks that are damaged have to come back from the server.

use std::ops::Range;

use sha2::{Digest, Sha256};

/// Bytes in a block; the last one may be shorter.
pub const BLOCK_BYTES: u64 = 1 << 20;

/// First line of the text form.
const TITLE: &str = "onetake blocks 1";

/// What a file is, to the byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blocks {
    /// Length of the file.
    pub bytes: u64,
    /// Of the whole, lower-case hex.
    pub sha256: String,
    /// Lower-case hex of each block. Empty when only the whole is known.
    pub hashes: Vec<String>,
}

/// How a file differs from what it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Bytes it should have.
    pub bytes: u64,
    /// Bytes it has; `None` when it is gone.
    pub found_bytes: Option<u64>,
    /// Bytes in the blocks that differ; `None` when nobody has read them.
    pub bad_bytes: Option<u64>,
}

/// A fingerprint in the making.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    whole: Sha256,
    block: Sha256,
    blocks: Blocks,
}

impl Measure {
    /// Takes the file's next bytes.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.blocks.bytes % BLOCK_BYTES;
            let (now, later) = bytes.split_at(bytes.len().min(usize::try_from(room).unwrap_or(usize::MAX)));
            self.block.update(now);
            self.blocks.bytes += now.len() as u64;
            if self.blocks.bytes.is_multiple_of(BLOCK_BYTES) {
                self.end_block();
            }
            bytes = later;
        }
    }

    /// Bytes taken so far.
    pub fn bytes(&self) -> u64 {
        self.blocks.bytes
    }

    pub fn finish(mut self) -> Blocks {
        if !self.blocks.bytes.is_multiple_of(BLOCK_BYTES) {
            self.end_block();
        }
        Blocks { sha256: hex(&self.whole.finalize()), ..self.blocks }
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        self.blocks.hashes.push(hex(&block.finalize()));
    }
}

impl Damage {
    /// What a person is told.
    pub fn sentence(&self) -> String {
        let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6).trim_end_matches(".0").to_owned() + " MB";
        let whole = megabytes(self.bytes);
        match (self.found_bytes, self.bad_bytes) {
            (None, _) => format!("The take's file is gone; {whole} are on the server."),
            (Some(_), Some(bad)) => {
                format!("The take's file is damaged: {} of {whole} are not as they were uploaded.", megabytes(bad))
            }
            (Some(found), None) => {
                format!("The take's file is damaged: it has {}, and {whole} were uploaded.", megabytes(found))
            }
        }
    }
}

impl Blocks {
    /// Where `found`, the fingerprint of what lies on the disk now, is not this file: stretches in order, none touching the
    /// next. Everything, when only the whole is known and differs.
    pub fn damage(&self, found: &Blocks) -> Vec<Range<u64>> {
        if self.hashes.is_empty() {
            return if *found == (Blocks { hashes: found.hashes.clone(), ..self.clone() }) { Vec::new() } else { self.all() };
        }
        let mut damage: Vec<Range<u64>> = Vec::new();
        for (number, hash) in self.hashes.iter().enumerate() {
            // A block that is longer or shorter here than there has another hash.
            if found.hashes.get(number) == Some(hash) {
                continue;
            }
            let range = self.range(number);
            match damage.last_mut().filter(|last| last.end == range.start) {
                Some(last) => last.end = range.end,
                None => damage.push(range),
            }
        }
        damage
    }

    /// True when this is the same file.
    pub fn agrees(&self, found: &Blocks) -> bool {
        (self.bytes, &self.sha256) == (found.bytes, &found.sha256)
    }

    /// The whole as one stretch; none for an empty file.
    pub fn all(&self) -> Vec<Range<u64>> {
        std::iter::once(0..self.bytes).filter(|range| !range.is_empty()).collect()
    }

    /// The bytes of a block.
    pub fn range(&self, number: usize) -> Range<u64> {
        let start = (number as u64).saturating_mul(BLOCK_BYTES);
        start.min(self.bytes)..start.saturating_add(BLOCK_BYTES).min(self.bytes)
    }

    /// As text: a title, `bytes` and `sha256` of the whole, then a line for each block.
    pub fn text(&self) -> String {
        let mut text = format!("{TITLE}\nbytes {}\nsha256 {}\n", self.bytes, self.sha256);
        for hash in &self.hashes {
            text.push_str(hash);
            text.push('\n');
        }
        text
    }

    /// Reads what `text` wrote; `None` for anything else, also half of it.
    pub fn read(text: &str) -> Option<Blocks> {
        let mut lines = text.lines();
        lines.next().filter(|title| *title == TITLE)?;
        let bytes = lines.next()?.strip_prefix("bytes ")?.parse().ok()?;
        let sha256 = lines.next()?.strip_prefix("sha256 ")?.to_owned();
        let hashes: Vec<String> = lines.map(str::to_owned).collect();
        let whole = hashes.len() as u64 == u64::div_ceil(bytes, BLOCK_BYTES);
        (whole && hashes.iter().chain([&sha256]).all(|hash| is_digest(hash))).then_some(Blocks { bytes, sha256, hashes })
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: usize = BLOCK_BYTES as usize;

    fn measured(bytes: &[u8], step: usize) -> Blocks {
        let mut measure = Measure::default();
        bytes.chunks(step).for_each(|piece| measure.update(piece));
        measure.finish()
    }

    fn file(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at / 3) as u8 ^ (at >> 11) as u8).collect()
    }

    #[test]
    fn the_pieces_it_comes_in_do_not_matter() {
        // FIPS 180-4's example.
        let abc = measured(b"abc", 1);
        assert_eq!(abc.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((abc.bytes, abc.hashes.as_slice()), (3, &[abc.sha256.clone()][..]));
        for length in [0, 1, MB - 1, MB, MB + 1, 3 * MB] {
            let bytes = file(length);
            let whole = measured(&bytes, length.max(1));
            assert_eq!(whole.hashes.len(), length.div_ceil(MB));
            assert_eq!(measured(&bytes, 300_007), whole);
            assert_eq!(Blocks::read(&whole.text()), Some(whole));
        }
    }

    #[test]
    fn damage_is_named_by_its_blocks() {
        let good = file(4 * MB + 100);
        let known = measured(&good, MB);
        assert_eq!(known.damage(&known), []);
        let mut bad = good.clone();
        (bad[MB + 5], bad[2 * MB]) = (bad[MB + 5] ^ 1, bad[2 * MB] ^ 1);
        bad[4 * MB + 99] ^= 0x80;
        let (mb, end) = (BLOCK_BYTES, 4 * BLOCK_BYTES + 100);
        assert_eq!(known.damage(&measured(&bad, MB)), [mb..3 * mb, 4 * mb..end]);
        let only = |from: u64| std::iter::once(from..end).collect::<Vec<_>>();
        assert_eq!(known.damage(&measured(&good[..2 * MB + 1], MB)), only(2 * mb));
        assert_eq!(known.damage(&measured(&[], MB)), known.all());
        // More than there should be: every block is there, and the whole is another file.
        let longer = measured(&[&good[..], b"x"].concat(), MB);
        assert_eq!(known.damage(&longer), only(4 * mb));
        assert!(!known.agrees(&longer) && known.agrees(&known.clone()));
        let only_whole = Blocks { hashes: Vec::new(), ..known.clone() };
        assert_eq!((only_whole.damage(&known), only_whole.damage(&longer)), (vec![], known.all()));
    }

    #[test]
    fn a_list_that_is_not_whole_is_none() {
        let text = measured(&file(2 * MB + 1), MB).text();
        for bad in
            ["", "rubbish", text.trim_end().rsplit_once('\n').unwrap().0, &text.replace("bytes ", "bytes -"), &text[..200]]
        {
            assert_eq!(Blocks::read(bad), None, "{bad:?}");
        }
    }
}
