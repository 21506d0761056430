//! Conversations of invented people in languages that no table of sentences has.

use super::census::{FirstPass, Message, Notice, Plain, Reacted, Told};
use super::verdict_on;

/// Who writes what, one line a message.
#[derive(Clone, Debug)]
struct Line {
    thread: i64,
    at_s: i64,
    sender: &'static str,
    plain: Plain,
    text: String,
    reactions: Vec<(&'static str, &'static str, Option<i64>)>,
}

fn line(thread: i64, at_s: i64, sender: &'static str, text: impl Into<String>) -> Line {
    Line { thread, at_s, sender, plain: Plain::Text, text: text.into(), reactions: Vec::new() }
}

impl Line {
    fn plain(self, plain: Plain) -> Self {
        Self { plain, ..self }
    }

    fn reacted(self, actor: &'static str, emoji: &'static str) -> Self {
        Self { reactions: vec![(actor, emoji, None)], ..self }
    }

    fn reacted_at(self, actor: &'static str, emoji: &'static str, second: i64) -> Self {
        Self { reactions: vec![(actor, emoji, Some(second))], ..self }
    }
}

/// Who takes part in every conversation beside its writers.
const PEOPLE: [&str; 4] = ["김민준", "박하늘", "이서연", "최지우"];

/// A name as a number.
fn id_of(name: &str) -> i64 {
    name.bytes().fold(7, |id, byte| id * 31 % 1_000_003 + i64::from(byte))
}

