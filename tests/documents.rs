//! Templates that people edit, looked at from outside: what must be refused, with the line and what to do instead, and
//! what a letter shows whatever stands in the book.

use o2c::documents::letter::{Kind, Letter};
use o2c::documents::library::{self, NAMES};
use o2c::documents::template::{MOST, Template};
use o2c::documents::{html, iban, sample};

fn refusal(body: &str) -> String {
    let text = format!("Subject: Invoices past due\n\nDear customer,\n{body}\n");
    match Template::read(&text, "en") {
        Ok(_) => format!("taken: {body}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_mistyped_field_is_named_with_its_line_and_the_nearest() {
    for (body, said) in [
        ("{{ totl }}", "[TPL-01] Unknown field \"totl\" in line 4; did you mean total?"),
        (
            "{% for item in items %}{{ item.amout }}{% endfor %}",
            "[TPL-01] Unknown field \"amout\" in line 4; did you mean amount?",
        ),
        ("\n{{ customer.nmae }}", "[TPL-01] Unknown field \"nmae\" in line 5; did you mean name?"),
        // In a branch no sample reaches.
        (
            "{% if false %}{{ company.phoen }}{% endif %}",
            "[TPL-01] Unknown field \"phoen\" in line 4; did you mean phone?",
        ),
        ("{{ totals_tabel }}", "[TPL-01] Unknown field \"totals_tabel\" in line 4; did you mean totals_table?"),
        ("{{ zzzzzz }}", "[TPL-01] Unknown field \"zzzzzz\" in line 4; o2c template fields lists what there is."),
        (
            "{{ customer.name|uper }}",
            "[TPL-01] Unknown filter \"uper\" in line 4; there are length, lower, trim, upper.",
        ),
        // The row of a for is gone after it, and loop only stands inside one.
        (
            "{% for item in items %}{% endfor %}{{ item.open }}",
            "[TPL-01] Unknown field \"item\" in line 4; did you mean items?",
        ),
        ("{{ loop.index }}", "[TPL-01] Unknown field \"loop\" in line 4; o2c template fields lists what there is."),
    ] {
        assert_eq!(refusal(body), said);
    }
}

#[test]
fn what_could_grow_calculate_or_reach_out_is_refused() {
    for (body, said) in [
        ("{{ 'x' * 100000000 }}", "\"*\" in line 4: templates do not calculate; amounts come ready."),
        ("{{ company.name ~ company.name }}", "\"~\" in line 4: templates do not calculate"),
        ("{{ count + 1 }}", "\"+\" in line 4: templates do not calculate"),
        ("{{ items[0] }}", "\"[\" in line 4: templates do not calculate"),
        ("{% set x = 1 %}", "\"=\" in line 4: templates do not calculate"),
        (
            "{% set x %}1{% endset %}",
            "\"set\" is nothing a template can do; there are if, elif, else, endif, for and endfor.",
        ),
        ("{% include 'passwd' %}", "\"include\" is nothing a template can do"),
        ("{% macro m() %}{% endmacro %}", "\"macro\" is nothing a template can do"),
        ("{% raw %}{% endraw %}", "\"raw\" is nothing a template can do"),
        ("{{ range(1000000) }}", "Unknown field \"range\" in line 4"),
        ("{{ customer.name() }}", "\"customer\" is a field; it takes no brackets."),
        ("{{ items }}", "\"items\" is a list; go through it with {% for row in items %}."),
        ("{{ customer }}", "\"customer\" is a group; name one of its fields, as customer.name."),
        ("{% for x in customer %}{% endfor %}", "A for goes through a list as it is: items, totals or plan."),
        ("{% for x in items if x.open %}{% endfor %}", "A for goes through a list as it is"),
        ("{% if %}{% endif %}", "An if without a condition."),
        ("{% if count %}", "The \"if\" of line 4 is never closed; end it with {% endif %}."),
        ("{% endif %}", "An endif without its if."),
        ("{% if count %}{% endfor %}", "An endfor without its for."),
        ("{% else %}", "An else without its if or for."),
        ("{{ count", "The \"{{\" of line 4 is never closed; end it with }}."),
        ("{# never", "The \"{#\" of line 4 is never closed; end it with #}."),
        ("{{ 'never }}", "The \"{{\" of line 4 is never closed"),
        ("{{ 'a\\u0041' }}", "A text in a tag has no backslashes"),
        ("{{ count count }}", "cannot be read"),
        ("\u{1b}[2J", "Line 4 holds the sign U+001B, which no letter shows."),
    ] {
        let text = refusal(body);
        assert!(text.starts_with("[TPL-0") && text.contains(said), "{body}: {text}");
    }
    let deep = format!("{}{}", "{% if count %}".repeat(40), "{% endif %}".repeat(40));
    assert!(refusal(&deep).contains("Too many if and for inside one another"));
    assert!(refusal(&"x".repeat(70_000)).contains("too long"));
    assert!(Template::read("Dear customer", "en").unwrap_err().to_string().contains("first line is the subject"));
    assert!(
        Template::read("Subject: {{ letter.number }}\nx", "en").unwrap_err().to_string().contains("subject is empty")
    );
}

#[test]
fn loops_that_go_round_too_often_end_and_long_letters_are_refused() {
    // Four lists of 60 inside one another are 13 million rounds.
    let rounds = "{% for a in items %}{% for b in items %}{% for c in items %}{% for d in items %}{% if a.fee %}{% endif %}\
                  {% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let long = "{% for a in items %}{% for b in items %}0123456789 0123456789 0123456789 0123456789 0123456789\n\
                {% endfor %}{% endfor %}";
    let mut letter = sample::letter(Kind::Statement, "en");
    let item = letter.items[0].clone();
    letter.items = vec![item; 80];
    let render = |body: &str, letter: &Letter| {
        let template = Template::read(&format!("Subject: x\n{body}"), "en").expect("taken: the samples are short");
        template.render(letter).expect_err("too much").to_string()
    };
    assert!(
        render(rounds, &letter).starts_with("[TPL-04] The template goes round too often"),
        "{}",
        render(rounds, &letter)
    );
    assert!(render(long, &letter).starts_with("[TPL-04] The letter is longer than 256 KB."), "{}", MOST);
}

#[test]
fn account_numbers_come_only_from_the_settings() {
    for body in [
        "Please pay to DE89 3704 0044 0532 0130 00.",
        "de89370400440532013000",
        "GB29 NWBK 6016 1331 9268 19",
        "DE88 3704 0044 0532 0130 00",
        "DE89{{ '3704' }}0044{{ '0532013000' }}",
        "{{ 'DE8937040044' }}{# a comment #}{{ '0532013000' }}",
        "DE89 3704 {% if count %}0044{% endif %} 0532 0130 00",
        "ＤＥ89 3704 0044 0532 0130 00",
    ] {
        assert!(refusal(body).starts_with("[TPL-03]"), "{body}: {}", refusal(body));
    }
    let own =
        Template::read("Subject: x\nPay to {{ company.iban }}\n\n{{ payment }}\n", "en").expect("the settings' one");
    let text = own.render(&sample::letter(Kind::Statement, "en")).expect("a page").text();
    assert_eq!(text.matches("DE89 3704 0044 0532 0130 00").count(), 2);
    assert_eq!(iban::line_of("nothing"), None);
}

#[test]
fn nothing_of_the_book_is_read_again_or_runs_in_a_mail_program() {
    let mut letter = sample::letter(Kind::Statement, "en");
    let hostile = [
        "{{ company.iban }}",
        "{% for a in items %}",
        "<script>alert(1)</script>",
        "a\r\nBcc: everybody@example.com",
        "\u{e0f0}\u{e0f4}",
        "\u{202e}gpj.exe",
        "\u{1b}[31mred",
        "' onload='x",
    ];
    for text in hostile {
        letter.customer.name = text.to_owned();
        letter.customer.contact = text.to_owned();
        letter.items[0].number = text.to_owned();
        if let Some(answer) = &mut letter.dispute {
            answer.text = text.to_owned();
        }
        for name in &NAMES {
            let source = library::shipped(name.name, "en").expect("shipped");
            let page = Template::read(source, "en").expect("reads").render(&letter).expect("a page");
            let (text, html) = (page.text(), html::html(&page));
            assert!(!page.subject.contains(['\r', '\n']));
            for shown in [&page.subject, &text, &html] {
                assert!(shown.chars().all(|c| c == '\n' || o2c::domain::text::is_shown(c)), "{shown:?}");
                assert!(!shown.contains(['\u{e0f0}', '\u{e0f4}']));
            }
            assert!(!html.contains("<script") && !html.contains("' onload"), "{html}");
        }
    }
    letter.customer.contact = "{{ company.iban }}".to_owned();
    let source = library::shipped("promise", "en").expect("shipped");
    let text = Template::read(source, "en").expect("reads").render(&letter).expect("a page").text();
    assert!(text.starts_with("Dear {{ company.iban }},"), "{text}");
}

#[test]
fn the_shipped_letters_read_as_they_did() {
    let mut all = String::new();
    for name in &NAMES {
        for code in library::languages(name.name) {
            let mut letter = sample::letter(name.kind, code);
            letter.level = name.level;
            let source = library::shipped(name.name, code).expect("shipped");
            let page = library::check(name.name, code, source).expect("reads").render(&letter).expect("a page");
            all.push_str(&format!("=== {} {code}\n{}\n\n{}\n", name.name, page.subject, page.text()));
        }
    }
    insta::assert_snapshot!("shipped_letters", all);
}
