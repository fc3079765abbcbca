//! Files that a Rust file includes with `include_str!` or `include_bytes!`.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::LitStr;

/// Finds the included files, except those for tests. `file` is a path in the crate, and so are the results; with `../` if they are outside.
pub(super) fn find(file: &str, text: &str) -> Result<Vec<String>, String> {
    let tokens: TokenStream = text.parse().map_err(|error| format!("{file}: {error}"))?;
    let mut paths = Vec::new();
    collect(tokens, &mut paths);
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    Ok(paths.iter().map(|path| normalize(&format!("{folder}/{path}"))).collect())
}

fn collect(tokens: TokenStream, paths: &mut Vec<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = &tokens[..];
    while let Some(token) = rest.first() {
        match rest {
            [TokenTree::Punct(hash), TokenTree::Group(attribute), after @ ..]
                if hash.as_char() == '#' && is_for_tests(attribute.stream()) =>
            {
                rest = skip_item(after);
                continue;
            }
            [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(arguments), ..]
                if name == "include_str" || name == "include_bytes" =>
            {
                paths.extend(syn::parse2::<LitStr>(arguments.stream()).map(|path| path.value()));
            }
            _ => {}
        }
        if let TokenTree::Group(group) = token {
            collect(group.stream(), paths);
        }
        rest = &rest[1..];
    }
}

/// Whether an attribute is `cfg(test)`, `cfg(doctest)`, or `cfg(all(…))` with one of them.
fn is_for_tests(attribute: TokenStream) -> bool {
    let mut tokens = attribute.into_iter();
    let is_cfg = tokens.next().is_some_and(|name| name.to_string() == "cfg");
    let Some(TokenTree::Group(condition)) = tokens.next() else { return false };
    is_cfg && is_test_condition(condition.stream())
}

fn is_test_condition(condition: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = condition.into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(all), TokenTree::Group(conditions)] if all == "all" => {
            let conditions: Vec<TokenTree> = conditions.stream().into_iter().collect();
            conditions.iter().any(is_test_name)
        }
        [name] => is_test_name(name),
        _ => false,
    }
}

fn is_test_name(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(name) if name == "test" || name == "doctest")
}

/// The tokens after an item, which ends with `;` or a block.
fn skip_item(tokens: &[TokenTree]) -> &[TokenTree] {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    tokens.iter().position(is_end).map_or(&[], |end| &tokens[end + 1..])
}

/// Resolves `.` and `..`.
fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn included_files_are_found() {
        let text = r#"
            #![doc = include_str!("../README.md")]
            const A: &str = include_str!("a.txt");
            fn f() -> &'static [u8] { include_bytes!("../../../LICENSE") }
        "#;
        assert_eq!(
            find("src/x/lib.rs", text),
            Ok(["src/README.md", "src/x/a.txt", "../LICENSE"].map(String::from).into())
        );
    }

    #[test]
    fn includes_of_tests_are_ignored() {
        let text = r#"
            #[cfg(all(doctest, feature = "reqwest"))]
            #[doc = include_str!("../../docs/errors.md")]
            struct Page;
            #[cfg(test)]
            mod tests { const B: &str = include_str!("../../b.txt"); }
            #[cfg(not(test))]
            const C: &str = include_str!("c.txt");
        "#;
        assert_eq!(find("src/lib.rs", text), Ok(vec!["src/c.txt".to_owned()]));
    }
}
