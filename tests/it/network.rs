//! No command opens a connection: the program, as it is built by default, does not even know the calls that it would take.
//! Asked on Linux, whose programs tell what they import.

use std::collections::BTreeSet;
use std::fs;

use object::Object;

/// What every way to another machine goes through: a socket, its ends, and the names of machines. (`socketpair` is none:
/// the library of the language joins two ends within a process with it, and sends and receives between them.)
const CALLS: [&str; 11] = [
    "socket",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendto",
    "getaddrinfo",
    "gethostbyname",
    "gethostbyname_r",
    "res_query",
];

/// What a program asks of the libraries of the system; nothing where it is in no form that tells.
fn imports_of(program: &[u8]) -> Option<BTreeSet<String>> {
    let file = object::File::parse(program).ok().filter(|file| file.format() == object::BinaryFormat::Elf)?;
    let imports = file.imports().expect("a table of what is imported");
    let names = imports.filter_map(|import| import.expect("what is imported").name().name().map(<[u8]>::to_vec));
    Some(names.map(|name| String::from_utf8_lossy(&name).into_owned()).collect())
}

fn calls_of(program: &[u8]) -> Option<Vec<String>> {
    Some(imports_of(program)?.into_iter().filter(|name| CALLS.contains(&name.as_str())).collect())
}

#[test]
fn the_program_imports_no_call_of_the_network() {
    let program = fs::read(env!("CARGO_BIN_EXE_throwback")).expect("the program");
    let imports = imports_of(&program).expect("programs are ELF there");
    // A program without any import, linked with all that it needs, would tell nothing.
    assert!(imports.contains("read") || imports.contains("write"), "{imports:?}");
    assert_eq!(calls_of(&program), Some(Vec::new()));
}

#[test]
fn a_program_that_opens_connections_is_told() {
    // The tests themselves bind a socket, to see what a watcher makes of one.
    let program = fs::read(std::env::current_exe().expect("this program")).expect("its bytes");
    let calls = calls_of(&program).expect("an ELF file");
    assert!(["socket", "bind"].iter().all(|call| calls.iter().any(|found| found == call)), "{calls:?}");
}
