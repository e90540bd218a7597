//! The impure shell around the application.
