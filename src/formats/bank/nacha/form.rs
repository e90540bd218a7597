//! What a NACHA record must be beside its columns: codes that exist, a routing number whose check digit fits, entries that
//! go the way their batch says, a control that closes the batch it stands under.

use super::super::Refusal;
use super::super::columns::Row;
use super::super::shown;
use super::entry::Sec;

/// Addenda there are.
const ADDENDA: [&str; 13] = ["02", "05", "10", "11", "12", "13", "14", "15", "16", "17", "18", "98", "99"];

/// What the header of a batch says of what follows.
#[derive(Clone, Default)]
pub(super) struct Batch {
    class: String,
    number: String,
}

impl Batch {
    /// Reads a batch header.
    pub fn read(row: &Row<'_>) -> Result<Batch, Refusal> {
        let class = row.trimmed(1, 4);
        // Trimmed files leave it out.
        if !["", "200", "220", "225", "280"].contains(&class) {
            return Err(row.refuse("IMP-12", &format!("{} is no service class (200, 220, 225, 280)", shown(class))));
        }
        Ok(Batch { class: class.to_owned(), number: row.trimmed(87, 94).to_owned() })
    }

    /// Holds an entry against what there may be.
    pub fn entry(&self, row: &Row<'_>, sec: Sec, debit: bool) -> Result<(), Refusal> {
        let code = row.get(1, 3);
        let known =
            code.parse::<u8>().is_ok_and(|code| matches!(code, 21..=29 | 31..=39 | 41..=49 | 51..=56 | 81..=88));
        if !known {
            return Err(row.refuse("IMP-12", &format!("{} is no transaction code", shown(code))));
        }
        let way = match (self.class.as_str(), debit) {
            // Batches of international entries are seen to hold both.
            _ if sec == Sec::Iat => None,
            ("220", true) => Some("a debit stands in a batch of credits (service class 220)"),
            ("225", false) => Some("a credit stands in a batch of debits (service class 225)"),
            _ => None,
        };
        if let Some(way) = way {
            return Err(row.refuse("IMP-14", way));
        }
        let (digits, check) = (row.get(3, 11), row.get(11, 12));
        if !check.trim().is_empty() && check_digit(digits).is_some_and(|fits| fits != check) {
            let what = format!("the check digit {} does not fit the routing number {}", shown(check), shown(digits));
            return Err(row.refuse("IMP-12", &what));
        }
        let follows = if sec == Sec::Adv { "" } else { row.trimmed(78, 79) };
        if !["", "0", "1"].contains(&follows) {
            return Err(row.refuse("IMP-12", &format!("{} in column 79 is neither 0 nor 1 (addenda)", shown(follows))));
        }
        Ok(())
    }

    /// Holds a batch control against its header.
    pub fn close(&self, row: &Row<'_>) -> Result<(), Refusal> {
        let number = row.trimmed(87, 94);
        if number.is_empty() || self.number.is_empty() || number == self.number {
            return Ok(());
        }
        let what = format!("the control of batch {} stands under batch {}", shown(number), shown(&self.number));
        Err(row.refuse("IMP-13", &what))
    }
}

/// Holds an addenda record against those there are.
pub(super) fn addenda(row: &Row<'_>) -> Result<(), Refusal> {
    let code = row.get(1, 3);
    match ADDENDA.contains(&code) {
        true => Ok(()),
        false => Err(row.refuse("IMP-12", &format!("{} is no kind of addenda", shown(code)))),
    }
}

/// The ninth digit of an ABA routing number: weights 3, 7 and 1, modulo 10.
fn check_digit(digits: &str) -> Option<String> {
    let digits: Vec<u32> = digits.chars().map(|digit| digit.to_digit(10)).collect::<Option<_>>()?;
    let sum: u32 = digits.iter().zip([3, 7, 1].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    (digits.len() == 8).then(|| ((10 - sum % 10) % 10).to_string())
}

#[cfg(test)]
mod tests {
    use super::check_digit;

    #[test]
    fn the_ninth_digit_follows_from_the_eight() {
        assert_eq!(check_digit("23138010").as_deref(), Some("4"));
        assert_eq!(check_digit("12104288").as_deref(), Some("2"));
        assert_eq!(check_digit("1210428"), None);
    }
}
