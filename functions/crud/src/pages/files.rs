//! The files that are served, as `build.rs` made them.

use std::io::Read as _;

use flate2::bufread::GzDecoder;

/// A file, compressed.
pub(super) struct File {
    /// Its address below the base path, without the slash that leads it. A page is there twice,
    /// with and without a slash at its end, which its relative references need.
    path: &'static str,
    pub(super) content_type: &'static str,
    /// A digest of its content, with the quotes of an entity tag.
    pub(super) etag: &'static str,
    pub(super) gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

impl File {
    pub(super) fn find(path: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.path == path)
    }

    /// Its text, for a client that does not decompress: all that is served is text.
    pub(super) fn text(&self) -> Result<String, std::io::Error> {
        let mut text = String::new();
        GzDecoder::new(self.gzip).read_to_string(&mut text)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_there_once_and_decompresses() {
        for file in FILES {
            assert_eq!(FILES.iter().filter(|other| other.path == file.path).count(), 1);
            assert!(!file.text().unwrap().is_empty(), "{}", file.path);
        }
    }

    #[test]
    fn a_page_refers_to_files_that_are_there_from_either_form_of_its_address() {
        for (path, root) in [("console", ""), ("console/", "../"), ("docs", ""), ("docs/", "../")] {
            let html = File::find(path).unwrap().text().unwrap();
            let assets: Vec<&str> = html
                .split('"')
                .filter(|text| text.contains("assets/"))
                .map(|reference| reference.strip_prefix(root).unwrap())
                .collect();
            assert!(assets.len() > 2, "{path}");
            for reference in assets {
                assert!(File::find(reference).is_some(), "{path} refers to {reference}");
            }
        }
    }

    #[test]
    fn the_whole_console_is_below_100_kilobytes_as_it_travels() {
        let html = File::find("console").unwrap();
        let text = html.text().unwrap();
        let assets = text.split('"').filter_map(File::find);
        let bytes: usize = assets.map(|file| file.gzip.len()).sum();
        assert!(bytes + html.gzip.len() < 100_000, "{bytes}");
    }
}
