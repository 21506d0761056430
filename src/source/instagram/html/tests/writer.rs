//! Writes a JSON document as the page that says the same, strictly after format reference §5: the classes of §5.2, the
//! places of §5.3, the layouts of §5.4, the dates of §5.5. What §5 says pages lack is left out. Shares no code with the readers.

use std::fmt::Write;

use chrono::DateTime;
use chrono_tz::America::Los_Angeles;

use crate::source::instagram::json::Json;

/// How pages of an era are written.
#[derive(Clone, Copy, Debug)]
pub struct Era {
    /// `div` until 2022/23, `h2` later.
    pub heading: &'static str,
    pub date: &'static str,
    /// The older table: label and value in two cells.
    pub has_two_cells: bool,
    /// The Messenger style of 2018 to early 2021.
    pub is_messenger: bool,
    /// With elements around boxes and bodies that nobody knows.
    pub is_wrapped: bool,
}

pub const OF_2021: Era = Era {
    heading: "div",
    date: "%b %-d, %Y, %-I:%M\u{202f}%p",
    has_two_cells: true,
    is_messenger: false,
    is_wrapped: false,
};
pub const OF_2022: Era = Era { has_two_cells: false, ..OF_2021 };
pub const OF_2024: Era =
    Era { heading: "h2", date: "%b %d, %Y %-I:%M %P", has_two_cells: false, is_messenger: false, is_wrapped: false };
pub const MESSENGER: Era =
    Era { heading: "div", date: "%-d %b %Y, %H:%M", has_two_cells: true, is_messenger: true, is_wrapped: false };
pub const WRAPPED: Era = Era { is_wrapped: true, ..OF_2024 };

/// The page of a list.
pub fn list_page(era: Era, elements: &[Json]) -> String {
    Era::page("Title", &elements.iter().map(|element| era.element(element)).collect::<String>())
}

/// The page of own content.
pub fn content_page(era: Era, elements: &[Json]) -> String {
    Era::page("Title", &elements.iter().map(|element| era.content(element)).collect::<String>())
}

/// The page of a conversation.
pub fn thread_page(era: Era, thread: &Json) -> String {
    let names: Vec<String> =
        list(thread, "participants").iter().map(|person| escape(&string(person, "name"))).collect();
    let names = match &names[..] {
        [names @ .., last] if !names.is_empty() => format!("{} and {last}", names.join(", ")),
        names => names.join(", "),
    };
    let head = era.record(&era.heading(&format!("Participants: {names}")));
    let messages: String = list(thread, "messages").iter().map(|message| era.message(message)).collect();
    Era::page(&escape(&string(thread, "title")), &format!("{head}{messages}"))
}

impl Era {
    fn page(title: &str, boxes: &str) -> String {
        format!(
            "<html><head><base href=\"../\" /><style type=\"text/css\">._a706{{width:60%}}</style><title>{title}</title></head><body class=\"_5vb_\"><div class=\"_a705\"><div class=\"_a70a\"><div class=\"_a70e\">{title}</div></div><div class=\"_a706\" role=\"main\">{boxes}</div></div></body></html>"
        )
    }

    fn record(self, inside: &str) -> String {
        let class = if self.is_messenger { "pam _3-95 _2pi0 _2lej" } else { "pam _3-95 _2ph- _a6-g" };
        let inside = self.wrap(inside);
        format!("<div class=\"{class} uiBoxWhite noborder\">{inside}</div>")
    }

    fn wrap(self, inside: &str) -> String {
        if self.is_wrapped { format!("<section class=\"x1new\">{inside}</section>") } else { inside.to_owned() }
    }

    fn heading(self, html: &str) -> String {
        let class = if self.is_messenger { "_3-96 _2pio _2lek _2lel" } else { "_3-95 _2pim _a6-h _a6-i" };
        format!("<{0} class=\"{class}\">{html}</{0}>", self.heading)
    }

    fn titled(self, text: &str) -> String {
        if text.is_empty() { String::new() } else { self.heading(&escape(text)) }
    }

    fn body(self, inside: &str) -> String {
        let class = if self.is_messenger { "_3-96 _2let" } else { "_3-95 _a6-p" };
        format!("<div class=\"{class}\">{}</div>", self.wrap(inside))
    }

    fn time_line(self, time: Option<&Json>) -> String {
        let class = if self.is_messenger { "_3-94 _2lem" } else { "_3-94 _a6-o" };
        self.date_of(time).map(|date| format!("<div class=\"{class}\">{date}</div>")).unwrap_or_default()
    }

    fn date(self, second: i64) -> String {
        let time = DateTime::from_timestamp(second, 0).expect("a second").with_timezone(&Los_Angeles);
        time.format(self.date).to_string()
    }

    fn date_of(self, json: Option<&Json>) -> Option<String> {
        json.and_then(Json::as_integer).filter(|second| *second > 0).map(|second| self.date(second))
    }

