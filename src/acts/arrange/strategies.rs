//! Strategies of the worklist: written as versions, of which the newest counts. A version never changes.

use super::super::Failure;
use super::super::master::line;
use super::super::perform::Written;
use crate::domain::strategy::Strategy;
use crate::store::Tx;

pub(super) fn set(tx: &mut Tx<'_>, strategy: &Strategy, seen: i64) -> Result<Written, Failure> {
    let name = line(&strategy.name, "The strategy's name")?;
    if let Some((_, fault)) = strategy.faults().first() {
        return Err(Failure::refused("STR-01", format!("Strategy {name}: {fault}. Nothing was changed.")));
    }
    let now = tx.strategies()?.iter().find(|row| row.strategy.name == name).map_or(0, |row| row.version);
    if now != seen {
        let who = match tx.strategy_act(&name)? {
            Some(act) => tx.who(act)?,
            None => "Somebody".to_owned(),
        };
        let sentence = format!(
            "The strategy {name} is at version {now}, you saw version {seen}. {who}. Yours was not kept; look at it again."
        );
        return Err(Failure::refused("ACT-03", sentence));
    }
    let data = serde_json::to_string(&Strategy { name: name.clone(), ..strategy.clone() })
        .map_err(|error| Failure::refused("ACT-05", format!("The strategy cannot be written down: {error}.")))?;
    tx.add_strategy(&name, now + 1, &data)?;
    let whom = if strategy.segment.is_empty() { "everybody" } else { &strategy.segment };
    let state = if strategy.in_force { "" } else { ", out of use" };
    let summary = format!("Strategy {name} version {} for {whom}{state}", now + 1);
    Ok(Written { undoable: false, ..Written::of(None, summary) })
}
