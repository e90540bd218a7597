//! What people said and wrote in the demo book: short, plain, and about nobody.

use super::dice::Dice;
use crate::domain::dispute::Reason;

/// Why a part was credited without a dispute.
pub(super) const CREDITS: [&str; 5] = [
    "pallets returned empty",
    "price list of last quarter used",
    "one carton short on delivery",
    "freight billed twice",
    "annual rebate, agreed by sales",
];

/// What was promised.
pub(super) const PROMISES: [&str; 7] = [
    "payment run is on that day, ours is in it",
    "released by the manager, bank needs two days",
    "waiting for money from their own customer",
    "will send the transfer slip",
    "confirmed by e-mail after the call",
    "pays all three together",
    "new accountant, has it on the list",
];

/// Notes on a dispute.
pub(super) const CASE_NOTES: [&str; 6] = [
    "delivery note requested from the warehouse",
    "sales confirms the price of the order, customer has another sheet",
    "photos received, quality looks at them",
    "customer sends the signed delivery note by Friday",
    "carrier confirms one pallet missing",
    "asked the customer for the order number again",
];

/// Notes on a customer.
pub(super) const NOTES: [&str; 6] = [
    "prefers calls before ten in the morning",
    "invoices go to the portal first, e-mail only as a copy",
    "new purchasing system since spring, order number is needed on every invoice",
    "finance moved to the head office",
    "sales plans a visit next month, asks not to stop deliveries",
    "pays by collective transfer, remittance advice comes a day later",
];

/// What follow-ups are for.
pub(super) const FOLLOW_UPS: [&str; 6] = [
    "ask for the transfer slip",
    "call again, contact back from leave",
    "check if the copy of the invoice arrived",
    "ask for a new date",
    "send statement before the call",
    "talk to sales first",
];

/// Outcome and text of a call without a promise.
pub(super) fn answer(dice: &mut Dice, broke: bool) -> (&'static str, &'static str) {
    const USUAL: [(&str, &str); 10] = [
        ("no answer", ""),
        ("no answer", "rang twice"),
        ("no answer", "line busy all morning"),
        ("left message", "left a message with invoice numbers"),
        ("left message", "colleague takes it down"),
        ("call back", "in a meeting, call back next week"),
        ("wants copy", "cannot find the invoice, wants a copy"),
        ("wants copy", "order number missing, asks for a corrected copy"),
        ("says paid", "says it was paid, looks for the reference"),
        ("wrong contact", "moved to another department"),
    ];
    const BROKE: [(&str, &str); 4] = [
        ("cannot pay", "no cash until the bank decides"),
        ("cannot pay", "asks for instalments, has no plan yet"),
        ("refuses", "refers to the owner, owner is away"),
        ("no answer", "number rings, nobody answers for a week"),
    ];
    if broke { *dice.pick(&BROKE) } else { *dice.pick(&USUAL) }
}

/// What a contact said, with the name in front; empty stays empty.
pub(super) fn said(contact: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{contact}: {text}") }
}

/// What a customer says when disputing.
pub(super) fn complaint(reason: Reason) -> &'static str {
    match reason {
        Reason::Price => "price differs from the order confirmation",
        Reason::Quantity => "two cartons fewer than billed",
        Reason::Quality => "goods damaged, photos sent",
        Reason::Return => "goods sent back, waits for the credit",
        Reason::Tax => "tax number missing on the invoice",
        Reason::Freight => "freight was to be included",
        Reason::Promotion => "spring promotion not deducted",
        Reason::UnearnedDiscount => "took the discount four days late, says it was agreed",
        Reason::Duplicate => "same delivery as the invoice before",
        Reason::WrongCustomer => "ordered by the sister company",
        Reason::NotReceived => "says the delivery never arrived",
        Reason::Service => "installation was not finished",
        Reason::LatePenalty => "delivery a week late, deducts the penalty",
        _ => "asks for details before paying",
    }
}
