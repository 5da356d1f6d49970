//! The talent's display, as a person has it: the real program on a virtual screen, looked at by its pixels. Needs Xvfb, Xorg
//! with the dummy driver, openbox, xdotool, xrandr and a Vulkan driver; `scripts/setup test` installs them.

mod kiosk;
mod monitors;
mod screen;
mod shot;
mod studio;
mod window;
