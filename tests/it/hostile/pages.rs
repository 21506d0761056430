//! Pages that are no pages, or want to be more than that. The page lies beside the neighbours.

use super::case::{Case, check_all};

const COMMENTS: &str = "your_instagram_activity/comments/post_comments_1.html";
const BAD: &[&str] = &["bad_document"];
const DOUBTFUL: &[&str] = &["doubtful_value"];

/// A page of comments with this in its body.
fn body(threat: &str, body: &str) -> Case {
    page(
        threat,
        format!("<html><head><title>Comments</title></head><body><div role=\"main\">{body}</div></body></html>"),
    )
}

fn page(threat: &str, page: impl AsRef<[u8]>) -> Case {
    Case::document(threat, COMMENTS, page)
}

/// A comment as generation D has it.
fn comment(text: &str) -> String {
    format!(
        "<div class=\"pam _3-95 _2ph- _a6-g uiBoxWhite noborder\"><div class=\"_a6-p\"><table style=\"table-layout: fixed;\">\
         <tr><td colspan=\"2\" class=\"_2pin _a6_q\">Comment<div><div>{text}</div></div></td></tr>\
         <tr><td colspan=\"2\" class=\"_2pin _a6_q\">Media Owner<div><div>leo.example</div></div></td></tr>\
         <tr><td class=\"_2pin _a6_q\">Time</td><td class=\"_2pin _2piu _a6_r\">Jan 05, 2023 6:33 pm</td></tr></table></div></div>"
    )
}

fn two(between: &str) -> String {
    comment("before") + between + &comment("behind")
}

#[test]
fn tags_that_do_not_fit() {
    check_all(vec![
        body("sound", &two("")).reads(2),
        body("unclosed tags", &two("<div><p><b><i><table><tr><td>")).reads(2),
        body("closed tags that were never open", &two("</div></p></table></td></span></html></body>")).reads(2),
        body("tags in one another", &two("<a><b></a></b><p></i></p><i>")).reads(2),
        body("quote that never ends", &two("<a href='x>")).finds(BAD).reads(1),
        body("quote that is missing", &two("<div class=\"x>")).finds(BAD).reads(1),
        body("quote that is missing before an empty one", &two("<i class='x><b id=''>"))
            .finds(&["bad_document", "count_mismatch"])
            .reads(2),
        body("quotes in values", &two("<a title='say \"<b>\"' href=\"it's\">x</a>")).reads(2),
        body("comment that never ends", &two("<!-- ")).finds(BAD).reads(1),
        body("comment that ends at once", &two("<!--><!--->")).reads(2),
        body("title that never ends", &two("<title>")).finds(BAD).reads(1),
        body("text area that never ends", &two("<textarea>")).reads(2),
        body("plain text from here on", &two("<plaintext>")).reads(2),
        body("template", &two("<template><div>x</div></template>")).reads(2),
        body(
            "frames",
            &two("<frameset><frame src=\"/etc/passwd\"></frameset><iframe src=\"file:///etc/passwd\"></iframe>"),
        )
        .reads(2),
        body("drawing and formulas", &two("<svg><math><mi><svg><desc><p>x</svg>")).reads(2),
        body("select", &two("<select><option>x")).reads(2),
        body("tables in one another", &two(&"<table><tr><td>".repeat(50))).reads(2),
    ]);
}

#[test]
fn what_browsers_would_run() {
    check_all(vec![
        body("script", &two("<script>alert('before')</script>")).reads(2),
        body("script that never ends", &two("<script>if (1 < 2) {")).finds(BAD).reads(1),
        body("script in a comment", &(comment("<script>alert(1)</script>one") + &comment("behind"))).reads(2),
        body("style", &two("<style>@import url(file:///etc/passwd); div { display: none }</style>")).reads(2),
        body("events", &two("<img src=x onerror=alert(1)><body onload=alert(1)>")).reads(2),
        body("addresses of scripts", &comment("<a href=\"javascript:alert(1)\">text</a>")).finds(&["missing_media"]).reads(1),
        body("no script", &two("<noscript><div>x</div></noscript>")).reads(2),
        page("base and refresh", format!("<html><head><base href=\"file:///etc/\"><meta http-equiv=\"refresh\" content=\"0;url=file:///etc/passwd\"><title>Comments</title></head><body>{}</body></html>", two(""))).reads(2),
        page("entities of a document type", format!("<!DOCTYPE html [<!ENTITY a \"{}\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY x SYSTEM \"file:///etc/passwd\">]><html><body>{}</body></html>", "x".repeat(900), two("&b;&x;"))).reads(2),
        page("include", format!("<?xml version=\"1.0\"?><html xmlns:xi=\"http://www.w3.org/2001/XInclude\"><body><xi:include href=\"file:///etc/passwd\" parse=\"text\"/>{}</body></html>", two(""))).reads(2),
    ]);
}

