//! The run of the matching rules by key: what it would do is looked at first, reviewed, and then done behind the screen.

use super::cash;
use crate::acts::run::Tally;
use crate::store::read::cash::Waiting;
use crate::tui::app::overlay::Review;
use crate::tui::app::{CmdId, Ctx, Effect, behind};

/// Name of the command, and of the run it ends in.
pub(super) const RUN: CmdId = "cash.rules";
/// Under this name the screen is told what a run would do.
pub(super) const LOOK: &str = "cash.look";
/// Reasons listed one by one; the rest is counted.
const REASONS: usize = 6;

/// The key: asks what the rules would do, or stops what is going on.
pub(super) fn begin(ctx: &Ctx) -> Vec<Effect> {
    vec![if ctx.running.is_some() { Effect::Stop } else { Effect::rules(LOOK, false) }]
}

fn payments(count: u64) -> String {
    format!("{count} {}", if count == 1 { "payment" } else { "payments" })
}

/// What would be applied and what would stay, before anything is.
pub(super) fn review(tally: &Tally, waiting: &[Waiting], ctx: &Ctx) -> Vec<Effect> {
    if tally.seen == 0 {
        return vec![Effect::Say("no payment waits for the rules".to_owned())];
    }
    let left: u64 = tally.left.values().sum();
    let before = vec![format!(
        "{} not settled, {}",
        payments(waiting.iter().map(|sum| sum.count).sum()),
        cash::sums(waiting, ctx)
    )];
    let change = if tally.applied == 0 {
        vec!["apply nothing, and note at each payment why it waits".to_owned()]
    } else {
        let by_rule = tally.by_rule.iter().map(|(rule, count)| format!("  {count}: {}", rule.words()));
        let what = format!("apply {} of {}, {}, by {}", tally.applied, tally.seen, behind::sums(tally, ctx), ctx.user);
        let kept = (tally.on_account > 0).then(|| format!("  {}: kept on account, as agreed", tally.on_account));
        std::iter::once(what).chain(by_rule).chain(kept).collect()
    };
    let mut whys: Vec<(&String, &u64)> = tally.left.iter().collect();
    whys.sort_by_key(|(why, count)| (std::cmp::Reverse(**count), (*why).clone()));
    let mut after = vec![match left {
        0 => "none of them waits any more".to_owned(),
        1 => "1 waits for a person:".to_owned(),
        _ => format!("{left} wait for a person:"),
    }];
    after.extend(whys.iter().take(REASONS).map(|(why, count)| format!("  {count}: {why}")));
    let more: u64 = whys.iter().skip(REASONS).map(|(_, count)| **count).sum();
    if more > 0 {
        after.push(format!("  {more}: other reasons, beside each in the queue"));
    }
    let go = || vec![Effect::rules(RUN, true)];
    vec![Effect::Overlay(Box::new(Review::new("Apply by the rules", &before, &change, &after, go)))]
}
