//! E-mail addresses as people give them: what can be none of them is refused where it is typed or read. Whether a letter can
//! be sent to one is decided where letters are.

/// What is wrong with the address of a customer as somebody gives it: a break or a blank inside it makes two lines or two
/// things of it, which no mail program is to guess about. Several addresses may stand in a file with `,` or `;`
/// between them; nobody is mailed at them until one is chosen.
pub fn fault(given: &str) -> Option<(&'static str, String)> {
    let given = given.trim();
    if given.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Some(("MAIL-01", "The e-mail address contains a line break".to_owned()));
    }
    let blank = given.split([',', ';']).any(|one| one.trim().contains(char::is_whitespace));
    blank.then(|| {
        ("MAIL-02", format!("\"{}\" is not an address of the form name@company.tld", super::text::clean(given).text))
    })
}

/// Whether more than one address is given. Letters go to exactly one.
pub fn is_several(given: &str) -> bool {
    given.split([',', ';']).filter(|one| !one.trim().is_empty()).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_or_a_blank_inside_is_no_address() {
        for good in ["", "  a@b.example ", "a@b.example, c@d.example;e@f.example", "kein", "a@b.example\r\n"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, code) in [
            ("a@b.example\nBcc: c@d.example", "MAIL-01"),
            ("a@b.example\u{2028}c", "MAIL-01"),
            ("a\0@b.example", "MAIL-01"),
            ("a@b.example Bcc: c@d.example", "MAIL-02"),
            ("a@b.example, c d@e.example", "MAIL-02"),
        ] {
            assert_eq!(fault(bad).map(|found| found.0), Some(code), "{bad}");
        }
    }
}
