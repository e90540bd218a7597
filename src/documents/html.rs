//! A page as HTML for mail: one file without anything loaded from elsewhere, every text escaped.

use std::fmt::Write;

use super::page::{Block, Page, Table};

const FONT: &str = "font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:1.45;color:#1a1a1a";
const CELL: &str = "padding:3px 12px 3px 0;vertical-align:top";
const RULE: &str = "border-top:1px solid #999";

/// The page as a whole HTML document.
pub fn html(page: &Page) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body style=\"{FONT}\">\n",
        escaped(&page.language),
        escaped(&page.subject)
    );
    for block in &page.blocks {
        match block {
            Block::Paragraph(lines) => {
                let lines: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
                out.push_str(&format!("<p>{}</p>\n", lines.join("<br>\n")));
            }
            Block::Table(table) => rows(table, &mut out),
            Block::Facts(facts) => {
                out.push_str("<table style=\"border-collapse:collapse\">\n");
                for (label, value) in facts {
                    // Writing to a string does not fail.
                    let (label, value) = (escaped(label), escaped(value));
                    let _ = writeln!(
                        out,
                        "<tr><td style=\"{CELL}\">{label}</td><td style=\"{CELL}\"><b>{value}</b></td></tr>"
                    );
                }
                out.push_str("</table>\n");
            }
        }
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn rows(table: &Table, out: &mut String) {
    let side = |place: usize| {
        let right = table.heads.get(place).is_some_and(|(_, right)| *right);
        if right { "text-align:right;white-space:nowrap" } else { "text-align:left" }
    };
    out.push_str("<table style=\"border-collapse:collapse\">\n<tr>");
    for (place, (title, _)) in table.heads.iter().enumerate() {
        let _ = write!(out, "<th style=\"{CELL};{}\">{}</th>", side(place), escaped(title));
    }
    out.push_str("</tr>\n");
    for (number, row) in table.rows.iter().enumerate() {
        let sum = number + table.sums >= table.rows.len();
        let rule = if number == 0 || (sum && number + table.sums == table.rows.len()) { RULE } else { "" };
        let weight = if sum { ";font-weight:bold" } else { "" };
        out.push_str("<tr>");
        for (place, cell) in row.iter().enumerate() {
            let _ = write!(out, "<td style=\"{CELL};{}{weight};{rule}\">{}</td>", side(place), escaped(cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

/// Text that no browser reads as anything else.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
