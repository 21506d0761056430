//! Provisional: the labels that the first pass needs.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Username,
    Name,
    Changed,
    PreviousValue,
    NewValue,
    ChangeDate,
}

pub fn find(label: &str) -> Option<Label> {
    Some(match label {
        "Username" | "Benutzername" | "Nom d’utilisateur" => Label::Username,
        "Name" | "Nom" => Label::Name,
        "Changed" => Label::Changed,
        "Previous Value" => Label::PreviousValue,
        "New Value" => Label::NewValue,
        "Change Date" => Label::ChangeDate,
        _ => return None,
    })
}

pub fn language_of(label: &str) -> Option<&'static str> {
    match label {
        "Username" | "Changed" | "New Value" => Some("en"),
        "Benutzername" => Some("de"),
        _ => None,
    }
}
