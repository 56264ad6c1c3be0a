//! Tells that something runs, once it takes longer than half a second: on standard error, in a line
//! that is taken away when it ends.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long nothing is told.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the line is written anew.
const STEP: Duration = Duration::from_millis(200);

/// A line that tells what runs, until it is dropped.
pub struct Progress {
    stop: Option<Sender<()>>,
    teller: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to wait; does nothing where standard error is no terminal.
    pub fn start() -> Progress {
        if !std::io::stderr().is_terminal() {
            return Progress {
                stop: None,
                teller: None,
            };
        }
        let (stop, stopped) = channel();
        let teller = std::thread::spawn(move || {
            let begun = Instant::now();
            let mut wait = PATIENCE;
            let mut told = false;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                let seconds = begun.elapsed().as_secs_f32();
                let _ = write!(
                    std::io::stderr(),
                    "\rrunning {seconds:.1} s, Ctrl-C stops it "
                );
                let _ = std::io::stderr().flush();
                (wait, told) = (STEP, true);
            }
            if told {
                // Carriage return and "erase to the end of the line" (ECMA-48, EL).
                let _ = write!(std::io::stderr(), "\r\u{1b}[K");
            }
        });
        Progress {
            stop: Some(stop),
            teller: Some(teller),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}
