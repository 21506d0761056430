//! People, accounts, and what is decided about them by hand.

use serde_json::json;

use super::program::Program;

#[test]
fn accounts_are_listed() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["accounts"]), @r"
    id        account      snapshots  records  also
    91fbe82e  mia.example          2      224  mia_beispiel94
    exit: 0
    ");
    let rows = program.json(&["accounts", "--json"]);
    assert_eq!(rows[0]["format"], "throwback-accounts/1");
    assert_eq!((&rows[1]["type"], &rows[1]["names"]), (&json!("account"), &json!(["mia_beispiel94", "mia.example"])));
    assert_eq!(rows[1]["snapshots"].as_array().map(Vec::len), Some(2));
    assert_eq!(rows[2], json!({"type": "end", "count": 1}));
}

#[test]
fn people_are_listed_and_shown() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["people"]), @r"
    id        messages  first       last        name            also
    scy6073g        36  2016-09-09  2023-08-19  Mia Beispiel    (you), @mia.example, @mia_beispiel94
    0y5wk7ns        18  2017-05-05  2024-02-28  Jonas Berger    Jonas Köhler
    19ssvc6g        14  2019-06-02  2023-12-09  Grace Okafor
    w8dkvx3e         8  2018-06-03  2021-10-30  Hilde Beispiel
    va0v09wd         7  2018-08-03  2023-11-02  Inés Martín
    fxfe78fh         7  2019-06-29  2023-04-02  佐藤ゆき
    nmrj5zp8         4  2017-11-03  2019-11-21  Tom Vogel
    eyyxg4h3         4  2020-02-14  2023-06-28  ⟨ليلى حسن⟩
    4rff6788         3  2021-02-14  2021-02-14  Zoé Lefèvre
    21c4j8gc         2  2016-09-09  2016-09-09  Instagram User
    zqke7e4e         2  2022-08-01  2022-08-20  김민준
    xsn1ckvs         1  2024-02-20  2024-02-20  Fundbüro Hafen
    hk5tny57         0  –           –           Kara Lund
    4f455e99         0  –           –           jonas.berger    @jonas.koehler, @jonas.berger
    stderr:
    note: 18 others are only named (liked, followed, looked for); --verbose lists them too
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["people", "jonas"]), @r"
    stderr:
    error: several people are known as `jonas`
    hint: use 0y5wk7ns (Jonas Berger) or 4f455e99 (jonas.berger)
    exit: 2
    ");
    insta::assert_snapshot!(program.run(&["people", "@mia.example"]), @r"
    Mia Beispiel · scy6073g601aqzz2 · you
      36 messages, 2016-09-09 to 2023-08-19

      names
        @mia.example     the owner, by profile and threads
        @mia_beispiel94  the owner, by profile and threads
        Mia Beispiel     the owner, by profile and threads

      conversations
        nnb7vyhq  Jonas Berger · 24 messages
        hjf4s871  Fundbüro Hafen · 1 message
        py2akf76  Grace Okafor · 15 messages
        58075hm5  Inés Martín · 6 messages
        6sj2g7n2  Fährgäste ⛴️ · 18 messages
        ckqgdt4d  Hilde Beispiel · 14 messages
        9sdm03fb  ⟨ليلى حسن⟩ · 6 messages
        efd3zca2  佐藤ゆき · 9 messages
        xy43pvnb  김민준 · 3 messages
        s468m729  Zoé Lefèvre · 4 messages
        and 3 more
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["people", "jonsa", "berger"]), @r"
    stderr:
    error: nobody is known as `jonsa berger`
    hint: did you mean Jonas Berger or jonas.berger?
    exit: 1
    ");
    let rows = program.json(&["people", "--json"]);
    assert_eq!(rows[0]["format"], "throwback-people/1");
    let people: Vec<_> = rows.iter().filter(|row| row["type"] == "person").collect();
    assert_eq!(people.len() + 2, rows.len());
    assert!(people.iter().any(|row| row["is_me"] == true && row["name"] == "Mia Beispiel"));
    let jonas = program.json(&["people", "--json", "Jonas Berger"]);
    assert_eq!((&jonas[1]["name"], jonas.len()), (&json!("Jonas Berger"), 3));
}

