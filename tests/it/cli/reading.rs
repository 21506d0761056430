//! A session as a person has it: bring in, find, read.

use super::program::Program;

#[test]
fn a_dry_run_writes_nothing() {
    let program = Program::new();
    insta::assert_snapshot!(program.run(&["ingest", "-n", "fixtures/sample"]), @r#"
    instagram-mia.example-2024-03-02-Ab3dE5fG.zip
      Instagram, mia.example, JSON of generation D, English, made on 2024-03-02
      owner Mia Beispiel, content from 2015-05-01 to 2024-02-28
      199 records new, 0 known
    mia.example_20220817.zip
      Instagram, mia.example, JSON of generation C, English, made on 2022-08-17
      owner Mia Beispiel, content from 2015-05-01 to 2022-08-10
      25 records new, 132 known

    records            new  merged  unchanged
    post                15       1          8
    story                6       0          4
    reel                 3       0          2
    profile_photo        2       0          1
    message            106      14         69
    comment              8       5          0
    search              12       0          0
    like                12       1          4
    save                 4       1          2
    collection           3       0          2
    story_interaction    4       0          1
    follow              19       2          9
    contact              3       0          2
    profile              2       0          0
    profile_change       3       0          2
    login               10       0          1
    view                 6       0          0
    ad                   2       0          0
    interest             3       0          1
    setting              1       0          0

    media     41 files (53.6 kB) new, 27 files (38.0 kB) known
    findings  1 info
      all of them: --verbose tells more
    took [time] for 2 archives
    This was a dry run: nothing was written.
    next      throwback ingest fixtures/sample
    exit: 0
    "#);
    assert!(!program.folder().join("home").exists());
}

#[test]
fn an_ingest_says_what_arrived() {
    let program = Program::new();
    insta::assert_snapshot!(program.run(&["ingest", "fixtures/sample"]), @r#"
    instagram-mia.example-2024-03-02-Ab3dE5fG.zip
      Instagram, mia.example, JSON of generation D, English, made on 2024-03-02
      owner Mia Beispiel, content from 2015-05-01 to 2024-02-28
      199 records new, 0 known
    mia.example_20220817.zip
      Instagram, mia.example, JSON of generation C, English, made on 2022-08-17
      owner Mia Beispiel, content from 2015-05-01 to 2022-08-10
      25 records new, 132 known

    records            new  merged  unchanged
    post                15       1          8
    story                6       0          4
    reel                 3       0          2
    profile_photo        2       0          1
    message            106      14         69
    comment              8       5          0
    search              12       0          0
    like                12       1          4
    save                 4       1          2
    collection           3       0          2
    story_interaction    4       0          1
    follow              19       2          9
    contact              3       0          2
    profile              2       0          0
    profile_change       3       0          2
    login               10       0          1
    view                 6       0          0
    ad                   2       0          0
    interest             3       0          1
    setting              1       0          0

    media     41 files (53.6 kB) new, 27 files (38.0 kB) known
    findings  1 info
      all of them: throwback findings
    took [time] for 2 archives
    next      throwback search 'in:"Jonas Berger"'
    exit: 0
    "#);
}

#[test]
fn an_ingest_says_what_is_known() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["import", "fixtures/sample"]), @r#"
    instagram-mia.example-2024-03-02-Ab3dE5fG.zip
      Instagram, mia.example, JSON of generation D, English, made on 2024-03-02
      owner Mia Beispiel, content from 2015-05-01 to 2024-02-28
      held already, nothing new
    mia.example_20220817.zip
      Instagram, mia.example, JSON of generation C, English, made on 2022-08-17
      owner Mia Beispiel, content from 2015-05-01 to 2022-08-10
      held already, nothing new

    records            new  merged  unchanged
    post                 0       0         24
    story                0       0         10
    reel                 0       0          5
    profile_photo        0       0          3
    message              0       0        189
    comment              0       0         13
    search               0       0         12
    like                 0       0         17
    save                 0       0          7
    collection           0       0          5
    story_interaction    0       0          5
    follow               0       0         30
    contact              0       0          5
    profile              0       0          2
    profile_change       0       0          5
    login                0       0         11
    view                 0       0          6
    ad                   0       0          2
    interest             0       0          4
    setting              0       0          1

    media     0 files (0 B) new, 68 files (91.6 kB) known
    findings  none
    took [time] for 2 archives (2 held already)
    next      throwback search 'in:"Jonas Berger"'
    exit: 0
    "#);
}

