//! Encodings: a file becomes UTF-8, chunk by chunk, and bytes that are not of its encoding are never guessed at.
//!
//! A byte order mark of UTF-8 or UTF-16 wins over what was declared. UTF-8 passes through as it is, without a copy
//! and unchecked: whoever takes a text out of it checks it and asks for [`Decoded::malformed`] where it is none.
//! Where the bad bytes lie is found by a second pass over the file, so that a good file pays nothing for it.

use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::Fault;
use super::lines::LineCounter;
use super::source::unreadable;

#[cfg(test)]
mod tests;

/// Bytes read at a time: large enough that system calls do not count.
pub(super) const CHUNK: usize = 1 << 20;

/// Bytes looked at to recognise an encoding.
const HEAD: usize = 4 << 10;

/// Positions of malformed bytes a fault names.
const SHOWN: usize = 20;

/// A file as UTF-8.
pub(super) struct Decoded<R> {
    source: R,
    encoding: &'static Encoding,
    mark_len: usize,
    /// `None` for UTF-8.
    decoder: Option<Decoder>,
    /// Bytes that were read and not yet decoded.
    pending: Vec<u8>,
    chunk: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    Malformed,
    Ended,
}

impl<R: Read + Seek> Decoded<R> {
    /// Recognises the encoding: by the byte order mark, else `label`, a label of the Encoding Standard.
    ///
    /// # Errors
    /// A [`Fault`] where the label is unknown, the file is empty, or it is plainly UTF-16 without a mark.
    pub(super) fn open(mut source: R, label: &str, chunk: usize) -> Result<Self, Fault> {
        let declared = Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
            Fault::new(format!("the encoding `{label}` is not known"))
                .hint("use a label of the Encoding Standard, such as `utf-8`, `windows-1252` or `utf-16le`")
        })?;
        let mut head = Vec::new();
        source.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
        let marked = Encoding::for_bom(&head);
        let (encoding, mark_len) = marked.unwrap_or((declared, 0));
        head.drain(..mark_len);
        if head.is_empty() {
            return Err(Fault::new("the file is empty"));
        }
        if marked.is_none()
            && encoding != UTF_16LE
            && encoding != UTF_16BE
            && let Some(likely) = utf_16_without_mark(&head)
        {
            return Err(Fault::new(format!("the file is not {}: every second byte is zero", encoding.name()))
                .hint(declare(likely)));
        }
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        Ok(Self { source, encoding, mark_len, decoder, pending: head, chunk, state: State::Going })
    }

    /// Appends the next bytes of the text; false at its end.
    ///
    /// # Errors
    /// A [`Fault`] where the file cannot be read, or where the text before the first malformed bytes was handed
    /// over already.
    pub(super) fn fill(&mut self, text: &mut Vec<u8>) -> Result<bool, Fault> {
        let before = text.len();
        while self.state == State::Going && text.len() == before {
            let mut taken = self.pending.len();
            if taken == 0 {
                let into = if self.decoder.is_none() { &mut *text } else { &mut self.pending };
                let mut chunk = self.source.by_ref().take(self.chunk as u64);
                taken = chunk.read_to_end(into).map_err(|error| unreadable(&error))?;
            }
            let is_last = taken == 0;
            // The head that was looked at may be longer than a chunk.
            let n_bytes = self.pending.len().min(self.chunk);
            self.state = match &mut self.decoder {
                Some(decoder) => decode(decoder, &mut self.pending, n_bytes, text, is_last),
                None if is_last => State::Ended,
                None => {
                    text.extend(self.pending.drain(..n_bytes));
                    State::Going
                }
            };
        }
        match self.state {
            State::Malformed if text.len() == before => Err(self.malformed()),
            _ => Ok(text.len() > before),
        }
    }

    /// The fault of a file whose bytes are not of its encoding, with the positions of the first of them.
    pub(super) fn malformed(&mut self) -> Fault {
        match self.survey() {
            Ok(survey) => survey.fault(self.encoding),
            Err(error) => unreadable(&error),
        }
    }

    fn survey(&mut self) -> io::Result<Survey> {
        self.source.seek(SeekFrom::Start(self.mark_len as u64))?;
        let mut decoder = self.encoding.new_decoder_without_bom_handling();
        let mut survey = Survey { places: Vec::new(), are_more: false, n_good: 0 };
        let (mut lines, mut offset) = (LineCounter::new(), self.mark_len);
        let (mut chunk, mut text) = (Vec::new(), vec![0; 16 << 10]);
        loop {
            chunk.clear();
            let is_last = self.source.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)? == 0;
            let mut rest = chunk.as_slice();
            loop {
                let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut text, is_last);
                lines.pass(&text[..written]);
                survey.n_good += text[..written].iter().filter(|&&byte| byte >= 0xC0).count();
                offset += read;
                rest = &rest[read..];
                match result {
                    DecoderResult::InputEmpty => break,
                    DecoderResult::OutputFull => {}
                    DecoderResult::Malformed(..) if survey.places.len() == SHOWN => {
                        survey.are_more = true;
                        return Ok(survey);
                    }
                    DecoderResult::Malformed(len, after) => {
                        survey.places.push((lines.line, offset - usize::from(after) - usize::from(len)));
                    }
                }
            }
            if is_last {
                return Ok(survey);
            }
        }
    }
}

