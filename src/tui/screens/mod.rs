//! The screens, one file each, and the registry of places.
