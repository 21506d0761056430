//! The items of a page: its record boxes, and the rows of lists in them. Knows tags and their classes and nothing else;
//! reads the bytes itself.
//!
//! A box is an outermost element of class `uiBoxWhite`; where no element has it, a child of the main element (without one:
//! of the body) in which something stands; of an only child that does nothing but wrap such boxes, which tell their years, its
//! children. A box with rows of class `_1isx` is as many items as it has such rows. A first box
//! that holds only a heading, above boxes with times, heads the page.

/// Number of items of a page.
pub fn count_html(bytes: &[u8]) -> u64 {
    let is_marked = |tag: &Tag<'_>| !tag.is_end && tag.has_class(&[b"uiBoxWhite"]);
    let is_main = |tag: &Tag<'_>| !tag.is_end && tag.attribute(b"role") == Some(b"main");
    if tags(bytes).any(|tag| is_marked(&tag)) {
        return count_marked(bytes);
    }
    if tags(bytes).any(|tag| is_main(&tag)) {
        return count_children(bytes, &is_main);
    }
    count_children(bytes, &|tag| !tag.is_end && tag.name.eq_ignore_ascii_case(b"body"))
}

#[derive(Default)]
struct OpenBox<'a> {
    name: &'a [u8],
    /// How many elements of the box's own name are open.
    level: usize,
    n_rows: u64,
    has_heading: bool,
    has_time: bool,
    has_more: bool,
}

impl OpenBox<'_> {
    fn note(&mut self, tag: &Tag<'_>) {
        let is = |names: &[&[u8]]| names.iter().any(|name| tag.name.eq_ignore_ascii_case(name));
        self.n_rows += u64::from(is(&[b"tr"]) && tag.has_class(&[b"_1isx"]));
        self.has_heading |= is(&[b"h1", b"h2", b"h3", b"h4", b"h5", b"h6"]) || tag.has_class(&[b"_a6-h", b"_2lek"]);
        self.has_time |= tag.has_class(&[b"_a6-o", b"_2lem"]);
        self.has_more |= is(&[b"table", b"img", b"video", b"audio", b"a"]) || tag.has_class(&[b"_a6-p", b"_2let"]);
    }
}

fn count_marked(bytes: &[u8]) -> u64 {
    let mut n_items = 0;
    let mut open: Option<OpenBox<'_>> = None;
    let mut n_boxes = 0;
    let (mut begins_with_head, mut has_times) = (false, false);
    let mut close = |open: OpenBox<'_>| {
        n_items += open.n_rows.max(1);
        if n_boxes == 0 {
            begins_with_head = open.has_heading && !open.has_time && !open.has_more && open.n_rows == 0;
        }
        n_boxes += 1;
        has_times |= open.has_time;
    };
    for tag in tags(bytes) {
        if let Some(mut here) = open.take() {
            if tag.name == here.name && !tag.is_void() {
                if tag.is_end { here.level -= 1 } else { here.level += 1 }
            }
            if !tag.is_end {
                here.note(&tag);
            }
            if here.level == 0 { close(here) } else { open = Some(here) }
        } else if !tag.is_end && !tag.is_void() && tag.has_class(&[b"uiBoxWhite"]) {
            open = Some(OpenBox { name: tag.name, level: 1, ..OpenBox::default() });
        }
    }
    // What breaks off is a box that is spoilt, whatever it was to become.
    if let Some(open) = open {
        close(OpenBox { has_time: true, ..open });
    }
    if begins_with_head && (has_times || n_boxes == 1) { n_items - 1 } else { n_items }
}

/// A child of the main element.
#[derive(Default)]
struct Child {
    has_elements: bool,
    n_rows: u64,
    is_block: bool,
    /// Text or an element without content stands directly in it.
    has_more: bool,
    children: Vec<Grandchild>,
}

#[derive(Default)]
struct Grandchild {
    is_block: bool,
    has_elements: bool,
    tells_year: bool,
}

impl Child {
    fn n_items(&self) -> u64 {
        if self.n_rows > 0 { self.n_rows } else { u64::from(self.has_elements) }
    }

    /// Whether it only wraps the items of the page: two blocks or more, all of which but the first and the last tell a year.
    fn is_wrapper(&self) -> bool {
        let is_one = |child: &Grandchild| child.is_block && child.has_elements;
        let n_dated = self.children.iter().filter(|child| child.tells_year).count();
        let mut inner = self.children.iter().skip(1).rev().skip(1);
        self.is_block
            && !self.has_more
            && self.n_rows == 0
            && self.children.iter().all(is_one)
            && n_dated >= 2
            && inner.all(|child| child.tells_year)
    }
}

