//! Addresses: exactly one, of the form `name@company.tld`, with a name beside it that cannot smuggle a header. Checked
//! before any library sees it, because libraries panic or guess.

use super::message::Unsendable;
use crate::domain::text;

/// The longest address a mail server must take.
const LONGEST: usize = 254;

/// One address with the name shown beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    name: String,
    address: String,
}

impl Mailbox {
    /// Checks an address and the name beside it; the name may be empty.
    pub fn new(name: &str, address: &str) -> Result<Mailbox, Unsendable> {
        if name.contains(['\r', '\n', '\0', '\u{85}', '\u{2028}', '\u{2029}']) {
            return Err(Unsendable::new(
                "MAIL-01",
                "The e-mail name contains a line break. The letter was not queued.",
            ));
        }
        if address.chars().any(|c| c.is_control()) {
            return Err(Unsendable::new(
                "MAIL-01",
                "The e-mail address contains a line break. The letter was not queued.",
            ));
        }
        let address = address.trim();
        if !is_plain(address) {
            let shown = text::clean(address).text;
            let sentence = format!(
                "\"{shown}\" is not exactly one address of the form name@company.tld. The letter was not queued; correct the customer's e-mail."
            );
            return Err(Unsendable::new("MAIL-02", sentence));
        }
        // A comma or a quote in a name would read as a second address in a careless program.
        let name: String = text::clean(name).text.as_str().replace(['"', '<', '>', '\\'], "");
        Ok(Mailbox { name: name.trim().to_owned(), address: address.to_owned() })
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The name shown beside it; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What follows the @.
    pub fn domain(&self) -> &str {
        self.address.rsplit('@').next().unwrap_or_default()
    }
}

/// Whether a text is one plain address: letters, digits and the usual signs, a domain of at least two labels whose last
/// is a word. Quoted names, comments and literal numbers are refused: no customer needs them, every attacker does.
pub fn is_plain(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    let local_sign = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let good_local = (1..=64).contains(&local.len())
        && local.chars().all(local_sign)
        && !local.starts_with(['-', '.'])
        && !local.ends_with('.')
        && !local.contains("..");
    let labels: Vec<&str> = domain.split('.').collect();
    let good_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let word = labels.last().is_some_and(|last| {
        (last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic()))
            || last.to_ascii_lowercase().starts_with("xn--")
    });
    address.len() <= LONGEST && good_local && labels.len() >= 2 && labels.iter().all(good_label) && word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_address_of_a_company_is_taken() {
        for good in
            ["billing@acme.com", "a.b+c@sub.acme.co.uk", "o'neill@x-y.ie", "x@xn--mller-kva.xn--p1ai", " a@b.de "]
        {
            assert!(Mailbox::new("", good).is_ok(), "{good}");
        }
        let long = format!("{}@{}.com", "a".repeat(64), "b".repeat(63).repeat(4));
        for bad in [
            "",
            "acme",
            "@acme.com",
            "a@",
            "a@b",
            "a@b.c",
            "a@@b.com",
            "a@b@c.com",
            "a b@c.com",
            "a@b.com,c@d.com",
            "a@b.com;c@d.com",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "-oX/etc/passwd@b.com",
            "a..b@c.com",
            ".a@b.com",
            "\"a b\"@c.com",
            "<a@b.com>",
            "Acme <a@b.com>",
            "mailto:a@b.com",
            "a@-b.com",
            "a@b-.com",
            "a@b..com",
            "müller@b.com",
            "a@b.com.",
            "(x)a@b.com",
            long.as_str(),
        ] {
            let said = Mailbox::new("", bad).expect_err(bad).to_string();
            assert!(said.starts_with("[MAIL-02]"), "{bad}: {said}");
        }
    }

    #[test]
    fn a_name_with_a_line_break_is_refused_before_any_library_sees_it() {
        for bad in ["Acme\r\nBcc: all@x.com", "Acme\n", "a\0b", "a\u{2028}b"] {
            assert!(Mailbox::new(bad, "a@b.com").expect_err("a break").to_string().starts_with("[MAIL-01]"));
        }
        assert!(
            Mailbox::new("Acme", "a@b.com\r\nBcc: c@d.com").expect_err("a break").to_string().starts_with("[MAIL-01]")
        );
        let kept = Mailbox::new("Müller \u{202e}& \"Söhne\" <x@y.com>, Köln", "a@b.com").expect("cleaned");
        assert_eq!(kept.name(), "Müller & Söhne x@y.com, Köln");
    }
}