/// What a look at the whole file finds.
struct Survey {
    /// Line and byte offset of malformed bytes.
    places: Vec<(u64, usize)>,
    are_more: bool,
    /// Well-formed characters beyond ASCII.
    n_good: usize,
}

impl Survey {
    fn fault(&self, encoding: &'static Encoding) -> Fault {
        let mut places: Vec<String> =
            self.places.iter().map(|(line, offset)| format!("line {line} (byte offset {offset})")).collect();
        if self.are_more {
            places.push("and more".to_owned());
        }
        let name = encoding.name();
        let fault = Fault {
            message: format!("bytes that are not {name}: {}", places.join(", ")),
            line: self.places.first().map(|&(line, _)| line),
            hint: None,
        };
        if self.n_good > self.places.len() {
            fault.hint(format!("the rest of the file is {name}: it was damaged at these places, or cut short"))
        } else if encoding == UTF_8 {
            fault.hint(declare("windows-1252"))
        } else {
            fault
        }
    }
}

fn declare(likely: &str) -> String {
    format!("the file is likely to be {likely}: declare `encoding = \"{likely}\"`, or have it written as UTF-8")
}

/// Moves the next bytes through the decoder.
fn decode(decoder: &mut Decoder, pending: &mut Vec<u8>, n_bytes: usize, text: &mut Vec<u8>, is_last: bool) -> State {
    let start = text.len();
    // The bound is missing only where it overflows; a full output is then asked for again.
    let room = decoder.max_utf8_buffer_length_without_replacement(n_bytes).unwrap_or(CHUNK);
    text.resize(start + room, 0);
    let (result, read, written) =
        decoder.decode_to_utf8_without_replacement(&pending[..n_bytes], &mut text[start..], is_last);
    text.truncate(start + written);
    pending.drain(..read);
    match result {
        DecoderResult::Malformed(..) => State::Malformed,
        DecoderResult::InputEmpty if is_last => State::Ended,
        DecoderResult::InputEmpty | DecoderResult::OutputFull => State::Going,
    }
}

/// UTF-16 of mostly Latin text shows as a zero in every second byte. A few zeros elsewhere are a matter of records.
fn utf_16_without_mark(head: &[u8]) -> Option<&'static str> {
    let head = &head[..head.len() & !1];
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    let is_filled = |zeros: usize, others: usize| half >= 4 && zeros * 10 >= half * 7 && others * 10 <= half;
    if is_filled(odd, even) {
        Some("utf-16le")
    } else if is_filled(even, odd) {
        Some("utf-16be")
    } else {
        None
    }
}
