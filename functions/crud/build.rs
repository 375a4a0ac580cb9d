//! Makes the table of files that `src/pages.rs` serves: the OpenAPI document as JSON, and the
//! folders of `pages/`, each compressed and under an address that changes with its content.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=pages");
    println!("cargo::rerun-if-changed=../../infra/openapi.yaml");
    let mut table = Table::default();
    let yaml = fs::read_to_string("../../infra/openapi.yaml")?;
    table.add("openapi.json", "application/json", &json_of(&yaml)?)?;
    for name in ["console", "docs"] {
        add_page(&mut table, name)?;
    }
    table.write(&PathBuf::from(std::env::var("OUT_DIR")?))
}

/// The files of one folder. Its `index.html` is the page, once for each form of its address, since
/// what it refers to is relative: `{root}` in it stands for the service's address, and `{version}`
/// for a digest of all the others, which names their folder.
fn add_page(table: &mut Table, name: &str) -> Result<(), Box<dyn Error>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(Path::new("pages").join(name))? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.insert(file, fs::read(path)?);
    }
    let html = String::from_utf8(files.remove("index.html").ok_or("a page without index.html")?)?;
    let mut digest = Sha256::new();
    for (file, content) in &files {
        digest.update(file);
        digest.update(content);
    }
    let version = short(&digest.finalize());
    for (path, root) in [(name.to_owned(), ""), (format!("{name}/"), "../")] {
        let html = html.replace("{root}", root).replace("{version}", &version);
        table.add(&path, "text/html; charset=utf-8", html.as_bytes())?;
    }
    for (file, content) in &files {
        let content_type = match file.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/plain; charset=utf-8",
        };
        table.add(&format!("assets/{version}/{file}"), content_type, content)?;
    }
    Ok(())
}

/// The document in its own order, so that it reads as its author wrote it.
fn json_of(yaml: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut json = Vec::new();
    serde_saphyr::with_deserializer_from_str(yaml, |yaml| {
        serde_transcode::transcode(yaml, &mut serde_json::Serializer::new(&mut json))
            .map_err(serde::de::Error::custom)
    })?;
    Ok(json)
}

/// Enough of a digest to tell one version of a file from another.
fn short(digest: &[u8]) -> String {
    base16ct::lower::encode_string(digest.get(..6).unwrap_or(digest))
}

/// The table's Rust, and the files that it includes.
#[derive(Default)]
struct Table {
    rows: String,
    files: Vec<Vec<u8>>,
}

impl Table {
    fn add(&mut self, path: &str, content_type: &str, content: &[u8]) -> io::Result<()> {
        let etag = format!("\"{}\"", short(&Sha256::digest(content)));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(content)?;
        let number = self.files.len();
        self.files.push(gzip.finish()?);
        let _ = writeln!(
            self.rows,
            "File {{ path: {path:?}, content_type: {content_type:?}, etag: {etag:?}, \
             gzip: include_bytes!(\"{number}.gz\") }},"
        );
        Ok(())
    }

    fn write(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        for (number, content) in self.files.iter().enumerate() {
            fs::write(folder.join(format!("{number}.gz")), content)?;
        }
        let rust = format!("pub(super) const FILES: &[File] = &[\n{}];\n", self.rows);
        fs::write(folder.join("files.rs"), rust)?;
        Ok(())
    }
}