#[test]
fn nothing_was_decided_yet() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["undo"]), @r"
    stderr:
    nothing was decided by hand
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["undo", "7"]), @r"
    stderr:
    error: there is no decision 7
    hint: throwback undo lists what was decided by hand
    exit: 1
    ");
    assert_eq!(program.json(&["undo", "--json"])[1], json!({"type": "end", "count": 0}));
}

#[test]
fn what_is_decided_by_hand_is_told_and_taken_back() {
    let program = Program::with_sample();
    let dump = program.run(&["dump"]);
    insta::assert_snapshot!(program.run(&["people", "merge", "-n", "Jonas Berger", "@jonas.berger"]), @r"
    stderr:
    would be decided: merge people Jonas Berger | @jonas.berger
    exit: 0
    ");
    insta::assert_snapshot!(
        program.run(&["people", "merge", "jonas berger", "@jonas.berger", "--reason", "he told me"]), @r"
    stderr:
    decided: merge people Jonas Berger | @jonas.berger; `throwback undo 1` takes it back
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["people", "jonas"]), @r"
    Jonas Berger · 0y5wk7nse7h7gnqp
      18 messages, 2017-05-05 to 2024-02-28

      names
        @jonas.koehler  2022-08-17 to 2022-08-17, stands at the same thing as another name
        @jonas.berger   2024-03-02 to 2024-03-02, by hand
        Jonas Köhler    2022-08-17 to 2022-08-17, stands at the same thing as another name
        Jonas Berger    2024-03-02 to 2024-03-02, by hand

      conversations
        nnb7vyhq  Jonas Berger · 24 messages
        6sj2g7n2  Fährgäste ⛴️ · 18 messages
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["people", "merge", "jonas berger", "@jonas.berger"]), @r"
    stderr:
    error: Jonas Berger and @jonas.berger are one person already
    exit: 1
    ");
    insta::assert_snapshot!(program.run(&["people", "split", "Jonas Köhler"]), @r"
    stderr:
    decided: split person Jonas Köhler; `throwback undo 2` takes it back
    exit: 0
    ");
    let listed = program.json(&["undo", "--json"]);
    assert_eq!(listed[1]["arguments"], json!(["Jonas Berger", "@jonas.berger"]));
    assert_eq!((&listed[1]["number"], &listed[2]["kind"]), (&json!(1), &json!("split_person")));
    insta::assert_snapshot!(program.run(&["undo", "1"]), @r"
    stderr:
    decision 1 is taken back: merge people Jonas Berger | @jonas.berger
    exit: 0
    ");
    insta::assert_snapshot!(program.run(&["undo", "2"]), @r"
    stderr:
    decision 2 is taken back: split person Jonas Köhler
    exit: 0
    ");
    assert_eq!(program.run(&["dump"]), dump, "as if nothing had been decided");
}

#[test]
fn decisions_about_nobody_are_refused_with_a_sentence() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["people", "merge", "Jonas Bergre", "@mia.example"]), @r"
    stderr:
    error: nobody is known as `Jonas Bergre`
    hint: did you mean Jonas Berger or jonas.berger?
    exit: 1
    ");
    insta::assert_snapshot!(program.run(&["people", "split", "Grace Okafor"]), @r"
    stderr:
    error: Grace Okafor is the only name of that person
    exit: 1
    ");
    insta::assert_snapshot!(program.run(&["accounts", "merge", "mia.example", "mia.exampel"]), @r"
    stderr:
    error: no account is known as `mia.exampel`
    hint: did you mean mia.example?
    exit: 1
    ");
    insta::assert_snapshot!(program.run(&["accounts", "merge", "mia.example", "mia_beispiel94"]), @r"
    stderr:
    error: mia.example and mia_beispiel94 are one account already
    exit: 1
    ");
    insta::assert_snapshot!(program.run(&["accounts", "split", "2019"]), @r"
    stderr:
    error: no snapshot is known as `2019`
    hint: throwback snapshots lists them all
    exit: 1
    ");
    assert_eq!(program.json(&["undo", "--json"])[1], json!({"type": "end", "count": 0}));
}
