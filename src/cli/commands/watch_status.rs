//! `watch status`: who watches, what is waited for, and what happened last.

use super::super::exit::Exit;
use super::super::inert::inert_line;
use super::super::json::Object;
use super::super::ui::{BAD, DIM, GOOD, Shown, Ui, WARN, styled};
use super::super::{Ended, Session, units};
use super::watch_service;
use crate::store::{RememberedEvent, RememberedThing, RememberedWatcher, ThingState};

/// So many events are shown; with --verbose and in JSON all that are kept.
const LAST_EVENTS: usize = 10;

/// What there is to tell.
struct Status {
    /// Who watches now, as they wrote down themselves.
    holder: Option<String>,
    /// Who watches, or watched last.
    watcher: Option<RememberedWatcher>,
    things: Vec<RememberedThing>,
    events: Vec<RememberedEvent>,
}

/// Ends with 1 when nobody watches.
pub fn run(session: &mut Session) -> Ended {
    let holder = session.home.watcher()?.map(|holder| holder.to_string());
    let memory = session.home.watch_memory()?;
    let most = if session.ui.is_json || session.ui.is_verbose { usize::MAX } else { LAST_EVENTS };
    let status = match memory {
        Some(memory) => {
            Status { holder, watcher: memory.watcher()?, things: memory.things()?, events: memory.events(most)? }
        }
        None => Status { holder, watcher: None, things: Vec::new(), events: Vec::new() },
    };
    let exit = if status.holder.is_some() { Exit::Done } else { Exit::Nothing };
    if session.ui.is_json {
        show_rows(&status, &mut session.ui)?;
    } else {
        show_lines(&status, &mut session.ui)?;
    }
    Ok(exit)
}

fn show_rows(status: &Status, ui: &mut Ui) -> Shown {
    let header = Object::header("watch-status").with("is_watching", status.holder.is_some());
    let service = watch_service::installed().map(|file| file.to_string_lossy().into_owned());
    ui.frame(&header.with("service", service))?;
    if let Some(watcher) = &status.watcher {
        ui.row(
            &Object::row("watcher")
                .with("is_running", status.holder.is_some())
                .with("process", watcher.process)
                .with("started_ms", watcher.started_ms)
                .with("folders", &watcher.folders)
                .with("settle_ms", watcher.settle_ms)
                .with("poll_ms", watcher.poll_ms)
                .with("no_events", &watcher.no_events),
        )?;
    }
    for thing in status.things.iter().filter(|thing| thing.state != ThingState::NotOurs) {
        ui.row(
            &Object::row("thing")
                .with("path", thing.path.to_string_lossy())
                .with("state", thing.state.name())
                .with("reason", &thing.reason)
                .with("n_attempts", thing.n_attempts)
                .with("at_ms", thing.at_ms),
        )?;
    }
    for event in &status.events {
        ui.row(
            &Object::row("event")
                .with("at_ms", event.at_ms)
                .with("event", &event.kind)
                .with("path", event.path.as_ref().map(|path| path.to_string_lossy()))
                .with("sentence", &event.sentence),
        )?;
    }
    ui.end()
}

fn show_lines(status: &Status, ui: &mut Ui) -> Shown {
    let zone = ui.zone;
    if let Some(service) = watch_service::installed() {
        ui.line(format_args!("service:  {}", inert_line(&service.to_string_lossy())))?;
    }
    match (&status.holder, &status.watcher) {
        (Some(holder), watcher) => {
            ui.line(format_args!("{} {}", styled(GOOD, "watching:"), inert_line(holder)))?;
            if let Some(watcher) = watcher {
                let folders = watcher.folders.join(", ");
                ui.line(format_args!("  {} since {}", inert_line(&folders), zone.second(watcher.started_ms)))?;
                if let Some(why) = &watcher.no_events {
                    let poll = units::duration(watcher.poll_ms);
                    ui.line(format_args!("  without events ({}), a look every {poll}", inert_line(why)))?;
                }
            }
        }
        (None, Some(watcher)) => {
            let since = zone.second(watcher.started_ms);
            let folders = inert_line(&watcher.folders.join(", "));
            ui.line(format_args!("{} {folders} was watched from {since} on", styled(WARN, "nobody watches now;")))?;
        }
        (None, None) => ui.line(format_args!("{} and nobody ever did", styled(WARN, "nobody watches now,")))?,
    }
    let kinds =
        [("waits for", ThingState::Waiting), ("tries again", ThingState::Failed), ("left broken", ThingState::Broken)];
    for (title, state) in kinds {
        let things: Vec<_> = status.things.iter().filter(|thing| thing.state == state).collect();
        if things.is_empty() {
            continue;
        }
        ui.line(format_args!("{title}:"))?;
        for thing in things {
            let reason = thing.reason.as_deref().filter(|reason| !reason.is_empty()).unwrap_or("it is still changing");
            let style = if state == ThingState::Waiting { DIM } else { BAD };
            let path = inert_line(&thing.path.to_string_lossy());
            ui.line(format_args!("  {path}: {}", styled(style, inert_line(reason.trim_end_matches('.')))))?;
        }
    }
    let n_done = status.things.iter().filter(|thing| thing.state == ThingState::Done).count() as u64;
    if n_done > 0 {
        ui.line(format_args!("has {} of what lies there", units::counted(n_done, "download", "downloads")))?;
    }
    if !status.events.is_empty() {
        ui.line("last:")?;
    }
    for event in &status.events {
        let path = event.path.as_ref().map(|path| format!("{}: ", inert_line(&path.to_string_lossy())));
        let at = styled(DIM, zone.second(event.at_ms));
        ui.line(format_args!("  {at}  {}{}", path.unwrap_or_default(), inert_line(&event.sentence)))?;
    }
    Ok(())
}
