//! Invoices from JSON, CSV and XLSX.
