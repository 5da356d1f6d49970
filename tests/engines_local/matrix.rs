//! What goes wrong with the engines at hand, case by case; the clouds' matrix is in `tests/engines_cloud/matrix.rs`, which also says what
//! each case is. Where a cell names a file, the case is held there for that engine.
//!
//! | case                          | OpenAI's `/videos` | answered at once¹ | ComfyUI   | AUTOMATIC1111 | template  |
//! |-------------------------------|--------------------|-------------------|-----------|---------------|-----------|
//! | order: reset, deaf, cut, empty, a page, huge, deep | here  | `bad` | here      | here          | here      |
//! | order: redirect               | here               | `bad`             | here      | here          | here      |
//! | order: slow drip, wrong label | here               | `bad`             | here      | here          | here      |
//! | order: nobody there           | `bad`              | `bad`             | `bad`     | `bad`         | here      |
//! | order: refused, by class      | `refusals`         | `refusals`, `stability` | `comfy` | `automatic` | `custom` |
//! | order: the model has gone     | here               | `refusals`        | `comfy`   | `automatic`   | here      |
//! | question: the same faults     | here               | nothing is asked  | here      | here²         | here      |
//! | question: 409, 429, 502       | here               | nothing is asked  | here      | here²         | here      |
//! | unknown states and fields     | `clips`            | nothing is asked  | here      | –             | `custom`  |
//! | gone there                    | `clips`            | nothing is asked  | `comfy`   | `automatic`   | `custom`  |
//! | file: broken, and fetched again | `bad`            | `bad` (unclear)   | `bad`     | `bad` (free)  | here      |
//! | file: elsewhere               | `clips`            | `pictures`        | never     | never         | here      |
//! | refused under status 200      | `clips`            | `stability`       | `comfy`   | –             | `custom`  |
//! | wait until, by whose clock    | `refusals`         | `refusals`        | –         | –             | –         |
//!
//! ¹ pictures, voices and transcriptions of OpenAI's form, Stability. ² its question is only how far a picture is; what is answered to
//! it oddly is no progress, and no failure.

use std::sync::Arc;
use std::time::Duration;

use onetake::core::generate::{Class, Order, Standing, Ticket};
use onetake::core::job::Kind;
use onetake::engines::Engine;
use serde_json::json;

use crate::custom;
use crate::fake::{Fake, Fault, Reply, nobody};
use crate::rig::{Desk, JOB, bytes, entry, got, open, order, ours, ticket};

const GATEWAY: &str = "form = 'open_ai'\nkey = 'required'\n[[engine.model]]\nname = 'clips'\nkind = 'video'\n";
/// More than any answer in JSON may have.
const HUGE: usize = 17 << 20;

/// One engine on its fake, whose order is never done.
struct World {
    name: &'static str,
    fake: Fake,
    engine: Arc<dyn Engine>,
    order: Order,
    submit: &'static str,
    look: &'static str,
    /// What it costs nothing to order again is never unclear.
    paid: bool,
}

fn worlds() -> Vec<World> {
    let gateway = Fake::start(|seen, books| match seen.line().as_str() {
        "POST /videos" => {
            books.charge();
            Reply::json(200, &json!({"id": "v", "status": "queued"}))
        }
        "GET /videos/v" => Reply::json(200, &json!({"id": "v", "status": "in_progress"})),
        _ => Reply::bare(404),
    });
    let comfy = Fake::start(|seen, books| match seen.line().as_str() {
        "POST /prompt" => {
            books.charge();
            Reply::json(200, &json!({"prompt_id": JOB, "number": 1, "node_errors": {}}))
        }
        "GET /queue" => Reply::json(200, &json!({"queue_running": [[1, JOB, {}, {}, []]], "queue_pending": []})),
        line if line.starts_with("GET /history/") => Reply::json(200, &json!({})),
        _ => Reply::bare(404),
    });
    let template = Fake::start(|seen, books| match seen.line().as_str() {
        "POST /jobs" => {
            books.charge();
            Reply::json(200, &json!({"id": 7}))
        }
        "GET /jobs/7" => Reply::json(200, &json!({"status": "running"})),
        _ => Reply::bare(404),
    });
    let world = |name, fake: Fake, entry, kind, model, submit, look, paid| {
        let engine = open(&entry, &fake.base());
        World { name, fake, engine, order: order(kind, model), submit, look, paid }
    };
    vec![
        world("gateway", gateway, entry(GATEWAY), Kind::Video, "clips", "POST /videos", "GET /videos/v", true),
        world("comfyui", comfy, ours("comfyui"), Kind::Video, "ltx-clip", "POST /prompt", "GET /history/", false),
        world("template", template, custom::service(), Kind::Image, "m", "POST /jobs", "GET /jobs/7", true),
    ]
}

fn page() -> Fault {
    Fault::OtherBytes(b"<!doctype html><title>Log in to this network</title>".to_vec())
}

/// JSON in JSON in JSON, as deep as no stack is.
fn deep() -> Fault {
    Fault::OtherBytes("[".repeat(200_000).into_bytes())
}