#[test]
fn characters_that_are_none() {
    check_all(vec![
        body("entities beyond measure", &(comment("a&#x110000;&#99999999999;b") + &comment("behind"))).reads(2),
        body("entities of controls", &(comment("a&#27;[2J&#0;&#x9b;b&#x202e;c") + &comment("behind"))).reads(2),
        body("entities that are none", &(comment("&&#;&#x;&unknown;&amp;amp;&lt;div&gt;") + &comment("behind")))
            .reads(2),
        body("surrogates as entities", &(comment("&#xd83d;&#xde02;") + &comment("behind"))).reads(2),
        body("zeros", &two("\0\0\0")).reads(2),
        page(
            "not UTF-8",
            [b"<html><body>".to_vec(), two("").into_bytes(), b"\xff\xfe\xc0\xaf</body></html>".to_vec()].concat(),
        )
        .finds(DOUBTFUL)
        .reads(2),
        page(
            "another charset than it says",
            [
                b"<html><head><meta charset=\"utf-16\"></head><body>".to_vec(),
                two("").into_bytes(),
                b"</body></html>".to_vec(),
            ]
            .concat(),
        )
        .reads(2),
        page(
            "UTF-16",
            format!("\u{feff}<html><body>{}</body></html>", two(""))
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<_>>(),
        )
        .finds(&["bad_document", "doubtful_value"]),
        page("byte order mark", format!("\u{feff}<html><body>{}</body></html>", two(""))).reads(2),
        page("nothing", "").finds(BAD),
        page("zeros only", vec![0; 9_000]).finds(BAD),
        page("JSON", r#"[{"title":"x"}]"#).finds(BAD),
        page("packed bytes", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xb3\xc9\x28\xc9\xcd\xb1\xb3\x01\0")
            .finds(&["bad_document", "doubtful_value"]),
    ]);
}

#[test]
fn pages_that_want_to_cost_much() {
    let attributes: String = (0..200_000).map(|n| format!(" a{n}=1")).collect::<Vec<_>>().concat();
    let cut = |hundredths: usize| {
        let whole = format!("<html><body>{}</body></html>", two(""));
        page(&format!("cut after {hundredths} hundredths"), &whole[..whole.len() * hundredths / 100])
    };
    check_all(vec![
        body("ten thousand levels", &two(&"<div>".repeat(10_000))).reads(2),
        body("a million levels", &two(&"<div>".repeat(1_000_000))).reads(2),
        body("bold and italic without end", &two(&"<b><i><a><u>".repeat(10_000))).reads(2),
        body("a tag of very many attributes", &two(&format!("<div{attributes}>")))
            .finds(&["bad_document", "count_mismatch"])
            .reads(1),
        body("a tag of one long attribute", &comment(&format!("<a href=\"{}\">x</a>", "x".repeat(3 << 20))))
            .finds(&["missing_media"])
            .reads(1),
        body("signs of tags", &two(&"<".repeat(1_000_000))).reads(2),
        body("two thousand comments", &comment("again").repeat(2_000)).reads(2_000),
        body("boxes of nothing", &"<div class=\"uiBoxWhite\"></div>".repeat(100_000)),
        body(
            "words of markup in a text",
            &(comment("class=&quot;uiBoxWhite&quot; role=&quot;main&quot; &lt;div class=uiBoxWhite&gt;")
                + &comment("behind")),
        )
        .reads(2),
        cut(10).finds(&["bad_document", "bad_item", "nothing_read"]),
        cut(40).finds(&["bad_document", "bad_item", "nothing_read"]),
        cut(60).finds(&["bad_document", "bad_item"]).reads(1),
        cut(90).finds(&["bad_document", "bad_item"]).reads(1),
    ]);
}
