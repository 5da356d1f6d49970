//! One recogniser with its model: sound in, words with their times out. It listens for one window of the script at a time.

use std::ffi::{CStr, CString, c_char};
use std::io::Write;
use std::path::Path;
use std::ptr;

use super::library::{Decoder as Handle, Functions};
use super::{Error, Model};
use crate::core::follow::Entry;

/// Frames a second (`-frate`).
const FRAMES_PER_SEC: f64 = 100.0;

/// A segment of what was recognised; times in seconds from the utterance's beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub word: String,
    pub start: f64,
    pub end: f64,
}

impl Segment {
    /// Silence and noises: `<s>`, `</s>`, `<sil>`, `[NOISE]`.
    pub fn is_silent(&self) -> bool {
        self.word.starts_with(['<', '['])
    }
}

/// A loaded recogniser. Utterances are begun and ended by `begin` and `end`; words and language change only between them.
pub struct Decoder {
    functions: Functions,
    handle: Handle,
    /// Name of the language in use; two alternate, since the one in use can't be replaced.
    language: Option<&'static CStr>,
    begun: bool,
}

impl Decoder {
    pub fn load(model: &Model) -> Result<Decoder, Error> {
        let functions = Functions::load()?;
        // Words are added as they are needed; the file must not be empty all the same.
        let dictionary = Paper::write("a AH\n")?;
        let arguments = [
            "onetake",
            "-hmm",
            &model.acoustic.to_string_lossy(),
            "-dict",
            &dictionary.path(),
            // Silence is kept, so that times are those of the sound.
            "-remove_silence",
            "no",
            // One pass: what comes after the end of an utterance is too late to matter.
            "-fwdflat",
            "no",
            "-bestpath",
            "no",
            "-logfn",
            if cfg!(windows) { "NUL" } else { "/dev/null" },
        ];
        let owned: Vec<CString> = arguments.iter().map(|text| c_string(text)).collect::<Result<_, _>>()?;
        let pointers: Vec<*const c_char> = owned.iter().map(|text| text.as_ptr()).collect();
        let refused = || Error::Refused(format!("the model in {}", model.acoustic.display()));
        // SAFETY: the argument list outlives the call; the library copies what it keeps. The decoder retains the configuration.
        let handle = unsafe {
            let config = (functions.parse)(ptr::null_mut(), (functions.args)(), pointers.len() as i32, pointers.as_ptr(), 0);
            if config.is_null() {
                return Err(refused());
            }
            let handle = (functions.init)(config);
            (functions.free_config)(config);
            handle
        };
        Ok(Decoder { handle: Handle::new(handle).ok_or_else(refused)?, functions, language: None, begun: false })
    }

    /// Listens for this language model (ARPA text) from the next utterance on. Words that are known already are left alone.
    pub fn speak(&mut self, entries: &[Entry], language: &str) -> Result<(), Error> {
        self.end();
        for entry in entries {
            let (word, sounds) = (c_string(&entry.word)?, c_string(&entry.sounds)?);
            // SAFETY: valid strings, no utterance is running. A word that exists or has unknown sounds is refused, which is fine.
            unsafe { (self.functions.add_word)(self.handle.as_ptr(), word.as_ptr(), sounds.as_ptr(), 0) };
        }
        let paper = Paper::write(language)?;
        let (old, new) = if self.language == Some(c"one") { (c"one", c"two") } else { (c"two", c"one") };
        let path = c_string(&paper.path())?;
        // SAFETY: valid strings, no utterance is running; the old language is dropped only after the new one is in use.
        let done = unsafe {
            let handle = self.handle.as_ptr();
            (self.functions.set_model)(handle, new.as_ptr(), path.as_ptr()) == 0
                && (self.functions.set_search)(handle, new.as_ptr()) == 0
                && (self.language.is_none() || (self.functions.unset_search)(handle, old.as_ptr()) == 0)
        };
        if !done {
            return Err(Error::Refused("the script's words".to_owned()));
        }
        self.language = Some(new);
        Ok(())
    }

