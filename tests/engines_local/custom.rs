//! An engine by template: what is sent where, what its answers mean, and that an answer which nobody understands is never taken for “it
//! was not ordered”.

use onetake::core::engine::{Engine as Entry, Money};
use onetake::core::generate::{Class, Standing, Submission};
use onetake::core::job::Kind;
use serde_json::{Value, json};

use crate::fake::{Fake, Fault, PICTURE, Reply};
use crate::rig::{Desk, JOB, bytes, entry, got, nothing_held, open, order, ticket};

/// A service with all that a template can say.
pub fn service() -> Entry {
    entry(
        "form = 'custom'\nkey = 'required'\n\
         template.submit = {method = 'POST', path = '/jobs', id = '/id', cost = '/usd', body = {client = '{{job}}', prompt = '{{prompt}}'}}\n\
         template.look = {path = '/jobs/{{id}}', state = '/status', progress = '/percent', percent = true, result = '/files/*', error = '/error'}\n\
         template.find = {path = '/jobs?client={{job}}', id = '/jobs/0/id'}\n\
         template.cancel = {method = 'DELETE', path = '/jobs/{{id}}'}\n\
         [[engine.model]]\nname = 'm'\nkind = 'image'\n",
    )
}

/// Takes orders, and is done at once.
pub fn server() -> Fake {
    Fake::start(|seen, books| match seen.line().as_str() {
        "POST /jobs" => {
            assert_eq!(seen.json()["client"], JOB);
            books.charge();
            Reply::json(200, &json!({"id": 7, "usd": "0.04"}))
        }
        "GET /jobs" => Reply::json(200, &json!({"jobs": [{"id": 7}]})),
        "GET /jobs/7" => Reply::json(200, &json!({"status": "done", "files": ["/files/a.png"]})),
        "GET /files/a.png" => Reply::picture(),
        _ => Reply::json(404, &json!({"error": "no such job"})),
    })
}

#[tokio::test]
async fn an_order_is_taken_found_again_and_fetched() {
    let (fake, desk) = (server(), Desk::new());
    let engine = open(&service(), &fake.base());
    let order = order(Kind::Image, "m");
    let Submission::Ticket { ticket, cost } = engine.submit(&order, &desk.landing).await.unwrap() else { panic!() };
    assert_eq!((ticket.id.as_str(), cost), ("7", Some(Money::usd(0.04))));
    assert_eq!(bytes(&got(&*engine, &ticket, &desk).await), PICTURE);
    assert_eq!(engine.find(&order, &nothing_held()).await.unwrap().unwrap().id, "7");
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn only_a_plain_no_says_that_it_was_not_ordered() {
    let fake = server();
    let engine = open(&service(), &fake.base());
    let order = order(Kind::Image, "m");
    let held = nothing_held();
    let says = |reply: Reply| {
        fake.fault("GET /jobs", Fault::Instead(reply));
        engine.find(&order, &held)
    };
    for no in [json!({"jobs": []}), json!({"jobs": null}), json!({}), json!([])] {
        assert_eq!(says(Reply::json(200, &no)).await, Ok(None), "{no}");
    }
    assert_eq!(says(Reply::json(404, &json!({"error": "no such order"}))).await, Ok(None));
    for odd in
        [json!({"items": [{"id": 1}]}), json!({"jobs": [{"name": "x"}]}), json!("none"), json!({"jobs": [{"id": "../x"}]})]
    {
        assert_eq!(says(Reply::json(200, &odd)).await.unwrap_err().class, Class::Unclear, "{odd}");
    }
    for status in [400, 405, 422] {
        let failure = says(Reply::json(status, &json!({"error": "unknown parameter"}))).await.unwrap_err();
        assert_eq!(failure.class, Class::Unclear, "{status}");
        assert!(failure.words.contains("unknown parameter"), "{failure}");
    }
    assert_eq!(says(Reply::bare(401)).await.unwrap_err().class, Class::Auth);
    assert_eq!(says(Reply::bare(503)).await.unwrap_err().class, Class::Overloaded);
}

#[tokio::test]
async fn what_is_gone_there_is_over_and_stopped() {
    let (fake, desk) = (server(), Desk::new());
    let engine = open(&service(), &fake.base());
    let mut ticket = ticket(engine.submit(&order(Kind::Image, "m"), &desk.landing).await.unwrap());
    ticket.id = "8".into();
    assert_eq!(engine.look(&ticket, &desk.landing).await.unwrap_err().class, Class::Expired);
    assert!(engine.cancel(&ticket).await.unwrap(), "what is not there does not run");
}

#[tokio::test]
async fn an_order_may_be_put() {
    let fake = Fake::start(|seen, books| {
        assert_eq!(seen.line(), "PUT /jobs/mine");
        books.charge();
        Reply::json(200, &json!({"id": "a"}))
    });
    let desk = Desk::new();
    let putting = entry(
        "form = 'custom'\nkey = 'optional'\ntemplate.submit = {method = 'PUT', path = '/jobs/mine', id = '/id'}\n\
         template.look = {path = '/jobs/{{id}}', state = '/s'}\n",
    );
    ticket(open(&putting, &fake.base()).submit(&order(Kind::Image, "m"), &desk.landing).await.unwrap());
    assert_eq!(fake.charges(), 1);
}

#[tokio::test]
async fn states_and_failures_are_the_templates() {
    let (fake, desk) = (server(), Desk::new());
    let engine = open(&service(), &fake.base());
    let ticket = ticket(engine.submit(&order(Kind::Image, "m"), &desk.landing).await.unwrap());
    let says = async |body: Value| {
        fake.fault("GET /jobs/7", Fault::Instead(Reply::json(200, &body)));
        engine.look(&ticket, &desk.landing).await
    };
    assert_eq!(says(json!({"status": "warming up", "percent": 40})).await, Ok(Standing::Running { progress: Some(0.4) }));
    assert_eq!(says(json!({"status": "pending", "percent": "x"})).await, Ok(Standing::Queued { before: None }));
    let Ok(Standing::Failed(failure)) = says(json!({"status": "failed", "error": "the lamp broke"})).await else { panic!() };
    assert_eq!((failure.class, failure.words.as_str()), (Class::Server, "the lamp broke"));
    assert_eq!(says(json!({"status": "done", "files": []})).await.unwrap_err().class, Class::Nonsense);
}
