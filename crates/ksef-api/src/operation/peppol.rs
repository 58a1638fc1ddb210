//! Operations of Peppol service providers.

use super::Operation;

/// Lists the Peppol service providers registered in KSeF.
pub const QUERY: Operation = Operation::get("peppol.query", "/peppol/query").public();
