//! The words of a dump, one at a time, whatever the length of its lines.
//!
//! <https://dev.mysql.com/doc/refman/8.4/en/language-structure.html>

use std::io::{self, BufRead};

/// How the last line of a dump goes on behind its first dash.
const COMPLETED: &[u8] = b"- Dump completed";

/// A word of SQL, as far as a dump of rows needs them told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A key word, a number, or a name without quotes.
    Word(String),
    /// A name in back quotes.
    Name(String),
    /// A text or a hexadecimal literal.
    Text(Vec<u8>),
    /// Any other character.
    Sign(u8),
}

pub(super) struct Lexer<R> {
    input: R,
    /// From 1.
    pub(super) line: u64,
    /// Whether what was read last is the comment that ends a whole dump.
    pub(super) is_completed: bool,
}

impl<R: BufRead> Lexer<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: 1, is_completed: false }
    }

    /// The next word; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Token>> {
        let token = self.next_token()?;
        self.is_completed &= token.is_none();
        Ok(token)
    }

    fn next_token(&mut self) -> io::Result<Option<Token>> {
        while let Some(byte) = self.take()? {
            match byte {
                _ if byte.is_ascii_whitespace() => {}
                b'#' => drop(self.skip_line()?),
                b'-' if self.peek()? == Some(b'-') => {
                    let comment = self.skip_line()?;
                    self.is_completed |= comment.starts_with(COMPLETED);
                }
                b'/' if self.peek()? == Some(b'*') => self.skip_comment()?,
                b'`' => {
                    let name = self.quoted(b'`', false)?;
                    return Ok(Some(Token::Name(String::from_utf8_lossy(&name).into_owned())));
                }
                b'\'' | b'"' => return Ok(Some(Token::Text(self.quoted(byte, true)?))),
                _ if is_word(byte) => return Ok(Some(self.word(byte)?)),
                _ => return Ok(Some(Token::Sign(byte))),
            }
        }
        Ok(None)
    }

    fn word(&mut self, first: u8) -> io::Result<Token> {
        let mut word = String::from(char::from(first));
        while let Some(byte) = self.peek()?.filter(|&byte| is_word(byte)) {
            word.push(char::from(byte));
            self.take()?;
        }
        Ok(match word.strip_prefix("0x").and_then(unhex) {
            Some(octets) => Token::Text(octets),
            None => Token::Word(word),
        })
    }

    /// What stands between quotes, the first of which is read.
    fn quoted(&mut self, quote: u8, escapes: bool) -> io::Result<Vec<u8>> {
        let mut octets = Vec::new();
        loop {
            match self.take()?.ok_or(io::ErrorKind::UnexpectedEof)? {
                b'\\' if escapes => {
                    let meant = self.take()?.ok_or(io::ErrorKind::UnexpectedEof)?;
                    octets.push(match meant {
                        b'0' => 0,
                        b'b' => 8,
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'Z' => 26,
                        itself => itself,
                    });
                }
                byte if byte == quote => {
                    // Doubled, it stands for itself.
                    if self.peek()? != Some(quote) {
                        return Ok(octets);
                    }
                    self.take()?;
                    octets.push(quote);
                }
                byte => octets.push(byte),
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.input.read_until(b'\n', &mut line)?;
        self.line += 1;
        Ok(line)
    }

    fn skip_comment(&mut self) -> io::Result<()> {
        let mut last = 0;
        self.take()?;
        while let Some(byte) = self.take()? {
            if (last, byte) == (b'*', b'/') {
                break;
            }
            last = byte;
        }
        Ok(())
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn take(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        if let Some(byte) = byte {
            self.input.consume(1);
            self.line += u64::from(byte == b'\n');
        }
        Ok(byte)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        digits.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        let mut lexer = Lexer::new(text.as_bytes());
        std::iter::from_fn(|| lexer.next().unwrap()).collect()
    }

    #[test]
    fn texts_are_read_as_they_were_before_they_were_quoted() {
        for (quoted, text) in [
            (r"'it\'s'", "it's"),
            ("'it''s'", "it's"),
            (r#"'a \"b\"'"#, r#"a "b""#),
            (r"'\0\b\n\r\t\Z\\'", "\0\u{8}\n\r\t\u{1a}\\"),
            (r"'\%\_'", "%_"),
            ("'a),(b; -- c /* d */'", "a),(b; -- c /* d */"),
            ("0x48690A", "Hi\n"),
            ("'🦀'", "🦀"),
            ("''", ""),
        ] {
            assert_eq!(tokens(quoted), [Token::Text(text.into())], "{quoted}");
        }
    }

    #[test]
    fn comments_are_none_of_the_words() {
        let text = "-- a 'b\n# c `d\n/*!40101 SET x='y' */;/* e */ f /**/ `g``h` 7";
        let expected = [
            Token::Sign(b';'),
            Token::Word("f".to_owned()),
            Token::Name("g`h".to_owned()),
            Token::Word("7".to_owned()),
        ];
        assert_eq!(tokens(text), expected);
    }

    #[test]
    fn a_text_that_is_cut_off_is_no_text() {
        for text in ["'a", "`a", r"'a\"] {
            assert!(Lexer::new(text.as_bytes()).next().is_err(), "{text}");
        }
    }
}
