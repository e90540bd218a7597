//! A file of the bank that somebody named on the screen: found where this person may look, read in a process of its own,
//! handed back as rows for a review. The book is not touched.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use chrono::NaiveDate;

use super::app::{Msg, Work};
use crate::acts::Act;
use crate::acts::import::{StatementFile, Wish};
use crate::formats::bank::booking::Accounts;
use crate::formats::mapping::{self, Mapping};
use crate::statements::reader::Ask;
use crate::statements::{self, Refused};
use crate::store::schema::hex;

type Find = dyn Fn(&Path) -> Result<PathBuf, String> + Send + Sync;

/// Which file a name stands for that is typed on the screen, or the sentence that refuses it.
#[derive(Clone)]
pub struct Files(Arc<Find>);

impl Files {
    /// As this says.
    pub fn new(find: impl Fn(&Path) -> Result<PathBuf, String> + Send + Sync + 'static) -> Files {
        Files(Arc::new(find))
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("files")
    }
}

/// Reads the file, or says in one sentence why not.
pub fn read(wish: &Wish, files: &Files, today: NaiveDate) -> Result<StatementFile, String> {
    let path = (files.0)(Path::new(wish.file.trim()))?;
    let mapping = wish.mapping.as_deref().map(|name| named(name, files)).transpose()?;
    let ask = Ask {
        accounts: Accounts { known: wish.known.clone(), unnamed: wish.account.clone() },
        currency: None,
        today,
        mapping,
        day_first: None,
    };
    let file = statements::open(&path, &ask, |limits| limits).map_err(|refused| refused.to_string())?;
    let rows: Vec<_> = file.booked.into_iter().map(|booked| booked.row).collect();
    let format = rows.first().map(|row| row.format.clone()).unwrap_or_default();
    let mapping = ask.mapping.map_or(format, |(name, _)| name);
    Ok(StatementFile { name: file.name, sha256: hex(&file.sha256), mapping, rows })
}

/// A mapping of this name: a built-in one, else a file, whose text is read.
fn named(name: &str, files: &Files) -> Result<(String, Option<String>), String> {
    if mapping::builtin(name).is_some() {
        return Ok((name.to_owned(), None));
    }
    let path = (files.0)(Path::new(name))?;
    let text = String::from_utf8(statements::load(&path).map_err(|refused| refused.to_string())?)
        .map_err(|_| Refused::new("MAP-01", format!("{name} is not UTF-8 text. Nothing was imported.")).to_string())?;
    let name = statements::name_of(&path);
    Mapping::parse(&name, &text).map_err(|refused| format!("[{}] {}", refused.code, refused.sentence))?;
    Ok((name, Some(text)))
}

/// Lets the taking in of a file say how far it is.
pub(super) fn progress_of(work: &Work, sender: &Sender<Msg>) {
    if let Work::Act(request) = work
        && let Act::Import(import) = &request.act
        && let Ok(mut beside) = import.beside.0.lock()
    {
        let sender = sender.clone();
        beside.progress = Some(Box::new(move |done, total| {
            if done % 64 == 0 || done == total {
                drop(sender.send(Msg::Progress { done, total }));
            }
        }));
    }
}
