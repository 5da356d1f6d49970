//! The key: where it is needed, where it must not go, and that no failure holds it, whatever an engine repeats.

use onetake::core::engine::{Catalogue, KeyNeed};
use onetake::core::generate::Class;
use onetake::core::secret::Secret;
use onetake::engines::open;
use serde_json::json;

use super::fake::Reply;
use super::rig::{KEY, entry, is};
use super::{fal, luma_agents, luma_dream, runway, venice};

#[tokio::test]
async fn whatever_an_engine_repeats_no_failure_holds_the_key() {
    let worlds = [venice::world(0, false), luma_dream::world(0), luma_agents::world(0), runway::world(0), fal::world(0)];
    for world in worlds {
        let bodies = [
            json!({"error": format!("Bearer {KEY} is wrong"), "code": KEY, "suggested_prompt": format!("say {KEY}")}),
            json!({"error": {"message": KEY, "type": KEY, "recommended_model": KEY}}),
            json!({"detail": [{"loc": ["header", KEY], "msg": format!("bad {KEY}"), "type": KEY}]}),
            json!({"detail": KEY, "consent": {"policy_text": KEY}, "status": KEY}),
        ];
        for (body, status) in bodies.iter().flat_map(|body| [400, 401, 409, 422, 500].map(|status| (body, status))) {
            let failure = world.refused(Reply::json(status, body)).await;
            let all = serde_json::to_string(&failure).unwrap() + &format!("{failure:?} {failure}");
            assert!(!all.contains(KEY), "{all}");
            assert!(failure.words.chars().count() <= 400 && !failure.words.contains('\n'));
        }
        let failure = world.refused(Reply::new(400, "text/plain", format!("{KEY}\n").repeat(500))).await;
        assert!(!failure.words.contains(KEY) && failure.words.chars().count() <= 400);
        assert!(!format!("{:?}", world.engine).contains(KEY), "an engine shows its key");
    }
}

#[test]
fn an_engine_without_its_key_is_not_opened() {
    for entry in Catalogue::ours().engines.iter().filter(|entry| entry.key == KeyNeed::Required && !entry.base.is_empty()) {
        for nothing in [None, Some(Secret::new("  \n"))] {
            is(&open(entry, None, nothing).unwrap_err(), Class::Auth, "wants a key");
        }
    }
    is(&open(&entry("venice"), None, Some(Secret::new("a\u{0}b"))).unwrap_err(), Class::Auth, "characters that no key has");
}

#[test]
fn a_key_crosses_no_open_network() {
    let open = |base| open(&entry("luma"), Some(base), Some(Secret::new(KEY)));
    is(&open("http://agents.example.com/v1").unwrap_err(), Class::Invalid, "readable by everyone");
    assert!(open("https://agents.example.com/v1").is_ok() && open("http://192.168.0.7:8000").is_ok());
    for bad in ["agents.example.com", "ftp://agents.example.com", "https://me:word@agents.example.com"] {
        assert_eq!(open(bad).unwrap_err().class, Class::Invalid, "{bad}");
    }
}

#[test]
fn what_is_made_here_has_no_address() {
    is(&open(&entry("offline"), None, None).unwrap_err(), Class::Here, "part of this program");
}
