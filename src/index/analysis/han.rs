//! Han characters that are one character in several countries.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Traditional characters, each with the simplified one behind it. As the crate fast2s 0.3.1 lists them (MIT, © 2021 Tyr
/// Chen), and some that people of Taiwan and Hongkong write every day; as a table it needs no crate and none of those
/// that it drags in.
const TRADITIONAL: &str = include_str!("han_simplified.txt");

/// Japanese forms and the simplified Chinese ones, where Japan simplified otherwise. Ours: the characters that stand in
/// names and everyday words.
const JAPANESE: &str = "駅驿沢泽円圆広广気气総总桜樱図图売卖読读実实対对発发変变楽乐薬药辺边県县鉄铁蔵藏竜龙検检\
    険险剣剑権权観观歓欢営营栄荣労劳厳严単单戦战弾弹禅禅歯齿齢龄帰归粛肃覚觉学学挙举誉誉徳德聴听壱一弐二参参両两満满\
    湾湾恵惠穂穗渓溪渋涩浜滨濱滨焼烧暁晓黒黑黙默絵绘続续縁缘織织縄绳継继経经転转軽轻伝传価价仮假会会\
    拝拜拡扩択择訳译釈释駆驱騒骚髪发斎斋済济剤剂専专団团囲围圏圈壊坏壌壤嬢娘豊丰塩盐増增堕堕獣兽獲获砕碎稲稻\
    窓窗競竞糸丝聡聪脳脑悩恼臓脏荘庄葉叶蛍萤覧览譲让醸酿釜釜関关闘斗隠隐雑杂霊灵静静頼赖顔颜験验鶏鸡麺面";

static PLAIN: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pairs = |table: &'static str| {
        let mut letters = table.chars().filter(|letter| !letter.is_whitespace());
        std::iter::from_fn(move || letters.next().zip(letters.next()))
    };
    pairs(TRADITIONAL).chain(pairs(JAPANESE)).collect()
});

/// The form that all variants of a character share: the simplified one.
pub(super) fn plain(letter: char) -> char {
    PLAIN.get(&letter).copied().unwrap_or(letter)
}
