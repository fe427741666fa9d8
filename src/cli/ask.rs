//! The one question of the command line: whether to go on in spite of warnings. Nobody is asked who is not there.

use std::io::{self, BufRead, IsTerminal, Write};

use super::Failure;

/// Whether to go on: what the person at the terminal says; yes where there is none.
pub(super) fn goes_on() -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(true);
    }
    answer(&mut io::stdin().lock(), &mut io::stderr())
        .map_err(|error| Failure::Usage(format!("no answer could be read: {error}")))
}

/// Asks until the answer is one; an end of the input is a no.
fn answer(input: &mut dyn BufRead, output: &mut dyn Write) -> io::Result<bool> {
    loop {
        write!(output, "go on? [y/N] ")?;
        output.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        for (typed, is_yes) in
            [("y\n", true), ("YES\n", true), ("\n", false), ("no\n", false), ("", false), ("hm\ny\n", true)]
        {
            let said = answer(&mut typed.as_bytes(), &mut Vec::new()).expect("an answer");
            assert_eq!(said, is_yes, "{typed:?}");
        }
    }
}
