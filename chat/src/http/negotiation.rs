//! What a client accepts (RFC 9110, sections 12.4.2 and 12.5).

/// Whether a list of weighted values, as `Accept` and `Accept-Encoding` are, names this one with a
/// weight above zero. A wildcard does not name it.
pub(super) fn names(header: &str, wanted: &str) -> bool {
    header.split(',').any(|element| {
        let mut parts = element.split(';').map(str::trim);
        let named = parts.next().is_some_and(|value| value.eq_ignore_ascii_case(wanted));
        named && !parts.any(is_weight_of_zero)
    })
}

fn is_weight_of_zero(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, weight)| {
        name.trim().eq_ignore_ascii_case("q") && weight.trim().trim_matches(['0', '.']).is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_named_with_a_weight_above_zero() {
        for (header, named) in [
            ("gzip", true),
            ("GZIP", true),
            ("deflate, gzip;q=0.5", true),
            ("br;q=1.0,\tgzip ; q=0.001", true),
            ("gzip;level=9;q=1", true),
            ("", false),
            ("*", false),
            ("x-gzip, gzipped", false),
            ("br, gzip;q=0", false),
            ("gzip; Q=0.000", false),
            ("gzip;q=", false),
        ] {
            assert_eq!(names(header, "gzip"), named, "{header}");
        }
    }
}
