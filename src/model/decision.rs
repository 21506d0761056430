//! What a person decides by hand: it is kept, applied whenever anything is computed that it bears on, and can be taken back.

/// The sort of a decision. The names are stored and never change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionKind {
    /// Two names are one person. Arguments: the two names.
    MergePeople,
    /// A name is somebody else than the other names of its person. Argument: the name.
    SplitPerson,
    /// Two accounts are one. Arguments: a user name or the id of a snapshot of each.
    MergeAccounts,
    /// A snapshot is of another account than the evidence says. Argument: the snapshot's id.
    SplitAccount,
    /// The person knows what no download can tell. Arguments: what it is about.
    Accept,
    /// Of a newer version.
    Other(String),
}

impl DecisionKind {
    /// As it is stored and shown.
    pub fn name(&self) -> &str {
        match self {
            Self::MergePeople => "merge_people",
            Self::SplitPerson => "split_person",
            Self::MergeAccounts => "merge_accounts",
            Self::SplitAccount => "split_account",
            Self::Accept => "accept",
            Self::Other(name) => name,
        }
    }

    pub fn from_name(name: &str) -> Self {
        match name {
            "merge_people" => Self::MergePeople,
            "split_person" => Self::SplitPerson,
            "merge_accounts" => Self::MergeAccounts,
            "split_account" => Self::SplitAccount,
            "accept" => Self::Accept,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// One decision. Its arguments are names and ids as people type them: they outlive every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub kind: DecisionKind,
    pub arguments: Vec<String>,
    pub reason: Option<String>,
    /// Unix milliseconds.
    pub made_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::DecisionKind;

    #[test]
    fn names_of_decisions_lead_back_to_them() {
        for name in ["merge_people", "split_person", "merge_accounts", "split_account", "accept", "of tomorrow"] {
            assert_eq!(DecisionKind::from_name(name).name(), name);
        }
    }
}