#[test]
fn a_search_shows_hits_in_their_talk() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "--pretty", "fähre", "from:hilde", "-C", "1"]), @r#"
    Hilde Beispiel · 1 hit · ckqgdt4d
      2018-06-17 12:12  Hilde Beispiel  Wie schön die Bohnen stehen. Grüße an die Möwen.
      2019-07-12 17:41 ▌Hilde Beispiel  Und wenn du die letzte Fähre verpasst, mein Mädchen,
                                        dann warte ich am Anleger. Ich warte gern auf dich.  xn4etw
      2019-07-12 18:58  Mia Beispiel    Hab sie wirklich verpasst 🙈 Ich komme mit der um sechs.
    stderr:
    ── 1 hit · best first · times in Europe/Berlin · [time]
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["search", "fähre", "-verpasst", "-n", "2", "--sort=oldest"]), @r#"
    kvd21a	2017-05-05T19:20:01.421Z	message	Jonas Berger	Fährt die Fähre morgen um 7 oder 8? Ich verschlafe sonst alles.
    887d8y	2017-05-06T18:40:00Z	post	mia.example	Wochenende auf der Insel ⛴️ #fähre #nordsee
    stderr:
    note: 4 more: throwback search -n 0 … shows all
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["search", "elefant"]), @r#"
    stderr:
    nothing found for `elefant`
    hint: fewer words find more, and so does a part of one: `wor*`
    exit: 1
    "#);
    insta::assert_snapshot!(program.run(&["count", "--utc", "مرحبا"]), @r#"
    2
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["search", "--explain", "formm:x OR 東京", "--count"]), @r#"
    4
    stderr:
    hint: "formm:" is no field and was searched as text; did you mean from:?
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["search", "--explain", "formm:x OR 東京", "-n1"]), @r#"
    w35g97	2020-05-30T13:13:13.993Z	message	佐藤ゆき	また東京に来てね。桜を一緒に見よう🌸
    stderr:
    any of
      word     formm:x
      word     東京
    hint     "formm:" is no field and was searched as text; did you mean from:?
    "formm:x"
      exact        nothing
      starts with  nothing
      contains     nothing
    "東京"
      exact        ‹东京› 4
      starts with  ‹东京 4 · 东京› 4
      contains     东京 4
      sounds like  nothing
    found    exact 4 · inflected 0 · starts with 0 · contains 0 · similar 0 · sounds like 0
    talks    not looked for: what was found fills what is shown
    note: 3 more: throwback search -n 0 … shows all
    exit: 0
    "#);
}

#[test]
fn a_record_and_a_conversation_can_be_read() {
    let program = Program::with_sample();
    let hit = program.json(&["search", "--json", "\"letzte Fähre verpasst\""]).remove(1);
    let id = hit["id"].as_str().expect("an id");
    insta::assert_snapshot!(program.run(&["show", &id[..6]]), @r#"
    message · text  xn4etwyp2wr3pvn2
    when        2019-07-12 17:41:08 +02:00 (2019-07-12T15:41:08.558Z)
    from        Hilde Beispiel
    talk        Hilde Beispiel
    account     mia.example

      Und wenn du die letzte Fähre verpasst, mein Mädchen, dann warte ich am Anleger. Ich warte gern auf dich.

    reaction    ❤ Mia Beispiel
    seen in     2022-08-17-zgd7  mia.example_20220817.zip: messages/inbox/hildebeispiel_q7_x-9k2mt/message_1.json at messages/7
    seen in     2024-03-02-dhgb  instagram-mia.example-2024-03-02-Ab3dE5fG.zip: your_instagram_activity/messages/inbox/hildebeispiel_17843210000000001/message_1.json at messages/8
    stderr:
    next        throwback thread ckqgdt4d --around xn4etw
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["thread", "@ليلى"]), @r#"
    ⟨ليلى حسن⟩ · 6 messages · 2020-02-14 to 2023-06-28
    ⟨Mia Beispiel, ليلى حسن⟩

    ── Friday, 2020-02-14 ──────────────────────────────────────────────────
      10:00  ⟨ليلى حسن⟩      ⟨مرحبا ميا، كيف حالك؟⟩
      10:05  Mia Beispiel  ⟨مرحبا ليلى! أنا بخير، شكراً 🌷⟩
      10:06  ⟨ليلى حسن⟩      ⟨القهوة في برلين باردة مثل الطقس 😂⟩

    ── Thursday, 2021-05-13 ────────────────────────────────────────────────
      08:00  Mia Beispiel  ⟨عيد مبارك!⟩
                           ⟨❤️ ليلى حسن⟩
      08:02  ⟨ليلى حسن⟩      ⟨كل عام وأنتِ بخير⟩

    ── Wednesday, 2023-06-28 ───────────────────────────────────────────────
      19:45  ⟨ليلى حسن⟩      ⟨اشتقت إليك. متى نلتقي؟⟩
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["thread", "Hilde", "Beispiel", "--since", "2021", "--until", "2022"]), @r#"
    Hilde Beispiel · 14 messages · 2018-06-03 to 2023-07-12
    Hilde Beispiel, Mia Beispiel

    ── Saturday, 2021-10-30 ────────────────────────────────────────────────
      22:15  Hilde Beispiel  Gute Nacht, Mia. Vergiss die Handschuhe nicht.

    ── Sunday, 2021-11-21 ──────────────────────────────────────────────────
      22:40  Mia Beispiel    Ich schreibe dir trotzdem. Gute Nacht, Oma.
    exit: 0
    "#);
}