    /// A row of the other lists (S2, S3, S6).
    fn element(self, element: &Json) -> String {
        let mut inside = self.titled(&string(element, "title"));
        let mut body = String::new();
        for row in list(element, "string_list_data") {
            let (link, value) = (string(row, "href"), string(row, "value"));
            let value = match (link.is_empty(), value.is_empty()) {
                (true, true) => String::new(),
                (true, false) => format!("<div>{}</div>", escape(&value)),
                (false, _) => format!("<div>{}</div>", anchor(&link, if value.is_empty() { &link } else { &value })),
            };
            let date = self.date_of(row.get("timestamp")).map(|date| format!("<div>{date}</div>"));
            write!(body, "<div>{value}{}</div>", date.unwrap_or_default()).expect("a text");
        }
        let maps = [element.get("string_map_data"), element.get("media_map_data")];
        let rows: String = maps
            .into_iter()
            .flatten()
            .flat_map(Json::members)
            .map(|(label, data)| self.labelled(label, data))
            .collect();
        let nodes: String = list(element, "label_values").iter().map(|node| self.node(node)).collect();
        for rows in [rows, nodes] {
            if !rows.is_empty() {
                write!(body, "<table style=\"table-layout: fixed;\">{rows}</table>").expect("a text");
            }
        }
        body.extend(list(element, "media_list_data").iter().chain(list(element, "media")).map(medium));
        inside.push_str(&self.body(&body));
        inside.push_str(&self.time_line(element.get("timestamp")));
        self.record(&inside)
    }

    /// A row of a table: the label as the first text of its cell and the value in an element below, or a cell for each.
    fn row(self, label: &str, value: &str, date: Option<String>) -> String {
        let label = escape(label);
        match (value.is_empty(), date) {
            (true, Some(date)) => {
                format!("<tr><td class=\"_2pin _a6_q\">{label}</td><td class=\"_2pin _2piu _a6_r\">{date}</td></tr>")
            }
            (false, Some(date)) => format!(
                "<tr><td class=\"_2pin _a6_q\">{label}<div><div>{value}</div></div></td><td class=\"_2pin _2piu _a6_r\">{date}</td></tr>"
            ),
            (_, None) if self.has_two_cells => {
                format!("<tr><td class=\"_2pin _a6_q\">{label}</td><td class=\"_2pin _2piu _a6_r\">{value}</td></tr>")
            }
            (_, None) => {
                format!("<tr><td colspan=\"2\" class=\"_2pin _a6_q\">{label}<div><div>{value}</div></div></td></tr>")
            }
        }
    }

    fn labelled(self, label: &str, data: &Json) -> String {
        if !string(data, "uri").is_empty() {
            return self.row(label, &medium(data), None);
        }
        let (link, value) = (string(data, "href"), string(data, "value"));
        let shown =
            if link.is_empty() { escape(&value) } else { anchor(&link, if value.is_empty() { &link } else { &value }) };
        self.row(label, &shown, self.date_of(data.get("timestamp")))
    }

    /// A node of `label_values`.
    fn node(self, node: &Json) -> String {
        let label = [string(node, "label"), string(node, "title")].into_iter().find(|label| !label.is_empty());
        let (link, value) = (string(node, "href"), string(node, "value"));
        let mut shown =
            if link.is_empty() { escape(&value) } else { anchor(&link, if value.is_empty() { &link } else { &value }) };
        for record in list(node, "vec") {
            if record.get("dict").is_some() {
                shown.push_str(&self.group(list(record, "dict")));
            } else {
                write!(shown, "<div>{}</div>", escape(&string(record, "value"))).expect("a text");
            }
        }
        shown.extend(list(node, "media").iter().map(medium));
        let dict = list(node, "dict");
        if dict.iter().any(|record| record.get("dict").is_some() && string(record, "title").is_empty()) {
            shown.extend(dict.iter().map(|record| self.group(list(record, "dict"))));
        } else if !dict.is_empty() {
            shown.push_str(&self.group(dict));
        }
        self.row(&label.unwrap_or_default(), &shown, self.date_of(node.get("timestamp_value")))
    }

    fn group(self, nodes: &[Json]) -> String {
        let rows: String = nodes.iter().map(|node| self.node(node)).collect();
        format!("<div><table style=\"table-layout: fixed;\">{rows}</table></div>")
    }

