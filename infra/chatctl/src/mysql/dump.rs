//! The rows of a dump that `mysqldump` or `mariadb-dump` wrote, one at a time.

use std::{
    collections::HashMap,
    io::{self, BufRead},
};

use super::lexer::{Lexer, Token};
use crate::failure::Failure;

const CUT_OFF: &str = "the dump is cut off: it does not end as mysqldump ends one";

/// A row: its table, and its values by their columns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) table: String,
    values: HashMap<String, Option<Vec<u8>>>,
}

impl Row {
    /// A column's value; `None` where it is null.
    pub(super) fn get(&self, column: &str) -> Result<Option<&[u8]>, Failure> {
        let value = self.values.get(column);
        let value = value.ok_or_else(|| self.error(&format!("has no column {column}")))?;
        Ok(value.as_deref())
    }

    /// A failure that names the row, and nothing that stands in it but its id.
    pub(super) fn error(&self, what: &str) -> Failure {
        let id = self.values.get("id").and_then(Option::as_deref);
        let id = id.map(String::from_utf8_lossy).unwrap_or_default();
        Failure::Format { line: self.line, what: format!("{} {id}: {what}", self.table) }
    }
}

/// The dump, read from its start to its end.
pub(super) struct Dump<R> {
    words: Lexer<R>,
    /// Rows of other tables are passed over.
    tables: &'static [&'static str],
    /// By table, as it was created: how values are found that come without columns.
    created: HashMap<String, Vec<String>>,
    /// The statement whose rows are being read.
    insert: Option<(String, Vec<String>)>,
}

impl<R: BufRead> Dump<R> {
    pub(super) fn new(input: R, tables: &'static [&'static str]) -> Self {
        Self { words: Lexer::new(input), tables, created: HashMap::new(), insert: None }
    }

    /// The next row of these tables.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Failure> {
        loop {
            if let Some((table, columns)) = self.insert.clone() {
                if let Some(values) = self.values()? {
                    if values.len() != columns.len() {
                        return Err(self.error("a row has not as many values as its table columns"));
                    }
                    let values = columns.into_iter().zip(values).collect();
                    return Ok(Some(Row { line: self.words.line, table, values }));
                }
                self.insert = None;
            }
            let Some(word) = self.next_word()? else {
                return if self.words.is_completed { Ok(None) } else { Err(self.error(CUT_OFF)) };
            };
            match keyword(&word).as_deref() {
                Some("INSERT") => self.begin_insert()?,
                Some("CREATE") => self.create()?,
                _ => self.skip_statement(&word)?,
            }
        }
    }

    /// `INTO t VALUES` or `INTO t (a, b) VALUES`; rows follow.
    fn begin_insert(&mut self) -> Result<(), Failure> {
        let mut table = None;
        let mut columns = None;
        loop {
            match self.word()? {
                Token::Name(name) => table = Some(name),
                Token::Sign(b'(') => columns = Some(self.names()?),
                word if keyword(&word).as_deref() == Some("VALUES") => break,
                Token::Word(_) | Token::Sign(b'.') => {}
                _ => return Err(self.error("an INSERT of a form that mysqldump does not write")),
            }
        }
        let table = table.ok_or_else(|| self.error("an INSERT without a table"))?;
        if !self.tables.contains(&table.as_str()) {
            return self.skip_statement(&Token::Sign(b','));
        }
        let columns = columns.or_else(|| self.created.get(&table).cloned()).ok_or_else(|| {
            self.error("rows without columns, of a table that was not created before them")
        })?;
        self.insert = Some((table, columns));
        Ok(())
    }

    /// Names up to a closing bracket, whose opening one is read.
    fn names(&mut self) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        loop {
            match self.word()? {
                Token::Name(name) => names.push(name),
                Token::Sign(b',') => {}
                Token::Sign(b')') => return Ok(names),
                _ => return Err(self.error("a column without back quotes")),
            }
        }
    }

    /// `TABLE t (…)`: its columns are the names that begin its parts. Anything else is passed over.
    fn create(&mut self) -> Result<(), Failure> {
        let first = self.word()?;
        if keyword(&first).as_deref() != Some("TABLE") {
            return self.skip_statement(&first);
        }
        let (mut table, mut columns, mut depth, mut begins) =
            (String::new(), Vec::new(), 0_u32, false);
        loop {
            match self.word()? {
                Token::Sign(b';') => break,
                Token::Sign(b'(') => {
                    depth += 1;
                    begins = depth == 1;
                    continue;
                }
                Token::Sign(b')') => depth = depth.saturating_sub(1),
                Token::Sign(b',') if depth == 1 => {
                    begins = true;
                    continue;
                }
                Token::Name(name) if depth == 0 => table = name,
                Token::Name(name) if begins => columns.push(name),
                _ => {}
            }
            begins = false;
        }
        self.created.insert(table, columns);
        Ok(())
    }

    /// The values of the next row; `None` where the statement ends.
    fn values(&mut self) -> Result<Option<Vec<Option<Vec<u8>>>>, Failure> {
        loop {
            match self.word()? {
                Token::Sign(b'(') => break,
                Token::Sign(b',') => {}
                Token::Sign(b';') => return Ok(None),
                _ => return Err(self.error("something other than rows behind VALUES")),
            }
        }
        let mut values = Vec::new();
        loop {
            match self.word()? {
                Token::Text(octets) => values.push(Some(octets)),
                // The character set of the text that follows.
                Token::Word(word) if word.starts_with('_') => {}
                Token::Word(word) if word.eq_ignore_ascii_case("null") => values.push(None),
                Token::Word(word) => values.push(Some(word.into_bytes())),
                Token::Sign(b',') => {}
                Token::Sign(b')') => return Ok(Some(values)),
                _ => return Err(self.error("a value that mysqldump does not write")),
            }
        }
    }

    fn skip_statement(&mut self, first: &Token) -> Result<(), Failure> {
        let mut word = first.clone();
        while word != Token::Sign(b';') {
            word = self.word()?;
        }
        Ok(())
    }

    fn word(&mut self) -> Result<Token, Failure> {
        self.next_word()?.ok_or_else(|| self.error(CUT_OFF))
    }

    fn next_word(&mut self) -> Result<Option<Token>, Failure> {
        self.words.next().map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.error(CUT_OFF),
            _ => self.error(&error.to_string()),
        })
    }

    fn error(&self, what: &str) -> Failure {
        Failure::Format { line: self.words.line, what: what.to_owned() }
    }
}