fn count_children(bytes: &[u8], is_main: &dyn Fn(&Tag<'_>) -> bool) -> u64 {
    let (mut n_items, mut n_children, mut wrapped) = (0, 0, 0);
    let mut close = |child: Child| {
        n_items += child.n_items();
        n_children += u64::from(child.n_items() > 0);
        wrapped = if child.is_wrapper() { child.children.len() as u64 } else { wrapped };
    };
    // How many elements are open below the main element, once it was met.
    let mut depth: Option<usize> = None;
    let mut child = Child::default();
    for tag in tags(bytes) {
        let Some(open) = depth else {
            depth = is_main(&tag).then_some(0);
            continue;
        };
        match (open, child.children.last_mut()) {
            (1, _) => child.has_more |= !tag.before.trim_ascii().is_empty(),
            (2.., Some(last)) => last.tells_year |= tells_year(tag.before),
            _ => {}
        }
        if tag.is_end {
            let Some(open) = open.checked_sub(1) else { break };
            if open == 0 {
                close(std::mem::take(&mut child));
            }
            depth = Some(open);
            continue;
        }
        child.has_elements |= open > 0;
        child.n_rows += u64::from(tag.name.eq_ignore_ascii_case(b"tr") && tag.has_class(&[b"_1isx"]));
        match (open, child.children.last_mut()) {
            (0, _) => child.is_block = tag.is_block(),
            (1, _) if tag.is_void() => child.has_more = true,
            (1, _) => child.children.push(Grandchild { is_block: tag.is_block(), ..Grandchild::default() }),
            (_, Some(last)) => last.has_elements = true,
            _ => {}
        }
        depth = Some(if tag.is_void() { open } else { open + 1 });
    }
    close(child);
    if n_children == 1 && wrapped > 0 { wrapped } else { n_items }
}

/// Whether four digits of it are a year from 2010 to 2099.
fn tells_year(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_digit()).any(|digits| matches!(digits, [b'2', b'0', b'1'..=b'9', b'0'..=b'9']))
}

/// A tag as it stands in the bytes.
struct Tag<'a> {
    name: &'a [u8],
    is_end: bool,
    rest: &'a [u8],
    /// The text before it, from the tag or comment that stands there.
    before: &'a [u8],
}

impl Tag<'_> {
    fn is_void(&self) -> bool {
        const VOID: [&[u8]; 13] = [
            b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
            b"wbr",
        ];
        self.rest.ends_with(b"/") || VOID.iter().any(|name| self.name.eq_ignore_ascii_case(name))
    }

    /// Whether it is none of the elements that have a meaning of their own, nor a class that has one.
    fn is_block(&self) -> bool {
        const OTHERS: [&[u8]; 27] = [
            b"a", b"img", b"video", b"audio", b"source", b"br", b"ul", b"ol", b"li", b"table", b"tr", b"td", b"th",
            b"h1", b"h2", b"h3", b"h4", b"h5", b"h6", b"span", b"b", b"i", b"em", b"strong", b"time", b"u", b"small",
        ];
        const CLASSES: [&[u8]; 9] =
            [b"_a6-h", b"_2lek", b"_a6-p", b"_2let", b"_a6-o", b"_2lem", b"_a6-q", b"_tqp", b"uiBoxWhite"];
        !OTHERS.iter().any(|name| self.name.eq_ignore_ascii_case(name))
            && !self.name.eq_ignore_ascii_case(b"font")
            && !self.has_class(&CLASSES)
    }

    fn has_class(&self, classes: &[&[u8]]) -> bool {
        let value = self.attribute(b"class").unwrap_or_default();
        value.split(u8::is_ascii_whitespace).any(|class| classes.contains(&class))
    }

    fn attribute(&self, name: &[u8]) -> Option<&[u8]> {
        let mut rest = self.rest.trim_ascii_start();
        while !rest.is_empty() {
            let n_name = rest.iter().take_while(|byte| !byte.is_ascii_whitespace() && **byte != b'=').count();
            let (found, after) = rest.split_at(n_name);
            let Some(value) = after.trim_ascii_start().strip_prefix(b"=") else {
                rest = after.trim_ascii_start();
                continue;
            };
            let value = value.trim_ascii_start();
            let (value, after) = match value.first().copied().filter(|first| matches!(first, b'"' | b'\'')) {
                Some(quote) => {
                    let end = value[1..].iter().position(|byte| *byte == quote).map_or(value.len(), |at| at + 1);
                    (&value[1..end], value.get(end + 1..).unwrap_or_default())
                }
                None => value.split_at(value.iter().take_while(|byte| !byte.is_ascii_whitespace()).count()),
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after.trim_ascii_start();
        }
        None
    }
}

