//! What the company accepts when payments differ from what they pay, as its settings say it, what it accepts of single
//! customers and from single people, and the matching policies that follow from both.

use rust_decimal::Decimal;

use super::allocation::Tolerance;
use super::matching::{Keep, Policy, Rule};
use super::money::{self, Currency};

/// What differences of payments are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashPolicy {
    /// How much an item may be short or over; minor units of the book's currency.
    pub tolerance: Tolerance,
    /// Days after a discount's last day in which it is granted.
    pub grace: i64,
    /// Whether oldest items are paid where nothing else explains a payment.
    pub oldest_first: bool,
}

/// The setting with what payers mean by the codes of their deductions.
pub const DEDUCTION_REASONS: &str = "deduction-reasons";

/// The setting with what is accepted of single customers, `*` for all of them.
pub const CUSTOMERS: &str = "cash-customers";

/// The setting with what single people may accept by hand.
pub const PEOPLE: &str = "cash-people";

/// The settings it is read from.
pub const KEYS: [&str; 4] = ["cash-tolerance", "cash-tolerance-percent", "discount-grace-days", "oldest-first"];

impl CashPolicy {
    /// Reads it: `setting` gives the value of a key of [`KEYS`]. What is not set accepts nothing.
    pub fn read(base: Currency, setting: impl Fn(&str) -> Option<String>) -> CashPolicy {
        let decimal = |key: &str| setting(key).and_then(|text| text.parse::<Decimal>().ok()).unwrap_or_default();
        let [absolute, percent, grace, oldest] = KEYS.map(decimal);
        let absolute = money::to_minor(absolute, base.digits()).unwrap_or(0);
        let grace = grace.try_into().unwrap_or(0);
        CashPolicy { tolerance: Tolerance { absolute, percent }, grace, oldest_first: oldest > Decimal::ZERO }
    }

    /// The policy the matching rules run under.
    pub fn matching(&self) -> Policy {
        Policy {
            short: self.tolerance,
            over: self.tolerance,
            discount_grace: self.grace,
            oldest_first: self.oldest_first,
            ..Policy::default()
        }
    }

    /// The same with what one customer or person has of its own.
    pub fn with(self, own: &Own, base: Currency) -> CashPolicy {
        let absolute = own.tolerance.and_then(|amount| money::to_minor(amount, base.digits()));
        CashPolicy {
            tolerance: Tolerance {
                absolute: absolute.unwrap_or(self.tolerance.absolute),
                percent: own.percent.unwrap_or(self.tolerance.percent),
            },
            grace: own.grace.unwrap_or(self.grace),
            oldest_first: own.oldest_first || self.oldest_first,
        }
    }
}

/// What is accepted of one customer, or from one person, where it is not what the company accepts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Own {
    /// The customer's number or the person's login; `*` for everybody.
    pub who: String,
    /// `tolerance=2.00`: how much of the book's currency a payment may differ.
    pub tolerance: Option<Decimal>,
    /// `percent=0.5`: percent of what is open it may differ, the smaller counts.
    pub percent: Option<Decimal>,
    /// `grace=3`: days after a discount's last day in which it is granted.
    pub grace: Option<i64>,
    /// `oldest-first`: what nothing explains pays the oldest items.
    pub oldest_first: bool,
    /// `on-account`: what nothing explains is kept on account.
    pub on_account: bool,
    /// `off=d,h`: rules of the ladder, by their letters, that do not run.
    pub off: Vec<Rule>,
    /// `minimum=30`, `customer=60`, `automatic=80`: percent from which an explanation is shown, a payer counts as known and
    /// an explanation may be applied by itself.
    pub sure: [Option<u16>; 3],
}

/// Reads a list such as `10042 tolerance=2.00 grace=3; 10043 on-account off=h; * automatic=90`. Otherwise the part that says
/// nothing, or twice the same.
pub fn read_own(text: &str) -> Result<Vec<Own>, String> {
    let mut all: Vec<Own> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let own = one(part).filter(|own| all.iter().all(|other| other.who != own.who));
        all.push(own.ok_or_else(|| part.to_owned())?);
    }
    Ok(all)
}

