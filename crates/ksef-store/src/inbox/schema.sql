-- Version 1 of an inbox. Instants are nanoseconds since 1970, days and amounts texts as KSeF writes them.

CREATE TABLE owner (
    environment TEXT NOT NULL,
    context TEXT NOT NULL
) STRICT;

CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    ksef_number TEXT NOT NULL UNIQUE,
    invoice_number TEXT NOT NULL,
    issued TEXT NOT NULL,
    stored INTEGER NOT NULL,
    seller_nip TEXT NOT NULL,
    seller_name TEXT NOT NULL,
    buyer_identifier TEXT NOT NULL,
    buyer_name TEXT NOT NULL,
    currency TEXT NOT NULL,
    -- In hundredths, for comparing; the exact amount stands in the metadata.
    gross_hundredths INTEGER NOT NULL,
    hash BLOB NOT NULL,
    -- The document as KSeF keeps it, byte for byte.
    xml BLOB NOT NULL,
    -- What KSeF tells about it, JSON (InvoiceMetadata).
    metadata TEXT NOT NULL
) STRICT;
CREATE INDEX invoices_by_issue ON invoices (issued);
CREATE INDEX invoices_by_seller ON invoices (seller_nip);

CREATE TABLE roles (
    role TEXT NOT NULL,
    invoice INTEGER NOT NULL REFERENCES invoices (id),
    PRIMARY KEY (role, invoice)
) STRICT, WITHOUT ROWID;
CREATE INDEX roles_by_invoice ON roles (invoice);

-- Up to where the mirror is complete. Written only together with the invoices before it.
CREATE TABLE cursors (
    role TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    complete_to INTEGER NOT NULL,
    is_truncated INTEGER NOT NULL
) STRICT;

-- Exports that were asked for, with the keys of their parts.
CREATE TABLE exports (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    window_from INTEGER NOT NULL,
    window_to INTEGER,
    key BLOB NOT NULL,
    iv BLOB NOT NULL,
    reference TEXT,
    since INTEGER NOT NULL,
    is_abandoned INTEGER NOT NULL
) STRICT;

CREATE VIRTUAL TABLE invoice_words USING fts5 (
    ksef_number, invoice_number, seller, buyer,
    tokenize = "unicode61 remove_diacritics 2",
    prefix = '2 3'
);
