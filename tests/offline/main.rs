//! The offline engine for real: pictures painted on whatever Vulkan the machine has, films made of them and read back, clips joined,
//! words spoken where espeak-ng is installed.

mod painting;
