//! Payment terms as text: the forms people and other systems write, and one canonical form back. A code nobody can
//! read is refused by name instead of being taken for a number of days.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::terms::{Discount, Instalment, Step, Terms};

/// Why a text is not a payment term. The message names the text and gives forms that work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// No known form.
    #[error("\"{0}\" is not a payment term; use for example \"net 30\", \"2/10 net 30\", \"eom+30\" or \"10 prox\"")]
    Unknown(String),
    /// A form that means two different dates in practice.
    #[error(
        "\"{0}\" can mean two dates; write \"{1} eom\" (days, then month end) or \"eom+{1}\" (month end, then days)"
    )]
    Ambiguous(String, i64),
    /// Shares that do not make a whole.
    #[error("\"{0}\": the shares add up to {1} %, not 100 %")]
    Shares(String, Decimal),
}

impl Terms {
    /// Reads terms such as `net 30`, `30`, `N030`, `2/10 net 30`, `2% 10 net 30`, `30 eom`, `eom+30`, `10 prox`, `10 prox cut-off 25`,
    /// `1 month`, `31 then day 15`, `3 x monthly`, `30% cod + 70% net 60`, `cod`. Case and spaces do not matter.
    pub fn parse(text: &str) -> Result<Self, TermsError> {
        let clean = text.trim().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let unknown = || TermsError::Unknown(text.trim().to_owned());
        if let Some(count) = clean.strip_suffix(" x monthly").and_then(small) {
            return if (2..=60).contains(&count) { Ok(Terms::monthly(count as u32)) } else { Err(unknown()) };
        }
        if clean.contains('%') && clean.contains(" + ") {
            return parse_instalments(&clean, text);
        }
        let (discount, rest) = match split_discount(&clean) {
            Some((discount, rest)) => (Some(discount), rest),
            None => (None, clean.as_str()),
        };
        let rest = if discount.is_some() { rest.trim_start_matches([',', ' ']) } else { rest };
        let steps = parse_steps(rest, text)?;
        Ok(Terms { steps, discount, instalments: Vec::new() })
    }
}

impl FromStr for Terms {
    type Err = TermsError;
    fn from_str(text: &str) -> Result<Self, TermsError> {
        Terms::parse(text)
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(discount) = &self.discount {
            write!(f, "{}/{} ", discount.percent.normalize(), discount.days + discount.grace)?;
        }
        if self.instalments.is_empty() {
            return f.write_str(&steps_text(&self.steps));
        }
        if *self == Terms::monthly(self.instalments.len() as u32) {
            return write!(f, "{} x monthly", self.instalments.len());
        }
        let part = |i: &Instalment| format!("{}% {}", i.percent.normalize(), steps_text(&i.steps));
        f.write_str(&self.instalments.iter().map(part).collect::<Vec<_>>().join(" + "))
    }
}

/// A share a line: `30% cod + 70% net 60`.
fn parse_instalments(clean: &str, text: &str) -> Result<Terms, TermsError> {
    let unknown = || TermsError::Unknown(text.trim().to_owned());
    let mut instalments = Vec::new();
    for part in clean.split(" + ") {
        let (percent, steps) = part.split_once('%').ok_or_else(unknown)?;
        let percent = percent_of(percent).ok_or_else(unknown)?;
        instalments.push(Instalment { percent, steps: parse_steps(steps.trim(), text)? });
    }
    let sum: Decimal = instalments.iter().map(|part| part.percent).sum();
    // Thirds are written 33.33 or 33.3333: what is missing by rounding goes to the last instalment.
    if (sum - Decimal::ONE_HUNDRED).abs() > Decimal::new(5, 2) {
        return Err(TermsError::Shares(text.trim().to_owned(), sum));
    }
    Ok(Terms { instalments, ..Terms::default() })
}

/// Takes `2/10` or `2% 10` off the front; what follows is the net term.
fn split_discount(clean: &str) -> Option<(Discount, &str)> {
    let (percent, rest) = clean.split_once(['/', '%'])?;
    let percent = percent_of(percent)?;
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let days = small(&rest[..end])?;
    Some((Discount { percent, days, grace: 0 }, &rest[end..]))
}

/// Steps joined by `then`.
fn parse_steps(clean: &str, text: &str) -> Result<Vec<Step>, TermsError> {
    let mut steps = Vec::new();
    for part in clean.split(" then ") {
        steps.extend(parse_form(part.trim(), text)?);
    }
    Ok(steps)
}

/// One form of a term without discount and without `then`.
fn parse_form(form: &str, text: &str) -> Result<Vec<Step>, TermsError> {
    let unknown = || TermsError::Unknown(text.trim().to_owned());
    const AT_ONCE: [&str; 9] =
        ["cod", "cash", "immediate", "immediately", "due on receipt", "on receipt", "due now", "prepaid", "in advance"];
    if AT_ONCE.contains(&form) {
        return Ok(Vec::new());
    }
    if let Some(days) = days_form(form) {
        return Ok(vec![Step::AddDays(days)]);
    }
    if let Some(rest) = form.strip_prefix("eom") {
        return match rest.trim_start().strip_prefix('+') {
            None if rest.is_empty() => Ok(vec![Step::EndOfMonth]),
            Some(days) => small(days.trim()).map(|n| vec![Step::EndOfMonth, Step::AddDays(n)]).ok_or_else(unknown),
            None => Err(unknown()),
        };
    }
    if let Some(before) = form.strip_suffix("eom") {
        let before = before.trim_end();
        if let Some(days) = before.strip_prefix("net").or_else(|| before.strip_prefix("n")).and_then(small) {
            return Err(TermsError::Ambiguous(text.trim().to_owned(), days));
        }
        return days_form(before).map(|n| vec![Step::AddDays(n), Step::EndOfMonth]).ok_or_else(unknown);
    }
    if let Some(count) = form.strip_suffix("months").or_else(|| form.strip_suffix("month")).and_then(small) {
        return Ok(vec![Step::AddMonths(count as i32)]);
    }
    if let Some(day) = form.strip_prefix("day ").and_then(month_day) {
        return Ok(vec![Step::DayOfMonth(day)]);
    }
    proximo_form(form).map(|step| vec![step]).ok_or_else(unknown)
}

