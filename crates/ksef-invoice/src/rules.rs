//! The rules beyond the schema: what KSeF refuses, what contradicts guidance or arithmetic, and
//! what a person should look at.
