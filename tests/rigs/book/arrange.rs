//! Plans, a strategy, a contact, a promise with who made it and a hand-over of the workload: agreed, replaced, withdrawn,
//! taken back.

use super::day;
use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::domain::plan::monthly;
use o2c::domain::promise::Said;
use o2c::domain::strategy::Strategy;

/// The acts, the first of which gets that number.
pub fn acts(first: i64) -> Vec<Act> {
    let plan = |rates, replaces| {
        Act::Arrange(Arrange::ProposePlan {
            items: vec![(4, 600_000)],
            instalments: monthly(600_000, rates, day(25)),
            grace_days: 5,
            text: "Mr Zimmer".into(),
            replaces,
        })
    };
    vec![
        plan(3, None),
        plan(6, Some(1)),
        Act::Undo { act: first + 1 },
        Act::Arrange(Arrange::WithdrawPlan { plan: 1, reason: "he pays at once".into() }),
        Act::Arrange(Arrange::SetStrategy {
            strategy: Box::new(Strategy {
                name: "careful".into(),
                segment: "country:DE".into(),
                ..Strategy::default()
            }),
            version: 0,
        }),
        Act::Arrange(Arrange::Contact {
            customer: 3,
            kind: "visit".into(),
            outcome: "cannot pay".into(),
            text: "at the yard".into(),
            next_on: day(24),
            next_what: String::new(),
        }),
        Act::Arrange(Arrange::PromiseBy {
            items: vec![(4, 50_000)],
            on: day(20),
            text: "half of it".into(),
            said: Said { method: "transfer".into(), contact: "Mrs Voss".into(), source: "call".into() },
        }),
        Act::Arrange(Arrange::HandOver { from: "anna".into(), to: "carl".into(), note: "on leave".into() }),
    ]
}
