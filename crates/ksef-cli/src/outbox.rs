//! The outbox: invoices that were issued without KSeF and wait to be sent, with their legal deadlines.
//!
//! ```text
//! file ──▶ checked ──▶ bytes kept (shelf) ──▶ journal: planned, issued ──▶ codes and copies for the buyer (documents)
//!                                                       │
//!                         announcements ──▶ deadline ◀──┘──▶ sent like any invoice (crate::send)
//! ```
//! | module | what |
//! |---|---|
//! | `issue` | issuing, in the journal of one context |
//! | `shelf` | the exact bytes, kept beside the journal |
//! | `documents` | what is handed to the buyer |
//! | `entry` | what the journals say of each invoice, and until when it is due |
//! | `announcements`, `beacon` | what was announced: by hand, and by Latarnia |
//! | `difference` | what a technical correction changes |
//! | `words` | deadlines and states for people |

pub(crate) mod announcements;
pub(crate) mod beacon;
pub(crate) mod difference;
pub(crate) mod documents;
pub(crate) mod entry;
pub(crate) mod issue;
pub(crate) mod shelf;
pub(crate) mod words;

pub(crate) use words::never_sent;