    /// A post, story, reel: caption, media, what the camera wrote, time.
    fn content(self, element: &Json) -> String {
        let several = list(element, "media");
        let media = if several.is_empty() { std::slice::from_ref(element) } else { several };
        let first = media.first();
        let caption = Some(string(element, "title")).filter(|title| !title.is_empty());
        let caption = caption.or_else(|| first.map(|medium| string(medium, "title"))).unwrap_or_default();
        let mut body: String = media.iter().map(medium).collect();
        for medium in media {
            let mut rows = String::new();
            let metadata = medium.get("media_metadata").map(Json::members).unwrap_or_default();
            for (label, value) in
                metadata.iter().flat_map(|(_, block)| list(block, "exif_data")).flat_map(Json::members)
            {
                let value = match value {
                    Json::Text(text) => text.clone(),
                    Json::Integer(number) => number.to_string(),
                    Json::Float(number) => number.to_string(),
                    _ => continue,
                };
                let label = label.replace('_', " ");
                let label = label[..1].to_uppercase() + &label[1..];
                rows.push_str(&self.row(&label, &escape(&value), None));
            }
            for (_, block) in metadata {
                if let Some(genre) = block.get("music_genre").and_then(Json::as_text) {
                    rows.push_str(&self.row("Music genre", &escape(genre), None));
                }
                let subtitles = block.get("subtitles").map(|file| string(file, "uri")).unwrap_or_default();
                if !subtitles.is_empty() {
                    rows.push_str(&self.row("Subtitles", &anchor(&subtitles, "Click to view file"), None));
                }
            }
            if !rows.is_empty() {
                write!(body, "<div><table style=\"table-layout: fixed;\">{rows}</table></div>").expect("a text");
            }
        }
        let tagged: Vec<String> = list(element, "tagged")
            .iter()
            .filter_map(Json::as_text)
            .map(|name| format!("{name} (Tagged, 0.00, 0.00)"))
            .collect();
        if !tagged.is_empty() {
            write!(body, "<div>Tagged users: {}</div>", tagged.join(", ")).expect("a text");
        }
        let time = element.get("creation_timestamp").or_else(|| first?.get("creation_timestamp"));
        self.record(&format!(
            "{}{}{}",
            self.titled(&caption),
            self.body(&format!("<div>{body}</div>")),
            self.time_line(time)
        ))
    }

    /// Nothing, the words, what is shared or attached, nothing, the reactions.
    fn message(self, message: &Json) -> String {
        let mut attached = String::new();
        for name in ["photos", "videos", "audio_files", "gifs", "files"] {
            attached.extend(list(message, name).iter().map(medium));
        }
        attached.extend(message.get("sticker").map(medium));
        if let Some(share) = message.get("share") {
            let of = |name: &str| string(share, name);
            let mut block = String::new();
            for text in [of("share_text"), of("original_content_owner")].into_iter().filter(|text| !text.is_empty()) {
                write!(block, "<div>{}</div>", escape(&text)).expect("a text");
            }
            if !of("link").is_empty() {
                write!(block, "<div>{}</div>", anchor(&of("link"), &of("link"))).expect("a text");
            }
            write!(attached, "<div>{block}</div>").expect("a text");
        }
        if let Some(seconds) = message.get("call_duration").and_then(Json::as_integer) {
            write!(attached, "<div>Duration: {seconds} seconds</div>").expect("a text");
        }
        let reactions: Vec<String> = list(message, "reactions")
            .iter()
            .map(|reaction| {
                let time = self.date_of(reaction.get("timestamp")).map(|date| format!("<span> ({date})</span>"));
                let (emoji, actor) = (string(reaction, "reaction"), escape(&string(reaction, "actor")));
                format!("<li><span>{emoji}{actor}{}</span></li>", time.unwrap_or_default())
            })
            .collect();
        let reactions = reactions.concat();
        let class = if self.is_messenger { "_tqp" } else { "_a6-q" };
        let reactions =
            if reactions.is_empty() { reactions } else { format!("<ul class=\"{class}\">{reactions}</ul>") };
        let words = escape(&string(message, "content"));
        let body =
            format!("<div><div></div><div>{words}</div><div>{attached}</div><div></div><div>{reactions}</div></div>");
        let second = message.get("timestamp_ms").and_then(Json::as_integer).map(|ms| Json::Integer(ms / 1_000));
        self.record(&format!(
            "{}{}{}",
            self.titled(&string(message, "sender_name")),
            self.body(&body),
            self.time_line(second.as_ref())
        ))
    }
}

fn medium(json: &Json) -> String {
    let path = escape(&string(json, "uri"));
    if path.is_empty() {
        return String::new();
    }
    let is_video = path.ends_with(".mp4") || path.ends_with(".aac") || !path.contains('.');
    let inside = if is_video {
        format!(
            "<video src=\"{path}\" controls=\"1\" class=\"_a6_o _3-96\"><a target=\"_blank\" href=\"{path}\"><div>Click for video</div></a></video>"
        )
    } else {
        format!("<a target=\"_blank\" href=\"{path}\"><img src=\"{path}\" class=\"_a6_o _3-96\" /></a>")
    };
    format!("<div><div>{inside}</div></div>")
}

fn anchor(link: &str, text: &str) -> String {
    format!("<a target=\"_blank\" href=\"{}\">{}</a>", escape(link), escape(text))
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\'', "&#039;").replace('\n', "<br />")
}

fn string(json: &Json, name: &str) -> String {
    json.get(name).and_then(Json::as_text).unwrap_or_default().to_owned()
}

fn list<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    json.get(name).map(Json::elements).unwrap_or_default()
}