fn with_message<T>(line: &Line, see: impl FnOnce(&Message<'_>) -> T) -> T {
    let reactions: Vec<Reacted> = line
        .reactions
        .iter()
        .map(|(actor, emoji, second)| Reacted { actor: id_of(actor), emoji: (*emoji).to_owned(), second: *second })
        .collect();
    let mut names: Vec<String> = PEOPLE.iter().map(|&name| name.to_owned()).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    see(&Message {
        thread: line.thread,
        at_ms: Some(line.at_s * 1_000 + 123),
        sender: Some((id_of(line.sender), line.sender)),
        names: &names,
        plain: Some(line.plain),
        text: &line.text,
        reactions: &reactions,
    })
}

/// The texts that are told to be notices, with what they are, in the order of the lines; conversations in both orders.
fn told(lines: &[Line]) -> Vec<(String, Notice)> {
    let judge = |lines: &[&Line]| -> Vec<(String, Notice)> {
        let mut first = FirstPass::new();
        let formed: Vec<_> =
            lines.iter().filter(|line| with_message(line, |message| first.add(message))).copied().collect();
        let mut second = first.end();
        let mut recalled = Vec::new();
        second.recall(&mut |told| recalled.push(told));
        let verdicts = second.end();
        // Who looks at everything again hears the same.
        let mut again = FirstPass::new();
        for line in lines {
            with_message(line, |message| again.add(message));
        }
        let mut second = again.end();
        let candidates: Vec<_> =
            lines.iter().map(|line| (with_message(line, |message| second.add(message)), *line)).collect();
        assert_eq!(second.end(), verdicts);
        let mut told = recalled.iter().zip(&formed);
        for (now, line) in &candidates {
            let is_formed = told.clone().next().is_some_and(|(_, formed)| std::ptr::eq(*formed, *line));
            let expected = if is_formed { told.next().map_or(Told::Nothing, |(told, _)| *told) } else { Told::Nothing };
            assert_eq!(*now, expected, "{}", line.text);
        }
        let verdict = |(told, line): &(_, &Line)| {
            verdict_on(*told, line.plain == Plain::Payload, &verdicts).map(|notice| (line.text.clone(), notice))
        };
        candidates.iter().filter_map(verdict).collect()
    };
    let mut forward: Vec<&Line> = lines.iter().collect();
    forward.sort_by_key(|line| (line.thread, line.at_s));
    let mut backward = forward.clone();
    backward.sort_by_key(|line| (std::cmp::Reverse(line.thread), line.at_s));
    let (found, mut again) = (judge(&forward), judge(&backward));
    again.sort();
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(sorted, again, "the order of the conversations decides nothing");
    found
}

/// Pairs of a message and what the app writes when somebody reacts to it: `{}` stands for the emoji.
fn reactions(sentence: &str, reacted: &[(i64, &'static str, &'static str)]) -> Vec<Line> {
    let pair = |(n, (thread, sender, emoji)): (usize, &(i64, &'static str, &'static str))| {
        let at = 1_700_000_000 + i64::try_from(n).expect("few") * 3_600;
        let other = line(*thread, at, "Mia Beispiel", format!("message number {n} of mine")).reacted(sender, emoji);
        [other, line(*thread, at + 40, sender, sentence.replace("{}", emoji))]
    };
    reacted.iter().enumerate().flat_map(pair).collect()
}

#[test]
fn reaction_notices_are_found_in_any_language() {
    let reacted = [(1, "김민준", "😂"), (1, "김민준", "❤"), (2, "ليلى", "❤"), (2, "ليلى", "🔥")];
    for sentence in [
        "내 메시지에 {} 공감을 표시했습니다",
        "تفاعل بـ {} مع رسالتك",
        "Mesajına {} ifadesini bıraktı",
        "あなたのメッセージに{}でリアクションしました",
        "आपके मैसेज पर {} रिएक्शन दिया",
    ] {
        let found = told(&reactions(sentence, &reacted));
        let expected: Vec<_> =
            reacted.iter().map(|(_, _, emoji)| (sentence.replace("{}", emoji), Notice::Reaction)).collect();
        assert_eq!(found, expected);
        // Twice is chance.
        assert_eq!(told(&reactions(sentence, &reacted[..2])), []);
    }
}

#[test]
fn the_second_of_a_reaction_proves_its_notice() {
    let one = |text: &str, at_s: i64| {
        told(&[
            line(1, 1_700_000_000, "Mia", "hi there everybody").reacted_at("Yuki", "😂", 1_700_000_009),
            line(1, at_s, "Yuki", text),
        ])
    };
    let sentence = "メッセージに😂でリアクション";
    assert_eq!(one(sentence, 1_700_000_009), [(sentence.to_owned(), Notice::Reaction)]);
    assert_eq!(one(sentence, 1_700_000_010), [], "a second later");
    assert_eq!(one("メッセージに❤でリアクション", 1_700_000_009), [], "another emoji");
    assert_eq!(one("haha 😂", 1_700_000_009), [], "a laugh");
    // Without an emoji in it, the sentence has to come again.
    let hearts = |n: i64| -> Vec<Line> {
        let pair = |n: i64| {
            let at = 1_700_000_000 + n * 500;
            let target = line(1, at, "Mia", format!("picture number {n} of the sea")).reacted_at("Yuki", "❤", at + 30);
            [target, line(1, at + 30, "Yuki", "メッセージに「いいね！」しました")]
        };
        (0..n).flat_map(pair).collect()
    };
    assert_eq!(told(&hearts(3)).len(), 3);
    assert_eq!(told(&hearts(2)), []);
}

#[test]
fn what_people_write_when_they_react_is_theirs() {
    let day = 86_400;
    let greeting = |emoji: [&'static str; 2], n_reactions: i64| -> Vec<Line> {
        let of_day = |n: i64| {
            let (at, emoji) = (1_700_000_000 + n * day, emoji[usize::from(n % 2 == 0)]);
            let mut lines: Vec<Line> = (0..n_reactions)
                .map(|i| line(1, at + i * 60, "Mia", format!("my day {n}, part {i}")).reacted("Leo", emoji))
                .collect();
            lines.push(line(1, at + 40_000, "Leo", format!("good morning my dear {emoji}")));
            lines
        };
        (0..30).flat_map(of_day).collect()
    };
    assert_eq!(told(&greeting(["❤", "❤"], 1)), [], "always the same emoji");
    assert_eq!(told(&greeting(["❤", "😘"], 1)), [], "one person in one conversation");
    assert_eq!(told(&greeting(["❤", "😘"], 8)), [], "many more reactions than greetings");
    let laughs: Vec<Line> = (0..40)
        .flat_map(|n| {
            let (emoji, at) = (["😂", "🤣", "😅"][n % 3], 1_700_000_000 + 100 * i64::try_from(n).expect("few"));
            let (joke, thread) = (format!("joke {n}, a good one"), i64::from(n % 2 == 0));
            [line(thread, at, "Mia", joke).reacted("Leo", emoji), line(thread, at + 9, "Leo", format!("haha {emoji}"))]
        })
        .collect();
    assert_eq!(told(&laughs), []);
}

#[test]
fn attachment_notices_are_found_in_any_language() {
    for (sentence, names) in [
        ("{}님이 첨부 파일을 보냈습니다.", ["김민준", "박하늘"]),
        ("أرسل {} مرفقًا.", ["ليلى", "عمر"]),
        ("{} bir ek gönderdi.", ["Ayşe", "Can"]),
        ("{}さんが添付ファイルを送信しました", ["ゆき", "さとし"]),
        ("{} ने एक अटैचमेंट भेजा।", ["मीरा", "राज"]),
    ] {
        let of = |name: &'static str, thread| {
            line(thread, 1_700_000_000 + thread, name, sentence.replace("{}", name)).plain(Plain::Payload)
        };
        let found = told(&[of(names[0], 1), of(names[1], 2)]);
        assert_eq!(found.iter().map(|(_, notice)| *notice).collect::<Vec<_>>(), [Notice::Attachment; 2], "{sentence}");
        assert_eq!(told(&[of(names[0], 1)]), [], "one is no evidence: {sentence}");
        // What was shared may be gone; the sentence says what it was.
        let bare = Line { plain: Plain::Text, at_s: 1_700_009_000, ..of(names[0], 1) };
        assert_eq!(told(&[of(names[0], 1), of(names[1], 2), bare]).len(), 3, "{sentence}");
    }
    // Nobody begins with the own full name by chance.
    let full = line(1, 1_700_000_000, "Max Muster", "Max Muster foo bar baz.").plain(Plain::Payload);
    assert_eq!(told(&[full]).len(), 1);
}