fn keyword(word: &Token) -> Option<String> {
    match word {
        Token::Word(word) => Some(word.to_ascii_uppercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Row>, Failure> {
        let text = format!("{text}\n-- Dump completed on 2022-08-09\n");
        let mut dump = Dump::new(text.as_bytes(), &["a"]);
        let mut rows = Vec::new();
        while let Some(row) = dump.next()? {
            rows.push(row);
        }
        Ok(rows)
    }

    #[test]
    fn rows_come_with_the_columns_of_their_statement_or_of_their_table() {
        let text = "
            DROP TABLE IF EXISTS `a`;
            CREATE TABLE `a` (
              `id` bigint(20) NOT NULL AUTO_INCREMENT,
              `price` decimal(8,2) DEFAULT '1,5',
              PRIMARY KEY (`id`), KEY `index_a` (`price`,`id`)
            ) ENGINE=InnoDB COMMENT='(`x`';
            INSERT INTO `a` VALUES (1,NULL),(2,'x');
            INSERT INTO `c` VALUES (-1.5,'a),(');
            INSERT INTO `b`.`a` (`price`, `id`) VALUES
            (_binary 'y', 3);";
        let rows = rows(text).unwrap();
        let values: Vec<_> =
            rows.iter().map(|row| (row.get("id").unwrap(), row.get("price").unwrap())).collect();
        let text = |text: &'static str| Some(text.as_bytes());
        assert_eq!(values, [(text("1"), None), (text("2"), text("x")), (text("3"), text("y"))]);
        assert!(rows[0].get("name").is_err());
    }

    #[test]
    fn a_dump_that_is_cut_off_or_of_another_form_is_refused() {
        for text in [
            "INSERT INTO `a` (`id`) VALUES (1",
            "INSERT INTO `a` (`id`) VALUES (1)",
            "INSERT INTO `a` (`id`) VALUES ('1",
            "INSERT INTO `a` (`id`) VALUES (1,2);",
            "INSERT INTO `a` VALUES (1);",
            "INSERT INTO `a` (`id`) SELECT 1;",
            "INSERT INTO `a` (`id`) VALUES (1+1);",
            "CREATE TABLE `a` (",
        ] {
            assert!(matches!(rows(text), Err(Failure::Format { .. })), "{text}");
        }
        for text in ["", "INSERT INTO `a` (`id`) VALUES (1);", "-- Dump completed\nUNLOCK TABLES;"]
        {
            let mut dump = Dump::new(text.as_bytes(), &["a"]);
            let end = std::iter::from_fn(|| dump.next().transpose()).find(Result::is_err);
            assert!(end.is_some(), "{text}");
        }
    }
}
