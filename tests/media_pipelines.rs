//! The media adapter with real pipelines and real files: what is recorded is read back, killed, played, cut short and
//! copied. One test binary, because each one links the whole program.

#[path = "media_parts/source.rs"]
mod source;

#[path = "media_parts/recording.rs"]
mod recording;

#[path = "media_parts/pausing.rs"]
mod pausing;

#[path = "media_parts/sound_alone.rs"]
mod sound_alone;

#[path = "media_parts/losses.rs"]
mod losses;

#[path = "media_parts/swapping.rs"]
mod swapping;

#[path = "media_parts/offsets.rs"]
mod offsets;

#[path = "media_parts/playing.rs"]
mod playing;

#[path = "media_parts/copying.rs"]
mod copying;

#[path = "media_parts/measuring.rs"]
mod measuring;

#[path = "media_parts/colours.rs"]
mod colours;

#[path = "media_parts/beside.rs"]
mod beside;
#[path = "media_parts/denoising.rs"]
mod denoising;