#[test]
fn sentences_without_a_name_are_found_by_their_number() {
    let sentence = "회원님이 첨부 파일을 보냈습니다";
    let shares = |n: i64, n_threads: i64, plain: Plain, text: &str| -> Vec<Line> {
        (0..n).map(|i| line(i % n_threads, 1_700_000_000 + i * 60, "Mia", text).plain(plain)).collect()
    };
    assert_eq!(told(&shares(20, 2, Plain::Payload, sentence)).len(), 20);
    assert_eq!(told(&shares(19, 2, Plain::Payload, sentence)), []);
    assert_eq!(told(&shares(40, 1, Plain::Payload, sentence)), [], "one person's words to one other");
    assert_eq!(told(&shares(40, 4, Plain::StoryReply, "happy birthday to you")), [], "answers to stories");
    assert_eq!(told(&shares(40, 4, Plain::Payload, "my new song https://example.org/song")), [], "a link of one's own");
    let mut once_alone = shares(40, 4, Plain::Payload, sentence);
    once_alone.push(line(1, 1_700_100_000, "Mia", sentence));
    assert_eq!(told(&once_alone), [], "also without anything shared");
}

#[test]
fn calls_and_the_group_are_told_by_members_and_by_names() {
    let end = |at_s, plain| line(1, at_s, "Mia", "영상 채팅이 종료되었습니다").plain(plain);
    let found = told(&[end(1, Plain::Call), end(2, Plain::Call), end(3, Plain::Text)]);
    assert_eq!(found, [("영상 채팅이 종료되었습니다".to_owned(), Notice::Call)]);
    assert_eq!(told(&[end(1, Plain::Call), end(2, Plain::Text), end(3, Plain::Text), end(4, Plain::Text)]), []);
    let themes = |names: &[&'static str]| -> Vec<Line> {
        let theme = |(n, name): (usize, &&'static str)| {
            let thread = i64::try_from(n).expect("few") % 4;
            line(thread, 1_700_000_000, name, format!("{name} sohbet temasını değiştirdi."))
        };
        names.iter().enumerate().map(theme).collect()
    };
    let found = told(&themes(&["Ayşe", "Can", "Deniz", "Ayşe", "Efe"]));
    assert_eq!(found.iter().map(|(_, notice)| *notice).collect::<Vec<_>>(), [Notice::System; 5]);
    assert_eq!(told(&themes(&["Ayşe", "Can", "Ayşe", "Can", "Ayşe"])), [], "only two people");
}

#[test]
fn sentences_about_two_people_have_one_form() {
    let pairs =
        [("김민준", "박하늘"), ("박하늘", "이서연"), ("이서연", "김민준"), ("김민준", "최지우"), ("최지우", "이서연")];
    for sentence in
        ["{a}님이 {b}님을 초대했습니다.", "{a}が{b}をグループに追加しました", "{a} hat {b} zur Gruppe hinzugefügt."]
    {
        let added = |(n, (one, other)): (usize, &(&'static str, &str))| {
            let text = sentence.replace("{a}", one).replace("{b}", other);
            line(i64::try_from(n).expect("few") % 3, 1_700_000_000, one, text)
        };
        let found = told(&pairs.iter().enumerate().map(added).collect::<Vec<_>>());
        assert_eq!(found.iter().map(|(_, notice)| *notice).collect::<Vec<_>>(), [Notice::System; 5], "{sentence}");
        let by_two: Vec<Line> = pairs[..2].iter().cycle().take(8).enumerate().map(added).collect();
        assert_eq!(told(&by_two), [], "only two people: {sentence}");
    }
}

#[test]
fn what_people_write_with_names_is_theirs() {
    let many = |make: &dyn Fn(i64, &'static str) -> Line| -> Vec<Line> {
        let names = ["Anna", "Tom", "Lea", "Will", "Jo"];
        (0..40).map(|n| make(n, names[usize::try_from(n % 5).expect("small")])).collect()
    };
    let at = |n: i64| 1_700_000_000 + n * 77;
    let check = |lines: Vec<Line>, what: &str| assert_eq!(told(&lines), [], "{what}");
    check(many(&|n, name| line(n % 5, at(n), name, "Anna, schau dir das mal an")), "begins with a friend's name");
    check(
        many(&|n, _| line(n % 5, at(n), "Tom", "Anna schau dir das mal an").plain(Plain::StoryReply)),
        "a friend's name before an answer to a story",
    );
    check(many(&|n, name| line(n % 5, at(n), name, format!("Viele liebe Grüße, {name}"))), "signs");
    check(
        many(&|n, name| {
            let plain = if n % 3 == 0 { Plain::Payload } else { Plain::Text };
            line(n % 5, at(n), name, format!("Viele liebe Grüße, {name}")).plain(plain)
        }),
        "signs, sometimes below a picture",
    );
    check(many(&|n, _| line(n % 5, at(n), "Will", "Will you come tonight?")), "a name that is a word");
    check(many(&|n, name| line(n % 5, at(n), name, "see you tomorrow then")), "what everybody says");
}