/// `30`, `net 30`, `30 days`, `n30`, `n/30`, `N030`.
fn days_form(form: &str) -> Option<i64> {
    let body = form.strip_prefix("net").or_else(|| form.strip_prefix("n/")).or_else(|| form.strip_prefix('n'));
    let body = body.unwrap_or(form).trim();
    small(body.strip_suffix("days").or_else(|| body.strip_suffix('d')).unwrap_or(body))
}

/// `10 prox`, `15 mfi`, `10 prox cut-off 25`, `10 prox +2 months`.
fn proximo_form(form: &str) -> Option<Step> {
    let mut words = form.split(' ');
    let first = words.next()?;
    let day = month_day(first.trim_end_matches("th").trim_end_matches("st").trim_end_matches("nd"))?;
    matches!(words.next()?, "prox" | "proximo" | "mfi").then_some(())?;
    let (mut months, mut cut_off) = (1, 31);
    while let Some(word) = words.next() {
        match word {
            "cut-off" => cut_off = month_day(words.next()?)?,
            _ => {
                months = small(word.strip_prefix('+')?)? as i32;
                matches!(words.next()?, "month" | "months").then_some(())?;
            }
        }
    }
    Some(Step::Proximo { day, months, cut_off })
}

/// Up to three digits; longer numbers are codes of another system, not days.
fn small(text: &str) -> Option<i64> {
    let text = text.trim();
    let fits = (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// A day of a month, 1 to 31.
fn month_day(text: &str) -> Option<u32> {
    small(text).filter(|day| (1..=31).contains(day)).map(|day| day as u32)
}

/// A percentage above 0 and at most 100, without sign or exponent.
fn percent_of(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let value: Decimal = if plain { text.parse().ok()? } else { return None };
    (value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED).then_some(value)
}

/// The canonical text of steps; reads back to the same steps.
fn steps_text(steps: &[Step]) -> String {
    match steps {
        [] => "cod".to_owned(),
        [Step::AddDays(days), Step::EndOfMonth] => format!("{days} eom"),
        [Step::EndOfMonth, Step::AddDays(days)] => format!("eom+{days}"),
        _ => steps.iter().map(step_text).collect::<Vec<_>>().join(" then "),
    }
}

/// The canonical text of one step.
fn step_text(step: &Step) -> String {
    match *step {
        Step::AddDays(days) => format!("net {days}"),
        Step::AddMonths(1) => "1 month".to_owned(),
        Step::AddMonths(months) => format!("{months} months"),
        Step::EndOfMonth => "eom".to_owned(),
        Step::DayOfMonth(day) => format!("day {day}"),
        Step::Proximo { day, months, cut_off } => {
            let later = if months == 1 { String::new() } else { format!(" +{months} months") };
            let cut = if cut_off == 31 { String::new() } else { format!(" cut-off {cut_off}") };
            format!("{day} prox{later}{cut}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_people_write_are_read_and_written_back() {
        let cases = [
            ("net 30", "net 30"),
            ("30", "net 30"),
            ("N030", "net 30"),
            ("N014", "net 14"),
            ("30 days", "net 30"),
            ("2/10 net 30", "2/10 net 30"),
            ("2/10N30", "2/10 net 30"),
            ("2/10, n/30", "2/10 net 30"),
            ("2% 10 Net 30", "2/10 net 30"),
            ("NET30", "net 30"),
            ("30 days EOM", "30 eom"),
            ("In advance", "cod"),
            ("1.5/10 eom", "1.5/10 eom"),
            ("30 EOM", "30 eom"),
            ("eom+30", "eom+30"),
            ("EOM + 45", "eom+45"),
            ("10 prox", "10 prox"),
            ("15 MFI", "15 prox"),
            ("10 prox cut-off 25", "10 prox cut-off 25"),
            ("31 then day 15", "net 31 then day 15"),
            ("2 months", "2 months"),
            ("COD", "cod"),
            ("3 x monthly", "3 x monthly"),
            ("30% cod + 70% net 60", "30% cod + 70% net 60"),
        ];
        for (text, canonical) in cases {
            let terms = Terms::parse(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(terms.to_string(), canonical, "{text}");
            assert_eq!(Terms::parse(canonical), Ok(terms), "{canonical} reads back");
        }
    }

    #[test]
    fn what_nobody_can_read_is_refused_by_name() {
        for code in ["NAA8", "NAGD", "", "0001", "net", "-5", "40 prox", "2/10", "120/10 net 30", "net 30 then"] {
            let error = Terms::parse(code).expect_err(code);
            assert!(error.to_string().contains(code), "{error}");
        }
        assert!(matches!(Terms::parse("net 30 eom"), Err(TermsError::Ambiguous(_, 30))));
        assert!(matches!(Terms::parse("30% cod + 60% net 60"), Err(TermsError::Shares(..))));
    }
}
