//! What goes between the program and its reader: frames of a length and JSON. Nothing the reader says is believed: a
//! frame that is too long, or is no frame, ends the conversation.

use std::io::{self, Read, Write};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::bank::{EntryRow, StatementRow};
use crate::domain::money::Currency;
use crate::formats::bank::booking::{Accounts, Booked};
use crate::formats::report::DateOrder;

/// Bytes of one frame.
const FRAME: u32 = 32 << 20;
/// Entries of one frame.
const ENTRIES: usize = 256;

/// What the reader is told beside the bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ask {
    /// The company's accounts.
    pub accounts: Accounts,
    /// Currency of files that name none.
    pub currency: Option<Currency>,
    /// The day.
    pub today: NaiveDate,
    /// Name of the mapping, and its text where it is no built-in one.
    pub mapping: Option<(String, Option<String>)>,
    /// Whether the day comes first where a table leaves it open.
    pub day_first: Option<bool>,
}

impl Ask {
    /// The order of day and month.
    pub fn date_order(&self) -> Option<DateOrder> {
        self.day_first.map(|first| if first { DateOrder::DayFirst } else { DateOrder::MonthFirst })
    }
}

/// One frame of the answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Frame {
    /// A statement without its entries, and whether it is a report during the day.
    Statement(StatementRow, bool),
    /// Entries of the last statement.
    Entries(Vec<EntryRow>),
    /// The file is refused.
    Refused { code: String, sentence: String },
    /// Everything was said: so many entries.
    End(u64),
}

/// A whole answer.
pub(super) enum Answer {
    /// The rows.
    Rows(Vec<Booked>),
    /// The file is refused.
    Refused { code: String, sentence: String },
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Garbled {
    /// It ended before it was complete.
    Ended,
    /// It is longer than it may be.
    TooLong,
    /// It is something else.
    Wrong,
}

/// Puts the question, then the bytes.
pub(super) fn ask(to: &mut impl Write, ask: &Ask, bytes: &[u8]) -> io::Result<()> {
    frame(to, &(ask, bytes.len()))?;
    to.write_all(bytes)
}

/// Takes the question; the bytes follow.
pub(super) fn asked(from: &mut impl Read) -> io::Result<(Ask, usize)> {
    let mut left = u64::from(FRAME);
    let body = body(from, &mut left).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(serde_json::from_slice(&body)?)
}

/// Answers with rows.
pub(super) fn send(to: &mut impl Write, rows: Vec<Booked>) -> io::Result<()> {
    let (mut count, mut room) = (0, Vec::new());
    for Booked { mut row, report } in rows {
        let entries = std::mem::take(&mut row.entries);
        frame_in(to, &mut room, &Frame::Statement(row, report))?;
        count += entries.len() as u64;
        let mut entries = entries.into_iter();
        loop {
            let some: Vec<EntryRow> = entries.by_ref().take(ENTRIES).collect();
            if some.is_empty() {
                break;
            }
            frame_in(to, &mut room, &Frame::Entries(some))?;
        }
    }
    frame(to, &Frame::End(count))
}

/// Answers that the file is refused.
pub(super) fn refuse(to: &mut impl Write, code: String, sentence: String) -> io::Result<()> {
    frame(to, &Frame::Refused { code, sentence })
}

fn frame(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    frame_in(to, &mut Vec::new(), what)
}

/// Writes a frame by way of memory that the next one uses again.
fn frame_in(to: &mut impl Write, room: &mut Vec<u8>, what: &impl Serialize) -> io::Result<()> {
    room.clear();
    serde_json::to_writer(&mut *room, what)?;
    let length = u32::try_from(room.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    to.write_all(&length.to_be_bytes())?;
    to.write_all(room)
}

/// Takes a whole answer of at most `most` bytes.
pub(super) fn answer(from: &mut impl Read, most: u64) -> Result<Answer, Garbled> {
    let mut left = most;
    let (mut rows, mut count): (Vec<Booked>, u64) = Default::default();
    let mut body = Vec::new();
    loop {
        body_into(from, &mut left, &mut body)?;
        match serde_json::from_slice(&body).map_err(|_| Garbled::Wrong)? {
            Frame::Statement(row, report) => rows.push(Booked { row, report }),
            Frame::Entries(mut entries) => {
                count += entries.len() as u64;
                rows.last_mut().ok_or(Garbled::Wrong)?.row.entries.append(&mut entries);
            }
            Frame::Refused { code, sentence } => return Ok(Answer::Refused { code, sentence }),
            Frame::End(said) if said == count => return Ok(Answer::Rows(rows)),
            Frame::End(_) => return Err(Garbled::Wrong),
        }
    }
}

fn body(from: &mut impl Read, left: &mut u64) -> Result<Vec<u8>, Garbled> {
    let mut body = Vec::new();
    body_into(from, left, &mut body).map(|()| body)
}

/// Takes a frame into memory that the next one uses again.
fn body_into(from: &mut impl Read, left: &mut u64, body: &mut Vec<u8>) -> Result<(), Garbled> {
    body.clear();
    let mut length = [0; 4];
    from.read_exact(&mut length).map_err(|_| Garbled::Ended)?;
    let length = u32::from_be_bytes(length);
    *left = left.checked_sub(4 + u64::from(length)).filter(|_| length <= FRAME).ok_or(Garbled::TooLong)?;
    // Not made at once: a length is only believed as far as bytes come.
    let read = from.take(u64::from(length)).read_to_end(body).map_err(|_| Garbled::Ended)?;
    if read == length as usize { Ok(()) } else { Err(Garbled::Ended) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bytes: &[u8], most: u64) -> Result<Answer, Garbled> {
        answer(&mut &bytes[..], most)
    }

    #[test]
    fn an_answer_is_whole_or_none() {
        let mut said = Vec::new();
        send(&mut said, Vec::new()).unwrap();
        assert!(matches!(taken(&said, 1 << 20), Ok(Answer::Rows(rows)) if rows.is_empty()));
        for cut in 0..said.len() {
            assert_eq!(taken(&said[..cut], 1 << 20).err(), Some(Garbled::Ended));
        }
        assert_eq!(taken(&said, 8).err(), Some(Garbled::TooLong));
        let mut wrong = Vec::new();
        frame(&mut wrong, &Frame::End(3)).unwrap();
        assert_eq!(taken(&wrong, 1 << 20).err(), Some(Garbled::Wrong));
        assert_eq!(taken(b"\0\0\0\x04null", 1 << 20).err(), Some(Garbled::Wrong));
        assert_eq!(taken(b"\xff\xff\xff\xff", u64::MAX).err(), Some(Garbled::TooLong));
        let mut no_statement = Vec::new();
        frame(&mut no_statement, &Frame::Entries(Vec::new())).unwrap();
        assert_eq!(taken(&no_statement, 1 << 20).err(), Some(Garbled::Wrong));
    }

    #[test]
    fn a_refusal_goes_through() {
        let mut said = Vec::new();
        refuse(&mut said, "IMP-05".into(), "Held.".into()).unwrap();
        assert!(matches!(taken(&said, 1 << 20), Ok(Answer::Refused { code, .. }) if code == "IMP-05"));
    }
}
