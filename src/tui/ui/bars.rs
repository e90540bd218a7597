//! Bars for shares of a whole: one bar of one part, and one bar stacked from several. Lengths are integers that add up
//! exactly; the number itself is always printed beside the bar by the caller.

use super::glyphs::Glyphs;

/// Splits `width` cells by the parts (largest remainder); a part above nothing gets at least a cell when there is room.
fn lengths(parts: &[i64], width: usize) -> Vec<usize> {
    let total: i128 = parts.iter().map(|part| i128::from((*part).max(0))).sum();
    if total == 0 || width == 0 {
        return vec![0; parts.len()];
    }
    let scaled: Vec<i128> = parts.iter().map(|part| i128::from((*part).max(0)) * width as i128).collect();
    let mut out: Vec<usize> = scaled.iter().map(|part| usize::try_from(part / total).unwrap_or(0)).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(scaled[*index] % total));
    let missing = width.saturating_sub(out.iter().sum());
    for index in order.into_iter().take(missing) {
        out[index] += 1;
    }
    for index in 0..parts.len() {
        let widest = (0..out.len()).max_by_key(|other| out[*other]).filter(|other| out[*other] > 1);
        if let Some(widest) = widest.filter(|_| parts[index] > 0 && out[index] == 0) {
            out[index] = 1;
            out[widest] -= 1;
        }
    }
    out
}

/// One bar of `width` cells stacked from parts, each with its own filling.
pub fn stacked(parts: &[i64], width: usize, glyphs: &Glyphs) -> String {
    lengths(parts, width).iter().enumerate().map(|(index, length)| filling(index, glyphs).repeat(*length)).collect()
}

/// The filling of one part of a stacked bar, for the legend.
pub fn filling(part: usize, glyphs: &Glyphs) -> &'static str {
    glyphs.stack[part.min(glyphs.stack.len() - 1)]
}

/// A bar of `width` cells, filled by `part` of `whole`.
pub fn share(part: i64, whole: i64, width: usize, glyphs: &Glyphs) -> String {
    let part = part.clamp(0, whole.max(0));
    let full = lengths(&[part, whole.max(0) - part], width)[0];
    glyphs.bar[0].repeat(full) + &glyphs.bar[1].repeat(width - full)
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::ASCII;
    use super::*;

    #[test]
    fn bars_have_exactly_their_width() {
        assert_eq!(share(12, 24, 10, &ASCII), "#####.....");
        assert_eq!(share(0, 0, 4, &ASCII), "....");
        assert_eq!(share(50, 10, 4, &ASCII), "####");
        assert_eq!(stacked(&[53, 15, 12, 10, 10], 20, &ASCII).len(), 20);
        assert_eq!(stacked(&[997, 1, 1, 1], 10, &ASCII), ".......:=+");
        assert_eq!(stacked(&[1, 1], 0, &ASCII), "");
        assert_eq!(stacked(&[i64::MAX, i64::MAX], 4, &ASCII), "..::");
    }
}
