//! The fonts of the machine, read once, with egui's own as a floor: text never fails because nothing is installed.
//!
//! One `Fonts` is shared by everyone. Shaping holds its lock for as long as a layout takes; drawing never asks for that lock,
//! it has its own (`Fonts::raster`) over the same files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use cosmic_text::fontdb::{self, Database, FaceInfo, Source, Style, Weight};
use cosmic_text::{FontSystem, SwashCache};

use super::coverage::Coverage;

/// A family in the weight and slant that text is set in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    pub family: String,
    pub weight: u16,
    /// True when the family has a real italic in that weight.
    pub has_italic: bool,
}

/// The machine's fonts; cloning shares them.
#[derive(Clone)]
pub struct Fonts {
    inner: Arc<Inner>,
}

struct Inner {
    db: Database,
    locale: String,
    faces: BTreeMap<String, Face>,
    sans: Face,
    shaping: Mutex<FontSystem>,
    coverage: OnceLock<Coverage>,
}

/// What drawing needs of the fonts: its own view of the files and a cache of drawn glyphs.
pub struct Raster {
    pub fonts: FontSystem,
    pub glyphs: SwashCache,
}

/// Sans serifs that read well at a distance, best first.
const SANS: [&str; 13] = [
    "Noto Sans",
    "Inter",
    "Open Sans",
    "Source Sans 3",
    "Roboto",
    "Segoe UI",
    "Helvetica Neue",
    "Arial",
    "Cantarell",
    "Ubuntu",
    "DejaVu Sans",
    "Liberation Sans",
    BUNDLED,
];
/// Faces drawn for readers with dyslexia or low vision, and what their variants begin with.
const READABLE: [&str; 5] = ["OpenDyslexic", "Atkinson Hyperlegible", "Lexend", "Comic Neue", "Sylexiad"];
/// The family that comes with the program.
const BUNDLED: &str = "Ubuntu Light";
/// The weight of running text. Fonts nearest to it stand for their family.
const REGULAR: u16 = Weight::NORMAL.0;

impl Fonts {
    /// Reads the system's fonts. Takes up to a second: on a worker thread, once.
    pub fn system() -> Fonts {
        let mut db = Database::new();
        db.load_system_fonts();
        tracing::debug!(faces = db.len(), "system fonts read");
        Fonts::over(db)
    }

    /// Only the fonts inside the program, as on a machine with none.
    pub fn bundled() -> Fonts {
        Fonts::over(Database::new())
    }

    /// The families that can be chosen, in order.
    pub fn families(&self) -> impl Iterator<Item = &str> {
        self.inner.faces.keys().map(String::as_str)
    }

    /// True when a family of this name can be chosen.
    pub fn has(&self, family: &str) -> bool {
        self.inner.faces.contains_key(family)
    }

    /// The installed families that were drawn for readers with dyslexia or low vision.
    pub fn readable(&self) -> impl Iterator<Item = &str> {
        self.families().filter(|family| READABLE.iter().any(|name| family.starts_with(name)))
    }

    /// The family by name, or the best sans serif when there is no such family.
    pub fn face(&self, family: Option<&str>) -> &Face {
        family.and_then(|name| self.inner.faces.get(name)).unwrap_or(&self.inner.sans)
    }

    /// A second way to the same fonts, for drawing; identifiers in layouts mean the same in it.
    pub fn raster(&self) -> Raster {
        let fonts = FontSystem::new_with_locale_and_db(self.inner.locale.clone(), self.inner.db.clone());
        Raster { fonts, glyphs: SwashCache::new() }
    }

    /// The same fonts with a lock of their own, for who must not wait until a long text is laid out.
    pub fn apart(&self) -> Fonts {
        let Inner { db, locale, faces, sans, .. } = &*self.inner;
        let shaping = Mutex::new(FontSystem::new_with_locale_and_db(locale.clone(), db.clone()));
        let (db, locale, faces, sans) = (db.clone(), locale.clone(), faces.clone(), sans.clone());
        Fonts { inner: Arc::new(Inner { db, locale, faces, sans, shaping, coverage: OnceLock::new() }) }
    }

