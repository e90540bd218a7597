//! Text to tree, by recursive descent with a bounded depth. Blank means and; `or` binds weakest; one `-` leaves out
//! what follows.

use super::lexer::Cursor;
use super::values;
use super::{Context, Field, Filter, FilterError, Op};
use crate::language::fuzzy;

/// The longest filter, in characters. Longer texts are pastes by mistake.
const LONGEST: usize = 1_000;
/// How deep parentheses may nest.
const DEEPEST: usize = 32;

/// Reads a filter. Empty text matches every row. The error points at the first character that does not fit.
pub fn parse(text: &str, context: &Context) -> Result<Filter, FilterError> {
    let mut parser = Parser { cursor: Cursor::new(text), context, depth: 0 };
    if parser.cursor.len() > LONGEST {
        return Err(refusal(LONGEST, 1, "A filter has at most 1,000 characters.", "over>30 open>=10k"));
    }
    parser.cursor.skip_blank();
    if parser.cursor.peek().is_none() {
        return Ok(Filter::all());
    }
    let filter = parser.or()?;
    match parser.cursor.peek() {
        None => Ok(filter),
        Some(_) => Err(refusal(parser.cursor.at(), 1, "This parenthesis was never opened.", "(over>30 or risk:c)")),
    }
}

struct Parser<'a> {
    cursor: Cursor,
    context: &'a Context,
    depth: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Result<Filter, FilterError> {
        let mut parts = vec![self.and()?];
        while self.keyword("or").is_some() {
            parts.push(self.and()?);
        }
        Ok(single(parts, Filter::Or))
    }

    fn and(&mut self) -> Result<Filter, FilterError> {
        let mut parts = vec![self.not()?];
        loop {
            self.cursor.skip_blank();
            let end = matches!(self.cursor.peek(), None | Some(')')) || self.at_keyword("or");
            if end {
                return Ok(single(parts, Filter::And));
            }
            self.keyword("and");
            parts.push(self.not()?);
        }
    }

    fn not(&mut self) -> Result<Filter, FilterError> {
        self.cursor.skip_blank();
        let from = self.cursor.at();
        if !self.cursor.take('-') {
            return self.atom();
        }
        match self.cursor.peek() {
            None => Err(refusal(from, 1, "The minus needs something to leave out.", "-risk:a")),
            Some('-') => Err(refusal(from, 2, "One minus is enough to leave something out.", "-risk:a")),
            Some(c) if c.is_whitespace() || c == ')' => {
                Err(refusal(from, 1, "The minus stands right before what it leaves out.", "-risk:a"))
            }
            Some(_) => Ok(Filter::Not(Box::new(self.atom()?))),
        }
    }

    fn atom(&mut self) -> Result<Filter, FilterError> {
        let from = self.cursor.at();
        match self.cursor.peek() {
            None => Err(refusal(from, 1, "Something is missing here.", "risk:c or over>60")),
            Some(')') => Err(refusal(from, 1, "Something is missing before this parenthesis.", "(risk:c or over>60)")),
            Some('(') => self.group(from),
            Some('"') => Ok(Filter::Word(self.cursor.quoted()?)),
            Some(_) => {
                if let Some(word) = self.keyword("or").or_else(|| self.keyword("and")) {
                    let message = format!("{word} needs something on both sides; quote it to search for the word.");
                    return Err(refusal(from, word.len(), &message, "risk:c or over>60"));
                }
                self.term_or_word(from)
            }
        }
    }

    fn group(&mut self, from: usize) -> Result<Filter, FilterError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(refusal(from, 1, "Parentheses nest at most 32 deep.", "(over>30 or risk:c) owner:me"));
        }
        self.cursor.take('(');
        let inner = self.or()?;
        self.cursor.skip_blank();
        if !self.cursor.take(')') {
            return Err(refusal(from, 1, "This parenthesis is never closed.", "(over>30 or risk:c) owner:me"));
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn term_or_word(&mut self, from: usize) -> Result<Filter, FilterError> {
        let name = self.cursor.letters();
        let after_name = self.cursor.at();
        let mut op = if name.is_empty() { None } else { self.cursor.op() };
        let known = Field::find(&name);
        if op.is_none() && known.is_some() {
            // `over > 30`: blanks around a sign are forgiven after the name of a field.
            self.cursor.skip_blank();
            op = self.cursor.op();
        }
        let Some(op) = op else {
            self.cursor.rewind(from);
            return Ok(Filter::Word(self.cursor.run()));
        };
        let Some(field) = known else { return Err(unknown_field(from, after_name - from, &name)) };
        self.term(from, field, op)
    }

    fn term(&mut self, from: usize, field: Field, op: Op) -> Result<Filter, FilterError> {
        self.cursor.skip_blank();
        let at = self.cursor.at();
        let quoted = self.cursor.peek() == Some('"');
        let text = if quoted { self.cursor.quoted()? } else { self.cursor.run() };
        if text.is_empty() && !quoted {
            let message = format!("{} needs something to compare with.", field.name());
            return Err(refusal(from, (at - from).max(1), &message, field.example()));
        }
        let value = values::read(field, op, &text, self.context)
            .map_err(|message| refusal(at, (self.cursor.at() - at).max(1), &message, field.example()))?;
        Ok(Filter::Term { field, op, value })
    }

    /// Takes `or` or `and`, standing alone, in any case.
    fn keyword(&mut self, wanted: &'static str) -> Option<&'static str> {
        self.cursor.skip_blank();
        let from = self.cursor.at();
        if self.cursor.run().eq_ignore_ascii_case(wanted) {
            return Some(wanted);
        }
        self.cursor.rewind(from);
        None
    }

    fn at_keyword(&mut self, wanted: &'static str) -> bool {
        let from = self.cursor.at();
        let there = self.keyword(wanted).is_some();
        self.cursor.rewind(from);
        there
    }
}

/// One part stands for itself.
fn single(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 { parts.remove(0) } else { many(parts) }
}

fn unknown_field(at: usize, width: usize, name: &str) -> FilterError {
    let names =
        Field::ALL.iter().flat_map(|field| std::iter::once(field.name()).chain(field.aliases().iter().copied()));
    let near = fuzzy::closest(name, names).and_then(Field::find);
    let (hint, example) = match near {
        Some(field) => (format!("Did you mean {}?", field.name()), field.example()),
        None => ("Quote it to search for the text itself.".to_owned(), "\"a:b\""),
    };
    refusal(at, width, &format!("There is no field {name}. {hint}"), example)
}

fn refusal(at: usize, width: usize, message: &str, example: &str) -> FilterError {
    FilterError { at, width, message: message.to_owned(), example: example.to_owned() }
}
