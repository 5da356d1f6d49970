//! What scripts/bench measures inside the program. One binary with a word for each measurement, because linking the studio is
//! what a bench costs most; each word's file says what it does and prints JSON.

mod autosave;
mod board;
mod grid;
mod library;
mod link;
mod prompter;
mod review;
mod synthetic;
mod upload;
mod window;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: measure prompter BLOCKS | grid BLOCKS | board BLOCKS | link DATA SECONDS | library FOLDER COUNT ROUNDS | review DATA SECONDS... | write FOLDER COUNT | \
tone FILE SECONDS PPM | check FILE... | upload SERVER TOKEN FILE | autosave DATA WORDS KEYS";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--bench"] => {
            println!("scripts/bench measures; {USAGE}");
            Ok(())
        }
        ["prompter", blocks] => blocks.parse().map(prompter::run).map_err(|_| USAGE.to_owned()),
        ["grid", blocks] => blocks.parse().map(grid::run).map_err(|_| USAGE.to_owned()),
        ["board", blocks] => blocks.parse().map(board::run).map_err(|_| USAGE.to_owned()),
        ["link", data, seconds] => match seconds.parse() {
            Ok(seconds) => link::run(Path::new(data), seconds).map_err(|problem| problem.what),
            Err(_) => Err(USAGE.to_owned()),
        },
        ["library", folder, count, rounds] => match (count.parse(), rounds.parse()) {
            (Ok(count), Ok(rounds)) => library::run(Path::new(folder), count, rounds).map_err(|error| error.to_string()),
            _ => Err(USAGE.to_owned()),
        },
        ["review", data, ref lengths @ ..] => {
            let lengths: Vec<f64> = lengths.iter().filter_map(|length| length.parse().ok()).collect();
            review::run(Path::new(data), &lengths).map_err(|problem| problem.what)
        }
        ["write", folder, count] => {
            count.parse().map(|count| synthetic::write(Path::new(folder), count)).map_err(|_| USAGE.to_owned())
        }
        ["tone", file, seconds, ppm] => match (seconds.parse(), ppm.parse()) {
            (Ok(seconds), Ok(ppm)) => {
                synthetic::tone(Path::new(file), seconds, ppm);
                Ok(())
            }
            _ => Err(USAGE.to_owned()),
        },
        ["check", ref files @ ..] => {
            files.iter().for_each(|file| synthetic::check(Path::new(file)));
            Ok(())
        }
        ["autosave", data, words, keys] => match (words.parse(), keys.parse()) {
            (Ok(words), Ok(keys)) => autosave::run(Path::new(data), words, keys).map_err(|problem| problem.what),
            _ => Err(USAGE.to_owned()),
        },
        ["upload", server, token, file] => upload::run(server, token, file).map_err(|error| error.to_string()),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
