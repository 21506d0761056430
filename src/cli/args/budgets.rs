//! What can be typed about how much an archive may ask of us.

use clap::Args;

use crate::archive::Limits;
use crate::cli::units;

const HEADING: &str = "Budgets";

/// Budgets for reading archives; what goes over one is told (`over_budget`) and left out.
#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_field_names, reason = "they are named as the options are")]
pub struct BudgetArguments {
    /// Unpacked bytes of one file in an archive (8GiB, 500MB) [default: 32GiB]
    #[arg(long, help_heading = HEADING, value_name = "SIZE", value_parser = units::parse_bytes)]
    max_entry: Option<u64>,
    /// Unpacked bytes of all files of an archive together [default: 512GiB]
    #[arg(long, help_heading = HEADING, value_name = "SIZE", value_parser = units::parse_bytes)]
    max_archive: Option<u64>,
    /// Unpacked bytes for each packed one, of a file and of the whole archive; 64 MiB are free [default: 250]
    #[arg(long, help_heading = HEADING, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_ratio: Option<u64>,
    /// Files in one archive or folder [default: 1000000]
    #[arg(long, help_heading = HEADING, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_entries: Option<u64>,
    /// Bytes of a document that is read, which takes several times as much memory; a longer one is kept unread
    /// [default: 1GiB]
    #[arg(long, help_heading = HEADING, value_name = "SIZE", value_parser = units::parse_bytes)]
    max_document: Option<u64>,
}

impl BudgetArguments {
    /// What was typed, and the defaults for the rest.
    pub fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            entry_bytes: self.max_entry.unwrap_or(default.entry_bytes),
            archive_bytes: self.max_archive.unwrap_or(default.archive_bytes),
            ratio: self.max_ratio.unwrap_or(default.ratio),
            n_entries: self.max_entries.unwrap_or(default.n_entries),
            document_bytes: self.max_document.unwrap_or(default.document_bytes),
            ..default
        }
    }

    /// The same as words of a command line; a bare number is bytes.
    pub fn words(&self) -> impl Iterator<Item = String> {
        let typed = [
            (Limits::ENTRY, self.max_entry),
            (Limits::ARCHIVE, self.max_archive),
            (Limits::RATIO, self.max_ratio),
            (Limits::ENTRIES, self.max_entries),
            (Limits::DOCUMENT, self.max_document),
        ];
        typed.into_iter().filter_map(|(option, number)| Some([option.to_owned(), number?.to_string()])).flatten()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Typed {
        #[command(flatten)]
        budgets: BudgetArguments,
    }

    fn typed(words: impl IntoIterator<Item = String>) -> BudgetArguments {
        let words = std::iter::once("x".to_owned()).chain(words);
        Typed::try_parse_from(words).expect("they are understood").budgets
    }

    #[test]
    fn each_budget_has_its_option() {
        assert_eq!(typed([]).limits(), Limits::default());
        let options = [Limits::ENTRY, Limits::ARCHIVE, Limits::RATIO, Limits::ENTRIES, Limits::DOCUMENT];
        let of = |limits: &Limits| {
            [limits.entry_bytes, limits.archive_bytes, limits.ratio, limits.n_entries, limits.document_bytes]
        };
        let default = of(&Limits::default());
        for (at, option) in options.into_iter().enumerate() {
            let budgets = typed([option.to_owned(), "77".to_owned()]);
            let mut expected = default;
            expected[at] = 77;
            assert_eq!(of(&budgets.limits()), expected, "{option}");
            assert_eq!(typed(budgets.words()).limits(), budgets.limits(), "{option}");
        }
    }

    #[test]
    fn the_help_tells_the_defaults() {
        let limits = Limits::default();
        let help = <Typed as clap::CommandFactory>::command().render_long_help().to_string();
        let gib = |bytes: u64| format!("[default: {}GiB]", bytes >> 30);
        let number = |n: u64| format!("[default: {n}]");
        for default in [
            gib(limits.entry_bytes),
            gib(limits.archive_bytes),
            gib(limits.document_bytes),
            number(limits.ratio),
            number(limits.n_entries),
            format!("{} MiB are free", limits.ratio_floor_bytes >> 20),
        ] {
            let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(help.contains(&default), "{default}: {help}");
        }
    }
}
