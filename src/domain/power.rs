//! Powers with fractional exponents in exact decimals, by series: for effective yearly rates and for weights that halve
//! with age. Good to more than fifteen digits in the ranges receivables need.

use rust_decimal::Decimal;

/// `base ^ exponent` for a base above zero; `None` outside the range of decimals.
pub fn power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    exponential(logarithm(base)?.checked_mul(exponent)?)
}

/// `0.5 ^ (age / half_life)`: the weight of something that old. A half-life of 0 or less weighs only the present.
pub fn half_life_weight(age: i64, half_life: i64) -> Decimal {
    if age <= 0 {
        return Decimal::ONE;
    }
    if half_life <= 0 {
        return Decimal::ZERO;
    }
    let halvings = age / half_life;
    if halvings > 60 {
        return Decimal::ZERO;
    }
    let rest = Decimal::from(age % half_life) / Decimal::from(half_life);
    let partial = power(Decimal::new(5, 1), rest).unwrap_or(Decimal::ONE);
    (0..halvings).fold(partial, |weight, _| weight / Decimal::TWO)
}

/// The natural logarithm, by `ln x = 2 atanh((x - 1) / (x + 1))` after halving or doubling x into 0.75..1.5.
fn logarithm(x: Decimal) -> Option<Decimal> {
    if x <= Decimal::ZERO {
        return None;
    }
    let (mut reduced, mut twos) = (x, Decimal::ZERO);
    while reduced > Decimal::new(15, 1) {
        reduced /= Decimal::TWO;
        twos += Decimal::ONE;
    }
    while reduced < Decimal::new(75, 2) {
        reduced *= Decimal::TWO;
        twos -= Decimal::ONE;
    }
    // ln 2, which the series itself would give for x = 2.
    let ln_two = Decimal::from_i128_with_scale(693_147_180_559_945_309_417_232, 24);
    Some(atanh_series((reduced - Decimal::ONE) / (reduced + Decimal::ONE)) * Decimal::TWO + twos * ln_two)
}

/// `z + z^3/3 + z^5/5 + …` for |z| at most 0.2.
fn atanh_series(z: Decimal) -> Decimal {
    let square = z * z;
    let (mut sum, mut term) = (z, z);
    for place in 1..20u32 {
        term *= square;
        sum += term / Decimal::from(2 * place + 1);
    }
    sum
}

/// `e ^ x`: the series of `x / 256`, squared eight times.
fn exponential(x: Decimal) -> Option<Decimal> {
    let small = x / Decimal::from(256);
    let (mut sum, mut term) = (Decimal::ONE, Decimal::ONE);
    for place in 1..20u32 {
        term = term.checked_mul(small)? / Decimal::from(place);
        sum = sum.checked_add(term)?;
    }
    (0..8).try_fold(sum, |value, _| value.checked_mul(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_powers_come_out() {
        let close = |a: Decimal, b: &str| (a - b.parse::<Decimal>().unwrap()).abs() < Decimal::new(1, 15);
        assert!(close(power(Decimal::TWO, Decimal::new(5, 1)).unwrap(), "1.414213562373095"));
        assert!(close(power(Decimal::TEN, Decimal::from(-2)).unwrap(), "0.01"));
        assert!(close(half_life_weight(360, 180), "0.25"));
        assert!(close(half_life_weight(90, 180), "0.707106781186547"));
        assert_eq!(half_life_weight(-5, 180), Decimal::ONE);
        assert_eq!(half_life_weight(1_000_000, 180), Decimal::ZERO);
        assert_eq!(power(Decimal::ZERO, Decimal::ONE), None);
    }
}
