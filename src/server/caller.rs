//! Who made a request, as far as the guard found out. Every request that reaches a handler behind the guard carries one.

use crate::db::User;

/// Put into the request's extensions by the guard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Caller {
    /// What people call the device.
    pub name: Option<String>,
    /// Id of the paired device; `None` for who has the server's own token.
    pub device: Option<String>,
    /// Has the server's own token, which may do everything.
    pub full: bool,
    /// Came in with a token of their own.
    pub user: Option<User>,
}

impl Caller {
    /// Id of the user; `None` for who runs the server.
    pub fn user_id(&self) -> Option<&str> {
        self.user.as_ref().map(|user| user.id.as_str())
    }
}
