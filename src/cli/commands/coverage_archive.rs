//! `coverage --archive`: can I delete this ZIP?

use std::path::Path;

use super::super::args::ProgressChoice;
use super::super::error::CommandError;
use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::progress::Shown;
use super::super::ui::{BAD, BOLD, GOOD, Ui, styled};
use super::super::units;
use super::super::{Ended, Session};
use crate::archive::Limits;
use crate::ingest::Proof;

pub fn run(path: &Path, limits: &Limits, progress: ProgressChoice, session: &mut Session) -> Ended {
    session.stop.heed();
    let shown = Shown::new(progress, session.ui.is_quiet, session.stop.clone());
    let proof = session.home.prove_archive(path, limits, session.stop.flag(), &shown)?;
    let ui = &mut session.ui;
    if ui.is_json {
        rows(path, &proof, ui)?;
    } else {
        text(path, &proof, ui)?;
    }
    Ok(if proof.is_safe() { Exit::Done } else { Exit::Nothing })
}

fn rows(path: &Path, proof: &Proof, ui: &mut Ui) -> Result<(), CommandError> {
    ui.frame(&Object::header("coverage").with("archive", path.to_string_lossy()))?;
    for held in &proof.held {
        ui.row(
            &Object::row("download")
                .with("snapshot", &held.snapshot)
                .with("root", &held.root)
                .with("records_alone", held.n_records_alone)
                .with("files_alone", held.n_files_alone)
                .with("bytes_alone", held.n_bytes_alone),
        )?;
    }
    for (code, fault) in &proof.faults {
        ui.row(
            &Object::row("reason")
                .with("code", code)
                .with("n", fault.n)
                .with("bytes", fault.bytes)
                .with("sentence", &fault.example),
        )?;
    }
    ui.row(
        &Object::row("verdict")
            .with("is_safe", proof.is_safe())
            .with("files", proof.n_files)
            .with("proven", proof.n_proven)
            .with("frees_bytes", proof.bytes)
            .with("reasons", proof.faults.keys().collect::<Vec<_>>()),
    )?;
    ui.end()
}

fn text(path: &Path, proof: &Proof, ui: &mut Ui) -> Result<(), CommandError> {
    let name = styled(BOLD, inert_line(&path.to_string_lossy()));
    ui.line(name)?;
    ui.line(format_args!(
        "  {} of {} are in the home, byte for byte",
        units::count(proof.n_proven),
        units::counted(proof.n_files, "file", "files")
    ))?;
    for held in &proof.held {
        ui.line(format_args!(
            "  of {}: only this archive brought {} and {} ({}); all of it stays in the home",
            inert_line(&held.snapshot),
            units::counted(held.n_records_alone, "record", "records"),
            units::counted(held.n_files_alone, "file", "files"),
            units::bytes(held.n_bytes_alone)
        ))?;
    }
    for (code, fault) in &proof.faults {
        let alone =
            if fault.bytes > 0 { format!(", {} that only it holds", units::bytes(fault.bytes)) } else { String::new() };
        let more = match fault.n {
            1 if alone.is_empty() => String::new(),
            n => format!(" ({} such{alone})", units::count(n)),
        };
        ui.line(format_args!("{} {}{more}", styled(BAD, format_args!("no  {code}")), inert_line(&fault.example)))?;
    }
    let n_reasons = proof.faults.len() as u64;
    ui.line(if proof.is_safe() {
        styled(GOOD, format_args!("SAFE TO DELETE: yes, it frees {}", units::bytes(proof.bytes)))
    } else {
        styled(BAD, format_args!("SAFE TO DELETE: no: {}", units::counted(n_reasons, "reason", "reasons")))
    })
}
