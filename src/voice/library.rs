//! The dozen functions of libpocketsphinx and libsphinxbase that are used, looked up at run time. Signatures as in
//! `pocketsphinx.h`, `ps_lattice.h` and `cmd_ln.h` of 5prealpha, which Debian and Ubuntu ship.

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::NonNull;

use libloading::Library;

use super::Error;

/// `ps_decoder_t`.
pub type Decoder = NonNull<c_void>;

/// The functions, and the libraries they live in.
pub struct Functions {
    pub args: unsafe extern "C" fn() -> *const c_void,
    pub parse: unsafe extern "C" fn(*mut c_void, *const c_void, c_int, *const *const c_char, c_int) -> *mut c_void,
    pub free_config: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub init: unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    pub free: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub start: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub end: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub process: unsafe extern "C" fn(*mut c_void, *const i16, usize, c_int, c_int) -> c_int,
    pub add_word: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char, c_int) -> c_int,
    pub set_model: unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char) -> c_int,
    pub set_search: unsafe extern "C" fn(*mut c_void, *const c_char) -> c_int,
    pub unset_search: unsafe extern "C" fn(*mut c_void, *const c_char) -> c_int,
    /// 0.8 takes a place for the score too; 5prealpha ignores it.
    pub segments: unsafe extern "C" fn(*mut c_void, *mut i32) -> *mut c_void,
    pub next_segment: unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    pub segment_word: unsafe extern "C" fn(*mut c_void) -> *const c_char,
    pub segment_frames: unsafe extern "C" fn(*mut c_void, *mut c_int, *mut c_int),
    /// Last, so that they are unloaded last.
    _libraries: [Library; 2],
}

const BASE: [&str; 3] = ["libsphinxbase.so.3", "libsphinxbase.so", "libsphinxbase.dylib"];
const SPHINX: [&str; 3] = ["libpocketsphinx.so.3", "libpocketsphinx.so", "libpocketsphinx.dylib"];

impl Functions {
    pub fn load() -> Result<Functions, Error> {
        let (base, sphinx) = (open(&BASE)?, open(&SPHINX)?);
        Ok(Functions {
            args: symbol(&sphinx, "ps_args")?,
            parse: symbol(&base, "cmd_ln_parse_r")?,
            free_config: symbol(&base, "cmd_ln_free_r")?,
            init: symbol(&sphinx, "ps_init")?,
            free: symbol(&sphinx, "ps_free")?,
            start: symbol(&sphinx, "ps_start_utt")?,
            end: symbol(&sphinx, "ps_end_utt")?,
            process: symbol(&sphinx, "ps_process_raw")?,
            add_word: symbol(&sphinx, "ps_add_word")?,
            set_model: symbol(&sphinx, "ps_set_lm_file")?,
            set_search: symbol(&sphinx, "ps_set_search")?,
            unset_search: symbol(&sphinx, "ps_unset_search")?,
            segments: symbol(&sphinx, "ps_seg_iter")?,
            next_segment: symbol(&sphinx, "ps_seg_next")?,
            segment_word: symbol(&sphinx, "ps_seg_word")?,
            segment_frames: symbol(&sphinx, "ps_seg_frames")?,
            _libraries: [sphinx, base],
        })
    }
}

/// The first of the names that loads.
fn open(names: &[&str]) -> Result<Library, Error> {
    // SAFETY: loading runs the library's initialisers; these two have none of their own.
    let found = names.iter().find_map(|name| unsafe { Library::new(name) }.ok());
    found.ok_or_else(|| Error::NoLibrary(names[0].to_owned()))
}

/// A function by its name; `T` must be its type.
fn symbol<T: Copy>(library: &Library, name: &str) -> Result<T, Error> {
    let missing = || Error::OtherLibrary(name.to_owned());
    let name = CString::new(name).map_err(|_| missing())?;
    // SAFETY: the types above are those of the header files, and the pointers are used only while the libraries are loaded.
    unsafe { library.get::<T>(name.as_bytes_with_nul()) }.map(|symbol| *symbol).map_err(|_| missing())
}
