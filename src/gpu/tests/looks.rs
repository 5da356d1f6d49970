//! Whole pictures: something is drawn in each place it should be. With `ONETAKE_PICTURES` they are kept for a person to judge.

use super::*;
use crate::core::compose::{self, Layout};
use crate::core::frame::{Frame, Matrix, Pixels, Still, VideoFormat};
use crate::core::prompter::Align;
use crate::core::time::{Moment, Rate};
use crate::gpu::passes::scrim::Scrim;

const SIZE: [u32; 2] = [1280, 720];
const PANEL: [f32; 4] = [0.05, 0.05, 0.06, 0.72];

const ENGLISH: &str = "## The quiet room\n\nEvery story starts with a quiet room and a question nobody asked. [smile] You sit down, you open \
    the window, and you let the morning in.\n\n[look up, wait a breath]\n\nThis is what I want to talk about today: the habit of \
    beginning — before you are ready, before anyone is watching.\n\n## Eight minutes\n\nLight from the sun takes eight minutes.";
const ARABIC: &str = "## الغرفة الهادئة\n\nكل قصة تبدأ بغرفة هادئة وسؤال لم يطرحه أحد. [smile] تجلس، تفتح النافذة، وتدع الصباح يدخل.\n\nالضوء يحتاج \
    إلى 8 دقائق (و20 ثانية) ليصل إلينا… ★؟";
const JAPANESE: &str = "## 静かな部屋\n\nすべての物語は、静かな部屋と、誰も尋ねなかった問いから始まります。あなたは座り、窓を開け、朝を招き入れる。\n\n[微笑む] \
    これが今日お話ししたいことです。直接、骨、海。";
const EMOJI: &str = "## Smile 😀\n\nShip it 🚀🎉 — family 👨‍👩‍👧‍👦, flags 🇯🇵🇩🇪, thumbs 👍🏽, keycap 1️⃣, heart ❤️ and ☕.\n\nHindi: हर कहानी एक शांत कमरे से शुरू होती है। \
    Thai: ทุกเรื่องเริ่มต้น. Hebrew: שלום עולם! Accents: é ñ ő ạ̄.";

fn shoot(name: &str, text: &str, look: &Look, position: f64) -> Picture {
    let text = lay(text, look);
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    stage.clear = [0.12, 0.16, 0.2, 1.0];
    let rect = [240.0, 0.0, 800.0, 420.0];
    let scrims = [Scrim { rect, top: PANEL, bottom: PANEL, radius: 12.0 }];
    let input = PrompterInput { position, rect, snap: true, ..prompter(&text, look, SIZE) };
    let view = ViewInput { prompter: Some(input), scrims: &scrims, ..ViewInput::sized(SIZE) };
    for _ in 0..12 {
        stage.prepare(&view);
    }
    let picture = stage.draw(&view);
    picture.keep(name);
    picture
}

fn lit(picture: &Picture, x: std::ops::Range<u32>, y: std::ops::Range<u32>) -> usize {
    y.flat_map(|y| x.clone().map(move |x| (x, y))).filter(|(x, y)| picture.luminance(*x, *y) > 400.0).count()
}

#[test]
fn text_of_many_scripts_is_drawn_in_its_rectangle() {
    let look = Look::default();
    for (name, text) in [("english", ENGLISH), ("arabic", ARABIC), ("japanese", JAPANESE), ("emoji", EMOJI)] {
        let start = lay(text, &look).laid().rows[1].top + 0.7;
        let picture = shoot(name, text, &look, start);
        assert!(lit(&picture, 240..1040, 0..420) > 2000, "{name} shows no text");
        assert_eq!(lit(&picture, 0..240, 0..720) + lit(&picture, 240..1280, 420..720), 0, "{name} leaves its rectangle");
    }
}

#[test]
fn a_full_screen_prompter_centres_and_mirrors() {
    let look = Look { align: Align::Center, column_ems: 16.0, ..Look::default() };
    let text = lay(ENGLISH, &look);
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let input = PrompterInput { position: 8.0, ..prompter(&text, &look, SIZE) };
    let view = ViewInput { prompter: Some(input), ..ViewInput::sized(SIZE) };
    let picture = stage.draw(&view);
    picture.keep("centred");
    assert!(lit(&picture, 0..SIZE[0], 0..SIZE[1]) > 2000);
}

#[test]
fn camera_lies_in_the_corner_of_the_picture() {
    let (w, h) = (640u32, 360u32);
    let mut camera = Vec::new();
    for y in 0..h {
        for x in 0..w {
            camera.extend([(x * 255 / w) as u8, (y * 255 / h) as u8, 160, 255]);
        }
    }
    let format = VideoFormat {
        width: w,
        height: h,
        rate: Rate::whole(30),
        pixels: Pixels::Rgba,
        matrix: Matrix::Bt709,
        full_range: true,
    };
    let frame = Frame { format, data: camera.into(), stamp: Moment(0), number: 0 };
    let checks = (0..900u32 * 900)
        .flat_map(|i| if (i % 900 / 60 + i / 900 / 60).is_multiple_of(2) { [40, 70, 60, 255] } else { [90, 130, 110, 255] });
    let still = Still { width: 900, height: 900, rgba: checks.collect::<Vec<u8>>().into() };
    let layers = compose::layers(Layout::PictureInPicture, 16.0 / 9.0, Some(16.0 / 9.0), Some(1.0));
    let scrims = [Scrim { rect: [0.0, 560.0, 1280.0, 160.0], top: [0.0; 4], bottom: [0.0, 0.0, 0.0, 0.8], radius: 0.0 }];
    let mut stage = Stage::new(SIZE[0], SIZE[1]);
    let view = ViewInput {
        layers: &layers,
        camera: Some((&frame, 1)),
        picture: Some((&still, 1)),
        scrims: &scrims,
        ..ViewInput::sized(SIZE)
    };
    let picture = stage.draw(&view);
    picture.keep("picture-in-picture");
    let area = layers[1].area;
    let (x, y) = ((area.x * 1280.0).round() as u32, (area.y * 720.0).round() as u32);
    let is_still = |[r, g, b, _]: [u8; 4]| [(40, 70, 60), (90, 130, 110)].contains(&(r, g, b));
    assert!(is_still(picture.at(x - 2, y + 40)) && is_still(picture.at(100, 100)));
    assert!(is_still(picture.at(x, y)), "the corner is round");
    assert_eq!(picture.at(x + 150, y + 4)[2], 160, "the camera shows");
    assert!(picture.luminance(100, 718) < picture.luminance(100, 500) / 2.0, "the scrim darkens the edge");
}
