//! People, accounts, and what is decided about them by hand.

use serde_json::json;

use super::program::Program;

#[test]
fn accounts_are_listed() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["accounts"]), @r"
    id        account      snapshots  records  also
    91fbe82e  mia.example          2      224
    exit: 0
    ");
    let rows = program.json(&["accounts", "--json"]);
    assert_eq!(rows[0]["format"], "throwback-accounts/1");
    assert_eq!((&rows[1]["type"], &rows[1]["names"]), (&json!("account"), &json!(["mia.example"])));
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
    4f455e99         0  –           –           jonas.berger    @jonas.berger, @jonas.koehler
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
        @mia_beispiel94  seen under this name
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
