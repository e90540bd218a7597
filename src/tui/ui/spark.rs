//! A trend in one line: each value as one of eight heights (nine signs in ASCII), on the row's own scale.

use super::glyphs::Glyphs;

/// One sign per value, the lowest value the lowest sign. `None` leaves a blank: no value that month.
pub fn spark(values: &[Option<i64>], glyphs: &Glyphs) -> String {
    let known = || values.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else { return " ".repeat(values.len()) };
    let steps = glyphs.spark.len() as i128 - 1;
    let span = i128::from(high) - i128::from(low);
    let step = |value: i64| {
        if span == 0 { steps / 2 } else { ((i128::from(value) - i128::from(low)) * steps + span / 2) / span }
    };
    values
        .iter()
        .map(|value| value.map_or(" ", |value| glyphs.spark[usize::try_from(step(value)).unwrap_or(0)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::{ASCII, UNICODE};
    use super::*;

    #[test]
    fn values_keep_their_order() {
        let values: Vec<Option<i64>> = (0..8).map(Some).collect();
        assert_eq!(spark(&values, &UNICODE), "▁▂▃▄▅▆▇█");
        assert_eq!(spark(&[Some(3), None, Some(3)], &ASCII), "+ +");
        assert_eq!(spark(&[None, None], &ASCII), "  ");
        assert_eq!(spark(&[Some(i64::MIN), Some(i64::MAX)], &ASCII), ".@");
    }
}
