//! The departments of the order-to-cash chain: one list for people and for the queues of cases. Books of earlier versions
//! have other words on their cases; those are shown as they are and stand for these wherever departments are compared.

/// Departments of people and of cases; each has its own queues.
pub const DEPARTMENTS: [&str; 5] = ["order processing", "invoicing", "collections", "disputes", "analytics"];

/// Words of earlier versions, and the department each stands for.
const EARLIER: [(&str, &str); 5] = [
    ("sales", "invoicing"),
    ("logistics", "order processing"),
    ("billing", "invoicing"),
    ("service", "order processing"),
    ("receivables", "collections"),
];

/// The department somebody means, by its word or one of earlier versions, ignoring case.
pub fn parse(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let earlier = || EARLIER.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, now)| now);
    DEPARTMENTS.into_iter().find(|known| known.eq_ignore_ascii_case(text)).or_else(earlier)
}

/// The department a kept word stands for; a word of nobody stands for itself.
pub fn current(kept: &str) -> &str {
    parse(kept).unwrap_or(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::dispute::Reason;

    #[test]
    fn every_reason_leads_to_a_queue_that_people_can_belong_to() {
        for reason in Reason::ALL {
            assert!(DEPARTMENTS.contains(&reason.department()), "{}", reason.word());
        }
    }

    #[test]
    fn words_of_earlier_versions_stand_for_departments_of_now() {
        assert_eq!(parse(" Sales "), Some("invoicing"));
        assert_eq!(current("logistics"), "order processing");
        assert_eq!((parse("nonsense"), current("nonsense")), (None, "nonsense"));
        assert_eq!(current("disputes"), "disputes");
    }
}
