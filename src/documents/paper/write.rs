//! The file: pages of marks as a PDF, the font with it where it is the company's own. Nothing in it depends on when or
//! where it is made, so that the same letters make the same bytes.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, TextRenderingMode, UnicodeCmap};
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use subsetter::GlyphRemapper;

use super::Unset;
use super::face::{Face, TrueType, code};
use super::layout::{HIGH, Laid, Mark, WIDE};

const REGULAR: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Numbers of the objects of the file, given out one after another.
struct Numbers(i32);

impl Numbers {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

/// The glyphs of the company's font that are used, with what each stands for.
struct Used<'f, 'a> {
    own: &'f TrueType<'a>,
    glyphs: GlyphRemapper,
    of: BTreeMap<u16, (char, f32)>,
}

impl Used<'_, '_> {
    fn encoded(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * text.len());
        for c in text.chars() {
            let glyph = self.own.font.glyph_index(c).unwrap_or_default();
            let new = self.glyphs.remap(glyph.0);
            let width = f32::from(self.own.font.glyph_hor_advance(glyph).unwrap_or(0)) * self.own.scale;
            self.of.entry(new).or_insert((c, width));
            bytes.extend(new.to_be_bytes());
        }
        bytes
    }
}

/// Letters that were [`set`](super::set) as one PDF, each from a new page on, with a list of them beside the pages.
pub fn pdf(title: &str, date: NaiveDate, letters: &[Laid<'_>], face: &Face<'_>) -> Result<Vec<u8>, Unset> {
    let (mut out, mut numbers) = (Pdf::new(), Numbers(0));
    let [catalog, tree, info] = std::array::from_fn(|_| numbers.next());
    let fonts = [numbers.next(), numbers.next()];
    let mut used = match face {
        Face::Helvetica => None,
        Face::TrueType(own) => Some(Used { own, glyphs: GlyphRemapper::new(), of: BTreeMap::new() }),
    };
    let (mut kids, mut starts) = (Vec::new(), Vec::new());
    for letter in letters {
        starts.push(kids.len());
        for marks in &letter.pages {
            let [page, content] = [numbers.next(), numbers.next()];
            kids.push(page);
            let mut object = out.page(page);
            object.media_box(Rect::new(0.0, 0.0, WIDE, HIGH)).parent(tree).contents(content);
            object.resources().fonts().pair(REGULAR, fonts[0]).pair(BOLD, fonts[1]);
            object.finish();
            packed(&mut out, content, &drawn(marks, used.as_mut()));
        }
    }
    out.pages(tree).kids(kids.iter().copied()).count(i32::try_from(kids.len()).unwrap_or(i32::MAX));
    match &used {
        None => helvetica(&mut out, fonts),
        Some(used) => embedded(&mut out, &mut numbers, fonts, used)?,
    }
    let outline = (letters.len() > 1).then(|| marked(&mut out, &mut numbers, letters, &starts, &kids));
    let mut root = out.catalog(catalog);
    root.pages(tree);
    if let Some(outline) = outline {
        root.outlines(outline);
    }
    root.finish();
    let year = u16::try_from(date.year()).unwrap_or(0);
    let day = |number: u32| u8::try_from(number).unwrap_or(1);
    let made = Date::new(year).month(day(date.month())).day(day(date.day()));
    out.document_info(info).title(TextStr(title)).producer(TextStr("o2c")).creation_date(made);
    Ok(out.finish())
}

/// A stream, packed.
fn packed(out: &mut Pdf, at: Ref, bytes: &[u8]) {
    let small = miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6);
    out.stream(at, &small).filter(Filter::FlateDecode);
}