fn one(part: &str) -> Option<Own> {
    let mut words = part.split_whitespace().peekable();
    let is_option = |word: &str| word.contains('=') || ["oldest-first", "on-account"].contains(&word);
    let mut who: Vec<&str> = Vec::new();
    while let Some(word) = words.next_if(|word| !is_option(word)) {
        who.push(word);
    }
    words.peek()?;
    let mut own = Own { who: who.join(" "), ..Own::default() };
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        let decimal = || value.parse::<Decimal>().ok().filter(|value| !value.is_sign_negative());
        match key {
            "tolerance" => own.tolerance = Some(decimal()?),
            "percent" => own.percent = Some(decimal().filter(|percent| *percent <= Decimal::ONE_HUNDRED)?),
            "grace" => own.grace = Some(value.parse().ok().filter(|days| (0..=365).contains(days))?),
            "oldest-first" if value.is_empty() => own.oldest_first = true,
            "on-account" if value.is_empty() => own.on_account = true,
            "off" => own.off = value.split(',').map(Rule::of_letter).collect::<Option<_>>()?,
            "minimum" | "customer" | "automatic" => {
                let place = ["minimum", "customer", "automatic"].iter().position(|one| *one == key)?;
                own.sure[place] = Some(value.parse::<u16>().ok().filter(|percent| (1..=100).contains(percent))? * 10);
            }
            _ => return None,
        }
    }
    let usual = Policy::default();
    let [minimum, customer, automatic] = own.sure;
    let rises = minimum.unwrap_or(usual.minimum) < customer.unwrap_or(usual.customer)
        && customer.unwrap_or(usual.customer) < automatic.unwrap_or(usual.automatic);
    (!own.who.is_empty() && rises).then_some(own)
}

/// The company's policy with those of its customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    base: Currency,
    company: CashPolicy,
    own: Vec<Own>,
}

impl Policies {
    /// Reads them: `setting` gives the value of a key of [`KEYS`] and of [`CUSTOMERS`].
    pub fn read(base: Currency, setting: impl Fn(&str) -> Option<String>) -> Policies {
        let own = setting(CUSTOMERS).and_then(|text| read_own(&text).ok()).unwrap_or_default();
        Policies { base, company: CashPolicy::read(base, setting), own }
    }

    /// What is accepted of a customer.
    pub fn of(&self, number: &str) -> CashPolicy {
        let mut policy = self.company;
        for own in self.own.iter().filter(|own| own.who == "*").chain(self.own.iter().filter(|own| own.who == number)) {
            policy = policy.with(own, self.base);
        }
        policy
    }

    /// The policy of a customer without one of its own.
    pub fn company(&self) -> Policy {
        self.matching("*")
    }

    /// Numbers of customers with a policy of their own, and that policy.
    pub fn each(&self) -> impl Iterator<Item = (&str, Policy)> {
        let own = self.own.iter().map(|own| own.who.as_str()).filter(|who| *who != "*");
        own.map(|who| (who, self.matching(who)))
    }

    fn matching(&self, who: &str) -> Policy {
        let mut policy = self.of(who).matching();
        let all = self.own.iter().filter(|own| own.who == "*");
        for own in all.chain(self.own.iter().filter(|own| own.who == who && who != "*")) {
            policy.off.extend(own.off.iter().filter(|rule| !policy.off.contains(rule)).copied().collect::<Vec<_>>());
            if own.on_account {
                policy.keep = Keep::OnAccount;
            }
            for (place, sure) in
                [&mut policy.minimum, &mut policy.customer, &mut policy.automatic].into_iter().enumerate()
            {
                *sure = own.sure[place].unwrap_or(*sure);
            }
        }
        policy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policies(list: &str) -> Policies {
        let setting = |key: &str| match key {
            "cash-tolerance" => Some("1.00".to_owned()),
            "cash-tolerance-percent" => Some("1".to_owned()),
            CUSTOMERS => Some(list.to_owned()),
            _ => None,
        };
        Policies::read(Currency::EUR, setting)
    }

    #[test]
    fn a_customer_has_what_is_said_of_it_and_else_what_the_company_has() {
        let all =
            policies("10042 tolerance=2.50 grace=3 off=d,h; Nord 7 on-account oldest-first; * automatic=90 off=f");
        let tolerance = |who: &str| all.of(who).tolerance.absolute;
        assert_eq!((tolerance("10042"), tolerance("10043"), all.of("10042").grace), (250, 100, 3));
        let own: Vec<_> = all.each().collect();
        assert_eq!(own.iter().map(|(who, _)| *who).collect::<Vec<_>>(), ["10042", "Nord 7"]);
        assert_eq!(own[0].1.off, [Rule::PastDueOfTerm, Rule::WholeAccount, Rule::Combination]);
        assert_eq!((own[0].1.automatic, own[0].1.keep, own[1].1.keep), (900, Keep::Unapplied, Keep::OnAccount));
        assert!(own[1].1.oldest_first && !own[0].1.oldest_first && !all.company().oldest_first);
        assert_eq!((all.company().automatic, all.company().off.clone()), (900, vec![Rule::PastDueOfTerm]));
    }

    #[test]
    fn what_says_nothing_is_named() {
        for (list, part) in [
            ("10042", "10042"),
            ("10042 grace=3; 10043 grace=x", "10043 grace=x"),
            ("1 off=k", "1 off=k"),
            ("1 on-account=yes", "1 on-account=yes"),
            ("1 tolerance=-1", "1 tolerance=-1"),
            ("tolerance=1", "tolerance=1"),
            ("1 grace=1; 1 grace=2", "1 grace=2"),
            ("* automatic=50", "* automatic=50"),
        ] {
            assert_eq!(read_own(list).err().as_deref(), Some(part), "{list}");
        }
    }
}
