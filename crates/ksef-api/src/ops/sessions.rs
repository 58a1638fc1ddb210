//! Sessions of sending: the online and the batch session, statuses, lists of invoices, UPO.
//!
//! Source: tags "Wysyłka interaktywna", "Wysyłka wsadowa" and "Status wysyłki i UPO" of the contract 2.9.0.

mod batch;
mod content;
mod invoices;
mod list;
mod online;
mod status;
mod upo;

pub use batch::{
    BatchFile, BatchFilePart, CloseBatchSession, OpenBatchSession, OpenedBatchSession, PartUpload,
};
pub use content::InvoiceContent;
pub use invoices::{
    GetSessionInvoice, InvoiceStatusInfo, InvoicingMode, ListFailedInvoices, ListSessionInvoices,
    SessionInvoice, SessionInvoices,
};
pub use list::{ListSessions, SessionPhase, SessionSummary, SessionType, Sessions};
pub use online::{
    CloseOnlineSession, EncryptionInfo, OpenOnlineSession, OpenedOnlineSession, SendInvoice,
    SendInvoiceBody, SentInvoice,
};
pub use status::{GetSession, Session, UpoLinks, UpoPage};
pub use upo::{GetUpoByInvoice, GetUpoByKsefNumber, GetUpoPage};
