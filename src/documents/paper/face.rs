//! The letters of a page on paper: Helvetica, which every reader has and which covers western Europe, or a TrueType font
//! of the company's, which is put into the file. Answers whether a character can be shown and how wide a text is.

use encoding_rs::WINDOWS_1252;
use ttf_parser::{Permissions, name_id};
use unicode_normalization::UnicodeNormalization;

use super::widths::{BOLD, REGULAR};

/// How letters are drawn.
#[derive(Debug)]
pub enum Face<'a> {
    /// One of the fonts every reader has, in the letters of Windows-1252.
    Helvetica,
    /// A font that goes with the file.
    TrueType(Box<TrueType<'a>>),
}

/// A font file that was read.
#[derive(Debug)]
pub struct TrueType<'a> {
    pub(super) data: &'a [u8],
    pub(super) font: ttf_parser::Face<'a>,
    pub(super) name: String,
    /// Parts of the side of a letter's square that a thousandth is: 1000 / units.
    pub(super) scale: f32,
}

/// The most bytes of a font file that are read: fonts of every Chinese character have some 20 MB.
pub const MOST: u64 = 64 * 1024 * 1024;

impl<'a> Face<'a> {
    /// Reads a TrueType font file; the error says what is the matter with it, to be put after the file's name.
    pub fn read(data: &'a [u8]) -> Result<Face<'a>, &'static str> {
        let font = ttf_parser::Face::parse(data, 0).map_err(|_| "is no TrueType font")?;
        if font.tables().glyf.is_none() {
            return Err("has no TrueType outlines (.ttf); save it as TrueType");
        }
        if font.permissions() == Some(Permissions::Restricted) {
            return Err("may not be put into documents, says the font itself");
        }
        if font.units_per_em() == 0 || font.tables().cmap.is_none() || font.tables().hmtx.is_none() {
            return Err("lacks what a font needs to be shown");
        }
        let names = || font.names().into_iter();
        let postscript = names().find(|name| name.name_id == name_id::POST_SCRIPT_NAME && name.is_unicode());
        let mut name = postscript.and_then(|name| name.to_string()).unwrap_or_default();
        name.retain(|c| c.is_ascii_alphanumeric() || c == '-');
        name.truncate(60);
        if name.is_empty() {
            name.push_str("Letters");
        }
        let scale = 1000.0 / f32::from(font.units_per_em());
        Ok(Face::TrueType(Box::new(TrueType { data, font, name, scale })))
    }

    /// Whether a character can be shown.
    pub fn has(&self, c: char) -> bool {
        match self {
            Face::Helvetica => code(c).is_some(),
            Face::TrueType(own) => !is_joined(c) && own.font.glyph_index(c).is_some_and(|glyph| glyph.0 != 0),
        }
    }

    /// How wide a text is at a size, in points. Characters that cannot be shown count nothing.
    pub fn width(&self, text: &str, bold: bool, size: f32) -> f32 {
        text.chars().map(|c| self.advance(c, bold)).sum::<f32>() * size / 1000.0
    }

    fn advance(&self, c: char, bold: bool) -> f32 {
        match self {
            Face::Helvetica => {
                let table = if bold { &BOLD } else { &REGULAR };
                code(c).and_then(|code| table.get(usize::from(code) - 32)).map_or(0.0, |width| f32::from(*width))
            }
            Face::TrueType(own) => {
                let glyph = own.font.glyph_index(c).unwrap_or_default();
                f32::from(own.font.glyph_hor_advance(glyph).unwrap_or(0)) * own.scale
            }
        }
    }

    /// A text as it is set: composed, with signs the eye cannot tell apart made the one that fonts have.
    pub fn settled(text: &str) -> String {
        let plain = |c| match c {
            '\t' => Some(' '),
            '\u{202f}' => Some('\u{a0}'),
            '\u{2010}' | '\u{2011}' => Some('-'),
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => None,
            other => Some(other),
        };
        text.nfc().filter_map(plain).collect()
    }
}

/// The byte of a character in Windows-1252, where it has one that is drawn.
pub(super) fn code(c: char) -> Option<u8> {
    let mut room = [0; 4];
    let (bytes, _, lost) = WINDOWS_1252.encode(c.encode_utf8(&mut room));
    let byte = *bytes.first()?;
    let drawn = usize::from(byte).checked_sub(32).and_then(|place| REGULAR.get(place)).is_some_and(|width| *width > 0);
    (!lost && drawn).then_some(byte)
}

/// Whether a character is of a script that runs from right to left or joins and moves its letters: set one after another
/// they would be wrong to everybody who reads it.
pub(super) fn is_joined(c: char) -> bool {
    matches!(u32::from(c),
        0x0590..=0x0e00 | 0x0f00..=0x109f | 0x1780..=0x18af | 0xa840..=0xabff | 0xfb1d..=0xfdff | 0xfe70..=0xfefe
        | 0x10800..=0x11fff | 0x1e800..=0x1efff)
}
