//! Validation by the official schemas: an XSD 1.0 engine over the streaming reader.
