//! A stream of bytes cut into blocks of whole records, so that blocks can be read side by side.

/// Gives more bytes: appends about as many as asked for, and tells whether there may be more.
pub type Feed<'a> = dyn FnMut(&mut Vec<u8>, usize) -> Result<bool, String> + 'a;

/// How large a block is, about.
const SIZE: usize = 2 << 20;
/// The longest record.
const LONGEST: usize = 64 << 20;

/// Some whole records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// The records.
    pub bytes: Vec<u8>,
    /// The line of the first, from 1.
    pub line: u64,
}

/// What was read of a stream and not given yet, with its line.
pub type Rest = (Vec<u8>, u64, bool);

/// Cuts a stream.
pub struct Blocks<'a> {
    feed: &'a mut Feed<'a>,
    rest: Vec<u8>,
    line: u64,
    over: bool,
    size: usize,
}

impl<'a> Blocks<'a> {
    /// The blocks of a stream.
    pub fn new(feed: &'a mut Feed<'a>) -> Blocks<'a> {
        Blocks {
            feed,
            rest: Vec::new(),
            line: 1,
            over: false,
            size: SIZE,
        }
    }

    /// The blocks of a stream that others have begun to cut.
    pub fn resumed(feed: &'a mut Feed<'a>, (rest, line, over): Rest) -> Blocks<'a> {
        Blocks {
            rest,
            line,
            over,
            ..Blocks::new(feed)
        }
    }

    /// What was read and not given yet.
    pub fn rest(self) -> Rest {
        (self.rest, self.line, self.over)
    }

    /// The next block; `Err` with the line and the reason where there is none to be had.
    pub fn take(&mut self) -> Result<Option<Block>, (u64, String)> {
        let cut = loop {
            if !self.over && self.rest.len() < self.size {
                let want = self.size - self.rest.len();
                let more = (self.feed)(&mut self.rest, want);
                self.over = !more.map_err(|error| (self.line, error))?;
                if self.line == 1 && self.rest.starts_with(&[0xef, 0xbb, 0xbf]) {
                    self.rest.drain(..3);
                }
                continue;
            }
            if self.over {
                let marks = self.rest.iter().filter(|byte| **byte == b'"').count();
                if marks % 2 == 1 {
                    let whole = &self.rest[..record_end(&self.rest).unwrap_or(0)];
                    let before = whole.iter().filter(|byte| **byte == b'\n').count() as u64;
                    let why = "a quotation mark is left open from here to the end";
                    return Err((self.line + before, why.to_owned()));
                }
                break self.rest.len();
            }
            match record_end(&self.rest) {
                Some(cut) => break cut,
                None if self.rest.len() > LONGEST => {
                    let why = "a record is longer than 64 MB: is a quotation mark left open?";
                    return Err((self.line, why.to_owned()));
                }
                None => self.size *= 2,
            }
        };
        self.size = SIZE;
        if cut == 0 {
            return Ok(None);
        }
        let behind = self.rest.split_off(cut);
        let bytes = std::mem::replace(&mut self.rest, behind);
        let line = self.line;
        self.line += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        Ok(Some(Block { bytes, line }))
    }

    /// The first record alone.
    pub fn header(&mut self) -> Result<Option<Block>, (u64, String)> {
        let Some(block) = self.take()? else {
            return Ok(None);
        };
        let mut inside = false;
        let end = block.bytes.iter().position(|byte| {
            inside ^= *byte == b'"';
            *byte == b'\n' && !inside
        });
        let end = end.map_or(block.bytes.len(), |at| at + 1);
        let mut bytes = block.bytes;
        let mut rest = bytes.split_off(end);
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        rest.append(&mut self.rest);
        self.rest = rest;
        self.line = block.line + lines;
        let line = block.line;
        Ok(Some(Block { bytes, line }))
    }
}

/// Where the last whole record ends: behind a line break outside of quotation marks. In RFC 4180 a mark
/// inside a quoted cell is doubled, so that parity alone tells in from out.
fn record_end(bytes: &[u8]) -> Option<usize> {
    if !bytes.contains(&b'"') {
        return bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map(|at| at + 1);
    }
    let mut inside = false;
    let mut end = None;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => inside = !inside,
            b'\n' if !inside => end = Some(at + 1),
            _ => {}
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::Blocks;

    #[test]
    fn records_stay_whole_wherever_the_stream_is_cut() {
        let text = "a,b\n1,\"x\ny\"\n2,\"\"\"\n\"\n3,z";
        for size in 1..text.len() + 2 {
            let mut at = 0;
            let mut feed = |out: &mut Vec<u8>, _: usize| {
                let end = (at + size).min(text.len());
                out.extend_from_slice(&text.as_bytes()[at..end]);
                at = end;
                Ok(at < text.len())
            };
            let mut blocks = Blocks::new(&mut feed);
            blocks.size = 1;
            let header = blocks.header().expect("bytes").expect("a header");
            assert_eq!((header.bytes.as_slice(), header.line), (&b"a,b\n"[..], 1));
            let mut all = Vec::new();
            let mut lines = Vec::new();
            while let Some(block) = blocks.take().expect("bytes") {
                lines.push(block.line);
                all.extend(block.bytes);
                blocks.size = 1;
            }
            assert_eq!(all, &text.as_bytes()[4..]);
            assert!(
                lines.iter().all(|line| [2, 4, 6].contains(line)),
                "{lines:?}"
            );
        }
    }
}
