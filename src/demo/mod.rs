//! A seeded, believable book: the same customers, habits and invoices for the same seed and date.
