//! A take that goes to the bin while it is on its way: the server forgets what it had of it.

use onetake::core::latest::{Feeds, Latest};
use onetake::core::take::Take;
use onetake::core::upload::Status;
use onetake::jobs::Jobs;
use onetake::jobs::house::{Claim, House, Ways};
use onetake::jobs::inbox::inbox;
use onetake::jobs::upload::Target;
use onetake::studio::{Effect, Message, upload};

use crate::made_up;
use crate::proxy::Proxy;
use crate::rig::{Site, until, video};

#[test]
fn what_was_sent_of_a_dropped_take_is_taken_back() {
    let site = Site::new();
    let line = Proxy::slow(site.address);
    let folder = tempfile::tempdir().unwrap();
    let house = House::open(Some(&folder.path().join("data")), Claim::Shared).unwrap();
    let media = folder.path().join("take.mkv");
    std::fs::write(&media, video(60 << 20, 61)).unwrap();
    let (folder, media) = (folder.path().display().to_string(), media.display().to_string());
    let take = Take { folder, media, bytes: 60 << 20, ..made_up::take(1) };
    house.db.save_take(&take).unwrap();
    let db = house.db.clone();
    let (outbox, messages) = inbox(|| {});
    let mut jobs = Jobs::start(house, Ways { outbox, feeds: Feeds::default(), text: Latest::default() }).unwrap();
    jobs.aim(Target::other(&line.url(), site.token()).unwrap());
    jobs.run(Effect::Upload(upload::Effect::Start { take: Box::new(take.clone()) }));
    // From here on the library knows where it is, also for a studio that is killed.
    until("it is on its way", || db.uploads_of(&take.id).unwrap().iter().any(|row| row.location.is_some()));
    assert_eq!(site.parts().len(), 1);
    jobs.run(Effect::Upload(upload::Effect::Drop { take: take.id.clone() }));
    until("it is taken back", || site.parts().is_empty() && db.uploads_of(&take.id).unwrap().is_empty());
    assert_eq!(site.db.recordings().unwrap()[0].status, Status::Failed);
    jobs.finish();
    let ended = |message: &Message| matches!(message, Message::Upload(upload::Message::Ended { .. }));
    assert!(!messages.drain().any(|message| ended(&message)), "nothing is said of a take that is gone");
}