/// The tags of a page, without those in comments, styles, scripts and titles.
fn tags(bytes: &[u8]) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            let at = rest.iter().position(|byte| *byte == b'<')?;
            let before = &rest[..at];
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix(b"!--") {
                rest = behind(comment, b"-->");
                continue;
            }
            let is_end = rest.first() == Some(&b'/');
            let inside = &rest[usize::from(is_end)..];
            if !inside.first().is_some_and(u8::is_ascii_alphabetic) {
                continue;
            }
            let n_name = inside.iter().take_while(|byte| !byte.is_ascii_whitespace() && !b"/>".contains(byte)).count();
            let (name, inside) = inside.split_at(n_name);
            let end = end_of_tag(inside)?;
            rest = &inside[end + 1..];
            let raw = [&b"style"[..], b"script", b"title"].into_iter().find(|raw| name.eq_ignore_ascii_case(raw));
            if let Some(raw) = raw {
                if !is_end {
                    rest = behind(rest, &[b"</", raw].concat());
                }
                continue;
            }
            return Some(Tag { name, is_end, rest: &inside[..end], before });
        }
    })
}

/// Where the `>` stands that is in no quotes.
fn end_of_tag(inside: &[u8]) -> Option<usize> {
    let mut quote = None;
    inside.iter().position(|byte| {
        match quote {
            Some(open) if open == *byte => quote = None,
            None if matches!(byte, b'"' | b'\'') => quote = Some(*byte),
            _ => {}
        }
        quote.is_none() && *byte == b'>'
    })
}

fn behind<'a>(bytes: &'a [u8], mark: &[u8]) -> &'a [u8] {
    let at = bytes.windows(mark.len()).position(|window| window == mark);
    at.map_or(&[], |at| &bytes[at + mark.len()..])
}

#[cfg(test)]
mod tests {
    use super::count_html;

    #[test]
    fn items_are_boxes_and_rows_of_lists() {
        let check = |html: &str, n_items| assert_eq!(count_html(html.as_bytes()), n_items, "{html}");
        let one = r#"<div class="pam uiBoxWhite noborder"><div class="_a6-p"><div>x</div></div><div class="_a6-o">y</div></div>"#;
        let head = r#"<div class="pam uiBoxWhite"><h2 class="_a6-h">People: a and b</h2></div>"#;
        check("", 0);
        check("no page", 0);
        check(one, 1);
        check(&format!("<style>.uiBoxWhite</style><!-- {one} --><body>{one}{one}</body>"), 2);
        check(&format!("{head}{one}{one}"), 2);
        check(&format!("{one}{head}{one}"), 3);
        check(head, 0);
        // Boxes in boxes are no items; what breaks off is one.
        check(&format!(r#"<div class="uiBoxWhite"><p>{one}{one}</p></div>{one}"#), 2);
        check(r#"<div class="uiBoxWhite"><div class="_a6-p">x</div>"#, 1);
        check(
            r#"<div class="uiBoxWhite"><table><tr class="_1isx"><td>a</td></tr><tr class="_1isx"><td>b</td></tr></table></div>"#,
            2,
        );
        // Without the class, the children of the main element.
        check(
            r#"<body><div>x</div><div role="main"><div><p>a</p></div><div><br />b</div><div>none</div></div></body>"#,
            2,
        );
        check("<body><div><p>a</p></div><img src=\"x>y\"></body>", 1);
        check(
            "<body><div><script>'<div>'</script><p>a</p></div><div><style>p{}</style></div><div><p>b</p></div></body>",
            2,
        );
        check(r#"<div title='<div class="uiBoxWhite">'>x</div>"#, 0);
        // What wraps them all is none.
        let dated = |year: &str| format!("<div><p>a</p><div>Jan 3, {year} 5:44 pm</div></div>");
        let [one, other] = [dated("2024"), dated("2025")];
        check(&format!(r#"<body><div role="main"><p>x</p><div>{one}{other}</div></div></body>"#), 2);
        check(&format!("<body><div><div><h2>a and b</h2></div>{one}{other}</div></body>"), 3);
        check(&format!("<body><div>{one}</div></body>"), 1);
        check(&format!("<body><div>{one} and {other}</div></body>"), 1);
        check(&format!("<body><div>{one}<div><p>b</p></div>{other}</div></body>"), 1);
        check(&format!("<body><div>{one}{other}</div><div><p>b</p></div></body>"), 2);
        check(&format!("<body><table>{one}{other}</table></body>"), 1);
    }
}
