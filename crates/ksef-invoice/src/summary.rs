//! What a person wants to see of an invoice, whatever its form.