/// The marks of a page as the page's own language has them.
fn drawn(marks: &[Mark], mut used: Option<&mut Used<'_, '_>>) -> Vec<u8> {
    let mut content = Content::new();
    content.set_line_width(0.5);
    for mark in marks {
        match mark {
            Mark::Rule { x, y, to } => {
                content.move_to(*x, HIGH - y).line_to(*to, HIGH - y).stroke();
            }
            Mark::Text { x, y, size, bold, text } => {
                content.begin_text();
                let bytes = match used.as_deref_mut() {
                    None => text.chars().filter_map(code).collect(),
                    Some(used) => used.encoded(text),
                };
                // A font of one weight is drawn with an edge where it is to be bold.
                let edged = *bold && used.is_some();
                let mode = if edged { TextRenderingMode::FillStroke } else { TextRenderingMode::Fill };
                content.set_font(if *bold { BOLD } else { REGULAR }, *size).set_text_rendering_mode(mode);
                if edged {
                    content.set_line_width(size * 0.03);
                }
                content.next_line(*x, HIGH - y).show(Str(&bytes)).end_text();
                if edged {
                    content.set_line_width(0.5);
                }
            }
        }
    }
    content.finish().into_vec()
}

/// The two fonts every reader has.
fn helvetica(out: &mut Pdf, fonts: [Ref; 2]) {
    for (font, name) in fonts.into_iter().zip([&b"Helvetica"[..], b"Helvetica-Bold"]) {
        out.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
}

/// The company's font, cut down to the glyphs used; regular and bold are the same.
fn embedded(out: &mut Pdf, numbers: &mut Numbers, fonts: [Ref; 2], used: &Used<'_, '_>) -> Result<(), Unset> {
    let own = used.own;
    let data = subsetter::subset(own.data, 0, &used.glyphs).map_err(|_| Unset::Font)?;
    let [cid, descriptor, file, unicode] = std::array::from_fn(|_| numbers.next());
    // Six letters in front say that it is a part of the font.
    let tag: String = tag(&data);
    let name = format!("{tag}+{}", own.name);
    let name = Name(name.as_bytes());
    for font in fonts {
        let mut object = out.type0_font(font);
        object.base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(unicode);
    }
    let mut object = out.cid_font(cid);
    object.subtype(CidFontType::Type2).base_font(name).system_info(IDENTITY).font_descriptor(descriptor);
    object.default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = object.widths();
    for (glyph, (_, width)) in &used.of {
        widths.consecutive(*glyph, [*width]);
    }
    widths.finish();
    object.finish();
    let scaled = |length: i16| f32::from(length) * own.scale;
    let bounds = own.font.global_bounding_box();
    out.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(scaled(bounds.x_min), scaled(bounds.y_min), scaled(bounds.x_max), scaled(bounds.y_max)))
        .italic_angle(own.font.italic_angle())
        .ascent(scaled(own.font.ascender()))
        .descent(scaled(own.font.descender()))
        .cap_height(scaled(own.font.capital_height().unwrap_or(own.font.ascender())))
        .stem_v(80.0)
        .font_file2(file);
    let small = miniz_oxide::deflate::compress_to_vec_zlib(&data, 6);
    out.stream(file, &small).filter(Filter::FlateDecode).pair(Name(b"Length1"), i32::try_from(data.len()).unwrap_or(0));
    let mut cmap = UnicodeCmap::new(Name(b"Letters"), IDENTITY);
    for (glyph, (c, _)) in &used.of {
        cmap.pair(*glyph, *c);
    }
    packed(out, unicode, &cmap.finish());
    Ok(())
}

/// Six capital letters that depend on what is in the font only.
fn tag(data: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(data).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// The list of letters beside the pages. Gives its root.
fn marked(out: &mut Pdf, numbers: &mut Numbers, letters: &[Laid<'_>], starts: &[usize], kids: &[Ref]) -> Ref {
    let root = numbers.next();
    let entries: Vec<Ref> = letters.iter().map(|_| numbers.next()).collect();
    for (place, Laid { sheet, .. }) in letters.iter().enumerate() {
        let mut entry = out.outline_item(entries[place]);
        let title = format!("{} {}", if sheet.number.is_empty() { &sheet.customer } else { &sheet.number }, sheet.name);
        entry.title(TextStr(&title)).parent(root);
        if place > 0 {
            entry.prev(entries[place - 1]);
        }
        if let Some(next) = entries.get(place + 1) {
            entry.next(*next);
        }
        if let Some(page) = starts.get(place).and_then(|start| kids.get(*start)) {
            entry.dest().page(*page).fit();
        }
    }
    if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
        out.outline(root).first(*first).last(*last).count(i32::try_from(entries.len()).unwrap_or(0));
    }
    root
}
