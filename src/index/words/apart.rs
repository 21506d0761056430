//! Words that endings would take for forms of each other and that are none. Tables only.
//!
//! Rows of different languages are told apart for English words elsewhere (`english.rs`); these are of one.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Rows of words that are kept apart; between two `/` stand the forms of one.
const APART: &[&str] = &[
    // English.
    "car cars / care cares cared caring",
    "hat hats / hate hates hated hating",
    "hid / hidden / hide hides",
    "hop hops hopped hopping / hope hopes hoped hoping",
    "mar / mars",
    "new newer newest / news",
    "not / note notes noted noting",
    "pas / pass",
    "rat rats / rate rates rated rating",
    "scar scars / scare scares scared",
    "star stars / stare stares stared",
    // Spanish, Italian, Portuguese, French.
    "casa casas / caso casos / case casi",
    "puerto puertos / puerta puertas",
    "porto porti / porta porte portas",
    "libro libros libri / libra libras / libre libres",
    "plato platos / plata",
    "cuento cuentos / cuenta cuentas",
    "conto conti contos / conta contas / conte",
    "punto puntos punti / punta puntas punte",
    "ponto pontos / ponta pontas / ponte pontes",
    "posto posti / posta poste / post",
    "bolso bolsos / bolsa bolsas",
    "suelo suelos / suela suelas",
    "barco barcos / barca",
    "marco marcos / marca marcas marche",
    "pato patos / pata patas",
    "modo modos modi / moda modas mode",
    "copa copas / copo copos",
    "mesa mesas / mes meses / mese mesi",
    "vino vinos vini / vina vinas",
    "banco bancos banchi / banca bancas banche",
    "foglio fogli / foglia foglie",
    "pasto pasti / pasta paste",
    "capo capi / capa capas / cape",
    "carro carros carri / carra",
    "anno anni / anna / anne / annie",
    "pala pale palas / palo palos pali",
    "tarde tardes / tarda",
    "port ports / porte portes",
    "point points / pointe",
    "dama damas / dame dames",
    // German.
    "wein weine / weinen",
    // Russian.
    "друг друга другу другом друге друзья друзей друзьям друзьями друзьях / другой другая другое другие других другим другими другую другого другому",
];

/// Whether a row keeps the two words apart.
pub(super) fn are_apart(word: &str, term: &str) -> bool {
    let Some((one, other)) = PLACES.get(word).zip(PLACES.get(term)) else { return false };
    one.iter().any(|(row, group)| other.iter().any(|(known, another)| row == known && group != another))
}

/// Row and group of every word.
static PLACES: LazyLock<HashMap<&str, Vec<(usize, usize)>>> = LazyLock::new(|| {
    let mut places: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (row, words) in APART.iter().enumerate() {
        for (group, words) in words.split('/').enumerate() {
            for word in words.split_whitespace() {
                places.entry(word).or_default().push((row, group));
            }
        }
    }
    places
});

#[cfg(test)]
mod tests {
    use super::are_apart;

    #[test]
    fn rows_keep_words_apart_and_forms_together() {
        assert!(are_apart("new", "news") && are_apart("news", "new"));
        assert!(are_apart("hop", "hoping") && !are_apart("hope", "hoping"));
        assert!(!are_apart("casa", "casas") && are_apart("casas", "casos"));
        assert!(!are_apart("new", "unknown"));
    }
}