#[test]
fn lists_are_tables() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["threads"]), @r#"
    id        messages  first       last        kind    title
    nnb7vyhq        24  2017-05-05  2024-02-28  direct  Jonas Berger
    hjf4s871         1  2024-02-20  2024-02-20  direct  Fundbüro Hafen
    py2akf76        15  2019-09-14  2023-12-09  direct  Grace Okafor
    58075hm5         6  2018-08-03  2023-11-02  direct  Inés Martín
    6sj2g7n2        18  2019-06-01  2023-07-13  group   Fährgäste ⛴️
    ckqgdt4d        14  2018-06-03  2023-07-12  direct  Hilde Beispiel
    9sdm03fb         6  2020-02-14  2023-06-28  direct  ⟨ليلى حسن⟩
    efd3zca2         9  2019-10-01  2023-04-02  direct  佐藤ゆき
    xy43pvnb         3  2022-08-01  2022-08-20  direct  김민준
    s468m729         4  2021-02-14  2021-02-14  direct  Zoé Lefèvre
    75v9qqvg         3  2017-11-03  2017-11-04  direct  Tom Vogel
    gc6ht9hb         3  2016-09-09  2016-09-09  direct  Instagram User
    z5wfe6ne         0  –           –           direct  Kara Lund
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["snapshots", "-v"]), @r#"
    2022-08-17-zgd7
      account   mia.example
      owner     Mia Beispiel (display name of the profile)
      date      2022-08-17 (the archive's name)
      format    json, generation C
      evidence  it holds ads_and_topics/ads_viewed.json
      language  en
      content   2015-05-01 to 2022-08-10
      complete  yes
      alone     25 records and 1 media file, 675 B, that no other download has
      archive   mia.example_20220817.zip (63.3 kB)

    2024-03-02-dhgb
      account   mia.example
      owner     Mia Beispiel (display name of the profile)
      date      2024-03-02 (the archive's name)
      format    json, generation D
      evidence  it holds ads_information/ads_and_topics/ads_viewed.json
      language  en
      content   2015-05-01 to 2024-02-28
      complete  yes
      alone     67 records and 17 media files, 20.7 kB, that no other download has
      archive   instagram-mia.example-2024-03-02-Ab3dE5fG.zip (98.2 kB)
    exit: 0
    "#);
}

#[test]
fn numbers_are_tables() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["stats"]), @r#"
    post                15
    story                6
    reel                 3
    profile_photo        2
    message            106
    comment              8
    search              12
    like                12
    save                 4
    collection           3
    story_interaction    4
    follow              19
    contact              3
    profile              2
    profile_change       3
    login               10
    view                 6
    ad                   2
    interest             3
    setting              1
    all records        224

    conversations  13
    people         32
    media          41 files (53.6 kB)
    snapshots      2 from 2 archives
    time           2015-04-30 to 2024-03-01
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["check", "--read-data"]), @r#"
    sound: 224 records, 90 documents, 41 media files, 224 records and 27 talks in the index (every byte was read)
    exit: 0
    "#);
    insta::assert_snapshot!(
        program.run(&["sql", "SELECT kind, count(*) AS n FROM records GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"]), @r#"
    kind       n
    message  106
    follow    19
    post      15
    exit: 0
    "#);
    insta::assert_snapshot!(program.run(&["sql", "--csv", "SELECT 'a,\"b' AS x, NULL AS y, 0.5 AS z"]), @r#"
    x,y,z
    "a,""b",,0.5
    exit: 0
    "#);
}

#[test]
fn a_talk_stands_below_the_hits_with_the_messages_that_hold_the_words() {
    let program = Program::with_sample();
    insta::assert_snapshot!(program.run(&["search", "-p", "--utc", "red hat ferry"]), @r"
    ── the words stand in different messages of a talk ──
    Grace Okafor · 2 of 3 messages · py2akf76
      2019-09-14 18:22 ▌Grace Okafor  Landed! The ferry terminal is freezing and I forgot my
                                      gloves.  zpd8dv
      2019-09-14 18:23 ▌Mia Beispiel  Take mine. I'm the one in the red hat by the ticket
                                      window.  nfqz3p
    stderr:
    ── 0 hits · 1 talk · best first · times in UTC · [time]
    exit: 0
    ");
    let lines = program.run(&["search", "flight december"]);
    let fields: Vec<Vec<&str>> = lines.lines().take(2).map(|line| line.split('\t').collect()).collect();
    assert_eq!((fields[0].len(), fields[1].len()), (5, 5), "{lines}");
    assert_eq!((fields[0][3], fields[1][4]), ("Grace Okafor", "December. Keep the red hat ready."));
    // Counted are records.
    assert!(program.run(&["count", "flight december"]).starts_with('0'));
}