    /// True when it knows what to listen for.
    pub fn speaks(&self) -> bool {
        self.language.is_some()
    }

    /// Hears on. Begins an utterance when none is running.
    pub fn hear(&mut self, samples: &[i16]) -> Result<(), Error> {
        let refused = || Error::Refused("the sound".to_owned());
        // SAFETY: the samples outlive the call; an utterance is running.
        unsafe {
            if !self.begun {
                if (self.functions.start)(self.handle.as_ptr()) != 0 {
                    return Err(refused());
                }
                self.begun = true;
            }
            if (self.functions.process)(self.handle.as_ptr(), samples.as_ptr(), samples.len(), 0, 0) < 0 {
                return Err(refused());
            }
        }
        Ok(())
    }

    /// What is believed of the utterance so far.
    pub fn segments(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        if self.language.is_none() {
            return segments;
        }
        let mut score = 0;
        // SAFETY: an iterator is followed to its end, where the library frees it; words are copied before it moves on.
        unsafe {
            let mut segment = (self.functions.segments)(self.handle.as_ptr(), &mut score);
            while !segment.is_null() {
                let (mut first, mut last) = (0, 0);
                (self.functions.segment_frames)(segment, &mut first, &mut last);
                let word = (self.functions.segment_word)(segment);
                if !word.is_null() {
                    let word = CStr::from_ptr(word).to_string_lossy().into_owned();
                    let secs = |frame: i32| f64::from(frame) / FRAMES_PER_SEC;
                    segments.push(Segment { word, start: secs(first), end: secs(last + 1) });
                }
                segment = (self.functions.next_segment)(segment);
            }
        }
        segments
    }

    /// Ends the utterance; `segments` then gives its final reading until the next one begins.
    pub fn end(&mut self) {
        if std::mem::take(&mut self.begun) {
            // SAFETY: an utterance is running.
            unsafe { (self.functions.end)(self.handle.as_ptr()) };
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.end();
        // SAFETY: the handle is not used after this.
        unsafe { (self.functions.free)(self.handle.as_ptr()) };
    }
}

fn c_string(text: &str) -> Result<CString, Error> {
    CString::new(text).map_err(|_| Error::Refused("a word with a zero in it".to_owned()))
}

/// Text for a library that only reads files. On Linux it never reaches a disk: what is read aloud is nobody else's business.
struct Paper {
    #[cfg(target_os = "linux")]
    file: std::fs::File,
    #[cfg(not(target_os = "linux"))]
    path: std::path::PathBuf,
}

impl Paper {
    #[cfg(target_os = "linux")]
    fn write(text: &str) -> Result<Paper, Error> {
        let failed = |error: std::io::Error| Error::Unreadable("The recogniser's memory".to_owned(), error.to_string());
        let file = rustix::fs::memfd_create("onetake-listen", rustix::fs::MemfdFlags::CLOEXEC).map_err(|e| failed(e.into()))?;
        let mut file = std::fs::File::from(file);
        file.write_all(text.as_bytes()).map_err(failed)?;
        Ok(Paper { file })
    }

    #[cfg(target_os = "linux")]
    fn path(&self) -> String {
        use std::os::fd::AsRawFd;
        Path::new("/proc/self/fd").join(self.file.as_raw_fd().to_string()).to_string_lossy().into_owned()
    }

    #[cfg(not(target_os = "linux"))]
    fn write(text: &str) -> Result<Paper, Error> {
        let path = std::env::temp_dir().join(format!("onetake-listen-{}.lm", uuid::Uuid::now_v7()));
        let failed = |error: std::io::Error| Error::Unreadable(path.display().to_string(), error.to_string());
        let mut file = std::fs::File::create_new(&path).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        Ok(Paper { path })
    }

    #[cfg(not(target_os = "linux"))]
    fn path(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

#[cfg(not(target_os = "linux"))]
impl Drop for Paper {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
