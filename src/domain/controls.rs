//! Controls of who does what: duties that must not meet in one person, whose approval an amount needs, and amounts
//! split to stay below it (domain reference, section 10).

use chrono::NaiveDate;

use super::calendar;

/// The forbidden pairs a person holds both sides of, each pair and the list in alphabetical order.
pub fn conflicts<'a>(duties: &[&str], pairs: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let held = pairs.iter().filter(|pair| duties.contains(&pair.0) && duties.contains(&pair.1));
    let mut found: Vec<_> = held.map(|pair| if pair.0 <= pair.1 { *pair } else { (pair.1, pair.0) }).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Who may approve an amount: the first tier whose limit is not exceeded. `None` as limit means any amount.
pub fn approver<'a>(amount: i64, tiers: &[(Option<i64>, &'a str)]) -> Option<&'a str> {
    tiers.iter().find(|tier| tier.0.is_none_or(|limit| amount <= limit)).map(|tier| tier.1)
}

/// The largest sum of amounts within any window of `days` that starts on the day of one of them. Compared with a limit
/// it shows amounts split to avoid approval.
pub fn largest_window(items: &[(NaiveDate, i64)], days: i64) -> i64 {
    let sum_from = |start: NaiveDate| -> i64 {
        let end = calendar::add_days(start, days - 1);
        items.iter().filter(|item| (start..=end).contains(&item.0)).map(|item| item.1).sum()
    };
    items.iter().map(|item| sum_from(item.0)).max().unwrap_or(0)
}
