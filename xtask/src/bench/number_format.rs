//! Number formatting for tables and charts.

/// Formats a number with three significant digits and thousands separators.
pub(super) fn format_number(number: f64) -> String {
    let size = number.abs();
    if size < 1000.0 {
        let digits = match size {
            _ if size >= 100.0 || number.fract() == 0.0 => 0,
            10.0.. => 1,
            1.0.. => 2,
            _ => 3,
        };
        return format!("{number:.digits$}");
    }
    let whole = format!("{number:.0}");
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::format_number;

    #[test]
    fn numbers_have_three_digits() {
        let numbers = [0.0, 0.0312, 1.169, 22.76, 601.0, 955.4, 1000.0, 25_123.4, 1_234_567.0];
        let texts = ["0", "0.031", "1.17", "22.8", "601", "955", "1,000", "25,123", "1,234,567"];
        assert_eq!(numbers.map(format_number), texts);
    }
}
