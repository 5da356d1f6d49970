//! Who made a request, as far as the guard found out. Every request that reaches a handler behind the guard carries one.

/// Put into the request's extensions by the guard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Caller {
    /// What people call the device.
    pub name: Option<String>,
    /// Id of the paired device; `None` for who has the server's own token.
    pub device: Option<String>,
    /// Has the server's own token, which may do everything.
    pub full: bool,
}
