//! What lies in the data folder and what the library knows of it: lost and made anew, looked through and put right, carried to
//! another data folder, and filled from outside with whatever people have. The real binary, real files.

#[path = "../rig/answer.rs"]
mod answer;
mod bad;
mod bundle;
mod check;
mod landing;
mod rebuild;
mod rig;
#[path = "../rig/take_folder.rs"]
mod take_folder;
mod unusable;
