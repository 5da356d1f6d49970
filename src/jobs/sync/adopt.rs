//! A version of the server becomes the local one. The script is saved first, as every edit is; only when it is on the disk is the
//! server's version noted as the one both agree on. A crash in between is seen as “both have the same”, and never as an edit.

use std::path::Path;
use std::sync::PoisonError;

use super::step::agree;
use super::{Fault, Hand, Server};
use crate::blobs::{self, details};
use crate::core::project::Project;
use crate::core::script::Script;
use crate::core::shared::{Document, settled};
use crate::core::sync::Arrival;
use crate::studio::sync::{Message, Outcome};

impl Hand {
    /// For the project that is open: its script was handed to the library's thread just before this.
    pub fn adopt(&self, project: &Project, arrival: &Arrival) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(server) = server else { return };
        let result = adopt(self, &server, project, arrival).map(|()| Outcome::Adopted);
        self.tell(Message::Stepped { project: project.id.clone(), result: result.map_err(Into::into) });
    }
}

/// For a project that nobody has open.
pub(super) fn closed(hand: &Hand, server: &Server, project: &Project, arrival: &Arrival) -> Result<(), Fault> {
    let folder = Path::new(&project.folder);
    if arrival.wanted.script != arrival.over {
        blobs::projects::save_script(folder, &arrival.wanted.script)?;
    }
    adopt(hand, server, project, arrival)
}

fn adopt(hand: &Hand, server: &Server, project: &Project, arrival: &Arrival) -> Result<(), Fault> {
    let folder = Path::new(&project.folder);
    // It could not be saved, or was written on since: the next step judges anew.
    if blobs::projects::read_script(folder)? != arrival.wanted.script {
        return Ok(());
    }
    beside(hand, project, &arrival.wanted)?;
    let Some(mut tie) = hand.house.db.sync(&project.id, &server.url)? else { return Ok(()) };
    agree(hand, &mut tie, arrival.revision, arrival.theirs.clone())
}

/// What a document says beside its script, and the title that lists show.
pub(super) fn beside(hand: &Hand, project: &Project, document: &Document) -> Result<(), Fault> {
    let folder = Path::new(&project.folder);
    let here = details::read(folder)?.unwrap_or_default();
    let wanted = settled(&document.details, &here);
    if wanted != here {
        details::write(folder, &wanted)?;
    }
    let title = Script::markdown(document.script.clone()).title().to_owned();
    hand.house.db.save_project(&Project { title, ..project.clone() })?;
    if wanted != here {
        crate::jobs::details::learn(&hand.house, project)?;
    }
    Ok(hand.house.db.set_stage(&project.id, document.stage)?)
}
