//! When a customer may be written to, and by which way: quiet hours, days without mail, how often in a week, and the next
//! channel when one has failed. Values in, values out.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::domain::dunning::Channel;

/// When no letter leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// From this time of day on.
    pub from: NaiveTime,
    /// Until this time of day; may lie on the next morning.
    pub until: NaiveTime,
    /// Also on Saturdays and Sundays.
    pub weekends: bool,
}

impl Quiet {
    /// Whether a time of day is quiet. `from` and `until` alike mean that no hour is.
    fn is_quiet(&self, time: NaiveTime) -> bool {
        if self.from <= self.until {
            (self.from..self.until).contains(&time)
        } else {
            time >= self.from || time < self.until
        }
    }

    /// The first moment from `now` on at which a letter may leave. `holiday` says which days are kept free; where none of
    /// the next 60 days is open, the last of them is taken.
    pub fn next_open(&self, now: NaiveDateTime, holiday: impl Fn(NaiveDate) -> bool) -> NaiveDateTime {
        let kept_free =
            |day: NaiveDate| (self.weekends && matches!(day.weekday(), Weekday::Sat | Weekday::Sun)) || holiday(day);
        let mut moment = now;
        for _ in 0..60 {
            if kept_free(moment.date()) {
                moment = next_day(moment).and_time(NaiveTime::MIN);
            } else if !self.is_quiet(moment.time()) {
                return moment;
            } else if self.from <= self.until || moment.time() < self.until {
                moment = moment.date().and_time(self.until);
            } else {
                moment = next_day(moment).and_time(self.until);
            }
        }
        moment
    }
}

fn next_day(moment: NaiveDateTime) -> NaiveDate {
    moment.date().checked_add_days(Days::new(1)).unwrap_or(moment.date())
}

/// How often a customer may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cap {
    /// Days between two contacts; 0 for no gap.
    pub gap_days: u64,
    /// Contacts in any seven days; 0 for no limit.
    pub per_week: usize,
}

impl Cap {
    /// The first day from `today` on which one more contact is within the cap, after those on `contacts`.
    pub fn next_day(&self, contacts: &[NaiveDate], today: NaiveDate) -> NaiveDate {
        let within = |day: NaiveDate| {
            let since = |days: u64| day.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
            let gap = self.gap_days == 0 || !contacts.iter().any(|on| *on > since(self.gap_days) && *on <= day);
            let week = contacts.iter().filter(|on| **on > since(7) && **on <= day).count();
            gap && (self.per_week == 0 || week < self.per_week)
        };
        let furthest = self.gap_days.max(7);
        let days = (0..=furthest).filter_map(|days| today.checked_add_days(Days::new(days)));
        days.into_iter().find(|day| within(*day)).unwrap_or(today)
    }
}

/// The first channel of a policy's order that has not failed; `None` when every one has.
pub fn next_channel(order: &[Channel], failed: &[Channel]) -> Option<Channel> {
    order.iter().copied().find(|channel| !failed.contains(channel))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn nothing_leaves_at_night_on_weekends_or_holidays() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let quiet = Quiet { from: time(18), until: time(8), weekends: true };
        // 1 April 2026 is a Wednesday, 3 and 6 April are Good Friday and Easter Monday.
        let holiday = |day: NaiveDate| ["2026-04-03", "2026-04-06"].iter().any(|text| text.parse() == Ok(day));
        for (now, open) in [
            ("2026-04-01 10:00", "2026-04-01 10:00"),
            ("2026-04-01 07:59", "2026-04-01 08:00"),
            ("2026-04-01 18:00", "2026-04-02 08:00"),
            ("2026-04-02 23:30", "2026-04-07 08:00"),
            ("2026-04-04 12:00", "2026-04-07 08:00"),
        ] {
            assert_eq!(quiet.next_open(at(now), holiday), at(open), "{now}");
        }
        let noon = Quiet { from: time(12), until: time(14), weekends: false };
        assert_eq!(noon.next_open(at("2026-04-04 13:00"), |_| false), at("2026-04-04 14:00"));
        let never = Quiet { from: time(8), until: time(8), weekends: false };
        assert_eq!(never.next_open(at("2026-04-04 08:00"), |_| false), at("2026-04-04 08:00"));
        assert!(quiet.next_open(at("2026-04-01 10:00"), |_| true) > at("2026-05-01 00:00"));
    }

    #[test]
    fn one_more_contact_waits_for_the_gap_and_the_week() {
        let cap = Cap { gap_days: 3, per_week: 2 };
        let next = |contacts: &[&str]| {
            let contacts: Vec<NaiveDate> = contacts.iter().map(|text| day(text)).collect();
            cap.next_day(&contacts, day("2026-04-10")).to_string()
        };
        assert_eq!(next(&[]), "2026-04-10");
        assert_eq!(next(&["2026-04-09"]), "2026-04-12");
        assert_eq!(next(&["2026-04-10"]), "2026-04-13");
        assert_eq!(next(&["2026-04-07"]), "2026-04-10");
        // Two within the week: the first has to be seven days old.
        assert_eq!(next(&["2026-04-05", "2026-04-07"]), "2026-04-12");
        assert_eq!(
            Cap { gap_days: 0, per_week: 0 }.next_day(&[day("2026-04-10")], day("2026-04-10")),
            day("2026-04-10")
        );
    }

    #[test]
    fn what_failed_falls_to_the_next_channel() {
        use Channel::{Letter, Mail, Phone};
        assert_eq!(next_channel(&[Mail, Letter, Phone], &[Mail]), Some(Letter));
        assert_eq!(next_channel(&[Mail], &[Mail]), None);
        assert_eq!(next_channel(&[], &[]), None);
    }
}