    /// True when both share their fonts.
    pub fn same(&self, other: &Fonts) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// A number that only fonts which are the `same` share, while they live.
    pub fn id(&self) -> usize {
        Arc::as_ptr(&self.inner) as usize
    }

    pub(super) fn shaping(&self) -> MutexGuard<'_, FontSystem> {
        self.inner.shaping.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which family has which character; read from the files on first use.
    pub(super) fn coverage(&self) -> &Coverage {
        self.inner.coverage.get_or_init(|| Coverage::read(&self.inner.db, self.inner.faces.values(), &self.inner.locale))
    }

    fn over(mut db: Database) -> Fonts {
        add_bundled(&mut db);
        let faces = faces(&db);
        let sans = SANS
            .iter()
            .find_map(|name| faces.get(*name))
            .or_else(|| faces.values().next())
            .cloned()
            .unwrap_or_else(|| Face { family: BUNDLED.to_owned(), weight: REGULAR, has_italic: false });
        db.set_sans_serif_family(sans.family.clone());
        let locale = locale();
        let shaping = Mutex::new(FontSystem::new_with_locale_and_db(locale.clone(), db.clone()));
        Fonts { inner: Arc::new(Inner { db, locale, faces, sans, shaping, coverage: OnceLock::new() }) }
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("families", &self.inner.faces.len()).field("sans", &self.inner.sans).finish()
    }
}

impl std::fmt::Debug for Raster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Raster").field("glyphs", &self.glyphs.image_cache.len()).finish_non_exhaustive()
    }
}

/// Adds egui's fonts, named as running text whatever weight they were drawn in, because they are the last resort.
fn add_bundled(db: &mut Database) {
    for (name, data) in egui::FontDefinitions::default().font_data {
        for id in db.load_font_source(Source::Binary(data.font.clone())) {
            let Some(face) = db.face(id) else { continue };
            let face = FaceInfo { weight: Weight::NORMAL, ..face.clone() };
            db.remove_face(id);
            db.push_face_info(face);
        }
        tracing::trace!(name, "bundled font added");
    }
}

/// One entry a family: the upright face nearest to the regular weight.
fn faces(db: &Database) -> BTreeMap<String, Face> {
    let mut found: BTreeMap<String, (u16, Face)> = BTreeMap::new();
    let upright = |face: &&FaceInfo| face.style == Style::Normal && face.stretch == fontdb::Stretch::Normal;
    for face in db.faces().filter(upright) {
        for (family, _) in &face.families {
            let distance = face.weight.0.abs_diff(REGULAR);
            if found.get(family).is_none_or(|(known, _)| distance < *known) {
                let has_italic = db.faces().any(|other| {
                    other.style == Style::Italic
                        && other.weight == face.weight
                        && other.stretch == face.stretch
                        && other.families.iter().any(|(name, _)| name == family)
                });
                found.insert(family.clone(), (distance, Face { family: family.clone(), weight: face.weight.0, has_italic }));
            }
        }
    }
    found.into_iter().map(|(name, (_, face))| (name, face)).collect()
}

/// The user's language as a BCP 47 tag, from the environment; decides how Han characters are drawn.
fn locale() -> String {
    let named =
        ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let tag = named.unwrap_or_default();
    let tag = tag.split(['.', '@']).next().unwrap_or_default().replace('_', "-");
    if tag.is_empty() || tag == "C" || tag == "POSIX" { "en-US".to_owned() } else { tag }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faces_for_dyslexia_are_found_by_name() {
        let mut db = Database::new();
        add_bundled(&mut db);
        let face = db.faces().next().cloned().unwrap();
        for name in ["OpenDyslexic Alta", "Lexend Deca", "Legend"] {
            let families = face.families.iter().map(|(_, language)| (name.to_owned(), *language)).collect();
            db.push_face_info(FaceInfo { families, ..face.clone() });
        }
        let fonts = Fonts::over(db);
        assert_eq!(fonts.readable().collect::<Vec<_>>(), ["Lexend Deca", "OpenDyslexic Alta"]);
        assert!(fonts.has("Legend") && !fonts.has("OpenDyslexic"));
        assert_eq!(Fonts::bundled().readable().count(), 0);
    }
}
