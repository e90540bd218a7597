//! The same reads and acts as verbs: text, JSON or CSV out, one sentence on anything refused.
