//! The typed FA(3) invoice: model, reader, writer and builders.
