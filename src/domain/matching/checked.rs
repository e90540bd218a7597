//! What is inside a reference with check digits: the base of an ISO 11649 reference, the first ten digits of a Belgian
//! one, the body of a Finnish, Norwegian, Swedish or Swiss one. In free text only where the digits cannot be chance.

use super::super::reference;

/// A number inside a reference, and the customer's number before it; empty where there is none.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Inside {
    pub customer: String,
    pub number: String,
}

impl Inside {
    fn only(number: &str) -> Inside {
        Inside { customer: String::new(), number: number.to_owned() }
    }
}

/// The numbers that may be inside the references of a text, with where in it each reference starts and ends.
/// `structured` fields hold a reference and nothing else; `country` is the payer's bank's.
pub(super) fn read(text: &str, structured: bool, country: &str) -> Vec<(usize, usize, Inside)> {
    let mut found = Vec::new();
    let compact: String = text.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    if structured {
        let mut inside = Vec::new();
        whole(&compact, &mut inside);
        return inside.into_iter().map(|one| (0, text.len(), one)).collect();
    }
    let mut start = 0;
    for word in text.split_inclusive(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';')) {
        let mut inside = Vec::new();
        let from = start;
        start += word.len();
        let bare = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
        let belgian = word.starts_with("+++") || word.starts_with("***");
        if bare.is_ascii() && bare.len() >= 6 && reference::is_rf(bare) {
            inside.push(Inside::only(&bare[4..]));
        } else if belgian && reference::is_belgian(&digits) {
            inside.push(Inside::only(&digits[..10]));
        } else if digits.len() == 27 && reference::is_qrr(&digits) || local(&digits, country) && digits == bare {
            body(&digits, &mut inside);
        }
        found.extend(inside.into_iter().map(|one| (from, start, one)));
    }
    found
}

/// Whether digits are a reference of the kind a country uses.
fn local(digits: &str, country: &str) -> bool {
    match country {
        "FI" => reference::is_finnish(digits),
        "NO" => digits.len() >= 5 && reference::is_kid(digits),
        "SE" | "DK" => digits.len() >= 5 && reference::is_luhn(digits),
        _ => false,
    }
}

/// What is inside a text that is one reference.
fn whole(compact: &str, inside: &mut Vec<Inside>) {
    if reference::is_rf(compact) {
        inside.push(Inside::only(&compact[4..]));
    }
    if reference::is_belgian(compact) {
        inside.push(Inside::only(&compact[..10]));
    }
    let kinds = [reference::is_finnish, reference::is_luhn, reference::is_kid, reference::is_qrr];
    if compact.len() >= 5 && kinds.iter().any(|is| is(compact)) {
        body(compact, inside);
    }
}

/// The digits before the last. A customer's number may stand before the document's: every way to part them is given,
/// and whoever looks them up sees whether the two belong together.
fn body(digits: &str, inside: &mut Vec<Inside>) {
    let Some(body) = digits.get(..digits.len().saturating_sub(1)) else { return };
    inside.push(Inside { customer: String::new(), number: body.to_owned() });
    for at in 3..body.len().saturating_sub(3) {
        let (customer, number) = (body[..at].trim_start_matches('0'), body[at..].to_owned());
        if customer.len() >= 3 {
            inside.push(Inside { customer: customer.to_owned(), number });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Inside;

    fn read(text: &str, structured: bool, country: &str) -> Vec<String> {
        super::read(text, structured, country).into_iter().map(|found| found.2.number).collect()
    }

    #[test]
    fn the_body_is_found() {
        assert_eq!(read("RF78 INV2024001", true, ""), ["INV2024001"]);
        assert_eq!(super::read("pay RF78INV2024001 now", false, ""), [(4, 19, Inside::only("INV2024001"))]);
        assert!(read("+++090/9337/55493+++", false, "BE").contains(&"0909337554".to_owned()));
        assert!(read("1234561", true, "FI").contains(&"123456".to_owned()));
        assert!(read("order 1234561", false, "DE").is_empty());
        assert!(read("210000000003139471430009017", false, "CH").contains(&"21000000000313947143000901".to_owned()));
    }
}
