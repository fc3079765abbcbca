//! A line of CSV.

use std::borrow::Cow;

/// Splits a line into its values. Spaces around values are removed, and `""` in quotes is a quote.
pub(super) fn split<'t>(line: &'t str, delimiter: char, values: &mut Vec<Cow<'t, str>>) -> Result<(), &'static str> {
    values.clear();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let next;
        if let Some(quoted) = rest.strip_prefix('"') {
            let (value, after) = split_quoted(quoted)?;
            values.push(value);
            let after = after.trim_start_matches([' ', '\t']);
            next = if after.is_empty() { None } else { Some(after.strip_prefix(delimiter).ok_or(AFTER_QUOTES)?) };
        } else {
            let (value, after) = rest.split_once(delimiter).map_or((rest, None), |(value, after)| (value, Some(after)));
            if value.contains('"') {
                return Err(QUOTE_INSIDE);
            }
            values.push(Cow::Borrowed(value.trim_end()));
            next = after;
        }
        match next {
            Some(after) => rest = after,
            None => return Ok(()),
        }
    }
}

const AFTER_QUOTES: &str = "there is text after a value in quotes";
const QUOTE_INSIDE: &str = "there is a quote inside a value that does not start with one";
const OPEN_QUOTE: &str = "a value in quotes does not end on its line; values contain no line breaks";

/// Splits after the closing quote.
fn split_quoted(text: &str) -> Result<(Cow<'_, str>, &str), &'static str> {
    let (value, after) = text.split_once('"').ok_or(OPEN_QUOTE)?;
    if !after.starts_with('"') {
        return Ok((Cow::Borrowed(value), after));
    }
    let mut unescaped = value.to_owned();
    let mut rest = after;
    while let Some(more) = rest.strip_prefix('"') {
        let (value, after) = more.split_once('"').ok_or(OPEN_QUOTE)?;
        unescaped.push('"');
        unescaped.push_str(value);
        rest = after;
    }
    Ok((Cow::Owned(unescaped), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split() {
        let cases: [(&str, char, &[&str]); 8] = [
            ("", ',', &[""]),
            ("a,b", ',', &["a", "b"]),
            (" a , b ,", ',', &["a", "b", ""]),
            ("a,b;c", ';', &["a,b", "c"]),
            ("\"a,b\" , \" c \"", ',', &["a,b", " c "]),
            ("\"\",\"\"\"\"", ',', &["", "\""]),
            ("\"say \"\"hi\"\"\";x", ';', &["say \"hi\"", "x"]),
            ("\"a\",", ',', &["a", ""]),
        ];
        for (line, delimiter, expected) in cases {
            let mut values = vec![Cow::Borrowed("old")];
            assert_eq!(split(line, delimiter, &mut values), Ok(()), "{line}");
            assert_eq!(values, expected, "{line}");
        }
        for (line, expected) in
            [("\"a", OPEN_QUOTE), ("\"a\"\"", OPEN_QUOTE), ("\"a\"b,c", AFTER_QUOTES), ("a\"b\",c", QUOTE_INSIDE)]
        {
            assert_eq!(split(line, ',', &mut Vec::new()), Err(expected), "{line}");
        }
    }
}
