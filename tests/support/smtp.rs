//! A mail server of a test: on this machine, in the clear, and it keeps what it takes.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The server, as long as the test runs.
pub(crate) struct Smtp {
    mails: Arc<Mutex<Vec<String>>>,
}

impl Smtp {
    /// Begins to listen at a port.
    #[track_caller]
    pub(crate) fn listen(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a port");
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle is its own affair.
                let _ = serve(stream, &kept);
            }
        });
        Self { mails }
    }

    /// A port at which nobody listens.
    #[track_caller]
    pub(crate) fn free_port() -> u16 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.local_addr().expect("an address").port()
    }

    /// The mails taken so far.
    pub(crate) fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no thread panics").clone()
    }
}

/// `[mail]` of a project that mails to a port of this machine.
pub(crate) fn settings(port: u16) -> String {
    format!(
        "\n[mail]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"ledger@example.org\"\nto = [\"iga@example.org\"]\n"
    )
}

fn serve(mut stream: TcpStream, mails: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 test\r\n")?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let verb = line.get(..4).unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                while reader.read_line(&mut mail)? > 0 && !mail.ends_with("\r\n.\r\n") {}
                mails.lock().expect("no thread panics").push(mail);
                "250 taken\r\n"
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n")?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes())?;
        line.clear();
    }
    Ok(())
}