fn odd_answers() -> [Fault; 6] {
    [Fault::Cut, Fault::Empty, page(), deep(), Fault::Huge(HUGE), Fault::OtherBytes(b"{\"id\": \"\xff\xfe\"}".to_vec())]
}

fn short(name: &str, fault: &Fault) -> String {
    format!("{name}, {fault:?}").chars().take(80).collect()
}

#[tokio::test]
async fn an_order_is_sent_once_whatever_comes_back() {
    for world in worlds() {
        let desk = Desk::new();
        for (at, fault) in odd_answers().into_iter().chain([Fault::Deaf, Fault::Reset]).enumerate() {
            let what = short(world.name, &fault);
            world.fake.fault(world.submit, fault);
            let failure = world.engine.submit(&world.order, &desk.landing).await.expect_err(&what);
            match world.paid {
                true => assert_eq!(failure.class, Class::Unclear, "{what}: {failure:?}"),
                false => assert!(matches!(failure.class, Class::Transport | Class::Nonsense), "{what}: {failure:?}"),
            }
            assert_eq!(world.fake.count(world.submit), at + 1, "{what}");
        }
    }
}

#[tokio::test]
async fn an_order_answered_slowly_or_oddly_labelled_is_taken() {
    for world in worlds() {
        let desk = Desk::new();
        for fault in [Fault::Drip(5, Duration::from_millis(1)), Fault::WrongType] {
            let what = short(world.name, &fault);
            world.fake.fault(world.submit, fault);
            let ticket = ticket(world.engine.submit(&world.order, &desk.landing).await.unwrap());
            assert!(!ticket.id.is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn an_order_that_surely_was_not_taken_says_so() {
    let elsewhere = Fake::start(|_, _| Reply::film());
    for world in worlds() {
        let desk = Desk::new();
        let gone = Reply::json(404, &json!({"error": {"message": "model 'x' not found", "type": "not_found_error"}}));
        for (reply, class) in [
            (gone, Class::Invalid),
            (Reply::bare(410), Class::Invalid),
            (Reply::bare(429), Class::RateLimited),
            (Reply::bare(503), Class::Overloaded),
            (Reply::redirect(&format!("{}/steal", elsewhere.base())), Class::Nonsense),
        ] {
            let what = format!("{}, {}", world.name, reply.status);
            world.fake.fault(world.submit, Fault::Instead(reply));
            let failure = world.engine.submit(&world.order, &desk.landing).await.expect_err(&what);
            assert_eq!(failure.class, class, "{what}: {failure:?}");
        }
        assert_eq!(world.fake.charges(), 0, "{}", world.name);
    }
    assert!(elsewhere.seen().is_empty(), "a redirect got the order");
    let nowhere = open(&custom::service(), &nobody());
    let failure = nowhere.submit(&order(Kind::Image, "m"), &Desk::new().landing).await.unwrap_err();
    assert_eq!(failure.class, Class::Transport);
}

#[tokio::test]
async fn a_question_that_goes_wrong_loses_nothing() {
    let elsewhere = Fake::start(|_, _| Reply::film());
    for world in worlds() {
        let desk = Desk::new();
        let ticket = ticket(world.engine.submit(&world.order, &desk.landing).await.unwrap());
        let faults = odd_answers().into_iter().map(|fault| match fault {
            Fault::Cut => (fault, Class::Transport),
            fault => (fault, Class::Nonsense),
        });
        let more = [
            (Fault::Reset, Class::Transport),
            (Fault::OtherBytes(b"{\"status\": ".to_vec()), Class::Nonsense),
            (Fault::Instead(Reply::bare(409)), Class::Overloaded),
            (Fault::Instead(Reply::bare(425)), Class::Overloaded),
            (Fault::Instead(Reply::bare(429).header("retry-after", "3")), Class::RateLimited),
            (Fault::Instead(Reply::bare(502)), Class::Overloaded),
            (Fault::Instead(Reply::redirect(&elsewhere.base())), Class::Nonsense),
        ];
        for (fault, class) in faults.chain(more) {
            let what = short(world.name, &fault);
            world.fake.fault(world.look, fault);
            let failure = world.engine.look(&ticket, &desk.landing).await.expect_err(&what);
            assert_eq!(failure.class, class, "{what}: {failure:?}");
        }
        for fault in [Fault::Drip(5, Duration::from_millis(1)), Fault::WrongType] {
            world.fake.fault(world.look, fault);
            goes_on(&world, &ticket, &desk).await;
        }
        goes_on(&world, &ticket, &desk).await;
        assert_eq!((world.fake.charges(), desk.whole().len()), (1, 0), "{}", world.name);
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn whatever_it_says_nothing_is_made_of_it() {
    for (at, world) in (1..).zip(worlds()) {
        let desk = Desk::new();
        let ticket = ticket(world.engine.submit(&world.order, &desk.landing).await.unwrap());
        for odd in crate::odd::answers(at, 80) {
            // ComfyUI says what became of an order under its name.
            let answer = if world.name == "comfyui" { json!({ JOB: odd }) } else { odd.clone() };
            world.fake.fault(world.look, Fault::Instead(Reply::json(200, &answer)));
            let said = world.engine.look(&ticket, &desk.landing).await;
            assert!(!matches!(said, Ok(Standing::Done(_))), "{}, {odd}: {said:?}", world.name);
            world.fake.fault(world.submit, Fault::Instead(Reply::json(400, &odd)));
            let refused = world.engine.submit(&world.order, &desk.landing).await.unwrap_err();
            assert!(refused.words.chars().count() <= 400 && !refused.words.is_empty(), "{}, {odd}: {refused:?}", world.name);
        }
        assert!(desk.whole().is_empty(), "{}", world.name);
        goes_on(&world, &ticket, &desk).await;
    }
}

async fn goes_on(world: &World, ticket: &Ticket, desk: &Desk) {
    let standing = world.engine.look(ticket, &desk.landing).await;
    assert!(matches!(standing, Ok(Standing::Running { .. } | Standing::Queued { .. })), "{}: {standing:?}", world.name);
}

#[tokio::test]
async fn comfyui_of_another_form_is_asked_again() {
    let worlds = worlds();
    let world = worlds.iter().find(|world| world.name == "comfyui").unwrap();
    let desk = Desk::new();
    let ticket = ticket(world.engine.submit(&world.order, &desk.landing).await.unwrap());
    for history in [json!([]), json!(7), json!({"other": {}}), json!({JOB: {"outputs": [], "status": "?", "meta": [1]}})] {
        world.fake.fault("GET /history/", Fault::Instead(Reply::json(200, &history)));
        let standing = world.engine.look(&ticket, &desk.landing).await;
        // An entry without a file that fits is over; anything else is not there yet.
        assert!(matches!(standing, Ok(Standing::Running { .. } | Standing::Failed(_))), "{history}: {standing:?}");
    }
    for queue in [json!([]), json!({"queue_running": 7, "queue_pending": [[], 7, ["x"]]})] {
        world.fake.fault("GET /queue", Fault::Instead(Reply::json(200, &queue)));
        let failed = world.engine.look(&ticket, &desk.landing).await;
        assert!(matches!(&failed, Ok(Standing::Failed(failure)) if failure.class == Class::Expired), "{queue}: {failed:?}");
    }
}

#[tokio::test]
async fn a_templates_file_breaks_and_is_fetched_again() {
    for fault in [Fault::Reset, Fault::Cut, Fault::Short, Fault::Empty, page(), Fault::Instead(Reply::bare(503))] {
        let (fake, desk) = (custom::server(), Desk::new());
        let engine = open(&custom::service(), &fake.base());
        let ticket = ticket(engine.submit(&order(Kind::Image, "m"), &desk.landing).await.unwrap());
        let what = short("template", &fault);
        fake.fault("GET /files/", fault);
        let failure = engine.look(&ticket, &desk.landing).await.expect_err(&what);
        assert!(matches!(failure.class, Class::Transport | Class::Nonsense | Class::Overloaded), "{what}: {failure:?}");
        assert!(desk.whole().is_empty(), "{what}");
        assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), crate::fake::PICTURE, "{what}");
        assert_eq!(fake.charges(), 1);
    }
}

#[tokio::test]
async fn a_templates_file_may_lie_elsewhere_and_gets_no_key() {
    let files = Fake::start(|seen, _| {
        assert!(seen.header("authorization").is_none(), "the key went to where files lie");
        Reply::picture()
    });
    let (fake, desk) = (custom::server(), Desk::new());
    let engine = open(&custom::service(), &fake.base());
    let ticket = ticket(engine.submit(&order(Kind::Image, "m"), &desk.landing).await.unwrap());
    let far = json!({"status": "done", "files": [format!("{}/a.png", files.base())]});
    fake.fault("GET /jobs/7", Fault::Instead(Reply::json(200, &far)));
    assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), crate::fake::PICTURE);
    assert_eq!(files.count("GET /a.png"), 1);
}

#[tokio::test]
async fn the_web_interface_bears_it_too() {
    let faults =
        odd_answers().into_iter().chain([Fault::Reset, Fault::Deaf, Fault::Instead(Reply::redirect("http://127.0.0.1:1/"))]);
    for fault in faults {
        let fake = Fake::start(|_, _| Reply::json(200, &json!({"images": ["x"], "info": "{}"})));
        let desk = Desk::new();
        let engine = open(&ours("automatic1111"), &fake.base());
        let what = short("automatic1111", &fault);
        fake.fault("POST /sdapi/v1/txt2img", fault);
        let failure = match engine.submit(&order(Kind::Image, "loaded"), &desk.landing).await {
            Err(failure) => failure,
            Ok(later) => crate::rig::failed(&*engine, &ticket(later), &desk).await,
        };
        assert!(matches!(failure.class, Class::Transport | Class::Nonsense), "{what}: {failure:?}");
        assert!(desk.whole().is_empty() && fake.count("POST ") == 1, "{what}");
    }
}
